import { childrenOf, type Look, nameOf, numberAt, pathOf, type Znode, znodeAt } from './look.ts'

export interface Listing {
  readonly path: string
  /** Sorted by name. */
  readonly children: readonly Znode[]
}

/** The children of a znode. Throws as numberAt does. */
export function listChildren(look: Look, path: string): Listing {
  return { path, children: childrenOf(look, numberAt(look, path)).map((child) => znodeAt(look, child)) }
}

export interface TreeBranch {
  readonly path: string
  readonly name: string
  /** Znodes at and below it. */
  readonly nodes: number
  /** Of all their values. */
  readonly dataBytes: number
  /** Sorted by name; empty at the last level. */
  readonly children: readonly TreeBranch[]
  /** Children that are not listed, and the znodes at and below these. */
  readonly omitted: { readonly children: number; readonly nodes: number }
}

export interface TreeOptions {
  readonly path: string
  readonly depth: number
  /** How many children of a znode are listed. */
  readonly limit: number
}

/** A znode and what is below it. Throws as numberAt does. */
export function treeBelow(look: Look, { path, depth, limit }: TreeOptions): TreeBranch {
  return branchAt(look, numberAt(look, path), depth, limit)
}

/** `depth` is small: the caller bounds it. */
function branchAt(look: Look, number: number, depth: number, limit: number): TreeBranch {
  const { nodes, dataBytes } = look.weights()
  const all = depth === 0 ? [] : childrenOf(look, number)
  const left = all.slice(limit)
  return {
    path: pathOf(look, number),
    name: nameOf(look, number),
    nodes: nodes[number]!,
    dataBytes: dataBytes[number]!,
    children: all.slice(0, limit).map((child) => branchAt(look, child, depth - 1, limit)),
    omitted: { children: left.length, nodes: left.reduce((sum, child) => sum + nodes[child]!, 0) },
  }
}
