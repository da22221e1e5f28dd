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
import { type LogBatch, type LogDone, openLogs, type ReadLogsOptions } from './read-logs.ts'

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
  const passes = recordFilter(options.filter)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  if (left <= 0) return
  const everything = Object.values(options.filter).every((condition) => condition === undefined)
  const unknown = new Set<number>()
  let flaws: Finding[] = []
  for await (const part of read({ passUnknown: true, passFlawed: options.passFlawed ?? false })) {
    if (part.kind === 'end') {
      yield endOf(part, part.log === logs.at(-1), [...flaws, ...unknownTypes(part.log, unknown)])
      unknown.clear()
      flaws = []
      continue
    }
    if (part.count === 1) noteUnknown(part, unknown)
    if (part.flaw?.endMark === false && flaws.length < MOST_FLAWS) flaws.push(flawFinding(part))
    const count = everything ? Math.min(part.count, left) : keep(part, passes, left)
    left -= count
    if (count > 0) yield* withDecoder({ ...part, count }, options)
    if (left <= 0) return
  }
}

/** Moves the rows that pass to the front of the table, at most `most` of them, and returns how many. */
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

async function* withDecoder(batch: DumpBatch, { decode, signal }: DumpLogOptions): AsyncGenerator<DumpBatch> {
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

function endOf({ log, end, tail, findings }: LogDone, isLast: boolean, passed: readonly Finding[]): DumpEnd {
  const readable = passed.length === 0 && tail !== 'damaged' && (tail !== 'torn' || isLast)
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
