/*
 * Text as bytes, written into one large buffer that is reused: no string and no object per line.
 *
 * Fixed texts are stored as 32-bit words and written a word at a time, hexadecimal two digits at once from a table, a
 * time with the text of its second kept. Whoever writes calls `room` first; nothing here checks bounds byte by byte.
 */
import { isUtf8 } from 'node:buffer'

const FLUSH_AT = 1 << 20
const SLACK = 1 << 16

/** A fixed text. The words may reach behind its end: what is written next covers that. */
export interface Literal {
  readonly words: Int32Array
  readonly length: number
}

export function literal(text: string | Uint8Array): Literal {
  const bytes = Buffer.from(text as string)
  const padded = Buffer.alloc((bytes.length + 3) & ~3)
  bytes.copy(padded)
  const words = new Int32Array(padded.length / 4)
  for (let i = 0; i < words.length; i++) words[i] = padded.readInt32LE(4 * i)
  return { words, length: bytes.length }
}

const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, '0')
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8)
})
const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
/** Two characters for each 12 bits. */
const BASE64_PAIRS = Uint16Array.from({ length: 4096 }, (_, bits) => BASE64[bits >> 6]! | (BASE64[bits & 63]! << 8))
/** 0: stands for itself inside a JSON string; 1: as \u00XX; else the character behind the backslash. */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x20 ? 1 : 0))
for (const pair of ['"', '\\', '\bb', '\ff', '\nn', '\rr', '\tt'])
  ESCAPES[pair.charCodeAt(0)] = pair.charCodeAt(pair.length - 1)

/** ASCII that stands for itself inside a JSON string. */
const PLAIN = ESCAPES.map((letter, byte) => (letter === 0 && byte < 0x80 ? 1 : 0))

export class ByteOutput {
  private readonly write: (bytes: Uint8Array) => void
  private bytes = new Uint8Array(FLUSH_AT + SLACK)
  private view = new DataView(this.bytes.buffer)
  private at = 0
  private second = Number.NaN
  private secondText = literal('')

  /** `write` must be done with the bytes when it returns. */
  constructor(write: (bytes: Uint8Array) => void) {
    this.write = write
  }

  /** Makes room for `count` bytes more. */
  room(count: number): void {
    if (this.at + count + SLACK <= this.bytes.length) return
    this.flush()
    if (count + SLACK <= this.bytes.length) return
    this.bytes = new Uint8Array(count + SLACK)
    this.view = new DataView(this.bytes.buffer)
  }

  flush(): void {
    if (this.at > 0) this.write(this.bytes.subarray(0, this.at))
    this.at = 0
  }

  get position(): number {
    return this.at
  }

  /** Takes back what was written since `position`; only while there was no `room` or `flush` in between. */
  rewind(position: number): void {
    this.at = position
  }

  /** A copy of what was written since `position`. */
  since(position: number): Uint8Array {
    return this.bytes.slice(position, this.at)
  }

  literal({ words, length }: Literal): void {
    const { view, at } = this
    for (let i = 0; i < words.length; i++) view.setInt32(at + 4 * i, words[i]!, true)
    this.at = at + length
  }

  raw(source: Uint8Array): void {
    this.bytes.set(source, this.at)
    this.at += source.length
  }

  text(text: string): void {
    this.raw(Buffer.from(text, 'utf8'))
  }

  /** An integer below 2^53. */
  decimal(value: number): void {
    let rest = value
    if (rest < 0) {
      this.bytes[this.at++] = 0x2d
      rest = -rest
    }
    if (rest >= 1e9) {
      const high = Math.floor(rest / 1e9)
      this.decimal(high)
      this.digits(rest - high * 1e9, 9)
      return
    }
    this.digits(
      rest,
      rest < 10
        ? 1
        : rest < 100
          ? 2
          : rest < 1e3
            ? 3
            : rest < 1e4
              ? 4
              : rest < 1e5
                ? 5
                : rest < 1e6
                  ? 6
                  : rest < 1e7
                    ? 7
                    : rest < 1e8
                      ? 8
                      : 9,
    )
  }

