import { type LINE_FORMAT, LINE_STOP } from '../formats/kernel/lines.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
import type { DumpBatch } from '../operations/dump-log.ts'

/** Where the lines go; must be done with them when it returns. */
export type WriteBytes = (text: string | Uint8Array) => void

export interface LineForm {
  readonly format: keyof typeof LINE_FORMAT
  /** 0 leaves values out; see LineWriter.write. */
  readonly data: number
  /** The text of a second, given in seconds since 1970. */
  second(seconds: number): string
  /** What every line of a file begins with (JSON lines and CSV). */
  prefix?(file: string): string
  /** What comes before the first line of a file or day, '' when that is written already (text only). */
  head?(batch: DumpBatch, row: number): string
  /** The line of any row, whatever is in it: the complete form of what the kernel writes. */
  line(batch: DumpBatch, row: number): string
}

/** `2026-11-23T13:36:34.` */
export function isoSecond(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 20)
}

/** Writes batches as lines: the ordinary record from bytes to bytes in the kernel, the others by `form.line`. */
export function lineWriter(form: LineForm, write: WriteBytes): (batch: DumpBatch) => void {
  let file: string | undefined
  let prefixFits = true
  return (batch) => {
    const { lines, count } = batch
    if (lines !== undefined && batch.log.file !== file && form.prefix !== undefined) {
      file = batch.log.file
      prefixFits = lines.setPrefix(form.prefix(file))
    }
    if (lines === undefined || !prefixFits) {
      for (let row = 0; row < count; row++) write(form.line(batch, row))
      return
    }
    let row = 0
    // the line before may have had a head of its own
    if (form.head !== undefined) lines.setSecond(NO_SECOND, '')
    while (row < count) {
      row = lines.write(form.format, row, count, batch.base, form.data)
      const stop = lines.stop()
      if (stop === LINE_STOP.newSecond) {
        const head = form.head?.(batch, row) ?? ''
        if (head !== '') {
          write(lines.take())
          write(head)
        }
        const seconds = secondOf(batch, row)
        lines.setSecond(seconds, form.second(seconds))
        continue
      }
      const text = lines.take()
      if (text.length > 0) write(text)
      // one that does not even fit the empty buffer is written the other way
      if (stop === LINE_STOP.odd || (stop === LINE_STOP.full && text.length === 0)) {
        write(form.line(batch, row++))
        if (form.head !== undefined) lines.setSecond(NO_SECOND, '')
      }
    }
  }
}

/** Records with such a time are odd. */
const NO_SECOND = -1

function secondOf({ view, table }: DumpBatch, row: number): number {
  return Math.floor(Number(view.getBigInt64(table[2 * row]! + FIELD.timeMs)) / 1000)
}
