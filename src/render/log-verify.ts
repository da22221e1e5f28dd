import type { VerifyLogResult } from '../operations/verify-log.ts'
import { hex64 } from '../support/hex.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const VERDICTS = { clean: 'green', torn: 'yellow', damaged: 'red' } as const

/** A line a file, then the findings, then the verdict. */
export function verifyText(result: VerifyLogResult, style: Style): string {
  const width = Math.max(...result.files.map(({ file }) => printable(file).length))
  const files = result.files.map(({ file, records, firstZxid, lastZxid, tail, usedBytes, bytes }) => {
    const range = firstZxid === null || lastZxid === null ? 'no records' : `${hex64(firstZxid)} to ${hex64(lastZxid)}`
    const end = tail === 'damaged' ? style.color.red(tail) : tail === 'torn' ? style.color.yellow(tail) : tail
    return `${printable(file).padEnd(width)}  ${String(records).padStart(9)} records  ${range}  ${usedBytes} of ${bytes} B  ${end}\n`
  })
  const holes = result.gaps.filter(({ expectedNormal }) => !expectedNormal).length
  const epochs = result.gaps.length - holes
  const more = result.gapsOmitted === undefined ? '' : `, ${result.gapsOmitted} more steps`
  const verdict = style.color[VERDICTS[result.verdict]](result.verdict)
  return [
    ...files,
    ...result.findings.map((finding) => findingText(finding, style)),
    `${verdict}: ${result.files.length} logs, ${result.files.reduce((sum, { records }) => sum + records, 0)} records, ${holes} holes${epochs === 0 ? '' : `, ${epochs} new epochs`}${more}\n`,
  ].join('')
}
