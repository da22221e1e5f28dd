import type { ChangeResult, Loss, PlanResult } from '../support/change.ts'
import { hex64 } from '../support/hex.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const SHOWN_ZNODES = 20

/** What will be done, what it costs, how to go back; or why it is refused. */
export function planText({ plan, refused, findings }: PlanResult, style: Style): string {
  const found = findings.map((finding) => findingText(finding, style)).join('')
  if (refused !== null) {
    const example = refused.counterexample === null ? '' : `  ${exampleText(refused.counterexample)}\n`
    const why = `${style.color.red('refused')}: ${printable(refused.why)} (${refused.code})`
    return `${found}${stepsText(plan, style)}${why}\n${example}Nothing was changed.\n`
  }
  if (plan.steps.length === 0) return `${found}Nothing to do.\n`
  return `${found}${stepsText(plan, style)}`
}

/** Empty without steps. */
function stepsText(plan: PlanResult['plan'], style: Style): string {
  if (plan.steps.length === 0) return ''
  const width = Math.max(...plan.steps.map(({ action }) => action.length))
  const steps = plan.steps.map(
    ({ n, action, target, detail }) => `  ${n}. ${action.padEnd(width)}  ${printable(target)}  ${printable(detail)}\n`,
  )
  return [
    `${style.color.bold(`Plan: ${plan.kind}`)}\n`,
    ...steps,
    `  loses: ${lossText(plan.loses)}\n`,
    `  undo:  ${printable(plan.undo)}\n`,
  ].join('')
}

export function changeText({ stepsDone, verified, undo, stopped }: ChangeResult, style: Style): string {
  const checks = verified.map(({ check, ok, detail }) => {
    const sign = ok === null ? 'not checked' : ok ? style.color.green('verified') : style.color.red('FAILED')
    return `${sign}: ${check}: ${printable(detail)}\n`
  })
  const back = undo === null ? '' : `undo with: ${printable(undo)}\n`
  const steps = `${stepsDone} ${stepsDone === 1 ? 'step' : 'steps'}`
  if (stopped === undefined) return `${style.color.green('done')}: ${steps}\n${checks.join('')}${back}`
  const why = `${style.color.red('stopped')} after ${steps}: ${printable(stopped.why)} (${stopped.code})\n`
  return `${why}${style.color.dim('→')} ${printable(stopped.hint)}\n${checks.join('')}${back}`
}

function lossText({ txns, firstZxid, lastZxid, znodes, bytes }: Loss): string {
  if (txns === 0 && bytes === 0 && znodes.length === 0 && firstZxid === null) return 'nothing'
  // across epochs nobody knows how many
  const count =
    txns === 0 && firstZxid !== null ? 'transactions' : `${txns} ${txns === 1 ? 'transaction' : 'transactions'}`
  const range = firstZxid === null || lastZxid === null ? '' : `, ${hex64(firstZxid)} to ${hex64(lastZxid)}`
  const shown = znodes.slice(0, SHOWN_ZNODES).map(printable).join(' ')
  const more = znodes.length > SHOWN_ZNODES ? ` and ${znodes.length - SHOWN_ZNODES} more` : ''
  const paths = znodes.length === 0 ? '' : `\n         znodes: ${shown}${more}`
  return `${count}${range}, ${bytes} B${paths}`
}

function exampleText(example: Readonly<Record<string, unknown>>): string {
  return Object.entries(example)
    .map(([key, value]) => `${key} ${printable(typeof value === 'bigint' ? hex64(value) : String(value))}`)
    .join(', ')
}
