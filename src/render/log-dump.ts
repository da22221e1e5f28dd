import type { DumpEnd } from '../operations/dump-log.ts'
import type { LogBatch } from '../operations/read-logs.ts'
import { type LineForm, lineWriter, type WriteBytes } from './fast-lines.ts'
import { jsonLine } from './json.ts'
import type { Style } from './style.ts'
import { CSV_HEADER, txnCsv } from './txn-csv.ts'
import { txnJson } from './txn-json.ts'
import { txnTextRenderer } from './txn-text.ts'
import { toolkitRenderer } from './txn-toolkit.ts'

export type DumpFormat = 'text' | 'jsonl' | 'csv' | 'toolkit'

export interface DumpRenderOptions {
  readonly format: DumpFormat
  readonly style: Style
  readonly data: boolean
  readonly dataWidth: number
}

export interface DumpRenderer {
  /** Writes a batch as a whole. */
  records(batch: LogBatch): void
  /** A log is over. */
  end?(part: DumpEnd): void
}

export function dumpRenderer(options: DumpRenderOptions, write: WriteBytes): DumpRenderer {
  switch (options.format) {
    case 'text':
      return { records: eachRow(txnTextRenderer(options), write) }
    case 'jsonl':
      return { records: lineWriter(jsonLines(options), write) }
    case 'csv':
      write(CSV_HEADER)
      return { records: eachRow((batch, row) => txnCsv(batch, row, options), write) }
    case 'toolkit':
      return toolkitRenderer(write)
  }
}

function eachRow(line: (batch: LogBatch, row: number) => string, write: WriteBytes): (batch: LogBatch) => void {
  return (batch) => {
    for (let row = 0; row < batch.count; row++) write(line(batch, row))
  }
}

function jsonLines(options: DumpRenderOptions): LineForm {
  return {
    format: 'jsonl',
    data: options.data,
    second: (seconds) => new Date(seconds * 1000).toISOString().slice(0, 20),
    prefix: (file) => `{"file":${JSON.stringify(file)},"offset":`,
    line: (batch, row) => jsonLine(txnJson(batch, row, options)),
  }
}
