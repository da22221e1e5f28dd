/* When zxids were written: the first record of each log, and the last one there is. */
import { listLogs } from '../../datadir/log-files.ts'
import { createKernel } from '../../formats/kernel/create.ts'
import { FIELD, zxidAt } from '../../formats/txnlog/scan.ts'
import { type LogBatch, type ReadLogsOptions, readLog } from '../read-logs.ts'

export interface ZxidMoment {
  readonly zxid: bigint
  readonly atMs: number
}

/** In zxid order. Throws `input.*` when the folder or a log cannot be opened. */
export async function zxidMoments(
  folder: string,
  options: Omit<ReadLogsOptions, 'places'>,
): Promise<readonly ZxidMoment[]> {
  const { logs } = await listLogs(folder)
  const kernel = createKernel()
  const moments: ZxidMoment[] = []
  const last = logs.at(-1)
  for (const log of logs) {
    let first = true
    let end: ZxidMoment | undefined
    for await (const part of readLog(kernel, log, log === last, {}, options)) {
      if (part.kind === 'end' || part.count === 0) continue
      if (first) moments.push(momentOf(part, 0))
      first = false
      // of the others the next one's beginning is near enough
      if (log !== last) break
      end = momentOf(part, part.count - 1)
    }
    if (end !== undefined) moments.push(end)
  }
  return moments.sort((a, b) => (a.zxid < b.zxid ? -1 : a.zxid > b.zxid ? 1 : 0))
}

function momentOf(batch: LogBatch, row: number): ZxidMoment {
  const { view, table } = batch
  return {
    zxid: BigInt.asUintN(64, zxidAt(batch, row)),
    atMs: Number(view.getBigInt64(table[2 * row]! + FIELD.timeMs)),
  }
}

/** When a zxid was the last one, as far as that is known. */
export function momentAt(moments: readonly ZxidMoment[], zxid: bigint): number | null {
  const before = moments.filter((one) => one.zxid <= zxid).at(-1)
  const after = moments.find((one) => one.zxid >= zxid)
  if (before === undefined || after === undefined) return (before ?? after)?.atMs ?? null
  if (after.zxid === before.zxid) return before.atMs
  const share = Number(zxid - before.zxid) / Number(after.zxid - before.zxid)
  return before.zxid >> 32n === after.zxid >> 32n ? before.atMs + share * (after.atMs - before.atMs) : before.atMs
}
