/*
 * Where nodes of an older tree go among those that are intact, so that parents come first.
 */
import type { LostRange, NodeRun } from '../../formats/snapshot/salvage/node-survey.ts'
import type { Part } from './content.ts'

export interface Filling {
  /** Rows for each lost range, by its number. */
  readonly rows: ReadonlyMap<number, readonly number[]>
  /** Damaged nodes by their offsets, and the rows that are right. */
  readonly replaced: ReadonlyMap<number, { readonly to: number; readonly row: number }>
  /** The root, when it is lost. */
  readonly root: number | null
}

/** The nodes of the tree alone. */
export function treeParts(runs: readonly NodeRun[]): readonly Part[] {
  return runs.filter(({ kind }) => kind === 'tree').map(({ from, to }) => ({ kind: 'range', from, to }))
}

export function orphanParts(runs: readonly NodeRun[]): readonly Part[] {
  return runs.filter(({ kind }) => kind === 'orphans').map(({ from, to }) => ({ kind: 'range', from, to }))
}

/** All intact nodes, with rows in between. */
export function filledParts(runs: readonly NodeRun[], lost: readonly LostRange[], filling: Filling): readonly Part[] {
  const parts: Part[] = filling.root === null ? [] : [{ kind: 'rows', rows: [filling.root] }]
  const replaced = [...filling.replaced].sort(([a], [b]) => a - b)
  let nextLost = 0
  let nextReplaced = 0
  const fill = (until: number): void => {
    for (; nextLost < lost.length && lost[nextLost]!.from <= until; nextLost++) {
      const rows = filling.rows.get(nextLost)
      if (rows !== undefined) parts.push({ kind: 'rows', rows })
    }
  }
  for (const run of runs) {
    fill(run.from)
    let { from } = run
    for (; nextReplaced < replaced.length && replaced[nextReplaced]![0] < run.to; nextReplaced++) {
      const [at, { to, row }] = replaced[nextReplaced]!
      if (at > from) parts.push({ kind: 'range', from, to: at })
      parts.push({ kind: 'rows', rows: [row] })
      from = to
    }
    if (run.to > from) parts.push({ kind: 'range', from, to: run.to })
  }
  fill(Number.POSITIVE_INFINITY)
  return parts
}
