/* The tally in plain JavaScript: for runtimes without SIMD, and the second opinion of the tests. */
import { decodeTxn } from '../decode.ts'
import { pathsOf } from '../filter.ts'
import { isRecordType, OP } from '../ops.ts'
import { FIELD } from '../scan.ts'
import type { TxnBody } from '../types.ts'
import type { KeyCounts, Tally, TallyOptions } from './tally.ts'

export function plainTally({ bounds, depth }: TallyOptions): Tally {
  const types = new Map<number | null, { count: number; bytes: number; ops: number }>()
  const paths = counter(bounds?.paths)
  const prefixes = counter(bounds?.prefixes)
  const sessions = counter(bounds?.sessions)
  const errors = counter(bounds?.errors)
  const failedOps = counter(bounds?.failedOps)
  let stamps = 0
  let dataBytes = 0

  const typeOf = (type: number | null) => {
    const found = types.get(type) ?? { count: 0, bytes: 0, ops: 0 }
    types.set(type, found)
    return found
  }

  return {
    add({ bytes, view, table, count }) {
      for (let row = 0; row < count; row++) {
        const at = table[2 * row]!
        const size = table[2 * row + 1]! + 13
        const type = view.getInt32(at + FIELD.type)
        const { body } = decodeTxn(bytes, at + 12, at + size - 1)
        const found = typeOf(isRecordType(type) ? type : null)
        found.count++
        found.bytes += size
        dataBytes += dataBytesOf(body)
        const stamp = ++stamps
        sessions.add(bytes.subarray(at + FIELD.session, at + FIELD.session + 8), size, stamp)
        if (type === OP.error) errors.add(bytes.subarray(at + FIELD.body, at + FIELD.body + 4), size, stamp)
        for (const op of body.kind === 'multi' ? (body.ops ?? []) : []) {
          const known = op.type === OP.error || op.body.kind !== 'unknown'
          typeOf(known ? op.type : null).ops++
          dataBytes += dataBytesOf(op.body)
          // each of them counts
          if (op.type === OP.error) failedOps.add(op.body.kind === 'error' ? op.data! : NO_CODE, size, ++stamps)
        }
        for (const path of pathsOf(body)) {
          if (path === null) continue
          paths.add(path, size, stamp)
          prefixes.add(prefixOf(path, depth), size, stamp)
        }
      }
    },
    result: () => ({
      types: [...types].map(([type, counts]) => ({ type, ...counts })),
      dataBytes,
      paths: paths.counts(),
      prefixes: prefixes.counts(),
      sessions: sessions.counts(),
      errors: errors.counts(),
      failedOps: failedOps.counts(),
    }),
  }
}

const NO_CODE = new Uint8Array()

function dataBytesOf(body: TxnBody): number {
  return 'data' in body ? (body.data?.length ?? 0) : 0
}

/** Up to the slash behind the last of `depth` components. */
function prefixOf(path: Uint8Array, depth: number): Uint8Array {
  let slashes = 0
  const end = path.findIndex((byte) => byte === 0x2f && ++slashes > depth)
  return end < 0 ? path : path.subarray(0, end)
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

interface Counter {
  /** A record of `bytes` names the key; it counts once for the same `stamp`. */
  add(key: Uint8Array, bytes: number, stamp: number): void
  counts(): KeyCounts
}

/** As assembly/counter.ts, which says how; at most `most` keys, in at most `arenaBytes`. */
function counter([most, arenaBytes] = UNBOUNDED): Counter {
  let entries = new Map<string, { count: number; bytes: number; missed: number; stamp: number }>()
  let used = 0
  let missed = 0

  const purge = () => {
    const weights = Float64Array.from(entries.values(), (entry) => entry.count + entry.missed).sort()
    missed = Math.max(missed, weights[(weights.length - 1) >> 1]!)
    entries = new Map([...entries].filter(([, entry]) => entry.count + entry.missed > missed))
    used = 0
    for (const key of entries.keys()) used += entryBytes(key.length)
  }

  return {
    add(bytesOfKey, bytes, stamp) {
      const key = keyOf(bytesOfKey)
      const entry = entries.get(key)
      if (entry !== undefined) {
        if (entry.stamp === stamp) return
        entry.stamp = stamp
        entry.count++
        entry.bytes += bytes
        return
      }
      const size = entryBytes(key.length)
      if (size > arenaBytes) {
        missed++
        return
      }
      while (entries.size === most || used + size > arenaBytes) purge()
      entries.set(key, { count: 1, bytes, missed, stamp })
      used += size
    },
    counts() {
      const list = [...entries]
      return {
        keys: list.length,
        missed,
        each(visit) {
          let least = 0
          for (const [i, [, { count, bytes }]] of list.entries()) if (count >= least) least = visit(count, bytes, i)
        },
        keyAt: (i) => Buffer.from(list[i]![0], 'latin1'),
        missedAt: (i) => list[i]![1].missed,
      }
    },
  }
}

const UNBOUNDED: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]

/** What an entry takes there. */
function entryBytes(keyBytes: number): number {
  return (40 + keyBytes + 7) & ~7
}
