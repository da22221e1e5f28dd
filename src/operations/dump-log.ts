/*
 * log dump: all records of all logs, in file order, that pass the filter; each log is closed by what was found at its
 * end. Memory is constant.
 *
 * Records of unknown types are handed out and read past (a newer server would read them); whatever else ends a log for
 * a server ends it here.
 *
 * Payloads are decoded by what renders them, with the decoder that comes with each batch; a program's answers are
 * awaited before, so that its batches have one record each.
 */

import type { LogFile } from '../datadir/log-files.ts'
import { recordFilter, type TxnFilter } from '../formats/txnlog/filter.ts'
import { isRecordType, OP } from '../formats/txnlog/ops.ts'
import { FIELD, type LogEnd, zxidAt } from '../formats/txnlog/scan.ts'
import { checksumFinding } from '../formats/txnlog/tail.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import { pathGlob } from '../support/path-glob.ts'
import type { PayloadDecoder } from './decode-payloads.ts'
import { isReadable, type LogBatch, type LogDone, openLogs, type ReadLogsOptions } from './read-logs.ts'

export interface DumpLogOptions extends ReadLogsOptions {
  readonly filter: TxnFilter
  /** Stop after so many records. */
  readonly limit?: number | undefined
  /** Hand out flawed records, too; see scanLog. */
  readonly passFlawed?: boolean
  /** Say what payloads are: `true` by their bytes and paths, a command by what it prints for them. */
  readonly decode?: boolean | { readonly command: string; readonly timeoutMs?: number } | undefined
}

export interface DumpBatch extends LogBatch {
  /** There when decoding is asked for. */
  readonly decode?: PayloadDecoder
}

/** A log is over. */
export interface DumpEnd {
  readonly kind: 'end'
  readonly log: LogFile
  readonly end: LogEnd
  readonly findings: readonly Finding[]
  /** False when a log is damaged beyond a torn tail of the last one: exit 3. */
  readonly readable: boolean
}

/** Throws `input.*` when a place is missing or holds no logs, `environment.program` when a decoder cannot be run. */
export async function* dumpLogs(options: DumpLogOptions): AsyncGenerator<DumpBatch | DumpEnd> {
  const { logs, folders, read } = await openLogs(options)
  const [folder] = folders
  if (folder !== undefined) throw new ZkopsError('input.unreadable', `${folder} is a directory`, { file: folder })
  if ((options.limit ?? 1) <= 0) return
  const parts = read({ passUnknown: true, passFlawed: options.passFlawed ?? false })
  for await (const part of selectRecords(parts, logs.at(-1), options)) {
    if (part.kind === 'records') yield* withDecoder(part, options)
    else yield part
  }
}

/** What of `parts` passes the filter, up to the limit; `last` is the log where a torn end is ordinary. */
export async function* selectRecords(
  parts: AsyncIterable<LogBatch | LogDone>,
  last: LogFile | undefined,
  { filter, limit }: Pick<DumpLogOptions, 'filter' | 'limit'>,
): AsyncGenerator<LogBatch | DumpEnd> {
  const select = recordSelector(filter)
  let left = limit ?? Number.POSITIVE_INFINITY
  const unknown = new Set<number>()
  let flaws: Finding[] = []
  for await (const part of parts) {
    if (part.kind === 'end') {
      yield endOf(part, part.log === last, [...flaws, ...unknownTypes(part.log, unknown)])
      unknown.clear()
      flaws = []
      continue
    }
    if (part.count === 1) noteUnknown(part, unknown)
    if (part.flaw?.endMark === false && flaws.length < MOST_FLAWS) flaws.push(flawFinding(part))
    const count = select(part, left)
    left -= count
    if (count > 0) yield { ...part, count }
    if (left <= 0) return
  }
}

/** Moves the rows of a batch that pass to the front of its table, at most `most` of them, and returns how many. */
export function recordSelector(filter: TxnFilter): (batch: LogBatch, most: number) => number {
  if (Object.values(filter).every((condition) => condition === undefined))
    return ({ count }, most) => Math.min(count, most)
  const passes = recordFilter(filter)
  return (batch, most) => keep(batch, passes, most)
}