  private digits(value: number, count: number): void {
    const { bytes } = this
    let rest = value | 0
    for (let i = this.at + count - 1; i >= this.at; i--) {
      const next = (rest / 10) | 0
      bytes[i] = 0x30 + rest - next * 10
      rest = next
    }
    this.at += count
  }

  /** `0x…` of two unsigned halves, without leading zeros. */
  hex64(high: number, low: number): void {
    this.view.setUint16(this.at, 0x7830, true)
    this.at += 2
    if (high !== 0) {
      this.shortHex(high)
      this.hex32(low)
    } else this.shortHex(low)
  }

  private shortHex(value: number): void {
    const { bytes } = this
    let at = this.at
    // value 0 has one digit, too
    for (let shift = 28 - (Math.clz32(value | 1) & 28); shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 15
      bytes[at++] = digit < 10 ? 0x30 + digit : 0x57 + digit
    }
    this.at = at
  }

  private hex32(value: number): void {
    const { view, at } = this
    view.setUint16(at, HEX_PAIRS[value >>> 24]!, true)
    view.setUint16(at + 2, HEX_PAIRS[(value >>> 16) & 255]!, true)
    view.setUint16(at + 4, HEX_PAIRS[(value >>> 8) & 255]!, true)
    view.setUint16(at + 6, HEX_PAIRS[value & 255]!, true)
    this.at = at + 8
  }

  /** ISO-8601 with milliseconds; `ms` from 0 up to the year 9999. */
  time(ms: number): void {
    const second = Math.floor(ms / 1000)
    if (second !== this.second) {
      this.second = second
      this.secondText = literal(new Date(second * 1000).toISOString().slice(0, 20))
    }
    this.literal(this.secondText)
    this.digits(ms - second * 1000, 3)
    this.bytes[this.at++] = 0x5a
  }

  /**
   * Bytes [from, to) of `source` as the inside of a JSON string, as JSON.stringify would escape them.
   * False, and nothing is written, when they are no UTF-8.
   */
  jsonString(source: Uint8Array, from: number, to: number): boolean {
    this.room((to - from) * 6)
    const { bytes } = this
    let ascii = true
    let at = this.at
    for (let i = from; i < to; i++) {
      const byte = source[i]!
      if (PLAIN[byte] !== 0) bytes[at++] = byte
      else if (byte < 0x80) at = this.escaped(byte, at)
      else {
        // binary data is told by its first byte beyond ASCII, before time is spent on the rest
        if (ascii && !isUtf8(source.subarray(from, to))) return false
        ascii = false
        bytes[at++] = byte
      }
    }
    this.at = at
    return true
  }

  /** Writes one byte of a JSON string at `at`; returns where the next one goes. */
  private escaped(byte: number, at: number): number {
    const { bytes } = this
    const letter = ESCAPES[byte]!
    if (letter === 0) {
      bytes[at] = byte
      return at + 1
    }
    bytes[at] = 0x5c
    if (letter !== 1) {
      bytes[at + 1] = letter
      return at + 2
    }
    bytes[at + 1] = 0x75
    bytes[at + 2] = 0x30
    bytes[at + 3] = 0x30
    this.view.setUint16(at + 4, HEX_PAIRS[byte]!, true)
    return at + 6
  }

  base64(source: Uint8Array, from: number, to: number): void {
    this.room(((to - from) / 3 + 1) * 4)
    const { view } = this
    let at = this.at
    let i = from
    for (; i + 3 <= to; i += 3) {
      const bits = (source[i]! << 16) | (source[i + 1]! << 8) | source[i + 2]!
      view.setUint16(at, BASE64_PAIRS[bits >>> 12]!, true)
      view.setUint16(at + 2, BASE64_PAIRS[bits & 4095]!, true)
      at += 4
    }
    if (i < to) {
      const bits = (source[i]! << 16) | ((i + 1 < to ? source[i + 1]! : 0) << 8)
      view.setUint16(at, BASE64_PAIRS[bits >>> 12]!, true)
      view.setUint16(at + 2, i + 1 < to ? BASE64[(bits >>> 6) & 63]! | 0x3d00 : 0x3d3d, true)
      at += 4
    }
    this.at = at
  }
}
