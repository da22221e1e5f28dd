const FIRST_SLOTS = 16
const MOST_SPARE = 1 << 17

/**
 * A set of pairs of 32-bit words, the first of which is well spread, in one open-addressed table: nothing is made for an entry, and an
 * emptied set keeps its memory.
 */
export class WordPairs {
  /** A pair of zeros is a free slot; (0, 0) itself is kept as (0, 1). */
  private slots = new Uint32Array(2 * FIRST_SLOTS)
  private spare = new Uint32Array(0)
  /** Slots in use, a power of two; `slots` may be longer. */
  private capacity = FIRST_SLOTS
  private used = 0

  get size(): number {
    return this.used
  }

  clear(): void {
    this.slots.fill(0, 0, 2 * this.capacity)
    this.capacity = FIRST_SLOTS
    this.used = 0
  }

  has(first: number, second: number): boolean {
    const { slots } = this
    const kept = first === 0 && second === 0 ? 1 : second
    const mask = this.capacity - 1
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const here1 = slots[2 * slot]!
      const here2 = slots[2 * slot + 1]!
      if (here1 === first && here2 === kept) return true
      if (here1 === 0 && here2 === 0) return false
    }
  }

  /** True when it was there already. */
  add(first: number, second: number): boolean {
    if (this.used * 4 >= this.capacity * 3) this.grow()
    const kept = first === 0 && second === 0 ? 1 : second
    const { slots } = this
    const mask = this.capacity - 1
    let slot = first & mask
    for (;;) {
      const here1 = slots[2 * slot]!
      const here2 = slots[2 * slot + 1]!
      if (here1 === 0 && here2 === 0) break
      if (here1 === first && here2 === kept) return true
      slot = (slot + 1) & mask
    }
    slots[2 * slot] = first
    slots[2 * slot + 1] = kept
    this.used++
    return false
  }

  private grow(): void {
    const old = this.slots
    const entries = 2 * this.capacity
    this.capacity *= 2
    this.used = 0
    this.slots = this.spare.length >= 2 * this.capacity ? this.spare : new Uint32Array(2 * this.capacity)
    // a large one is not kept
    this.spare = old.length <= MOST_SPARE ? old : new Uint32Array(0)
    for (let i = 0; i < entries; i += 2) {
      if (old[i] !== 0 || old[i + 1] !== 0) this.add(old[i]!, old[i + 1]!)
    }
    old.fill(0, 0, entries)
  }
}
