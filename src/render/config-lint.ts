import type { FileVerdict, LintResult } from '../operations/zoo-cfg/lint.ts'
import type { Finding, Severity } from '../support/finding.ts'
import { printable, type Style } from './style.ts'

const COLORS: Readonly<Record<Severity, 'red' | 'yellow' | 'cyan'>> = { error: 'red', warning: 'yellow', info: 'cyan' }

/** File by file: who accepts it, then its findings by line; a summary at the end. */
export function lintText(result: LintResult, style: Style): string {
  const verdicts = byFile(result.verdicts)
  const findings = byFile(result.findings)
  const files = new Set([...result.files, ...findings.keys()])
  const blocks = [...files].map((file) => fileText(file, verdicts.get(file) ?? [], findings.get(file) ?? [], style))
  const counts = (['error', 'warning', 'info'] as const).map((severity) => {
    const count = result.findings.filter((finding) => finding.severity === severity).length
    return `${count} ${severity === 'info' ? 'note' : severity}${count === 1 ? '' : 's'}`
  })
  const verdict = result.accepted ? style.color.green('accepted') : style.color.red('refused')
  const number = `${result.files.length} ${result.files.length === 1 ? 'file' : 'files'}`
  return `${blocks.join('\n')}\n${verdict} by ${result.zookeeper}: ${number}, ${counts.join(', ')}\n`
}

function byFile<T extends { readonly file?: string }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const file = one.file ?? ''
    const group = groups.get(file)
    if (group === undefined) groups.set(file, [one])
    else group.push(one)
  }
  return groups
}

function fileText(file: string, verdicts: readonly FileVerdict[], findings: readonly Finding[], style: Style): string {
  const sorted = [...findings].sort((a, b) => lineOf(a) - lineOf(b))
  return [
    `${style.color.bold(printable(file))}\n`,
    verdictText(verdicts, style),
    ...sorted.map((one) => findingText(one, style)),
  ].join('')
}

function verdictText(verdicts: readonly FileVerdict[], style: Style): string {
  if (verdicts.length === 0) return ''
  const names = (accepted: boolean) =>
    verdicts.filter((one) => one.accepted === accepted).map(({ zookeeper }) => zookeeper)
  const [good, bad] = [names(true), names(false)]
  const reasons = new Map<string, string[]>()
  for (const { accepted, serverError, zookeeper } of verdicts) {
    if (accepted) continue
    const message = serverError ?? ''
    reasons.set(message, [...(reasons.get(message) ?? []), zookeeper])
  }
  return [
    good.length === 0 ? '' : `  ${style.color.green('accepted')} by ${good.join(', ')}\n`,
    bad.length === 0 ? '' : `  ${style.color.red('refused')} by ${bad.join(', ')}\n`,
    ...[...reasons].map(([message, lines]) => `    ${lines.join(', ')}: ${printable(message)}\n`),
  ].join('')
}

function findingText({ severity, level, code, key, message, evidence, remedy }: Finding, style: Style): string {
  const line = evidence?.line === undefined ? '' : `line ${evidence.line}: `
  const about = key === undefined || message.includes(key) ? '' : `${printable(key)}: `
  const label = style.color[COLORS[severity]]((level ?? severity).toLowerCase().padEnd(6))
  const next = remedy === undefined ? '' : `         ${style.color.dim(printable(remedy))}\n`
  return `  ${label} ${line}${about}${printable(message)} ${style.color.dim(`[${code}]`)}\n${next}`
}

function lineOf({ evidence }: Finding): number {
  return typeof evidence?.line === 'number' ? evidence.line : 0
}
