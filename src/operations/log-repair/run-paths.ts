/* Which znodes the records of a run name: also of those behind damage, which no reader gets to. */
import { openSource } from '../../datadir/byte-source.ts'
import { createKernel } from '../../formats/kernel/create.ts'
import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { pathsOf, textOf } from '../../formats/txnlog/filter.ts'
import { LOG_HEADER_BYTES, readLogHeader, writeLogHeader } from '../../formats/txnlog/header.ts'
import { payloadLimit, scanLog } from '../../formats/txnlog/scan.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import type { Run } from './runs.ts'

/** Adds them to `znodes` until there are `most`. Throws `input.*`. */
export async function addPaths(
  znodes: Set<string>,
  most: number,
  file: string,
  run: Run,
  { juteMaxbuffer, signal }: Pick<ReadLogsOptions, 'juteMaxbuffer' | 'signal'>,
): Promise<void> {
  const header = readLogHeader(writeLogHeader().subarray(0, LOG_HEADER_BYTES))
  const source = await openSource(file, signal)
  try {
    let at = 0
    const read = async (into: Uint8Array): Promise<number> => {
      while (at < run.from) {
        const skipped = await source.read(into.subarray(0, Math.min(into.length, run.from - at)))
        if (skipped === 0) return 0
        at += skipped
      }
      const count = await source.read(into.subarray(0, Math.min(into.length, run.to - at)))
      at += count
      return count
    }
    const from = { header, offset: run.from, lastZxid: run.firstZxid - 1n }
    for await (const { bytes, table, count } of scanLog(createKernel(), read, {
      limit: payloadLimit(juteMaxbuffer),
      from,
    })) {
      for (let i = 0; i < count; i++) {
        const start = table[2 * i]! + 12
        for (const path of pathsOf(decodeTxn(bytes, start, start + table[2 * i + 1]!).body)) {
          if (path !== null && znodes.size < most) znodes.add(textOf(path))
        }
      }
      if (znodes.size >= most) return
    }
  } finally {
    await source.close()
  }
}
