import type { DumpBatch } from '../operations/dump-log.ts'
import { jsonLine } from './json.ts'
import type { Style } from './style.ts'
import { CSV_HEADER, txnCsv } from './txn-csv.ts'
import { txnJson } from './txn-json.ts'
import { txnTextRenderer } from './txn-text.ts'

export type DumpFormat = 'text' | 'jsonl' | 'csv'

export interface DumpRenderOptions {
  readonly format: DumpFormat
  readonly style: Style
  readonly data: boolean
  readonly dataWidth: number
}

/** Writes batches to a sink as text, JSON lines or CSV. */
export interface DumpRenderer {
  batch(batch: DumpBatch, write: (text: string) => void): void
}

export function dumpRenderer(options: DumpRenderOptions): DumpRenderer {
  const line = lineMaker(options)
  let first = options.format === 'csv'
  return {
    batch(batch, write) {
      if (first) write(CSV_HEADER)
      first = false
      for (const row of batch.rows) write(line(batch, row))
    },
  }
}

function lineMaker(options: DumpRenderOptions): (batch: DumpBatch, row: number) => string {
  switch (options.format) {
    case 'text':
      return txnTextRenderer(options)
    case 'jsonl':
      return (batch, row) => jsonLine(txnJson(batch, row, options))
    case 'csv':
      return (batch, row) => txnCsv(batch, row, options)
  }
}
