import type { DumpBatch, DumpEnd } from '../operations/dump-log.ts'
import { isoSecond, type LineForm, lineWriter, type WriteBytes } from './fast-lines.ts'
import { jsonLine, unseen } from './json.ts'
import type { Style } from './style.ts'
import { txnCsvForm } from './txn-csv.ts'
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
    case 'text':
      return { records: writer(txnTextForm(options), options.decoded || options.style.color.level > 0, write) }
    case 'jsonl':
      return { records: writer(jsonLines(options), options.decoded, write) }
    case 'csv': {
      const form = txnCsvForm(options)
      write(form.header)
      return { records: writer(form, options.decoded, write) }
    }
    case 'toolkit':
      return toolkitRenderer(write)
  }
}

/** `plain`: only the complete form has what is asked for. */
function writer(form: LineForm, plain: boolean | undefined, write: WriteBytes): (batch: DumpBatch) => void {
  if (!plain) return lineWriter(form, write)
  return (batch) => {
    for (let row = 0; row < batch.count; row++) write(form.line(batch, row))
  }
}

function jsonLines(options: DumpRenderOptions): LineForm {
  return {
    format: 'jsonl',
    data: options.data ? 1 : 0,
    second: isoSecond,
    prefix: (file) => `{"file":${unseen(JSON.stringify(file))},"offset":`,
    line: (batch, row) => jsonLine(txnJson(batch, row, options)),
  }
}
