import type { Finding, Severity } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import { printable, type Style } from './style.ts'

const COLORS: Readonly<Record<Severity, 'red' | 'yellow' | 'cyan'>> = { error: 'red', warning: 'yellow', info: 'cyan' }

/**
 * One finding for a person:
 *
 *     error log.checksum: checksum of the record does not fit (log.1, offset 132, zxid 0x5)
 *       servers: 3.4-3.9 refuses (CRC check failed)
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
  return `${label} ${finding.code}: ${printable(finding.message)}${where}${serversText(finding, style)}${remedy}\n`
}

/** What a server of each release does with it, where that is known. */
function serversText({ evidence }: Finding, style: Style): string {
  const servers = evidence?.servers
  if (typeof servers !== 'object' || servers === null) return ''
  const text = Object.entries(servers).map(([releases, does]) => `${releases} ${does}`)
  return `\n  ${style.color.bold('servers:')} ${printable(text.join('; '))}`
}
