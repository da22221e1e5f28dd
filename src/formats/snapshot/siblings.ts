/*
 * Finds a path that comes twice. Nodes come depth first, so the children of a node are all seen before it is left: one
 * set for each depth is enough, and it is emptied when the next node above it begins. Memory goes by the widest open
 * node, not by the number of nodes.
 */
const FIRST_SLOTS = 16

export class Siblings {
  private readonly levels: Level[] = []

  /** Adds a node by 64 bits of a hash of its path; true when it was there already. */
  add(depth: number, hash1: number, hash2: number): boolean {
    this.levels[depth + 1]?.clear()
    const level = (this.levels[depth] ??= new Level())
    return level.add(hash1, hash2)
  }
}

/** An open-addressed table of pairs of words; a pair of zeros is a free slot. */
class Level {
  private slots = new Uint32Array(2 * FIRST_SLOTS)
  private used = 0

  clear(): void {
    if (this.used === 0) return
    if (this.slots.length > 2 * FIRST_SLOTS) this.slots = new Uint32Array(2 * FIRST_SLOTS)
    else this.slots.fill(0)
    this.used = 0
  }

  add(hash1: number, hash2: number): boolean {
    if (this.used * 4 > this.slots.length) this.grow()
    const { slots } = this
    const mask = slots.length / 2 - 1
    const word2 = hash1 === 0 && hash2 === 0 ? 1 : hash2
    for (let slot = hash1 & mask; ; slot = (slot + 1) & mask) {
      const here1 = slots[2 * slot]!
      const here2 = slots[2 * slot + 1]!
      if (here1 === hash1 && here2 === word2) return true
      if (here1 === 0 && here2 === 0) {
        slots[2 * slot] = hash1
        slots[2 * slot + 1] = word2
        this.used++
        return false
      }
    }
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Uint32Array(old.length * 4)
    this.used = 0
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0 || old[i + 1] !== 0) this.add(old[i]!, old[i + 1]!)
  }
}
