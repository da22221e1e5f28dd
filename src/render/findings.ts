import type { Finding, Severity } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import { printable, type Style } from './style.ts'

const COLORS: Readonly<Record<Severity, 'red' | 'yellow' | 'cyan'>> = { error: 'red', warning: 'yellow', info: 'cyan' }

/**
 * One finding for a person:
 *
 *     error log.checksum: checksum of the record does not fit (log.1, offset 132, zxid 0x5)
 *       remedy: …
 */
export function findingText(finding: Finding, style: Style): string {
  const places = [
    finding.member === undefined ? undefined : `server ${finding.member}`,
    finding.file,
    finding.offset === undefined ? undefined : `offset ${finding.offset}`,
    finding.zxid === undefined ? undefined : `zxid ${hex64(finding.zxid)}`,
    finding.path,
    finding.key,
  ].filter((place) => place !== undefined)
  const label = style.color[COLORS[finding.severity]](finding.severity)
  const where = places.length === 0 ? '' : style.color.dim(` (${printable(places.join(', '))})`)
  const remedy = finding.remedy === undefined ? '' : `\n  ${style.color.bold('remedy:')} ${printable(finding.remedy)}`
  return `${label} ${finding.code}: ${printable(finding.message)}${where}${remedy}\n`
}
