import type { Explanation } from '../operations/explain.ts'
import type { Style } from './style.ts'

/** One finding code in full. */
export function explanationText(explanation: Explanation, style: Style): string {
  const { bold, dim } = style.color
  return [
    `${bold(explanation.code)}: ${explanation.summary}`,
    '',
    `${bold('Cause')}     ${explanation.cause}`,
    `${bold('Evidence')}  ${explanation.evidence}`,
    `${bold('Remedy')}    ${explanation.remedy}`,
    dim(`Source    ${explanation.source}`),
    '',
  ].join('\n')
}

/** All codes, one a line. */
export function explanationList(explanations: readonly Explanation[]): string {
  const width = Math.max(...explanations.map(({ code }) => code.length))
  return explanations.map(({ code, summary }) => `${code.padEnd(width)}  ${summary}\n`).join('')
}
