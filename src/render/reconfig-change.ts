import type { ChangeStatus } from '../operations/journal/status.ts'
import type { PreCheck } from '../operations/reconfig/pre-check.ts'
import type { ReconfigAborted, ReconfigStatus } from '../operations/reconfig/status.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

/** What was looked at before the plan, each with what shows it. */
export function prechecksText(checks: readonly PreCheck[], { color }: Style): string {
  if (checks.length === 0) return ''
  const signs = {
    passed: color.green('passed'),
    warned: color.yellow('warned'),
    refused: color.red('refused'),
    'not checked': 'not checked',
  }
  const width = 'not checked'.length
  const rows = checks.map(({ check, about, result, detail }) => {
    const blanks = ' '.repeat(width - result.length)
    return `  ${signs[result]}${blanks}  ${check.padEnd(8)}  ${about}: ${printable(detail)}\n`
  })
  return `${color.bold('Checked before:')}\n${rows.join('')}`
}

export function reconfigStatusText({ ensemble, changes, findings }: ReconfigStatus, style: Style): string {
  const found = findings.map((finding) => findingText(finding, style)).join('')
  if (changes.length === 0) return `${found}${style.color.bold(printable(ensemble))}: nothing is unfinished\n`
  return `${found}${style.color.bold(printable(ensemble))}:\n${changes.map((change) => changeText(change, style)).join('')}`
}

function changeText(change: ChangeStatus, { color }: Style): string {
  const { id, kind, startedAt, by, running, outcome, steps, undo } = change
  const state = outcome ?? (running === true ? 'running' : 'unfinished')
  const sign = state === 'unfinished' ? color.yellow(state) : state
  const rows = steps.map((step) => `  ${step.n}. ${step.state.padEnd(7)}  ${printable(step.detail)}\n`)
  return `${kind}, begun ${startedAt} by ${printable(by)}: ${sign} (${id})\n${rows.join('')}  undo:  ${printable(undo)}\n`
}

export function abortedText({ ensemble, change, undo }: ReconfigAborted, style: Style): string {
  if (change === null) return `${style.color.bold(printable(ensemble))}: nothing is unfinished\n`
  const back =
    undo === null
      ? 'No step was begun: nothing is to be taken back.'
      : `take back what was done with: ${printable(undo)}`
  return `${changeText(change, style)}${back}\n`
}
