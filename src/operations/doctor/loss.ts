/*
 * What the first start drops, as far as the files show it:
 *
 * 1. Whole records behind the place where an opened log ends for the server.
 * 2. Holes in the replayed zxids, or behind the snapshot, unless records of 1 are what is missing there.
 * 3. Logs that are not opened, or that this release does not see, with records above the zxid reached.
 * 4. Transactions that a snapshot's name claims and its content does not have, and snapshots named above the zxid reached.
 */
import { readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openSource } from '../../datadir/byte-source.ts'
import { logEnds } from '../../datadir/log-ends.ts'
import { type LogFile, logFile } from '../../datadir/log-files.ts'
import { withQuietFile } from '../../datadir/quiet-open.ts'
import { LOG_MAGIC } from '../../formats/txnlog/header.ts'
import { FIELD, type LogEnd, type RecordBatch, scanLog, zxidAt } from '../../formats/txnlog/scan.ts'
import { systemErrorCode } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import type { JudgeOptions } from './judge-snapshot.ts'
import { type Folder, logsIn, snapshotFilesIn } from './listing.ts'
import type { Start } from './predict.ts'
import type { ReadLog } from './replay-logs.ts'

export interface Loss {
  readonly file: string
  readonly offset: number | null
  readonly bytes: number | null
  /** Null: nobody can tell. */
  readonly records: number | null
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  /** The server says nothing of it. */
  readonly silent: boolean
  readonly why: string
  /** With peers: the directory that has all of it. */
  readonly peer?: string | null
}

/** Empty when the server does not start: then nothing is dropped yet. */
export async function lossesOf(start: Start, options: JudgeOptions): Promise<readonly Loss[]> {
  const { refusal, folders } = start
  if (refusal !== null || start.lastZxid === null) return []
  const reached = BigInt.asIntN(64, start.lastZxid) < 0n ? 0n : start.lastZxid
  const isMissing = missingIn(start, reached)
  const hidden = (start.replayed?.logs ?? []).flatMap((log) => hiddenIn(log, isMissing))
  return [
    ...unlistable(folders.snapshots),
    ...(folders.logs.path === folders.snapshots.path ? [] : unlistable(folders.logs)),
    ...hidden,
    ...holes(start, hidden),
    ...(await unread(start, reached, options)),
    ...claimed(start),
    ...above(start, reached),
  ]
}

function unlistable({ path, state, names }: Folder): readonly Loss[] {
  if (state !== 'there' || names !== null) return []
  const why = 'the directory cannot be listed, so a server takes it for empty and writes over what is in it'
  return [{ file: path, ...NOWHERE, records: null, firstZxid: null, lastZxid: null, silent: true, why }]
}

const NOWHERE = { offset: null, bytes: null } as const

/** Why of a loss that no log has any more. */
export const DESTROYED = 'the records here are destroyed, so a server ends the log here'

/** What lies behind the end of an opened log, as far as it was replayed from nowhere else. */
function hiddenIn({ log, end, tail, lastZxid }: ReadLog, isMissing: IsMissing): readonly Loss[] {
  if (end.kind !== 'records' || tail !== 'damaged') return []
  const behind = wholeBehind(log, end)
  if (behind === null) return []
  const { first, last, records } = behind
  const { offset, bytes } = end
  const next = lastZxid === null ? log.nameZxid : lastZxid + 1n
  const losses: Loss[] = []
  if (behind.offset > offset && next < first && next >> 32n === first >> 32n && isMissing(next, first - 1n)) {
    losses.push({
      file: log.file,
      offset,
      bytes: behind.offset - offset,
      ...span(next, first - 1n),
      silent: true,
      why: DESTROYED,
    })
  }
  if (isMissing(first, last)) {
    const why = 'a server ends the log in front of these whole records and goes on with the next file'
    const range = { offset: behind.offset, bytes: bytes - behind.offset, records, firstZxid: first, lastZxid: last }
    losses.push({ file: log.file, ...range, silent: true, why })
  }
  return losses
}

/** Whether some of the zxids were not replayed. */
type IsMissing = (first: bigint, last: bigint) => boolean

function missingIn({ replayed, picked }: Start, reached: bigint): IsMissing {
  const from = picked?.snapshot?.nameZxid ?? 0n
  return (first, last) =>
    last > from && (last > reached || (replayed?.holes ?? []).some((hole) => hole.first <= last && first <= hole.last))
}

function zxidOfRecord(file: string, offset: number): bigint {
  return withQuietFile(file, (descriptor) => {
    const bytes = Buffer.alloc(8)
    readSync(descriptor, bytes, 0, bytes.length, offset + FIELD.zxid)
    return bytes.readBigInt64BE()
  })
}

/** Holes, but for what lies hidden behind the end of a log. */
function holes({ replayed }: Start, hidden: readonly Loss[]): readonly Loss[] {
  return (replayed?.holes ?? []).flatMap(({ first, last, file, offset, atStart }) => {
    const why = atStart
      ? 'transactions between the snapshot and the first record of the logs are missing'
      : 'transactions are missing in front of this record'
    return without({ first, last }, hidden).map((one): Loss => {
      return { file, offset, bytes: 0, ...span(one.first, one.last), silent: true, why }
    })
  })
}

interface Range {
  readonly first: bigint
  readonly last: bigint
}

function without(range: Range, taken: readonly Loss[]): readonly Range[] {
  return taken.reduce<readonly Range[]>(
    (left, { firstZxid, lastZxid }) =>
      left.flatMap(({ first, last }) => {
        if (lastZxid! < first || firstZxid! > last) return [{ first, last }]
        return [
          { first, last: firstZxid! - 1n },
          { first: lastZxid! + 1n, last },
        ].filter((one) => one.first <= one.last)
      }),
    [range],
  )
}

