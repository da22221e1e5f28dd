/*
 * log stat for a person, on about one screen of 80 columns: what it is about, how it came over time, then lists with
 * the highest first. `+n` behind a count says that n more may belong to it.
 */
import type { ErrorCount, Estimated, StatFile, StatLogResult } from '../operations/log-stat/result.ts'
import { hex64 } from '../support/hex.ts'
import { bar, columns, countText, sizeText, sparkline } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const BAR_WIDTH = 24
const MOST_SLICES = 8
/** Inside the margin. */
const MOST_COLUMNS = 78

export function statText(result: StatLogResult, style: Style): string {
  const { byType, byPrefix, paths, sessions, largest, files, depth, distinct } = result
  const title = (name: string, shown: number, all: number | null, what = '') => {
    const of = all === null ? '' : ` of ${countText(all)}`
    const said = [what, all === shown ? '' : `top ${shown}${of}`].filter((text) => text !== '').join(', ')
    return said === '' ? name : `${name} (${said})`
  }
  const sections: (readonly [string, readonly string[]])[] = [
    ['TYPES', typeRows(result, style)],
    ['ERRORS', errorRows(result)],
    [
      title('PREFIXES', byPrefix.length, distinct.prefixes, `depth ${depth}`),
      keyedRows(byPrefix.map((row) => [row.prefix, row])),
    ],
    [title('PATHS', paths.length, distinct.paths), keyedRows(paths.map((row) => [row.path, row]))],
    [
      title('SESSIONS', sessions.length, distinct.sessions),
      keyedRows(sessions.map((row) => [hex64(row.session), row])),
    ],
    [
      'LARGEST',
      columns(
        largest.map(({ bytes, zxid, type, path }) => [sizeText(bytes), hex64(zxid), type, printable(path ?? '')]),
        [0],
      ),
    ],
    ['FILES', fileRows(files, style)],
  ]
  const lists = sections
    .filter(([, rows]) => rows.length > 0 && byType.length > 0)
    .map(([head, rows]) => `\n${style.color.bold(head)}\n${rows.map((row) => `  ${row}\n`).join('')}`)
  const findings = result.findings.map((finding) => findingText(finding, style))
  return [headText(result), rateText(result, style), ...lists, notes(result), ...findings].join('')
}

/** A column for what may be missed only where there is something. */
function keyedRows(rows: readonly (readonly [key: string, counts: Estimated])[]): string[] {
  const estimates = rows.some(([, { maxMissed }]) => maxMissed !== undefined)
  return columns(
    rows.map(([key, { count, bytes, maxMissed }]) => [
      countText(count),
      ...(estimates ? [maxMissed === undefined ? '' : `+${countText(maxMissed)}`] : []),
      sizeText(bytes),
      printable(key),
    ]),
    estimates ? [0, 2] : [0, 1],
  )
}

function headText({ txns, bytes, files, fromZxid, toZxid, firstTime, lastTime }: StatLogResult): string {
  const counts = `${countText(txns)} transactions, ${sizeText(bytes)}, logs: ${countText(files.length)}`
  if (fromZxid === null || toZxid === null) return `${counts}\n`
  const times = `${clock(firstTime)} to ${clock(lastTime)} UTC`
  return `${counts}\n${hex64(fromZxid)} to ${hex64(toZxid)}, ${times}\n`
}

