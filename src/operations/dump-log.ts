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
import { recordFilter, type TxnFilter } from '../formats/txnlog/filter.ts'
import { isRecordType, OP } from '../formats/txnlog/ops.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
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
  /** Say what payloads are: `true` by their bytes and paths, a command by what it prints for them. */
  readonly decode?: boolean | { readonly command: string; readonly timeoutMs?: number } | undefined
}

/** Records of one log; `rows` are the indices of those that passed. */
export interface DumpBatch extends LogBatch {
  readonly rows: Uint32Array
  /** There when decoding is asked for. */
  readonly decode?: PayloadDecoder
}

export interface DumpEnd {
  readonly kind: 'findings'
  readonly findings: readonly Finding[]
  /** False when a log is damaged beyond a torn tail of the last one: exit 3. */
  readonly readable: boolean
}

/** Throws `input.*` when a place is missing or holds no logs, `environment.program` when a decoder cannot be run. */
export async function* dumpLogs(options: DumpLogOptions): AsyncGenerator<DumpBatch | DumpEnd> {
  const { logs, read } = await openLogs(options)
  const passes = recordFilter(options.filter)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  if (left <= 0) return
  let rows = new Uint32Array(1024)
  const unknown = new Set<number>()
  for await (const part of read({ passUnknown: true })) {
    if (part.kind === 'end') {
      yield endOf(part, part.log === logs.at(-1), [...unknown])
      unknown.clear()
      continue
    }
    if (rows.length < part.count) rows = new Uint32Array(part.count)
    let passed = 0
    for (let i = 0; i < part.count && passed < left; i++) {
      if (part.count === 1) noteUnknown(part, unknown)
      if (passes(part, i)) rows[passed++] = i
    }
    left -= passed
    if (passed > 0) yield* withDecoder({ ...part, rows: rows.subarray(0, passed) }, options)
    if (left <= 0) return
  }
}

async function* withDecoder(batch: DumpBatch, { decode, signal }: DumpLogOptions): AsyncGenerator<DumpBatch> {
  // loaded when asked for: they need zlib, or processes
  if (!decode) yield batch
  else if (decode === true) yield { ...batch, decode: (await import('../formats/payload/decode.ts')).decodePayload }
  else {
    const { programDecoder } = await import('./decode-payloads.ts')
    for (const row of batch.rows) {
      yield { ...batch, rows: Uint32Array.of(row), decode: await programDecoder(batch, row, { ...decode, signal }) }
    }
  }
}

/** Records of unknown types come in batches of one. */
function noteUnknown({ view, table }: LogBatch, unknown: Set<number>): void {
  const type = view.getInt32(table[0]! + FIELD.type)
  if (!isRecordType(type)) unknown.add(type)
}

function endOf({ log, tail, findings }: LogDone, isLast: boolean, unknown: readonly number[]): DumpEnd {
  const types = unknown.map(
    (type): Finding => ({
      code: 'log.unknown-type',
      severity: 'error',
      message: `records of type ${type} are not known up to 3.9: those servers refuse to start`,
      file: log.file,
      evidence: { type },
      remedy: 'A newer version wrote them: start that version.',
    }),
  )
  const readable = types.length === 0 && tail !== 'damaged' && (tail !== 'torn' || isLast)
  return { kind: 'findings', findings: [...findings, ...types], readable }
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
