/*
 * The same as disk-usage.ts for a snapshot alone, while it is read: servers write parents before children and subtrees
 * together (DataTree.serializeNode), so counters for the znodes that are open are all it takes. Memory is constant but
 * for the prefixes that are listed.
 */
import { NODE_FLAG, ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { STAT } from '../../formats/snapshot/node.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import {
  best,
  type DiskUsage,
  type DiskUsageOptions,
  type Omitted,
  TOP,
  type Usage,
  type WideParent,
} from './disk-usage.ts'

/** The children of a prefix that is listed and still open; made when one comes that is listed. */
interface Listing {
  readonly listed: Usage[]
  readonly omitted: { -readonly [K in keyof Omitted]: Omitted[K] }
  /** The lightest that is listed, once there are as many as may be: what is not heavier is left out as it comes. */
  least: Usage | null
}

const NONE: Omitted = { children: 0, nodes: 0, dataBytes: 0 }
/** So many more than are listed are kept before the lightest go. */
const SPARE = 1000

export interface UsageStream {
  /** False: the znodes come in an order that no server writes; nothing else is of use then. */
  add(batch: NodeBatch): boolean
  /** Undefined when the znode did not come. */
  result(): DiskUsage | undefined
  /** The latest ctime or mtime of all znodes. */
  latestMs(): number
}

export function usageStream({ path, depth, top }: DiskUsageOptions): UsageStream {
  const most = top ?? Number.POSITIVE_INFINITY
  const target = Buffer.from(path === '/' ? '' : path)
  const levels: { depth: number; nodes: number; dataBytes: number }[] = []
  const largest = best<{ path: string; dataBytes: number }>(top ?? TOP)
  const widest = best<WideParent>(top ?? TOP)
  // by level below the target
  const nodes: number[] = []
  const dataBytes: number[] = []
  const children: number[] = []
  const listBytes: number[] = []
  const pathBytes: number[] = []
  /** Of parents that are among the widest so far. */
  const wide: (string | null)[] = []
  /** Paths of the open prefixes, by level: most are left out, so no text is made of them before they are complete. */
  const paths: Buffer[] = []
  const listings: (Listing | null)[] = []
  /** The depth of the target; -1 before it comes. */
  let base = -1
  let level = -1
  let usage: Usage | undefined
  let latest = 0

  /** Everything at this level and deeper is complete. */
  const closeTo = (to: number): void => {
    for (; level >= to; level--) {
      const parent = wide[level]!
      if (parent !== null && children[level]! > widest.least()) {
        widest.put(children[level]!, { path: parent, children: children[level]!, listBytes: listBytes[level]! })
      }
      if (level > 0) {
        nodes[level - 1]! += nodes[level]!
        dataBytes[level - 1]! += dataBytes[level]!
      }
      if (level > depth) continue
      closePrefix()
    }
  }

  const closePrefix = (): void => {
    const weight = { nodes: nodes[level]!, dataBytes: dataBytes[level]! }
    const above = level === 0 ? null : (listings[level - 1] ??= { listed: [], omitted: { ...NONE }, least: null })
    if (above !== null && above.least !== null && byWeight(weight, above.least) >= 0) {
      leaveOut(above, weight)
      return
    }
    const own = listings[level] ?? null
    if (own !== null) trim(own, most)
    const path = pathText(paths[level]!, 0, pathBytes[level]!)
    const closed = { path, ...weight, children: own?.listed ?? [], omitted: own?.omitted ?? NONE }
    if (above === null) usage = closed
    else if (above.listed.push(closed) > most + SPARE) trim(above, most)
  }

  return {
    add({ bytes, view, table, count }) {
      for (let row = 0; row < count; row++) {
        const at = row * ROW_WORDS
        const start = table[at + ROW.at]! + 4
        const dataAt = table[at + ROW.dataAt]!
        const aclAt = table[at + ROW.aclAt]!
        const flags = table[at + ROW.flags]!
        if (flags & NODE_FLAG.parentNotOpen) return false
        latest = Math.max(latest, timeAt(view, aclAt + STAT.ctime), timeAt(view, aclAt + STAT.mtime))
        const length = dataAt - start
        const deep = flags >>> 8
        if (base < 0) {
          if (usage !== undefined || length !== target.length || target.compare(bytes, start, dataAt) !== 0) continue
          base = deep
        } else if (deep <= base) {
          closeTo(0)
          base = -1
          continue
        }
        const now = deep - base
        closeTo(now)
        if (now > level + 1) return false
        const size = Math.max(0, view.getInt32(dataAt))
        if (now > 0) {
          const parent = now - 1
          children[parent]!++
          listBytes[parent]! += 3 + length - pathBytes[parent]!
          if (wide[parent] === null && children[parent]! > widest.least()) {
            wide[parent] = pathText(bytes, start, start + pathBytes[parent]!)
          }
        }
        level = now
        nodes[now] = 1
        dataBytes[now] = size
        children[now] = 0
        listBytes[now] = 4
        pathBytes[now] = length
        wide[now] = null
        const tally = (levels[now] ??= { depth: now, nodes: 0, dataBytes: 0 })
        tally.nodes++
        tally.dataBytes += size
        if (now <= depth) {
          listings[now] = null
          const kept = paths[now]
          const room = kept === undefined || kept.length < length ? Buffer.alloc(2 * length) : kept
          room.set(bytes.subarray(start, dataAt))
          paths[now] = room
        }
        if (size > largest.least()) {
          largest.put(size, { path: pathText(bytes, start, dataAt), dataBytes: size })
        }
      }
      return true
    },
    result() {
      closeTo(0)
      return usage === undefined ? undefined : { ...usage, levels, largest: largest.all(), widest: widest.all() }
    },
    latestMs: () => latest,
  }
}

function timeAt(view: DataView, at: number): number {
  return view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4)
}

function pathText(bytes: Uint8Array, from: number, to: number): string {
  return from === to ? '/' : textOf(bytes.subarray(from, to))
}

type Weight = Pick<Usage, 'nodes' | 'dataBytes'>

function byWeight(a: Weight, b: Weight): number {
  return b.dataBytes - a.dataBytes || b.nodes - a.nodes
}

/** Moves what is not among the heaviest from the list to what is omitted; of equal ones the first stay. */
function trim(of: Listing, most: number): void {
  of.listed.sort(byWeight)
  if (of.listed.length < most) return
  for (const one of of.listed.splice(most)) leaveOut(of, one)
  of.least = of.listed.at(-1) ?? null
}

function leaveOut({ omitted }: Listing, { nodes, dataBytes }: Weight): void {
  omitted.children++
  omitted.nodes += nodes
  omitted.dataBytes += dataBytes
}
