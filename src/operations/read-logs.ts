import { openSource } from '../datadir/byte-source.ts'
import { findLogs, type LogFile, type LogPlaces } from '../datadir/log-files.ts'
import { createKernel } from '../formats/kernel/create.ts'
import type { Kernel } from '../formats/kernel/kernel.ts'
import {
  type LogEnd,
  payloadLimit,
  type RecordBatch,
  type ScanOptions,
  scanLog,
  zxidAt,
} from '../formats/txnlog/scan.ts'
import { endFindings, type Tail, tailOf } from '../formats/txnlog/tail.ts'
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

/** See scanLog. */
export type PassOptions = Pick<ScanOptions, 'passUnknown' | 'passFlawed'>

/** Where the logs lie, and a way to read them. */
export interface OpenLogs extends LogPlaces {
  /** All records of all logs in zxid order of the files, each log closed by a LogDone. */
  read(options?: PassOptions): AsyncGenerator<LogBatch | LogDone>
}

/** Finds the logs; throws `input.*` when a place is missing or holds none. Memory is constant. */
export async function openLogs(options: ReadLogsOptions): Promise<OpenLogs> {
  const places = await findLogs(options.places)
  const kernel = createKernel()
  return {
    ...places,
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

async function* readLog(
  kernel: Kernel,
  log: LogFile,
  isLast: boolean,
  pass: PassOptions,
  { juteMaxbuffer, signal, progress }: Omit<ReadLogsOptions, 'places'>,
): AsyncGenerator<LogBatch | LogDone> {
  const source = await openSource(log.file, signal)
  try {
    // what a compressed file unpacks to is not known before
    progress.start(log.file, source.compression === 'none' ? source.sizeBytes : undefined, 'bytes')
    let bytesRead = 0
    const read = async (into: Uint8Array): Promise<number> => {
      const count = await source.read(into)
      progress.update((bytesRead += count))
      return count
    }
    const batches = scanLog(kernel, read, { limit: payloadLimit(juteMaxbuffer), ...pass })
    let lastZxid: bigint | null = null
    for (;;) {
      const next = await batches.next()
      if (next.done) {
        const end = next.value
        const findings = endFindings(end, { file: log.file, isLast, lastZxid })
        yield { kind: 'end', log, end, tail: tailOf(end), lastZxid, findings }
        return
      }
      lastZxid = zxidAt(next.value, next.value.count - 1)
      yield { kind: 'records', log, ...next.value }
    }
  } finally {
    await source.close()
  }
}
