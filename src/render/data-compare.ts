import type { CompareDataResult } from '../operations/data-dir/compare.ts'
import { hex64 } from '../support/hex.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

const VERDICTS = { identical: 'green', prefix: 'yellow', hole: 'red', diverged: 'red' } as const
const HEAD = ['', 'directory', 'id', 'epoch', 'last zxid', 'records', 'agrees to', 'tail', 'sound']

/** A row for each directory, what differs, then the verdict. */
export async function dataCompareText(result: CompareDataResult, style: Style): Promise<string> {
  const { directories, verdict, common, firstDifference, trees, wouldWin, truth, why, findings } = result
  const or = (value: number | bigint | null) =>
    value === null ? '-' : typeof value === 'bigint' ? hex64(value) : `${value}`
  const rows = directories.map((row) => [
    row.directory === truth ? '*' : ' ',
    row.directory,
    or(row.myid),
    or(row.currentEpoch),
    or(row.lastZxid),
    or(row.loggedRecords),
    or(row.agreedTo),
    row.tail === null ? '-' : `from ${hex64(row.tail.fromZxid)}`,
    row.sound ? 'yes' : 'no',
  ])
  const all =
    common === null ? 'no zxid is in the logs of all' : `all hold ${hex64(common.fromZxid)} to ${hex64(common.toZxid)}`
  const at = firstDifference?.path == null ? '' : ` ${printable(firstDifference.path)}`
  const digests = trees?.map(({ digest }) => or(digest)) ?? []
  const same = new Set(digests).size === 1
  return [
    await tableText(HEAD, rows, style),
    `${all}\n`,
    firstDifference === null ? '' : `first difference: ${hex64(firstDifference.zxid)}${at}\n`,
    trees === null
      ? ''
      : `trees at ${hex64(trees[0]!.zxid)}: ${same ? `the same, digest ${digests[0]}` : digests.join(', ')}\n`,
    ...findings.map((finding) => findingText(finding, style)),
    `would win an election: ${wouldWin === null ? 'cannot be told' : printable(wouldWin)}\n`,
    `go on with: ${truth === null ? 'cannot be told' : style.color.bold(printable(truth))} (${printable(why)})\n`,
    `${style.color[VERDICTS[verdict]](verdict)}\n`,
  ].join('')
}
