import type { DumpBatch, DumpEnd } from '../operations/dump-log.ts'
import { type LineForm, lineWriter, type WriteBytes } from './fast-lines.ts'
import { jsonLine } from './json.ts'
import type { Style } from './style.ts'
import { txnCsvRenderer } from './txn-csv.ts'
import { txnJson } from './txn-json.ts'
import { txnTextForm } from './txn-text.ts'
import { toolkitRenderer } from './txn-toolkit.ts'

export type DumpFormat = 'text' | 'jsonl' | 'csv' | 'toolkit'

export interface DumpRenderOptions {
  readonly format: DumpFormat
  readonly style: Style
  readonly data: boolean
  readonly dataWidth: number
  /** The batches come with a decoder. */
  readonly decoded?: boolean
}

export interface DumpRenderer {
  /** Writes a batch as a whole. */
  records(batch: DumpBatch): void
  /** A log is over. */
  end?(part: DumpEnd): void
}

export function dumpRenderer(options: DumpRenderOptions, write: WriteBytes): DumpRenderer {
  switch (options.format) {
    case 'text': {
      const form = txnTextForm(options)
      const plain = options.decoded || options.style.color.level > 0
      return { records: plain ? eachRow(form.line, write) : lineWriter(form, write) }
    }
    case 'jsonl':
      return {
        records: options.decoded ? eachRow(jsonLines(options).line, write) : lineWriter(jsonLines(options), write),
      }
    case 'csv': {
      const { header, line } = txnCsvRenderer(options)
      write(header)
      return { records: eachRow(line, write) }
    }
    case 'toolkit':
      return toolkitRenderer(write)
  }
}

function eachRow(line: (batch: DumpBatch, row: number) => string, write: WriteBytes): (batch: DumpBatch) => void {
  return (batch) => {
    for (let row = 0; row < batch.count; row++) write(line(batch, row))
  }
}

function jsonLines(options: DumpRenderOptions): LineForm {
  return {
    format: 'jsonl',
    data: options.data ? 1 : 0,
    second: (seconds) => new Date(seconds * 1000).toISOString().slice(0, 20),
    prefix: (file) => `{"file":${JSON.stringify(file)},"offset":`,
    line: (batch, row) => jsonLine(txnJson(batch, row, options)),
  }
}
