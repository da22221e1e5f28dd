/* Tables that never are wider than what they are shown on: columns that matter less give way. */
import { asciiText, type Style } from './style.ts'

export interface Column<T> {
  readonly head: string
  /** 0 stays in any case; of the others the largest goes first. */
  readonly keep: number
  readonly right?: boolean
  /** Its least width, so that it does not jump with its numbers. */
  readonly least?: number
  readonly text: (row: T) => string
  /** Colours the padded cell. */
  readonly paint?: (cell: string, row: T) => string
}

const GAP = 2
const LEAST_REST = 10

/** What fills the rest of a line, when that is wide enough. */
export interface Rest<T> {
  /** Columns with more give way to it. */
  readonly keep: number
  readonly text: (room: number, row: T) => string
}

export function fittedTable<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  width: number,
  style: Style,
  rest?: Rest<T>,
): readonly string[] {
  const cells = columns.map((column) => rows.map((row) => asciiText(column.text(row))))
  const natural = columns.map(({ head, least = 0 }, i) => Math.max(head.length, least, ...cells[i]!.map(lengthOf)))
  const beside = chosenColumns(columns, natural, width - LEAST_REST - GAP)
  const gaveWay = columns.filter((_, i) => !beside.includes(i))
  const fits = rest !== undefined && gaveWay.every(({ keep }) => keep > rest.keep)
  const fixed = fits ? beside : chosenColumns(columns, natural, width)
  const widths = shrunk(fixed, natural, width)
  const used = widths.reduce((sum, one) => sum + one + GAP, 0)
  const room = fits ? Math.max(0, width - used) : 0
  const line = (cellOf: (column: Column<T>, i: number) => string, paint: (text: string, column: Column<T>) => string) =>
    fixed.map((i, at) => {
      const text = fitted(cellOf(columns[i]!, i), widths[at]!, style)
      const padded = columns[i]!.right === true ? text.padStart(widths[at]!) : text.padEnd(widths[at]!)
      return paint(at === fixed.length - 1 && room === 0 ? padded.trimEnd() : padded, columns[i]!)
    })
  const gap = ' '.repeat(GAP)
  return [
    style.color.bold(
      line(
        ({ head }) => head,
        (text) => text,
      )
        .join(gap)
        .trimEnd(),
    ),
    ...rows.map((row, r) => {
      const painted = line(
        (_, i) => cells[i]![r]!,
        (text, { paint }) => paint?.(text, row) ?? text,
      )
      return [...painted, ...(room === 0 ? [] : [rest!.text(room, row)])].join(gap).trimEnd()
    }),
  ]
}

const lengthOf = (text: string): number => text.length

/** By their places: those that fit when the ones that matter less are left out. */
function chosenColumns<T>(columns: readonly Column<T>[], natural: readonly number[], width: number): readonly number[] {
  let chosen = columns.map((_, i) => i)
  const needed = () => chosen.reduce((sum, i) => sum + natural[i]! + GAP, -GAP)
  while (needed() > width) {
    const least = Math.max(...chosen.map((i) => columns[i]!.keep))
    if (least === 0) break
    chosen = chosen.filter((i) => columns[i]!.keep !== least)
  }
  return chosen
}

/** The widest column is cut until all fit. */
function shrunk(chosen: readonly number[], natural: readonly number[], width: number): readonly number[] {
  const widths = chosen.map((i) => natural[i]!)
  const over = () => widths.reduce((sum, one) => sum + one + GAP, -GAP) - width
  while (over() > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    if (widths[widest]! <= 1) break
    widths[widest]!--
  }
  return widths
}

/** At most `width` characters; what is cut shows. */
export function fitted(text: string, width: number, { unicode }: Style): string {
  if (text.length <= width) return text
  return width <= 0 ? '' : `${text.slice(0, width - 1)}${unicode ? '…' : '~'}`
}
