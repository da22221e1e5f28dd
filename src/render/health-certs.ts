import type { CertificateView } from '../operations/certs/certificate.ts'
import type { CertsResult, PortCertificates, StoreCertificates } from '../operations/certs/check.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

const COLORS = { ok: 'green', warning: 'yellow', critical: 'red', unknown: 'magenta' } as const
const HEAD = ['SERVER', 'WHERE', 'CERTIFICATE', 'FOR', 'ENDS', 'DAYS']

export async function certsText(result: CertsResult, style: Style): Promise<string> {
  const { color } = style
  const { ports, stores, findings } = result
  const status = color[COLORS[result.status]](result.status.toUpperCase())
  const name = result.ensemble === null ? 'files' : printable(result.ensemble)
  const shown = ports.filter(({ state }) => state === 'tls').length
  const rows = [...ports.flatMap(portRows), ...stores.flatMap(storeRows)]
  return [
    `${color.bold(name)}: ${status}: ${shown} of ${ports.length} ports show certificates, ${stores.length} stores\n`,
    ...findings.map((finding) => findingText(finding, style)),
    rows.length === 0 ? '' : await tableText(HEAD, rows, style),
  ].join('')
}

function portRows({ member, kind, host, port, state, reason, chain }: PortCertificates): readonly string[][] {
  const where = `${kind} ${host.includes(':') ? `[${host}]` : host}:${port}`
  if (state !== 'tls') return [[memberText(member), where, state === 'closed' ? 'not listening' : (reason ?? state)]]
  return chain.map((one, i) => [i === 0 ? memberText(member) : '', i === 0 ? where : '', ...cells(one)])
}

function storeRows({ member, file, state, certificates }: StoreCertificates): readonly string[][] {
  if (certificates.length === 0) return [[memberText(member), file, state === 'opened' ? 'empty' : state]]
  return certificates.map((one, i) => [i === 0 ? memberText(member) : '', i === 0 ? file : '', ...cells(one)])
}

const memberText = (member: number | null): string => (member === null ? '-' : String(member))

function cells({ subject, names, authority, validTo, daysLeft }: CertificateView): readonly string[] {
  const whom = authority && names.length < 2 ? 'authority' : names.join(', ')
  return [subject, whom, validTo.slice(0, 10), String(Math.floor(daysLeft))]
}
