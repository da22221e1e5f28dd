/*
 * Numbers about sessions, by their ids: an open-addressing table in typed arrays, so that a log with millions of sessions
 * costs some 100 bytes for each and no object for a record.
 */

/** 64-bit values stand as they are stored, in two words. */
export const WORD = { session: 0, createdZxid: 2, endedZxid: 4, firstZxid: 6, lastZxid: 8 } as const
const WORDS = 10

/** createdAt and endedAt: milliseconds since 1970. txns 0: a row that is not used. */
export const NUMBER = {
  txns: 0,
  errors: 1,
  ephemerals: 2,
  timeoutMs: 3,
  createdAt: 4,
  endedAt: 5,
  /** 0 none, 1 closed, 2 expired. */
  end: 6,
  firstAt: 7,
  lastAt: 8,
} as const
const NUMBERS = 9

export class SessionTable {
  private words = new Uint32Array(0)
  private numbers = new Float64Array(0)
  count = 0
  private slots = new Int32Array(1 << 10).fill(-1)

  constructor() {
    this.grow(1 << 9)
  }

  /** The row of a session, made when it is new; the words of its id as they are stored. */
  rowOf(high: number, low: number): number {
    const mask = this.slots.length - 1
    let slot = hash(high, low) & mask
    for (let row = this.slots[slot]!; row !== -1; row = this.slots[slot]!) {
      if (this.words[row * WORDS] === high && this.words[row * WORDS + 1] === low) return row
      slot = (slot + 1) & mask
    }
    const row = this.count++
    this.slots[slot] = row
    if (this.count * WORDS > this.words.length) this.grow(this.count * 2)
    this.setWords(row, WORD.session, high, low)
    if (this.count * 2 > this.slots.length) this.rehash()
    return row
  }

  setWords(row: number, field: number, high: number, low: number): void {
    this.words[row * WORDS + field] = high
    this.words[row * WORDS + field + 1] = low
  }

  set(row: number, field: number, value: number): void {
    this.numbers[row * NUMBERS + field] = value
  }

  get(row: number, field: number): number {
    return this.numbers[row * NUMBERS + field]!
  }

  long(row: number, field: number): bigint {
    return (BigInt(this.words[row * WORDS + field]!) << 32n) | BigInt(this.words[row * WORDS + field + 1]!)
  }

  private grow(rows: number): void {
    const words = new Uint32Array(rows * WORDS)
    words.set(this.words)
    this.words = words
    const numbers = new Float64Array(rows * NUMBERS)
    numbers.set(this.numbers)
    this.numbers = numbers
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let row = 0; row < this.count; row++) {
      let slot = hash(this.words[row * WORDS]!, this.words[row * WORDS + 1]!) & mask
      while (slots[slot] !== -1) slot = (slot + 1) & mask
      slots[slot] = row
    }
    this.slots = slots
  }
}

/** Ids of one server differ in their low bits, those of several in the highest byte. */
function hash(high: number, low: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
