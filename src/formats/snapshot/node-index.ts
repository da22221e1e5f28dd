/*
 * Where each node of a snapshot lies, by its path: 16 bytes a node, and 5 to 11 more for the table that finds it.
 *
 * A hash of 64 bits leads to a node; whoever asks looks at the path there, so that two paths with one hash are told
 * apart. Nodes keep the order of the file.
 */
import { ROW, ROW_WORDS } from './kernel/kernel.ts'
import { nodeIndex } from './node.ts'
import type { NodeBatch } from './scan.ts'

/** Words of an entry: the hash, the offset (its upper word first), whose highest bit is `seen`. */
const WORDS = 4
const CHUNK_SHIFT = 16
const CHUNK_ENTRIES = 1 << CHUNK_SHIFT
const SEEN = 0x8000_0000

export class NodeIndex {
  private readonly chunks: Uint32Array[] = []
  /** Entry numbers from 1, by hash. */
  private slots = new Uint32Array(1)
  private mask = 0
  count = 0

  add(batch: NodeBatch): void {
    const { table } = batch
    for (let row = 0; row < batch.count; row++) {
      if ((this.count & (CHUNK_ENTRIES - 1)) === 0) this.chunks.push(new Uint32Array(CHUNK_ENTRIES * WORDS))
      const chunk = this.chunks.at(-1)!
      const word = (this.count & (CHUNK_ENTRIES - 1)) * WORDS
      const offset = nodeIndex(batch, row) + batch.base
      chunk[word] = table[row * ROW_WORDS + ROW.hash]!
      chunk[word + 1] = table[row * ROW_WORDS + ROW.hash + 1]!
      chunk[word + 2] = Math.floor(offset / 2 ** 32)
      chunk[word + 3] = offset
      this.count++
    }
  }

  /** All nodes are there: they can be found now. */
  finish(): void {
    let slots = 16
    while (slots * 3 < this.count * 4) slots *= 2
    this.slots = new Uint32Array(slots)
    this.mask = slots - 1
    for (let entry = 0; entry < this.count; entry++) {
      const word = this.word(entry)
      const chunk = this.chunkOf(entry)
      let slot = this.slotOf(chunk[word]!, chunk[word + 1]!)
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask
      this.slots[slot] = entry + 1
    }
  }

  /** The first entry with this hash for which `is` holds; -1 when there is none. */
  find(hash1: number, hash2: number, is: (offset: number) => boolean): number {
    for (let slot = this.slotOf(hash1, hash2); this.slots[slot] !== 0; slot = (slot + 1) & this.mask) {
      const entry = this.slots[slot]! - 1
      const chunk = this.chunkOf(entry)
      const word = this.word(entry)
      if (chunk[word] === hash1 && chunk[word + 1] === hash2 && is(this.offset(entry))) return entry
    }
    return -1
  }

  /** Whether an entry before this one in its chain has the same hash, and `is` holds for it: a path that comes twice. */
  twin(entry: number, is: (offset: number) => boolean): boolean {
    const chunk = this.chunkOf(entry)
    const word = this.word(entry)
    const own = this.offset(entry)
    return this.find(chunk[word]!, chunk[word + 1]!, (offset) => offset === own || is(offset)) !== entry
  }

  /** In the file. */
  offset(entry: number): number {
    const chunk = this.chunkOf(entry)
    const word = this.word(entry)
    return (chunk[word + 2]! & ~SEEN) * 2 ** 32 + chunk[word + 3]!
  }

  /** Marks an entry; false when it was marked before. */
  see(entry: number): boolean {
    const chunk = this.chunkOf(entry)
    const word = this.word(entry) + 2
    if (chunk[word]! & SEEN) return false
    chunk[word] = chunk[word]! | SEEN
    return true
  }

  /** The entries that are not marked, in the order of the file. */
  *unseen(): Generator<number> {
    for (let entry = 0; entry < this.count; entry++) {
      if ((this.chunkOf(entry)[this.word(entry) + 2]! & SEEN) === 0) yield entry
    }
  }

  private chunkOf(entry: number): Uint32Array {
    return this.chunks[entry >>> CHUNK_SHIFT]!
  }

  private word(entry: number): number {
    return (entry & (CHUNK_ENTRIES - 1)) * WORDS
  }

  private slotOf(hash1: number, hash2: number): number {
    return (hash1 ^ Math.imul(hash2, 0x9e3779b1)) & this.mask
  }
}
