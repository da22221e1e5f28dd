import { open } from 'node:fs/promises'
import type { LogFile } from '../../datadir/log-files.ts'
import { LOG_HEADER_BYTES } from '../../formats/txnlog/header.ts'
import { FIELD } from '../../formats/txnlog/scan.ts'
import { fileError } from '../../support/errors.ts'

/**
 * The first zxid of the log in which a time lies, by the times of the logs' first records; null when it lies before all
 * of them. Where clocks went back the older log counts.
 */
export async function windowStart(logs: readonly LogFile[], timeMs: number): Promise<{ readonly zxid: bigint | null }> {
  let zxid: bigint | null = null
  for (const { file } of logs) {
    const first = await firstRecord(file)
    // a log without a record says nothing
    if (first === undefined) continue
    if (first.timeMs > timeMs) break
    zxid = first.zxid
  }
  return { zxid }
}

async function firstRecord(file: string): Promise<{ zxid: bigint; timeMs: number } | undefined> {
  try {
    const handle = await open(file, 'r')
    try {
      const length = FIELD.timeMs + 8
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, LOG_HEADER_BYTES)
      if (bytesRead < length || buffer.readInt32BE(8) === 0) return undefined
      return { zxid: buffer.readBigInt64BE(FIELD.zxid), timeMs: Number(buffer.readBigInt64BE(FIELD.timeMs)) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(error, file)
  }
}