function span(first: bigint, last: bigint): Pick<Loss, 'records' | 'firstZxid' | 'lastZxid'> {
  const sameEpoch = first >> 32n === last >> 32n
  return { records: sameEpoch ? Number(last - first) + 1 : null, firstZxid: first, lastZxid: last }
}

/** Logs that the start does not open although they hold something above the zxid reached. */
async function unread(start: Start, reached: bigint, options: JudgeOptions): Promise<readonly Loss[]> {
  const { folders, replayed } = start
  const opened = new Set((replayed?.logs ?? []).map(({ log }) => log.file))
  const losses: Loss[] = []
  const named = logsIn(folders.logs, true)
  const known = new Set(named.map(({ file }) => basename(file)))
  const others = (folders.logs.names ?? []).filter((name) => !known.has(name))
  for (const log of [...named, ...others.map((name) => logFile(join(folders.logs.path, name))).filter(isLog)]) {
    if (opened.has(log.file)) continue
    const ends = await logEnds(log.file, options.settings.limit).catch(() => undefined)
    if (ends !== undefined && (ends.lastZxid ?? 0n) <= reached) continue
    const found = await recordsAbove(log, reached, options)
    if (found === null) continue
    const why = !known.has(basename(log.file))
      ? 'its name is not that of a log, so no server opens it'
      : 'a server does not open this log: its name is not the zxid of its first record'
    losses.push({ file: log.file, ...found, silent: true, why })
  }
  return losses
}

/** Whether a file begins as logs do. */
function isLog({ file }: LogFile): boolean {
  const magic = Buffer.alloc(4)
  try {
    return withQuietFile(file, (descriptor) => readSync(descriptor, magic)) === 4 && magic.readInt32BE() === LOG_MAGIC
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return false
  }
}

async function recordsAbove(
  log: LogFile,
  reached: bigint,
  options: JudgeOptions,
): Promise<Pick<Loss, 'offset' | 'bytes' | 'records' | 'firstZxid' | 'lastZxid'> | null> {
  let first: { readonly zxid: bigint; readonly offset: number } | undefined
  let last = 0n
  let end = 0
  let records: number | null = 0
  const batches = batchesOf(log, options)
  let next = await batches.next()
  for (; !next.done; next = await batches.next()) {
    const batch = next.value
    for (let i = 0; i < batch.count; i++) {
      const zxid = zxidAt(batch, i)
      if (zxid <= reached) continue
      const offset = batch.base + batch.table[2 * i]!
      first ??= { zxid, offset }
      last = zxid
      end = offset + 13 + batch.table[2 * i + 1]!
      records++
    }
  }
  const behind = next.value === null ? null : wholeBehind(log, next.value)
  if (behind !== null && behind.last > reached) {
    // how many of them were reached is not known
    records = first === undefined && behind.first <= reached ? null : records + behind.records
    first ??= { zxid: behind.first > reached ? behind.first : reached + 1n, offset: behind.offset }
    last = behind.last
    end = behind.end
  }
  if (first === undefined) return null
  return { offset: first.offset, bytes: end - first.offset, records, firstZxid: first.zxid, lastZxid: last }
}

interface Whole {
  readonly first: bigint
  readonly last: bigint
  readonly records: number
  readonly offset: number
  readonly end: number
}

/** The records behind the end of a log for a server. */
function wholeBehind(log: LogFile, end: LogEnd): Whole | null {
  if (end.kind === 'no-header') return null
  const { hidden, proof, endOfNonZero } = end.rest
  const proven = proof !== null && end.kind === 'records'
  if (hidden === null && !proven) return null
  const first = proven ? zxidOfRecord(log.file, end.offset) : hidden!.firstZxid
  return {
    first,
    last: hidden?.lastZxid ?? first,
    records: (proven ? 1 : 0) + (hidden?.count ?? 0),
    offset: proven ? end.offset : hidden!.offset,
    end: endOfNonZero,
  }
}

/** The records of a log, and how it ends; none and null when it cannot be read. */
export async function* batchesOf(
  { file }: Pick<LogFile, 'file'>,
  { settings, signal }: Pick<JudgeOptions, 'settings' | 'signal'>,
): AsyncGenerator<RecordBatch, LogEnd | null> {
  const { createKernel } = await import('../../formats/kernel/create.ts')
  const source = await openSource(file, signal).catch(() => undefined)
  if (source === undefined) return null
  try {
    return yield* scanLog(createKernel(), (into) => source.read(into), { limit: settings.limit })
  } finally {
    await source.close()
  }
}

/** What the name of the snapshot claims, and no digest or last zxid in it does. */
function claimed({ picked }: Start): readonly Loss[] {
  const snapshot = picked?.snapshot
  if (!snapshot) return []
  const { file, nameZxid, digest, lastZxid } = snapshot
  const known = digest === null || digest.zxid <= 0n ? lastZxid : digest.zxid
  if (known === null || known >= nameZxid || (nameZxid & 0xffffffffn) === 0n) return []
  const why = `the snapshot was taken at ${hex64(known)}: servers go by its name and skip the transactions between`
  return [{ file, ...NOWHERE, ...span(known + 1n, nameZxid), silent: true, why }]
}

function above(start: Start, reached: bigint): readonly Loss[] {
  return snapshotFilesIn(start.folders.snapshots).flatMap(({ file, nameZxid }) => {
    if (nameZxid <= reached || nameZxid < 0n) return []
    const why = `a snapshot was taken at ${hex64(nameZxid)}, but the start reaches ${hex64(reached)} only`
    return [{ file, ...NOWHERE, ...span(reached + 1n, nameZxid), silent: true, why }]
  })
}
