/*
 * What takes the room of a tree: bytes of values and znodes by prefix, by depth, the largest and the widest.
 */
import { type Look, nameOf, numberAt, pathOf } from './look.ts'

export interface Usage {
  readonly path: string
  /** Znodes at and below it. */
  readonly nodes: number
  /** Of all their values. */
  readonly dataBytes: number
  /** Largest first; empty at the last level. */
  readonly children: readonly Usage[]
  /** Children that are not listed, and what lies at and below these. */
  readonly omitted: Omitted
}

export interface Omitted {
  readonly children: number
  readonly nodes: number
  readonly dataBytes: number
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

export const TOP = 10

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
  const { firsts } = look.family()
  const { nodes, dataBytes } = look.weights()
  const children: number[] = []
  for (let i = firsts[number]!; depth > 0 && i < firsts[number + 1]!; i++) children.push(i)
  const heavy = children.sort((a, b) => dataBytes[b]! - dataBytes[a]! || nodes[b]! - nodes[a]! || a - b)
  const left = heavy.slice(top)
  return {
    path: pathOf(look, number),
    nodes: nodes[number]!,
    dataBytes: dataBytes[number]!,
    children: heavy.slice(0, top).map((child) => usageAt(look, child, depth - 1, top)),
    omitted: {
      children: left.length,
      nodes: left.reduce((sum, child) => sum + nodes[child]!, 0),
      dataBytes: left.reduce((sum, child) => sum + dataBytes[child]!, 0),
    },
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

/** The numbers at and below a znode with the `top` highest values above zero, highest first; of equal ones the first. */
function highest(look: Look, number: number, top: number, measure: (number: number) => number) {
  const found = best<{ readonly number: number; readonly value: number }>(top)
  for (const { from, to } of rangesBelow(look, number)) {
    for (let i = from; i < to; i++) {
      const value = measure(i)
      if (value > found.least()) found.put(value, { number: i, value })
    }
  }
  return found.all()
}

/** The `most` entries of the highest values above zero; of equal ones the first. */
export function best<T>(most: number) {
  const found: { readonly value: number; readonly entry: T }[] = []
  return {
    /** What a value must be above to come in. */
    least: () => (found.length < most ? 0 : found.at(-1)!.value),
    put(value: number, entry: T) {
      const at = found.findIndex((one) => one.value < value)
      found.splice(at === -1 ? found.length : at, 0, { value, entry })
      if (found.length > most) found.pop()
    },
    all: () => found.map(({ entry }) => entry),
  }
}