function keep(batch: LogBatch, passes: (batch: LogBatch, i: number) => boolean, most: number): number {
  const { table } = batch
  let kept = 0
  for (let i = 0; i < batch.count && kept < most; i++) {
    if (!passes(batch, i)) continue
    table[2 * kept] = table[2 * i]!
    table[2 * kept + 1] = table[2 * i + 1]!
    kept++
  }
  return kept
}

/** The batch with what decodes its payloads, when that is asked for; in batches of one record for a program. */
export async function* withDecoder(
  batch: LogBatch,
  { decode, signal }: Pick<DumpLogOptions, 'decode' | 'signal'>,
): AsyncGenerator<DumpBatch> {
  // loaded when asked for: they need zlib, or processes
  if (!decode) yield batch
  else if (decode === true) yield { ...batch, decode: (await import('../formats/payload/decode.ts')).decodePayload }
  else {
    const { programDecoder } = await import('./decode-payloads.ts')
    for (let row = 0; row < batch.count; row++) {
      const one = { ...batch, table: batch.table.subarray(2 * row), count: 1 }
      yield { ...one, decode: await programDecoder(one, 0, { ...decode, signal }) }
    }
  }
}

/** Records of unknown types come in batches of one. */
function noteUnknown({ view, table }: LogBatch, unknown: Set<number>): void {
  const type = view.getInt32(table[0]! + FIELD.type)
  if (!isRecordType(type)) unknown.add(type)
}

function unknownTypes({ file }: LogFile, types: ReadonlySet<number>): Finding[] {
  return [...types].map((type) => ({
    code: 'log.unknown-type',
    severity: 'error',
    message: `records of type ${type} are not known up to 3.9: those servers refuse to start`,
    file,
    evidence: { type },
    remedy: 'A newer version wrote them: start that version.',
  }))
}

const MOST_FLAWS = 20

function flawFinding(batch: LogBatch): Finding {
  return checksumFinding({ file: batch.log.file, offset: batch.table[0]! + batch.base, zxid: zxidAt(batch, 0) })
}

function endOf(done: LogDone, isLast: boolean, passed: readonly Finding[]): DumpEnd {
  const { log, end, findings } = done
  const readable = passed.length === 0 && isReadable(done, isLast)
  return { kind: 'end', log, end, findings: [...findings, ...passed], readable }
}

/** What can be asked for, as it is typed. */
export interface DumpSelection {
  readonly fromZxid?: bigint | undefined
  readonly toZxid?: bigint | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
  readonly path?: string | undefined
  readonly type?: readonly string[] | undefined
  readonly session?: bigint | undefined
  readonly errors?: boolean | undefined
  readonly minBytes?: number | undefined
}

/** Throws `usage` for a type that there is not. */
export function dumpFilter(selection: DumpSelection): TxnFilter {
  const { fromZxid, toZxid, since, until, path, type, session, errors, minBytes } = selection
  return {
    ...(fromZxid === undefined ? {} : { fromZxid }),
    ...(toZxid === undefined ? {} : { toZxid }),
    ...(since === undefined ? {} : { sinceMs: since.getTime() }),
    ...(until === undefined ? {} : { untilMs: until.getTime() }),
    ...(path === undefined ? {} : { path: pathGlob(path) }),
    ...(type === undefined ? {} : { types: new Set(type.map(opCode)) }),
    ...(session === undefined ? {} : { session }),
    ...(errors ? { errors } : {}),
    ...(minBytes === undefined ? {} : { minBytes }),
  }
}

function opCode(name: string): number | null {
  if (name.toLowerCase() === 'unknown') return null
  const known = Object.entries(OP).find(([op]) => op.toLowerCase() === name.toLowerCase())
  if (known !== undefined) return known[1]
  const nearest = didYouMean(name, Object.keys(OP))
  throw new ZkopsError('usage', `${name} is no type of transaction`, {
    hint: nearest === undefined ? `Types: ${Object.keys(OP).join(', ')}, unknown.` : `Did you mean ${nearest}?`,
  })
}
