/*
 * Finds a path that comes twice. Nodes come depth first, so the children of a node are all seen before it is left: one
 * set for each depth is enough, and it is emptied when the next node above it begins. Memory goes by the widest open
 * node, not by the number of nodes.
 */
import { ROW, ROW_WORDS } from './kernel/kernel.ts'
import { WordPairs } from './word-pairs.ts'

export class Siblings {
  private readonly levels: WordPairs[] = []

  /** Adds the first `count` rows of a kernel's table; those that were there already. */
  addRows(table: Uint32Array, count: number): readonly number[] {
    const twins: number[] = []
    for (let row = 0; row < count; row++) if (this.addRow(table, row)) twins.push(row)
    return twins
  }

  /** True when it was there already. */
  addRow(table: Uint32Array, row: number): boolean {
    const { levels } = this
    const word = row * ROW_WORDS
    const depth = table[word + ROW.flags]! >>> 8
    while (levels.length < depth + 2) levels.push(new WordPairs())
    const below = levels[depth + 1]!
    if (below.size > 0) below.clear()
    return levels[depth]!.add(table[word + ROW.hash]!, table[word + ROW.hash + 1]!)
  }
}
