import type { LintSnapshotResult } from '../operations/lint-snapshot/lint.ts'
import type { Severity } from '../support/finding.ts'
import { countText } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

/** The findings, then how many there are. */
export function snapshotLintText({ file, logs, nodes, findings, omitted }: LintSnapshotResult, style: Style): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length
  const replayed = logs.length === 0 ? '' : ` and ${countText(logs.length)} logs`
  const [errors, warnings] = [count('error'), count('warning')]
  const paint = errors > 0 ? style.color.red : warnings > 0 ? style.color.yellow : style.color.green
  return [
    ...findings.map((finding) => findingText(finding, style)),
    ...omitted.map(({ code, count }) => `${countText(count)} more of ${code}\n`),
    `${paint(`${errors} errors, ${warnings} warnings`)}: ${printable(file)}${replayed}, ${countText(nodes)} nodes\n`,
  ].join('')
}
