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
    const { levels } = this
    const twins: number[] = []
    const words = count * ROW_WORDS
    for (let word = 0; word < words; word += ROW_WORDS) {
      const depth = table[word + ROW.flags]! >>> 8
      while (levels.length < depth + 2) levels.push(new WordPairs())
      const below = levels[depth + 1]!
      if (below.size > 0) below.clear()
      if (levels[depth]!.add(table[word + ROW.hash]!, table[word + ROW.hash + 1]!)) twins.push(word / ROW_WORDS)
    }
    return twins
  }
}
