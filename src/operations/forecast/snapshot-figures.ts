/* What forecasts need of a snapshot, in one reading: sizes, and the counters of sequential children. */
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { pathAt, STAT } from '../../formats/snapshot/node.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { type ReadableSnapshot, type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'

export interface SnapshotFigures {
  readonly bytes: number
  readonly znodes: number
  readonly ephemerals: number
  /** Of paths and values, as servers count it. */
  readonly dataBytes: number
  /** Counters by path: the highest, or those that were asked for. */
  readonly counters: ReadonlyMap<string, number>
}

/** So many counters are followed. */
const MOST = 10
/** What is below it has centuries. */
const LEAST_COUNTER = 1000

/** Null when it is not whole. `wanted`: the counters of these znodes, instead of the highest. */
export async function snapshotFigures(
  snapshot: ReadableSnapshot,
  options: ReadSnapshotOptions,
  wanted?: ReadonlySet<string>,
): Promise<SnapshotFigures | null> {
  const counters = wanted === undefined ? new Highest() : new Wanted(wanted)
  let [ephemerals, dataBytes] = [0, 0]
  for await (const part of readSnapshot(snapshot, options)) {
    if (part.kind === 'nodes') {
      for (let row = 0; row < part.count; row++) {
        const at = part.table[row * ROW_WORDS + ROW.at]!
        const dataAt = part.table[row * ROW_WORDS + ROW.dataAt]!
        const aclAt = part.table[row * ROW_WORDS + ROW.aclAt]!
        dataBytes += aclAt - at - 8
        if (part.view.getBigInt64(aclAt + STAT.ephemeralOwner) > 0n) ephemerals++
        // behind its end it is negative
        counters.see(part, row, dataAt - at - 4, part.view.getInt32(aclAt + STAT.cversion) >>> 0)
      }
    } else if (part.kind === 'end') {
      if (part.broken !== null || part.end.problem !== null) return null
      const { bytes, nodes } = part.end
      return { bytes, znodes: nodes, ephemerals, dataBytes, counters: counters.found }
    }
  }
  return null
}

interface Counters {
  readonly found: ReadonlyMap<string, number>
  see(batch: NodeBatch, row: number, pathBytes: number, counter: number): void
}

class Highest implements Counters {
  readonly found = new Map<string, number>()
  private least = LEAST_COUNTER

  see(batch: NodeBatch, row: number, _pathBytes: number, counter: number): void {
    if (counter < this.least) return
    this.found.set(textOf(pathAt(batch, row)) || '/', counter)
    if (this.found.size <= MOST) return
    const [lowest] = [...this.found].reduce((a, b) => (b[1] < a[1] ? b : a))
    this.found.delete(lowest)
    this.least = Math.min(...this.found.values())
  }
}

class Wanted implements Counters {
  readonly found = new Map<string, number>()
  private readonly wanted: ReadonlySet<string>
  private readonly lengths: ReadonlySet<number>

  constructor(wanted: ReadonlySet<string>) {
    this.wanted = wanted
    this.lengths = new Set([...wanted].map((path) => (path === '/' ? 0 : Buffer.byteLength(path))))
  }

  see(batch: NodeBatch, row: number, pathBytes: number, counter: number): void {
    if (!this.lengths.has(pathBytes)) return
    const path = textOf(pathAt(batch, row)) || '/'
    if (this.wanted.has(path)) this.found.set(path, counter)
  }
}
