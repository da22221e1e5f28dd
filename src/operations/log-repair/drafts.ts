/*
 * Logs that are put together from ranges of others, and how they are written: into a new directory that appears as a
 * whole, after what was written was read again and found to be what was planned.
 */
import { join } from 'node:path'
import { newDirectory } from '../../datadir/new-directory.ts'
import { openRanges, type RangeReader } from '../../datadir/range-reader.ts'
import type { Check } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { verifyLogs } from '../verify-log.ts'
import { HOLES } from '../zxid-findings.ts'

export type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Offsets in the file after decompression. Ranges of one file come in ascending order over all drafts. */
  | { readonly kind: 'range'; readonly file: string; readonly from: number; readonly to: number }

/** A log to be written. */
export interface LogDraft {
  readonly name: string
  readonly pieces: readonly Piece[]
  readonly records: number
  readonly firstZxid: bigint
  readonly lastZxid: bigint
}

/** Any other file, such as quarantined bytes. */
export interface FileDraft {
  readonly name: string
  readonly pieces: readonly Piece[]
}

export interface WriteOptions extends Omit<ReadLogsOptions, 'places'> {
  readonly output: string
}

/** Codes that a written log may have because they were announced in the plan. */
const ANNOUNCED = new Set([...HOLES, 'log.duplicate', 'log.foreign-dbid'])

/**
 * Writes logs and other files into `output` and verifies them before it gets its name.
 * Throws `stopped.*` with nothing left behind.
 */
export async function writeDrafts(
  logs: readonly LogDraft[],
  others: readonly FileDraft[],
  options: WriteOptions,
): Promise<readonly Check[]> {
  const directory = await newDirectory(options.output)
  const readers = new Map<string, RangeReader>()
  try {
    const reader = async (file: string): Promise<RangeReader> => {
      const known = readers.get(file) ?? (await openRanges(file, options.signal))
      readers.set(file, known)
      return known
    }
    const writeAll = async ({ name, pieces }: FileDraft) => {
      await directory.write(name, async (write) => {
        for (const piece of pieces) {
          if (piece.kind === 'bytes') await write(piece.bytes)
          else await (await reader(piece.file)).copy(piece.from, piece.to, write)
        }
      })
    }
    for (const draft of logs) await writeAll(draft)
    await closeAll(readers)
    for (const draft of others) await writeAll(draft)
    const check = await verifyDrafts(logs, directory.temporary, options)
    await directory.commit(options.signal)
    return [check]
  } finally {
    await closeAll(readers)
    await directory.dispose()
  }
}

async function closeAll(readers: Map<string, RangeReader>): Promise<void> {
  for (const reader of readers.values()) await reader.close()
  readers.clear()
}

async function verifyDrafts(logs: readonly LogDraft[], folder: string, options: WriteOptions): Promise<Check> {
  const { files, findings } = await verifyLogs({ ...options, places: logs.map(({ name }) => join(folder, name)) })
  const wrong = findings.find(({ code, severity }) => severity === 'error' && !ANNOUNCED.has(code))
  const as = (log: LogDraft): boolean => {
    const file = files.find((one) => one.file === join(folder, log.name))
    return (
      file?.tail === 'end-of-file' &&
      file.records === log.records &&
      file.firstZxid === log.firstZxid &&
      file.lastZxid === log.lastZxid
    )
  }
  const other = logs.find((log) => !as(log))
  if (wrong !== undefined || other !== undefined) {
    const what = wrong?.message ?? `${other!.name} does not hold what was planned`
    throw new ZkopsError('stopped.verify', `What was written does not verify: ${what}. It was removed`, {
      hint: 'Did the input change meanwhile? Run the command again.',
    })
  }
  const records = logs.reduce((sum, log) => sum + log.records, 0)
  const range = `${hex64(logs[0]!.firstZxid)} to ${hex64(logs.at(-1)!.lastZxid)}`
  return { check: 'log verify', ok: true, detail: `${logs.length} logs, ${records} records, ${range}` }
}
