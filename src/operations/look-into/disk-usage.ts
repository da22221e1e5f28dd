/*
 * What takes the room of a tree: bytes of values and znodes by prefix, by depth, the largest and the widest.
 */
import { childrenOf, type Look, nameOf, numberAt, pathOf } from './look.ts'

export interface Usage {
  readonly path: string
  /** Znodes at and below it. */
  readonly nodes: number
  /** Of all their values. */
  readonly dataBytes: number
  /** Largest first; empty at the last level. */
  readonly children: readonly Usage[]
}

export interface WideParent {
  readonly path: string
  readonly children: number
  /** What a list of the children takes in an answer of a server. */
  readonly listBytes: number
}

export interface DiskUsage extends Usage {
  readonly levels: readonly { readonly depth: number; readonly nodes: number; readonly dataBytes: number }[]
  readonly largest: readonly { readonly path: string; readonly dataBytes: number }[]
  readonly widest: readonly WideParent[]
}

export interface DiskUsageOptions {
  readonly path: string
  readonly depth: number
  /** How many of the largest and widest, and of the children of each level; no limit for children when undefined. */
  readonly top?: number | undefined
}

const TOP = 10

/** Throws as numberAt does. */
export function diskUsage(look: Look, { path, depth, top }: DiskUsageOptions): DiskUsage {
  const number = numberAt(look, path)
  return {
    ...usageAt(look, number, depth, top ?? Number.POSITIVE_INFINITY),
    levels: levelsBelow(look, number),
    largest: largestValues(look, number, top ?? TOP),
    widest: widestParents(look, number, top ?? TOP),
  }
}

/** `depth` is small: the caller bounds it. */
function usageAt(look: Look, number: number, depth: number, top: number): Usage {
  const { nodes, dataBytes } = look.weights()
  const children = depth === 0 ? [] : childrenOf(look, number)
  const heavy = [...children].sort((a, b) => dataBytes[b]! - dataBytes[a]! || nodes[b]! - nodes[a]!)
  return {
    path: pathOf(look, number),
    nodes: nodes[number]!,
    dataBytes: dataBytes[number]!,
    children: heavy.slice(0, top).map((child) => usageAt(look, child, depth - 1, top)),
  }
}

/** Level by level: the znodes of one level below a znode lie next to each other. */
export function* rangesBelow({ family }: Look, number: number): Generator<{ from: number; to: number }> {
  const { firsts } = family()
  for (let [from, to] = [number, number + 1]; from < to; [from, to] = [firsts[from]!, firsts[to]!]) yield { from, to }
}

function levelsBelow(look: Look, number: number): DiskUsage['levels'] {
  const { rows } = look.family()
  const { kernel } = look.tree
  return [...rangesBelow(look, number)].map(({ from, to }, depth) => {
    let dataBytes = 0
    for (let i = from; i < to; i++) dataBytes += Math.max(0, kernel.value(rows[i]!).length)
    return { depth, nodes: to - from, dataBytes }
  })
}

function largestValues(look: Look, number: number, top: number): DiskUsage['largest'] {
  const { rows } = look.family()
  const { kernel } = look.tree
  const best = highest(look, number, top, (i) => kernel.value(rows[i]!).length)
  return best.map(({ number: i, value }) => ({ path: pathOf(look, i), dataBytes: value }))
}

/** Those at and below a znode with the most children. */
export function widestParents(look: Look, number: number, top: number): WideParent[] {
  const { firsts } = look.family()
  const best = highest(look, number, top, (i) => firsts[i + 1]! - firsts[i]!)
  return best.map(({ number: i, value }) => {
    let listBytes = 4
    for (let child = firsts[i]!; child < firsts[i + 1]!; child++) {
      listBytes += 4 + Buffer.byteLength(nameOf(look, child))
    }
    return { path: pathOf(look, i), children: value, listBytes }
  })
}

/** The `top` highest values above zero, highest first. */
function highest(look: Look, number: number, top: number, measure: (number: number) => number) {
  const best: { readonly number: number; readonly value: number }[] = []
  for (const { from, to } of rangesBelow(look, number)) {
    for (let i = from; i < to; i++) {
      const value = measure(i)
      if (value <= 0 || (best.length >= top && value <= best.at(-1)!.value)) continue
      const at = best.findIndex((one) => one.value < value)
      best.splice(at === -1 ? best.length : at, 0, { number: i, value })
      if (best.length > top) best.pop()
    }
  }
  return best
}
