/*
 * Finds a path that comes twice. Nodes come depth first, so the children of a node are all seen before it is left: one
 * set for each depth is enough, and it is emptied when the next node above it begins. Memory goes by the widest open
 * node, not by the number of nodes.
 */
import { WordPairs } from './word-pairs.ts'

export class Siblings {
  private readonly levels: WordPairs[] = []

  /** Adds a node by 64 bits of a hash of its path; true when it was there already. */
  add(depth: number, hash1: number, hash2: number): boolean {
    this.levels[depth + 1]?.clear()
    const level = (this.levels[depth] ??= new WordPairs())
    return level.add(hash1, hash2)
  }
}
