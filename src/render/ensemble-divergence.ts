import type { Divergence } from '../operations/ensemble/divergence.ts'
import { hex64 } from '../support/hex.ts'
import { countText } from './amounts.ts'
import { paintState } from './ensemble-status.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

const SENTENCES = {
  same: 'the same data everywhere',
  diverged: 'members hold different data',
  unknown: 'not every member could be compared',
} as const

export async function divergenceText(result: Divergence, style: Style): Promise<string> {
  const { color } = style
  const paint = result.verdict === 'same' ? color.green : result.verdict === 'diverged' ? color.red : color.yellow
  const compared = `compared at ${countText(result.compared)} zxids`
  const rows = result.members.map((member) => [
    member.id === null ? '?' : String(member.id),
    member.clientPort === null ? member.host : `${member.host}:${member.clientPort}`,
    member.version ?? '-',
    member.state,
    hexOr(member.zxid),
    numberOr(member.znodes),
    numberOr(member.ephemerals),
    numberOr(member.digests),
    hexOr(member.fromZxid),
    hexOr(member.toZxid),
  ])
  const head = ['id', 'host', 'version', 'state', 'zxid', 'znodes', 'ephemerals', 'digests', 'from', 'to']
  return [
    `${color.bold(printable(result.ensemble))}: ${paint(SENTENCES[result.verdict])}; ${compared}\n`,
    ...result.findings.map((finding) => findingText(finding, style)),
    await tableText(head, rows, style, paintState(style)),
  ].join('')
}

const hexOr = (value: bigint | null): string => (value === null ? '-' : hex64(value))
const numberOr = (value: number | null): string => (value === null ? '-' : countText(value))
