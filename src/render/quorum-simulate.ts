/* A plan as a picture, a row for each membership, and what is wrong with it. */
import type { SimulatedStep, SimulateResult } from '../operations/quorum/simulate.ts'
import { columns } from './amounts.ts'
import { printable, type Style } from './style.ts'

const METHODS = { files: 'by editing files, one restart after the other', reconfig: 'by reconfig' } as const

export function simulationText(result: SimulateResult, style: Style): string {
  const { color } = style
  const { safe, counterexample, failures, method, instead, example } = result
  const ids = Object.keys(result.names)
  const head = ['', ...ids.map((id) => printable(result.names[id]!)), 'A QUORUM', 'CAN LOSE']
  const rows = result.steps.map((step) => [
    step.action === 'now' ? 'now' : `${step.n}. ${step.action}`,
    ...step.servers.map((server) => mark(server, style)),
    step.needed.replace(/ needed$/, ''),
    step.survives < 0 ? 'does not serve' : String(step.survives),
  ])
  const [title, ...lines] = columns([head, ...rows])
  const picture = lines.map((line, i) => `${line}${example?.step === i ? color.red(arrow(style)) : ''}\n`).join('')
  const tried =
    failures === 0 ? 'without any loss' : `with every loss of ${failures === 1 ? 'one' : `up to ${failures}`}`
  const how = method === null ? '' : ` ${METHODS[method]}`
  const verdict = safe
    ? `${color.green('safe')}${how}: each moment of each step, ${tried}\n`
    : `${color.red('unsafe')}${how}: ${printable(counterexample!)}\n`
  return [
    `${color.bold(title)}\n${picture}`,
    `${color.dim(legend(style))}\n`,
    verdict,
    otherText(result, style),
    instead === null ? '' : `safe by files: ${instead.join(style.unicode ? ' → ' : ' -> ')}\n`,
  ].join('')
}

function mark({ role, runs }: SimulatedStep['servers'][number], { unicode }: Style): string {
  if (role === null) return unicode ? '·' : '.'
  if (!runs) return unicode ? '✗' : 'x'
  if (role === 'observer') return unicode ? '○' : 'o'
  return unicode ? '●' : '*'
}

function legend({ unicode }: Style): string {
  return unicode
    ? '● votes  ○ observes  ✗ does not run  · no member'
    : '* votes  o observes  x does not run  . no member'
}

function arrow({ unicode }: Style): string {
  return unicode ? '  ← here' : '  <- here'
}

/** What the other way would do. */
function otherText({ method, methods }: SimulateResult, { color }: Style): string {
  if (methods === null) return ''
  const other = method === 'files' ? 'reconfig' : 'files'
  const { safe, counterexample } = methods[other]
  return `${safe ? color.green('safe') : color.red('unsafe')} ${METHODS[other]}${safe ? '' : `: ${printable(counterexample!)}`}\n`
}
