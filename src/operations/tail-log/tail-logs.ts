import type { Finding } from '../../support/finding.ts'
import type { DumpBatch, DumpLogOptions } from '../dump-log.ts'
import { withDecoder } from '../dump-log.ts'
import { openLogs } from '../read-logs.ts'
import { followLogs } from './follow.ts'
import { lastRecords } from './last-records.ts'

export interface TailLogOptions
  extends Pick<DumpLogOptions, 'filter' | 'decode' | 'juteMaxbuffer' | 'signal' | 'progress'> {
  /** A log, a directory of logs, a data directory. */
  readonly place: string
  /** How many of the last records. */
  readonly lines: number
  /** Go on with what comes, until the signal fires. */
  readonly follow: boolean
}

/** Something to know about the logs. */
export interface TailNote {
  readonly kind: 'note'
  readonly findings: readonly Finding[]
  /** False when a log is damaged: exit 3. */
  readonly readable: boolean
}

/** Throws `input.*` when the place is missing, or holds no logs and is not followed. */
export async function* tailLogs(options: TailLogOptions): AsyncGenerator<DumpBatch | TailNote> {
  if (options.follow) return yield* followLogs(options)
  const open = await openLogs({ ...options, places: [options.place] })
  const { records, ends } = await lastRecords(open, options.lines, options)
  for (const record of records) yield* withDecoder(record, options)
  for (const { findings, readable } of ends) yield { kind: 'note', findings, readable }
}
