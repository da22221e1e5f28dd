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

/** A prefix that is listed and still open. */
interface OpenPrefix {
  readonly path: string
  readonly children: Usage[]
  omitted: Omitted
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
  const prefixes: OpenPrefix[] = []
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
      const open = prefixes.pop()!
      trim(open, most)
      const closed = { ...open, nodes: nodes[level]!, dataBytes: dataBytes[level]! }
      const above = prefixes.at(-1)
      if (above === undefined) usage = closed
      else if (above.children.push(closed) > most + SPARE) trim(above, most)
    }
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
        if (now <= depth) prefixes.push({ path: pathText(bytes, start, dataAt), children: [], omitted: NONE })
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

/** Moves what is not among the heaviest from the list to what is omitted. */
function trim(open: OpenPrefix, most: number): void {
  open.children.sort((a, b) => b.dataBytes - a.dataBytes || b.nodes - a.nodes)
  if (open.children.length <= most) return
  for (const { nodes, dataBytes } of open.children.splice(most)) {
    const { omitted } = open
    open.omitted = {
      children: omitted.children + 1,
      nodes: omitted.nodes + nodes,
      dataBytes: omitted.dataBytes + dataBytes,
    }
  }
}
