import type { HealthResult } from '../operations/health/check.ts'
import type { SilenceResult } from '../operations/health/silence.ts'
import { ensembleSentence, MEMBER_HEAD, memberCells, paintState } from './ensemble-status.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

export const STATUS_COLORS = { ok: 'green', warning: 'yellow', critical: 'red', unknown: 'magenta' } as const

export async function healthText(result: HealthResult, style: Style): Promise<string> {
  const { color } = style
  const status = color[STATUS_COLORS[result.status]](result.status.toUpperCase())
  const silence =
    result.silence === null
      ? ''
      : `silenced until ${result.silence.until} by ${printable(result.silence.by)}: ${printable(result.silence.why)}\n`
  return [
    `${color.bold(printable(result.ensemble))}: ${status}: ${ensembleSentence(result)}\n`,
    silence,
    ...result.findings.map((finding) => findingText(finding, style)),
    await tableText(MEMBER_HEAD, result.members.map(memberCells), style, paintState(style)),
  ].join('')
}

export function silenceText({ ensemble, silence }: SilenceResult): string {
  const name = printable(ensemble)
  if (silence === null) return `${name} is not silenced\n`
  return `${name} is silenced until ${silence.until} by ${printable(silence.by)}: ${printable(silence.why)}\n`
}
