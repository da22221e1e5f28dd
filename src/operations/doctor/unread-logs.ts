/* What lies in logs that a start does not open: of the wrong name, or of none that a server reads. */
import { readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openSource } from '../../datadir/byte-source.ts'
import { logEnds } from '../../datadir/log-ends.ts'
import { type LogFile, logFile } from '../../datadir/log-files.ts'
import { withQuietFile } from '../../datadir/quiet-open.ts'
import { LOG_MAGIC } from '../../formats/txnlog/header.ts'
import { type LogEnd, type RecordBatch, scanLog, zxidAt } from '../../formats/txnlog/scan.ts'
import { systemErrorCode } from '../../support/errors.ts'
import type { JudgeOptions } from './judge-snapshot.ts'
import { logsIn } from './listing.ts'
import type { Loss } from './loss.ts'
import type { Start } from './predict.ts'
import { wholeBehind } from './whole-behind.ts'

/** Logs that the start does not open although they hold something above the zxid reached. */
export async function unread(start: Start, reached: bigint, options: JudgeOptions): Promise<readonly Loss[]> {
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
  const behind = next.value === null ? null : wholeBehind(next.value)
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
