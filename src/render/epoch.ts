import type { EpochResult } from '../operations/epoch/inspect.ts'
import { hex64 } from '../support/hex.ts'
import { findingText } from './findings.ts'
import type { Style } from './style.ts'
import { tableText } from './table.ts'

/** A row for each member, then what is to be said. */
export async function epochText({ directories, findings }: EpochResult, style: Style): Promise<string> {
  const number = (value: number | null) => (value === null ? '-' : String(value))
  const rows = directories.map((row) => [
    row.directory,
    number(row.currentEpoch),
    number(row.acceptedEpoch),
    hex64(row.lastZxid),
    number(row.lastZxidEpoch),
    row.leftovers.length === 0 ? '-' : row.leftovers.join(' '),
    row.verdict,
  ])
  const head = ['directory', 'current', 'accepted', 'last zxid', 'its epoch', 'leftovers', 'verdict']
  const paints = { consistent: style.color.green, suspicious: style.color.yellow, refuses: style.color.red }
  const table = await tableText(head, rows, style, (text, column) =>
    column === head.length - 1 ? paints[text as keyof typeof paints](text) : text,
  )
  return table + findings.map((finding) => findingText(finding, style)).join('')
}
