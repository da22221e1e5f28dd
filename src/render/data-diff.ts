/*
 * What changed in a znode's data, in a few lines: text by lines, JSON by the lines of its indented form, anything else
 * by size and the beginning in hex. Control characters are escaped; every line is cut.
 */
import { isUtf8 } from 'node:buffer'
import { parseJson } from '../formats/payload/json.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import { type DiffLine, lineDiff } from '../support/line-diff.ts'
import { printable, shortened } from './style.ts'

const MOST_LINES = 20
/** Larger text is not taken apart. */
const MOST_BYTES = 256 << 10

export interface DiffForm {
  /** Characters of a line. */
  readonly width: number
}

/** Both known. */
export function dataDiff(before: Uint8Array | null, after: Uint8Array | null, form: DiffForm): DiffLine[] {
  const [left, right] = [prettyLines(before), prettyLines(after)]
  // a change of JSON that is only one of its blanks
  const pretty = left !== null && right !== null && left.join('\n') !== right.join('\n')
  const lines = pretty ? lineDiff(left, right) : lineDiff(linesOf(before, form), linesOf(after, form))
  return bounded(fromDifference(lines, form), form)
}

/** One of two values alone, in other words where there are any; undefined: none, or not known. */
export function dataSide(
  sign: DiffLine['sign'],
  data: Uint8Array | null | undefined,
  words: string | null,
  form: DiffForm,
): DiffLine[] {
  if (data === undefined) return []
  const lines = words === null ? linesOf(data, form) : [words]
  return bounded(
    lines.map((text) => ({ sign, text })),
    form,
  )
}

function linesOf(data: Uint8Array | null, { width }: DiffForm): string[] {
  if (data === null) return ['null']
  if (data.length === 0) return ['""']
  const text = readable(data)
  if (text !== null) return text.split('\n')
  const head = Buffer.from(data.subarray(0, width)).toString('hex')
  return [
    `0x${shortened(head.slice(0, Math.max(2, width - 12)) + (data.length > width ? '…' : ''), width - 10)} ${data.length} B`,
  ]
}

function readable(data: Uint8Array): string | null {
  return data.length <= MOST_BYTES && isUtf8(data) ? textOf(data) : null
}

function prettyLines(data: Uint8Array | null): string[] | null {
  const text = data === null ? null : readable(data)
  const json = text !== null && /^\s*[{[]/.test(text) ? parseJson(text) : null
  return json === null ? null : JSON.stringify(json.value, null, 2).split('\n')
}

/** In a pair of long lines the beginning that is the same gives way to what differs. */
function fromDifference(lines: readonly DiffLine[], { width }: DiffForm): DiffLine[] {
  const [left, right] = lines
  if (lines.length !== 2 || left!.sign === right!.sign) return [...lines]
  let same = 0
  while (same < left!.text.length && left!.text[same] === right!.text[same]) same++
  const skip = same - Math.floor(width / 4)
  if (Math.max(left!.text.length, right!.text.length) <= width || skip <= 0) return [...lines]
  return lines.map(({ sign, text }) => ({ sign, text: `…${text.slice(skip)}` }))
}

function bounded(lines: readonly DiffLine[], { width }: DiffForm): DiffLine[] {
  const shown = lines
    .slice(0, MOST_LINES)
    .map(({ sign, text }) => ({ sign, text: shortened(printable(text.slice(0, width + 1)), width) }))
  const more = lines.length - MOST_LINES
  return more > 0 ? [...shown, { sign: lines.at(-1)!.sign, text: `(${more} more lines)` }] : shown
}
