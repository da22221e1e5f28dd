/*
 * log stat as CSV (RFC 4180): one row a line of a list, so that a spreadsheet can take one list by its first column.
 *
 *     list,key,name,count,bytes,maxMissed
 */
import type { StatLogResult } from '../operations/log-stat/result.ts'
import { hex64 } from '../support/hex.ts'
import { csvLine } from './csv.ts'

const HEADER = ['list', 'key', 'name', 'count', 'bytes', 'maxMissed'] as const

type Row = readonly [list: string, key: unknown, name: unknown, count: unknown, bytes: unknown, maxMissed?: unknown]

export function statCsv(result: StatLogResult): string {
  const rows: Row[] = [
    ['total', '', '', result.txns, result.bytes],
    ...result.byType.map(({ type, count, bytes }): Row => ['type', type, '', count, bytes]),
    ...result.byOp.map(({ type, count }): Row => ['op', type, '', count, '']),
    ...result.byPrefix.map(
      ({ prefix, count, bytes, maxMissed }): Row => ['prefix', prefix, '', count, bytes, maxMissed],
    ),
    ...result.paths.map(({ path, count, bytes, maxMissed }): Row => ['path', path, '', count, bytes, maxMissed]),
    ...result.sessions.map(
      ({ session, count, bytes, maxMissed }): Row => ['session', hex64(session), '', count, bytes, maxMissed],
    ),
    ...result.errors.map(({ code, name, count }): Row => ['error', code, name, count, '']),
    ...result.failedOps.map(({ code, name, count }): Row => ['failedOp', code, name, count, '']),
    ...result.largest.map(({ zxid, type, path, bytes }): Row => ['largest', hex64(zxid), path ?? type, 1, bytes]),
    ...result.rates.buckets.map(({ time, txns, bytes }): Row => ['rate', time, '', txns, bytes]),
    ...result.files.map(({ file, txns, usedBytes }): Row => ['file', file, '', txns, usedBytes]),
  ]
  return [HEADER, ...rows].map((row) => csvLine(HEADER.map((_, i) => row[i]))).join('')
}
