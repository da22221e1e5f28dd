/* Numbers and shares for people, in plain columns. */
import type { Style } from './style.ts'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `1,234,567`. */
export function countText(count: number): string {
  const [whole, part] = String(count).split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',')
  return part === undefined ? grouped : `${grouped}.${part}`
}

/** `1,023 B`, `95.4 MiB`. */
export function sizeText(bytes: number): string {
  let unit = 0
  let value = bytes
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? countText(value) : value.toFixed(1)} ${UNITS[unit]}`
}

/** A bar of at most `width` characters for the share `part` of `whole`; nothing at all only for nothing. */
export function bar(part: number, whole: number, width: number, { unicode }: Style): string {
  if (part <= 0 || whole <= 0) return ''
  const eighths = Math.max(1, Math.round((part / whole) * width * 8))
  if (!unicode) return '#'.repeat(Math.max(1, Math.round(eighths / 8)))
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7]
}

/** One character for each value, its height a share of the highest; a blank is none at all. */
export function sparkline(values: readonly number[], { unicode }: Style): string {
  const levels = unicode ? '▁▂▃▄▅▆▇█' : '.:-=+*#@'
  const highest = Math.max(...values)
  return values
    .map((value) => (value === 0 ? ' ' : levels[Math.max(0, Math.ceil((value / highest) * levels.length) - 1)]))
    .join('')
}

/** Rows with two blanks between columns; those of `right` are aligned to the right, the last is not padded. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0))
  return rows.map((row) =>
    row
      .map((cell, i) =>
        right.includes(i) ? cell.padStart(widths[i]!) : i === row.length - 1 ? cell : cell.padEnd(widths[i]!),
      )
      .join('  ')
      .trimEnd(),
  )
}
