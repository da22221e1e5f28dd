/*
 * Who is whose child, and what lies below each znode, for a tree that no longer changes. Znodes are numbered level by
 * level: parents before children, the children of each next to each other, so that nothing needs a stack.
 */
import type { TreeKernel } from './kernel/tree-kernel.ts'
import { childIndex, type Tree } from './tree.ts'

export interface Family {
  /** Of all znodes that hang together with the root, which is number 0. */
  readonly rows: Uint32Array
  readonly parents: Uint32Array
  /** The children of number i are those from firsts[i] up to firsts[i + 1]. */
  readonly firsts: Uint32Array
  /** The number of a row; -1 for none. */
  numberOf(row: number): number
}

/** What lies at and below each znode, by number. */
export interface Weights {
  readonly nodes: Uint32Array
  readonly dataBytes: Float64Array
}

export function familyOf({ kernel }: Tree): Family {
  const index = childIndex(kernel)
  const order = [kernel.find(new Uint8Array())]
  if (order[0] === 0) order.pop()
  const most = kernel.rows().length
  const firsts = new Uint32Array(most + 1)
  const parents = new Uint32Array(most)
  for (let i = 0; i < order.length; i++) {
    firsts[i] = order.length
    index.push(order[i]!, order)
    parents.fill(i, firsts[i], order.length)
  }
  firsts[order.length] = order.length
  const rows = Uint32Array.from(order)
  return { rows, parents, firsts, numberOf: (row) => (row === 0 ? -1 : rows.indexOf(row)) }
}

export function weightsOf(
  { kernel }: { readonly kernel: Pick<TreeKernel, 'value'> },
  { rows, parents }: Family,
): Weights {
  const nodes = new Uint32Array(rows.length).fill(1)
  const dataBytes = new Float64Array(rows.length)
  for (let i = rows.length - 1; i >= 0; i--) {
    dataBytes[i]! += Math.max(0, kernel.value(rows[i]!).length)
    if (i === 0) break
    nodes[parents[i]!]! += nodes[i]!
    dataBytes[parents[i]!]! += dataBytes[i]!
  }
  return { nodes, dataBytes }
}
