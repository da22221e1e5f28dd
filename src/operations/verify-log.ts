/*
 * log verify:
 *
 * 1. Every log is walked as the server's reader does; its end is judged (formats/txnlog/tail.ts).
 * 2. On the way the zxids are held against each other, inside a file and from file to file: gaps, order, duplicates.
 * 3. The file's name is held against its first zxid, its header against what servers write.
 * 4. Verdict: damaged when any finding is an error or a log that is not the last one ends early; torn when the only
 *    damage is the incomplete end of the last log; else clean.
 */
import type { LogHeader } from '../formats/txnlog/header.ts'
import { zxidAt } from '../formats/txnlog/scan.ts'
import type { Tail } from '../formats/txnlog/tail.ts'
import type { Finding } from '../support/finding.ts'
import { folderFindings, headerFindings, nameFindings, strayFindings } from './file-findings.ts'
import { type LogDone, openLogs, type ReadLogsOptions } from './read-logs.ts'
import { type Gap, orderCheck } from './zxid-order.ts'

export interface VerifiedLog {
  readonly file: string
  /** Size of the whole file, after decompression. */
  readonly bytes: number
  /** Offset behind the last readable record. */
  readonly usedBytes: number
  /** The leading readable records. */
  readonly records: number
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  readonly dbId: bigint | null
  readonly tail: Tail
}

export interface VerifyLogResult {
  readonly verdict: 'clean' | 'torn' | 'damaged'
  readonly files: readonly VerifiedLog[]
  readonly gaps: readonly Gap[]
  /** Gaps that are not listed because there are too many; absent when all are. */
  readonly gapsOmitted?: number
  readonly findings: readonly Finding[]
}

/** Throws `input.*` only when something cannot be opened or unpacked. */
export async function verifyLogs(options: ReadLogsOptions): Promise<VerifyLogResult> {
  const { logs, snapshots, folders, read } = await openLogs(options)
  const files: VerifiedLog[] = []
  const headers: { file: string; header: LogHeader }[] = []
  const findings: Finding[] = []
  const order = orderCheck(snapshots)
  let records = 0
  let firstZxid: bigint | null = null
  for await (const part of read()) {
    if (part.kind === 'records') {
      firstZxid ??= zxidAt(part, 0)
      records += part.count
      order.batch(part)
      continue
    }
    files.push(verified(part, records, firstZxid))
    if (part.end.kind === 'records') headers.push({ file: part.log.file, header: part.end.header })
    findings.push(...nameFindings(part.log, firstZxid), ...order.endOfFile(), ...part.findings)
    records = 0
    firstZxid = null
  }
  findings.push(...headerFindings(headers), ...strayFindings(logs), ...folderFindings(folders))
  const last = files.length - 1
  const damaged =
    findings.some(({ severity }) => severity === 'error') ||
    files.some(({ tail }, i) => tail === 'damaged' || (tail === 'torn' && i !== last))
  const verdict = damaged ? 'damaged' : files[last]?.tail === 'torn' ? 'torn' : 'clean'
  const omitted = order.gapsOmitted()
  return { verdict, files, gaps: order.gaps, ...(omitted === 0 ? {} : { gapsOmitted: omitted }), findings }
}

function verified({ log, end, tail, lastZxid }: LogDone, records: number, firstZxid: bigint | null): VerifiedLog {
  const usedBytes = end.kind === 'records' ? end.offset : 0
  const dbId = end.kind === 'records' ? end.header.dbId : null
  return { file: log.file, bytes: end.bytes, usedBytes, records, firstZxid, lastZxid, dbId, tail }
}
