/*
 * Java's old key store (sun.security.provider.JavaKeyStore). Certificates lie in it in clear, private keys do not.
 *
 *   store = magic 0xfeedfeed, version u4, count u4, entry*, sha1(password as UTF-16, "Mighty Aphrodite", all before)
 *   entry = tag u4, alias utf, date u8, (tag 1: length u4, key, count u4, certificate* | tag 2: certificate)
 *   certificate = type utf (version 2 only), length u4, DER
 */
import { createHash } from 'node:crypto'

export interface JksEntry {
  readonly alias: string
  readonly kind: 'key' | 'trusted'
  /** DER; for a key its chain, the own certificate first. */
  readonly certificates: readonly Uint8Array[]
}

export interface JksStore {
  readonly entries: readonly JksEntry[]
  /** Whether the password fits. */
  readonly opened: boolean
}

const MAGIC = 0xfeedfeed
const HASH_BYTES = 20
const MOST = 10_000

export function isJks(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && view(bytes).getUint32(0) === MAGIC
}

/** Undefined when it is cut short or does not hold together. */
export function readJks(bytes: Uint8Array, password: string): JksStore | undefined {
  if (!isJks(bytes)) return undefined
  try {
    const reader = new Reader(bytes)
    const version = reader.u4(4)
    const entries = Array.from({ length: limited(reader.u4()) }, () => readEntry(reader, version))
    if (reader.at !== bytes.length - HASH_BYTES) return undefined
    const hash = createHash('sha1').update(Buffer.from(password, 'utf16le').swap16()).update('Mighty Aphrodite')
    const digest = hash.update(bytes.subarray(0, reader.at)).digest()
    return { entries, opened: digest.equals(bytes.subarray(reader.at)) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readEntry(reader: Reader, version: number): JksEntry {
  const tag = reader.u4()
  const alias = reader.utf()
  reader.skip(8)
  if (tag === 2) return { alias, kind: 'trusted', certificates: [readCertificate(reader, version)] }
  if (tag !== 1) throw new RangeError(`tag ${tag}`)
  reader.skip(reader.u4())
  const certificates = Array.from({ length: limited(reader.u4()) }, () => readCertificate(reader, version))
  return { alias, kind: 'key', certificates }
}

function readCertificate(reader: Reader, version: number): Uint8Array {
  if (version === 2) reader.utf()
  return reader.take(reader.u4())
}

function limited(count: number): number {
  if (count > MOST) throw new RangeError(`${count} entries`)
  return count
}

class Reader {
  private readonly bytes: Uint8Array
  at = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  u4(at = this.at): number {
    const value = view(this.bytes).getUint32(at)
    this.at = at + 4
    return value
  }
  utf(): string {
    const length = view(this.bytes).getUint16(this.at)
    this.skip(2)
    return Buffer.from(this.take(length)).toString('utf8')
  }
  take(length: number): Uint8Array {
    const start = this.at
    this.skip(length)
    return this.bytes.subarray(start, this.at)
  }
  skip(length: number): void {
    this.at += length
    if (this.at > this.bytes.length) throw new RangeError('the end')
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
