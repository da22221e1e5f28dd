import { textOf } from '../../formats/txnlog/filter.ts'
import { errorName, opName } from '../../formats/txnlog/ops.ts'
import type { KeyCounts, TallyResult, TypeCount } from '../../formats/txnlog/tally/tally.ts'
import { type KeyCount, topOf } from '../../formats/txnlog/tally/top.ts'
import type { ErrorCount, Estimated, StatLogResult } from './result.ts'

type Lists = Pick<
  StatLogResult,
  'byType' | 'byOp' | 'byPrefix' | 'paths' | 'sessions' | 'errors' | 'failedOps' | 'distinct' | 'maxMissed' | 'exact'
> & { readonly bytes: number; readonly dataBytes: number }

/** The lists of a result, `top` rows of those that may be long. Undefined: there was no record. */
export function listsOf(tally: TallyResult | undefined, top: number): Lists {
  const { types, dataBytes, paths, prefixes, sessions, errors, failedOps } = tally ?? NOTHING
  const known = ({ keys, missed }: KeyCounts) => (missed === 0 ? keys : null)
  return {
    bytes: types.reduce((sum, { bytes }) => sum + bytes, 0),
    dataBytes,
    byType: types
      .filter(({ count }) => count > 0)
      .map(({ type, count, bytes }) => ({ type: nameOf(type), count, bytes }))
      .sort(byCount),
    byOp: types
      .filter(({ ops }) => ops > 0)
      .map(({ type, ops }) => ({ type: nameOf(type), count: ops }))
      .sort(byCount),
    byPrefix: topOf(prefixes, top).map((row) => ({ prefix: textOf(row.key), ...estimated(row) })),
    paths: topOf(paths, top).map((row) => ({ path: textOf(row.key), ...estimated(row) })),
    sessions: topOf(sessions, top).map((row) => ({ session: longOf(row.key), ...estimated(row) })),
    errors: errorCounts(errors),
    failedOps: errorCounts(failedOps),
    distinct: { paths: known(paths), prefixes: known(prefixes), sessions: known(sessions) },
    maxMissed: { paths: paths.missed, prefixes: prefixes.missed, sessions: sessions.missed },
    exact: [paths, prefixes, sessions, errors, failedOps].every(({ missed }) => missed === 0),
  }
}

const NO_KEYS: KeyCounts = { keys: 0, missed: 0, each() {}, keyAt: () => new Uint8Array(), missedAt: () => 0 }
const NOTHING: TallyResult = {
  types: [],
  dataBytes: 0,
  paths: NO_KEYS,
  prefixes: NO_KEYS,
  sessions: NO_KEYS,
  errors: NO_KEYS,
  failedOps: NO_KEYS,
}

function nameOf(type: TypeCount['type']): string {
  return (type === null ? undefined : opName(type)) ?? 'unknown'
}

function byCount(a: { type: string; count: number }, b: { type: string; count: number }): number {
  return b.count - a.count || (a.type < b.type ? -1 : 1)
}

function estimated({ count, bytes, missed }: KeyCount): Estimated {
  return missed === 0 ? { count, bytes } : { count, bytes, maxMissed: missed }
}

function errorCounts(counts: KeyCounts): ErrorCount[] {
  return topOf(counts, counts.keys).map(({ key, count }) => {
    const code = key.length === 4 ? new DataView(key.buffer, key.byteOffset).getInt32(0) : null
    return { code, name: code === null ? null : errorName(code), count }
  })
}

function longOf(key: Uint8Array): bigint {
  return new DataView(key.buffer, key.byteOffset).getBigInt64(0)
}
