import { type DumpEnd, type DumpLogOptions, selectRecords } from '../dump-log.ts'
import type { LogBatch, OpenLogs } from '../read-logs.ts'

/** Keeps copies of the last records that it is given, in batches of one. */
export interface Keeper {
  add(batch: LogBatch): void
  readonly records: readonly LogBatch[]
}

export function keepLast(most: number): Keeper {
  const records: LogBatch[] = []
  return {
    records,
    add(batch) {
      const from = Math.max(0, batch.count - most)
      for (let row = from; row < batch.count; row++) records.push(copyOf(batch, row))
      if (records.length > most) records.splice(0, records.length - most)
    },
  }
}

function copyOf(batch: LogBatch, row: number): LogBatch {
  const at = batch.table[2 * row]!
  const length = batch.table[2 * row + 1]!
  const bytes = batch.bytes.slice(at, at + length + 13)
  // not in the kernel's memory any more, so it cannot write it
  const lines = undefined
  const table = Uint32Array.of(0, length)
  return { ...batch, bytes, view: new DataView(bytes.buffer), table, count: 1, base: batch.base + at, lines }
}

export interface LastRecords {
  /** Oldest first. */
  readonly records: readonly LogBatch[]
  readonly ends: readonly DumpEnd[]
}

/** The last `most` records that pass; every log is read once, the newest first, and no more logs than it takes. */
export async function lastRecords(
  open: OpenLogs,
  most: number,
  { filter }: Pick<DumpLogOptions, 'filter'>,
): Promise<LastRecords> {
  let records: LogBatch[] = []
  const ends: DumpEnd[] = []
  for (let i = open.logs.length - 1; i >= 0 && records.length < most; i--) {
    const keeper = keepLast(most - records.length)
    for await (const part of selectRecords(open.readOne(i, { passUnknown: true }), open.logs.at(-1), { filter })) {
      if (part.kind === 'end') ends.unshift(part)
      else keeper.add(part)
    }
    records = [...keeper.records, ...records]
  }
  return { records, ends }
}
