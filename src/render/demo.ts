import type { DemoResult } from '../operations/demo.ts'
import type { Style } from './style.ts'

/** The head of a step: what it shows and what a user would type. */
export function demoStepText(step: { readonly title: string; readonly command: string }, style: Style): string {
  return `\n${style.color.bold(step.title)}\n${style.color.cyan(`$ ${step.command}`)}\n`
}

/** The end: what was left out and why. */
export function demoEndText(result: DemoResult, style: Style): string {
  const seconds = result.steps.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000
  const skipped = result.skipped.map(({ what, why }) => `${style.color.yellow('skipped')} ${what}: ${why}\n`).join('')
  return `\n${skipped}${result.steps.length} steps in ${seconds.toFixed(0)} s. See zkops --help.\n`
}
