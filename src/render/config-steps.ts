import { printable } from './style.ts'

/** What somebody has to do, in order; empty when there is nothing. */
export function stepsText(title: string, steps: readonly string[]): string {
  if (steps.length === 0) return ''
  return `${title}:\n${steps.map((step, i) => `  ${i + 1}. ${printable(step)}\n`).join('')}`
}
