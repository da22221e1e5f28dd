import type { StepStatus } from '../operations/journal/status.ts'
import type { ConfigDiff } from '../operations/roll/config.ts'
import type { RollStatus } from '../operations/roll/status.ts'
import type { RollApplied } from '../operations/roll/work.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** How long each member took; empty for a plan. */
export function rolledText(result: object, style: Style): string {
  if (!('timing' in result)) return ''
  const { members, timing } = result as RollApplied
  const lines = members.map(
    ({ id, state, commandsMs, readyMs }) =>
      `  server ${id} (${state}): commands ${seconds(commandsMs)}, then ${seconds(readyMs)} until it served\n`,
  )
  const share = Math.round(timing.waitedShare * 100)
  const whole = `${seconds(timing.totalMs)} in all, ${share} % of it waiting for servers and pauses`
  return `${lines.join('')}${style.color.dim(whole)}\n`
}

const SIGNS: Readonly<Record<StepStatus['state'], string>> = {
  done: 'done',
  unknown: 'begun',
  failed: 'failed',
  open: 'open',
}

export function rollStatusText({ ensemble, changes, findings }: RollStatus, style: Style): string {
  const found = findings.map((finding) => findingText(finding, style)).join('')
  if (changes.length === 0) return `${found}No roll of ${printable(ensemble)} is unfinished.\n`
  const blocks = changes.map(({ id, kind, startedAt, by, running, outcome, steps, failure }) => {
    const how = outcome ?? (running === true ? 'running' : 'not finished')
    const head = `${style.color.bold(printable(id))}  ${kind}, begun ${startedAt} by ${printable(by)}: ${how}\n`
    const rows = steps.map(({ n, target, state }) => `  ${n}. ${SIGNS[state].padEnd(6)}  ${printable(target)}\n`)
    const why =
      failure === null || outcome !== null ? '' : `  ${style.color.red('it stopped')}: ${printable(failure)}\n`
    const next = outcome === null && running !== true ? '  go on with: zkops roll resume\n' : ''
    return `${head}${rows.join('')}${why}${next}`
  })
  return `${found}${blocks.join('\n')}`
}

/** What changes in each file, as in a unified diff without context. */
export function configDiffsText(files: readonly ConfigDiff[], style: Style): string {
  return files
    .map(({ id, file, lines }) => {
      const head = style.color.bold(`server ${id}: ${printable(file)}`)
      const rows = lines.map(({ sign, text }) => {
        const line = `${sign}${printable(text)}`
        return `${sign === '-' ? style.color.red(line) : style.color.green(line)}\n`
      })
      return `${head}\n${rows.length === 0 ? '  the file is there, and the member runs with other values\n' : rows.join('')}`
    })
    .join('')
}
