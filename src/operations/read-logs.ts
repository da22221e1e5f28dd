import { setTimeout as sleep } from 'node:timers/promises'
import { type ByteSource, openAt, openSource } from '../datadir/byte-source.ts'
import { mayBeWritten } from '../datadir/live-file.ts'
import { findLogs, type LogFile, type LogPlaces } from '../datadir/log-files.ts'
import { createKernel } from '../formats/kernel/create.ts'
import type { Kernel } from '../formats/kernel/kernel.ts'
import {
  type LogEnd,
  payloadLimit,
  type ReadSoFar,
  type RecordBatch,
  type ScanOptions,
  scanLog,
  zxidAt,
} from '../formats/txnlog/scan.ts'
import { endFindings, isWhole, mayBeUnderWay, type Tail, tailOf } from '../formats/txnlog/tail.ts'
import type { Finding } from '../support/finding.ts'
import type { Progress } from '../support/progress.ts'

/** What every command that reads logs takes. */
export interface ReadLogsOptions {
  /** Files, directories or `-`. */
  readonly places: readonly string[]
  /** The servers' `jute.maxbuffer` in bytes. */
  readonly juteMaxbuffer: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** A batch of records of one log. */
export interface LogBatch extends RecordBatch {
  readonly kind: 'records'
  readonly log: LogFile
}

/** A log is over. */
export interface LogDone {
  readonly kind: 'end'
  readonly log: LogFile
  readonly end: LogEnd
  readonly tail: Tail
  readonly lastZxid: bigint | null
  readonly findings: readonly Finding[]
}

/** Whether all that the log held could be read; a torn end is ordinary in the last one only. */
export function isReadable({ tail }: LogDone, isLast: boolean): boolean {
  return tail !== 'damaged' && (tail !== 'torn' || isLast)
}

/** See scanLog. */
export type PassOptions = Pick<ScanOptions, 'passUnknown' | 'passFlawed'>

/** Where the logs lie, and a way to read them. */
export interface OpenLogs extends LogPlaces {
  /** All records of all logs in zxid order of the files, each log closed by a LogDone. */
  read(options?: PassOptions): AsyncGenerator<LogBatch | LogDone>
  /** The same for one of `logs`. */
  readOne(index: number, options?: PassOptions): AsyncGenerator<LogBatch | LogDone>
}

/** How often the end of a log that changed just now is read again before it is taken for what it is. */
const READINGS = 8
const PAUSE_MS = 25

/** Finds the logs; throws `input.*` when a place is missing or holds none. Memory is constant. */
export async function openLogs(options: ReadLogsOptions): Promise<OpenLogs> {
  const places = await findLogs(options.places)
  const kernel = createKernel()
  const readOne = (i: number, pass: PassOptions = {}) =>
    readLog(kernel, places.logs[i]!, i === places.logs.length - 1, pass, options)
  return {
    ...places,
    readOne,
    read: (pass = {}) => readLogFiles(kernel, places.logs, pass, options),
  }
}

/** All records of these logs, read into the memory of `kernel`. */
export async function* readLogFiles(
  kernel: Kernel,
  logs: readonly LogFile[],
  pass: PassOptions,
  options: Omit<ReadLogsOptions, 'places'>,
): AsyncGenerator<LogBatch | LogDone> {
  for (const [i, log] of logs.entries()) yield* readLog(kernel, log, i === logs.length - 1, pass, options)
  options.progress.finish()
}

/**
 * A server may be writing the log: where it seems to end in a part of a record, that place is read again, and when it is
 * a record by then the log ends well.
 */
export async function* readLog(
  kernel: Kernel,
  log: LogFile,
  isLast: boolean,
  pass: PassOptions,
  { juteMaxbuffer, signal, progress }: Omit<ReadLogsOptions, 'places'>,
): AsyncGenerator<LogBatch | LogDone> {
  const opened = await openSource(log.file, signal)
  let source: Pick<ByteSource, 'read' | 'close'> = opened
  try {
    const plain = opened.compression === 'none' && opened.sizeBytes !== undefined
    // what a compressed file unpacks to is not known before
    progress.start(log.file, plain ? opened.sizeBytes : undefined, 'bytes')
    let bytesRead = 0
    const read = async (into: Uint8Array): Promise<number> => {
      const count = await source.read(into)
      progress.update((bytesRead += count))
      return count
    }
    let lastZxid: bigint | null = null
    let from: ReadSoFar | undefined
    for (let reading = 1; ; reading++) {
      let records = 0
      const batches = scanLog(kernel, read, { limit: payloadLimit(juteMaxbuffer), ...pass, from })
      let next = await batches.next()
      for (; !next.done; next = await batches.next()) {
        lastZxid = zxidAt(next.value, next.value.count - 1)
        records += next.value.count
        yield { kind: 'records', log, ...next.value }
      }
      const end = next.value
      const done = { kind: 'end', log, end, lastZxid } as const
      if (reading > 1 && records > 0) {
        yield { ...done, tail: 'padding', findings: [] }
        return
      }
      const tail = tailOf(end)
      const again = !isWhole(tail) && plain && !pass.passFlawed && reading < READINGS && mayBeUnderWay(end)
      if (!again || !(await mayBeWritten(log.file))) {
        const findings = endFindings(end, { file: log.file, isLast, lastZxid, juteMaxbuffer })
        yield { ...done, tail, findings }
        return
      }
      await sleep(PAUSE_MS, undefined, { signal })
      if (end.kind === 'records') from = { header: end.header, offset: end.offset, lastZxid: lastZxid ?? -1n }
      const reopened = await openAt(log.file, from?.offset ?? 0, signal)
      await source.close()
      source = reopened
    }
  } finally {
    await source.close()
  }
}
