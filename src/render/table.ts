import type { Style } from './style.ts'
import { printable } from './style.ts'

/**
 * A borderless table with aligned columns, two blanks between them, for a few hundred rows. Cells are escaped here;
 * `paint` may colour one afterwards.
 */
export async function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  paint: (text: string, column: number) => string = (text) => text,
): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const blank = Object.fromEntries(BORDERS.map((name) => [name, ''])) as Record<(typeof BORDERS)[number], string>
  const table = new Table({
    chars: { ...blank, middle: '  ' },
    // its own colours do not obey the terminal
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    head: head.map((text) => style.color.bold(text)),
  })
  for (const row of rows) table.push(row.map((cell, column) => paint(printable(cell), column)))
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`
}

const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
] as const
