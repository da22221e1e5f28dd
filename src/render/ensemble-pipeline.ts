import type { Pipeline } from '../operations/ensemble/pipeline.ts'
import type { StageName } from '../operations/ensemble/stages.ts'
import { bar, columns, countText } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const DOES: Readonly<Record<StageName, string>> = {
  throttle: 'let in',
  prep: 'made a transaction',
  sync: 'logged and flushed',
  quorum: 'acknowledged by a majority',
  commit: 'committed in order',
  final: 'applied and answered',
}

const BAR_WIDTH = 20

export function pipelineText(result: Pipeline, style: Style): string {
  const { color } = style
  const { bottleneck, members } = result
  const over = `within ${(result.intervalMs / 1000).toFixed(1)} s`
  const passed = members.some(({ stages }) => stages.length > 0)
  const sentence =
    bottleneck !== null
      ? `requests wait longest to be ${DOES[bottleneck.stage]}: ${bottleneck.stage} of server ${bottleneck.member}, ${ms(bottleneck.meanMs)} each`
      : passed
        ? 'no stage holds requests up'
        : 'no request passed'
  const longest = Math.max(...members.flatMap(({ stages }) => stages.map(({ waitMs, workMs }) => waitMs + workMs)))
  const tables = members
    .filter(({ stages }) => stages.length > 0)
    .map((member) => {
      const rows = member.stages.map(({ stage, requests, waitMs, workMs, queue }) => [
        `  ${stage}`,
        countText(requests),
        ms(waitMs),
        ms(workMs),
        queue === null ? '-' : queue.toFixed(1),
        bar(waitMs + workMs, longest, BAR_WIDTH, style),
      ])
      const where = `${member.host}:${member.clientPort}`
      const title = color.bold(printable(`server ${member.id ?? '?'} (${where}, ${member.state})`))
      const table = columns([['  stage', 'requests', 'waiting', 'working', 'queue', ''], ...rows], [1, 2, 3, 4])
      return `${title}\n${table.join('\n')}\n`
    })
  return [
    `${color.bold(printable(result.ensemble))}: ${sentence} (${over})\n`,
    ...tables,
    ...result.findings.map((finding) => findingText(finding, style)),
  ].join('')
}

const ms = (value: number): string => `${value.toFixed(1)} ms`
