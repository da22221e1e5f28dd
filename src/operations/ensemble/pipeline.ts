/* Where requests spend their time between two looks at all members, and which stage holds them up most. */
import { setTimeout as sleep } from 'node:timers/promises'
import { idOf, type MemberState, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import type { Finding } from '../../support/finding.ts'
import { findTarget } from '../inventory/target.ts'
import { type LiveOptions, observeFound, targetName } from './observe-target.ts'
import { memberKey } from './overview.ts'
import { bottleneckOf, type Stage, type StageName, stagesBetween, totalMs } from './stages.ts'

export interface PipelineMember {
  readonly id: number | null
  readonly host: string
  readonly clientPort: number | null
  readonly state: MemberState
  readonly stages: readonly Stage[]
  /** Null: nothing passed, or nothing takes long. */
  readonly bottleneck: StageName | null
}

export interface Pipeline {
  readonly ensemble: string
  readonly at: string
  readonly intervalMs: number
  readonly members: readonly PipelineMember[]
  readonly bottleneck: { readonly member: string; readonly stage: StageName; readonly meanMs: number } | null
  readonly findings: readonly Finding[]
}

export async function lookAtPipeline(
  options: LiveOptions & { readonly intervalMs: number },
  signal: AbortSignal,
): Promise<Pipeline> {
  const found = await findTarget(options)
  const first = (await observeFound(found, { signal })).overview
  await sleep(options.intervalMs, undefined, { signal })
  const second = (await observeFound(found, { signal })).overview
  const earlier = new Map(first.members.map((member) => [memberKey(member), member]))
  const looked = second.members.map((member) => lookAt(member, earlier.get(memberKey(member))))
  const worst = looked
    .flatMap(({ key, longest }) => (longest === null ? [] : [{ key, longest }]))
    .sort((a, b) => totalMs(b.longest) - totalMs(a.longest))[0]
  return {
    ensemble: targetName(found.target),
    at: second.at.toISOString(),
    intervalMs: second.at.getTime() - first.at.getTime(),
    members: looked.map(({ member }) => member),
    bottleneck:
      worst === undefined ? null : { member: worst.key, stage: worst.longest.stage, meanMs: totalMs(worst.longest) },
    findings: looked.flatMap(({ findings }) => findings),
  }
}

interface Looked {
  readonly key: string
  readonly member: PipelineMember
  readonly longest: Stage | null
  readonly findings: readonly Finding[]
}

function lookAt(member: ObservedMember, before: ObservedMember | undefined): Looked {
  const now = member.answer?.metrics ?? new Map()
  const then = before?.answer?.metrics ?? new Map()
  const stages = stagesBetween(then, now)
  const longest = bottleneckOf(stages)
  const { host, clientPort, securePort } = member.place
  const tells = now.has('cnt_updatelatency')
  return {
    key: memberKey(member),
    member: {
      ...{ id: idOf(member), host, clientPort: clientPort ?? securePort, state: stateOf(member) },
      ...{ stages, bottleneck: longest?.stage ?? null },
    },
    longest,
    findings: tells ? [] : [notTold(member)],
  }
}

export const NOT_TOLD_REMEDY = 'From 3.6 on allow mntr in 4lw.commands.whitelist, or ask its AdminServer (zkops.yaml).'

function notTold(member: ObservedMember): Finding {
  const why = member.answer === null ? 'it does not answer' : 'it does not tell times of its stages'
  return {
    code: 'pipeline.not-told',
    severity: 'warning',
    message: `nothing is known of its requests: ${why}`,
    member: memberKey(member),
    remedy: NOT_TOLD_REMEDY,
  }
}
