import type { CompareLogsResult } from '../operations/compare-logs/compare.ts'
import { hex64 } from '../support/hex.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const VERDICTS = { identical: 'green', prefix: 'yellow', hole: 'red', diverged: 'red' } as const

/** A line a side, what both have, the findings, the first difference, the verdict. */
export function diffText(result: CompareLogsResult, style: Style): string {
  const { verdict, sides, common, compared, firstDifference, wouldWin, findings } = result
  const width = Math.max(...sides.map(({ where }) => printable(where).length), 'both'.length)
  const line = (name: string, records: number, range: string, rest: string) =>
    `${printable(name).padEnd(width)}  ${String(records).padStart(9)} records  ${range}${rest}\n`
  const lines = sides.map(({ where, records, firstZxid, lastZxid, logs, tail }) =>
    line(where, records, rangeText(firstZxid, lastZxid), `  ${logs} logs${tail === null ? '' : `, ${tail}`}`),
  )
  const both = line(
    'both',
    compared.records,
    rangeText(common?.fromZxid ?? null, common?.toZxid ?? null),
    `  ${compared.bytes} B, ${compared.different} different, ${compared.otherForm} in another form`,
  )
  const first =
    firstDifference === null
      ? ''
      : `first difference: ${hex64(firstDifference.zxid)}${firstDifference.path === null ? '' : ` ${printable(firstDifference.path)}`}, ${printable(firstDifference.how)}\n`
  const winner =
    wouldWin === null
      ? 'both end with the same zxid'
      : `${printable(wouldWin)} ends with the higher zxid and would win an election on its logs alone`
  return [
    ...lines,
    both,
    ...findings.map((finding) => findingText(finding, style)),
    first,
    `${style.color[VERDICTS[verdict]](verdict)}: ${winner}\n`,
  ].join('')
}

function rangeText(from: bigint | null, to: bigint | null): string {
  return from === null || to === null ? 'none' : `${hex64(from)} to ${hex64(to)}`
}
