import type { DumpBatch } from '../operations/dump-log.ts'
import { ByteOutput } from './byte-output.ts'
import { jsonLine } from './json.ts'
import type { Style } from './style.ts'
import { txnCsvRenderer } from './txn-csv.ts'
import { txnJson } from './txn-json.ts'
import { jsonlWriter } from './txn-jsonl.ts'
import { txnTextRenderer } from './txn-text.ts'

export type DumpFormat = 'text' | 'jsonl' | 'csv'

export interface DumpRenderOptions {
  readonly format: DumpFormat
  readonly style: Style
  readonly data: boolean
  readonly dataWidth: number
  /** The batches come with a decoder. */
  readonly decoded?: boolean
}

/** Where the lines go; must be done with them when it returns. */
export type WriteBytes = (text: string | Uint8Array) => void

/** Writes batches to `write` as text, JSON lines or CSV; every batch is written as a whole when the call returns. */
export function dumpRenderer(options: DumpRenderOptions, write: WriteBytes): (batch: DumpBatch) => void {
  switch (options.format) {
    case 'text':
      return lineWriter(txnTextRenderer(options), write)
    case 'jsonl': {
      if (options.decoded) return lineWriter((batch, row) => jsonLine(txnJson(batch, row, options)), write)
      const output = new ByteOutput(write)
      const writeBatch = jsonlWriter(output, options)
      return (batch) => {
        writeBatch(batch)
        output.flush()
      }
    }
    case 'csv': {
      const { header, line } = txnCsvRenderer(options)
      write(header)
      return lineWriter(line, write)
    }
  }
}

function lineWriter(line: (batch: DumpBatch, row: number) => string, write: WriteBytes): (batch: DumpBatch) => void {
  return (batch) => {
    for (const row of batch.rows) write(line(batch, row))
  }
}