function rateText({ rates }: StatLogResult, style: Style): string {
  const { mean, peakSecond, peakMinute, bucketSeconds, buckets, outside } = rates
  if (mean === null || peakSecond === null || peakMinute === null) return ''
  const each = Math.ceil(buckets.length / MOST_SLICES)
  const slices = Array.from({ length: Math.ceil(buckets.length / each) }, (_, i) => {
    const group = buckets.slice(i * each, (i + 1) * each)
    return { time: group[0]!.time, txns: group.reduce((sum, { txns }) => sum + txns, 0) }
  })
  const highest = Math.max(...slices.map(({ txns }) => txns))
  const rows = columns(
    slices.map(({ time, txns }) => [
      clock(time),
      countText(txns),
      style.color.cyan(bar(txns, highest, BAR_WIDTH, style)),
    ]),
    [1],
  )
  const lines = [
    `${countText(mean >= 10 ? Math.round(mean) : mean)} a second on average, at most ${countText(peakSecond.txns)} in the second ${clock(peakSecond.time)}`,
    `and ${countText(peakMinute.txns)} in the minute ${clock(peakMinute.time).slice(0, -3)}`,
    `${style.color.cyan(
      sparkline(
        buckets.map(({ txns }) => txns),
        style,
      ),
    )}  (${spanText(bucketSeconds)} each)`,
    ...rows,
    ...(outside === 0 ? [] : [`${countText(outside)} lie far outside of this or have no time`]),
  ]
  return `\n${style.color.bold('RATE')}\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function typeRows({ byType, byOp, txns }: StatLogResult, style: Style): string[] {
  const rows = columns(
    byType.map(({ type, count, bytes }) => [
      type,
      countText(count),
      `${((count / txns) * 100).toFixed(1)} %`,
      sizeText(bytes),
      style.color.cyan(bar(count, txns, BAR_WIDTH, style)),
    ]),
    [1, 2, 3],
  )
  if (byOp.length === 0) return rows
  return [
    ...rows,
    ...wrapped(
      'inside multi:',
      byOp.map(({ type, count }) => `${type} ${countText(count)}`),
    ),
  ]
}

function errorRows({ errors, failedOps }: StatLogResult): string[] {
  const named = (counts: readonly ErrorCount[]) =>
    counts.map(({ code, name, count }) => [
      countText(count),
      code === null ? '(no code)' : `${name ?? 'unknown'} ${code}`,
    ])
  const rows = columns(named(errors), [0])
  if (failedOps.length === 0) return rows
  return [
    ...rows,
    ...wrapped(
      'inside multi:',
      named(failedOps).map(([count, code]) => `${code}: ${count}`),
    ),
  ]
}

/** `label one, two, three`, on as many lines as it takes. */
function wrapped(label: string, items: readonly string[]): string[] {
  const lines = [label]
  for (const [i, item] of items.entries()) {
    const next = ` ${item}${i === items.length - 1 ? '' : ','}`
    if (lines.at(-1)!.length + next.length > MOST_COLUMNS) lines.push(' '.repeat(label.length))
    lines[lines.length - 1] += next
  }
  return lines
}

/** The largest of many. */
function fileRows(files: readonly StatFile[], style: Style): string[] {
  const shown = [...files].sort((a, b) => b.usedBytes - a.usedBytes).slice(0, MOST_SLICES)
  const inOrder = files.filter((file) => shown.includes(file))
  const disk = (bytes: number | null) => (bytes === null ? '-' : sizeText(bytes))
  const rows = inOrder.map(({ file, txns, usedBytes, apparentBytes, allocatedBytes }) => [
    countText(txns),
    sizeText(usedBytes),
    disk(apparentBytes),
    disk(allocatedBytes),
    printable(file),
  ])
  const [head, ...rest] = columns([['txns', 'used', 'size', 'on disk', 'file'], ...rows], [0, 1, 2, 3])
  const more = files.length - shown.length
  return [style.color.dim(head!), ...rest, ...(more === 0 ? [] : [`and ${countText(more)} smaller ones`])]
}

function notes({ amplification, exact, txns, maxMissed }: StatLogResult): string {
  const { recordsPerData, allocatedPerUsed } = amplification
  const parts = [
    recordsPerData === null ? '' : `${recordsPerData} B of records per B of data`,
    allocatedPerUsed === null ? '' : `${allocatedPerUsed} B on disk per B used`,
  ].filter((part) => part !== '')
  const lines = parts.length === 0 || txns === 0 ? [] : [`Amplification: ${parts.join(', ')}.`]
  if (!exact) {
    const most = Math.max(maxMissed.paths, maxMissed.prefixes, maxMissed.sessions)
    lines.push(`Estimates: +n is the most that was missed; what was not held has at most ${countText(most)}.`)
    lines.push('--exact counts everything.')
  }
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`
}

/** `2026-11-23 13:36:34`. */
function clock(time: string | null): string {
  return time === null ? '(no time)' : time.slice(0, time.indexOf('.')).replace('T', ' ')
}

function spanText(seconds: number): string {
  if (seconds % 86_400 === 0) return `${countText(seconds / 86_400)} d`
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
