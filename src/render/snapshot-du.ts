/*
 * What takes the room, for a person: prefixes with bars, then levels, the largest values and the widest parents.
 */
import type { DiskUsage, Usage } from '../operations/look-into/disk-usage.ts'
import { bar, columns, countText, sizeText } from './amounts.ts'
import { printable, type Style } from './style.ts'

const BAR_WIDTH = 12
/** Levels below this are summed up. */
const MOST_LEVELS = 12

export function diskUsageText(usage: DiskUsage, style: Style): string {
  const { color } = style
  const section = (head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]) => {
    if (rows.length === 0) return ''
    const [title, ...lines] = columns([head, ...rows], right)
    return `\n${color.bold(title)}\n${lines.map((line) => `${line}\n`).join('')}`
  }
  return [
    section(['DATA', 'ZNODES', '', 'PREFIX'], prefixRows(usage, usage, style), [0, 1]).slice(1),
    section(
      ['DEPTH', 'ZNODES', 'DATA'],
      levelRows(usage).map(({ depth, nodes, dataBytes }) => [depth, countText(nodes), sizeText(dataBytes)]),
      [0, 1, 2],
    ),
    section(
      ['LARGEST', 'ZNODE'],
      usage.largest.map(({ path, dataBytes }) => [sizeText(dataBytes), printable(path)]),
      [0],
    ),
    section(
      ['CHILDREN', 'LIST', 'WIDEST'],
      usage.widest.map(({ path, children, listBytes }) => [countText(children), sizeText(listBytes), printable(path)]),
      [0, 1],
    ),
  ].join('')
}

/** Shares by bytes; where there are none by znodes. */
function prefixRows(usage: Usage, whole: Usage, style: Style): string[][] {
  const { path, nodes, dataBytes, children, omitted } = usage
  const [part, all] = whole.dataBytes > 0 ? [dataBytes, whole.dataBytes] : [nodes, whole.nodes]
  const more = `${countText(omitted.children)} more below ${printable(path)}`
  return [
    [sizeText(dataBytes), countText(nodes), bar(part, all, BAR_WIDTH, style), printable(path)],
    ...children.flatMap((child) => prefixRows(child, whole, style)),
    ...(omitted.children === 0 ? [] : [[sizeText(omitted.dataBytes), countText(omitted.nodes), '', more]]),
  ]
}

function levelRows({ levels }: DiskUsage): readonly { depth: string; nodes: number; dataBytes: number }[] {
  const rows = levels.slice(0, MOST_LEVELS).map((level) => ({ ...level, depth: String(level.depth) }))
  const rest = levels.slice(MOST_LEVELS)
  if (rest.length === 0) return rows
  const sum = (of: (one: (typeof rest)[number]) => number) => rest.reduce((total, one) => total + of(one), 0)
  const depth = `${MOST_LEVELS}-${levels.length - 1}`
  return [...rows, { depth, nodes: sum((one) => one.nodes), dataBytes: sum((one) => one.dataBytes) }]
}
