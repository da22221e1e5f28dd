/* The numbers of a check, for graphs: the ensemble's, then each member's. */
import { idOf, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import { lagOf } from '../ensemble/member-status.ts'
import type { Overview } from '../ensemble/overview.ts'
import type { LimitsOf } from './limits.ts'
import { RULES } from './rules/index.ts'

export interface HealthMetric {
  readonly name: string
  /** Null: of the ensemble, or of a member that does not say its id. */
  readonly member: number | null
  /** `host:port` of the member; null: of the ensemble. */
  readonly host: string | null
  readonly value: number
  readonly unit: 'ms' | 'B' | 'c' | ''
  /** Where a rule speaks about it; null: nowhere. */
  readonly warn: number | null
  readonly critical: number | null
}

/** By mntr's names; `c` is a counter that only grows while the process lives. */
const MEMBER_METRICS: readonly (readonly [name: string, source: string, unit: HealthMetric['unit']])[] = [
  ['latency', 'avg_latency', 'ms'],
  ['outstanding', 'outstanding_requests', ''],
  ['connections', 'num_alive_connections', ''],
  ['znodes', 'znode_count', ''],
  ['ephemerals', 'ephemerals_count', ''],
  ['watches', 'watch_count', ''],
  ['data_size', 'approximate_data_size', 'B'],
  ['heap_used', 'heap_used', 'B'],
  ['heap_max', 'heap_max', 'B'],
  ['open_files', 'open_file_descriptor_count', ''],
  ['packets_received', 'packets_received', 'c'],
  ['packets_sent', 'packets_sent', 'c'],
  ['read_latency_p99', 'p99_readlatency', 'ms'],
  ['update_latency_p99', 'p99_updatelatency', 'ms'],
  ['fsyncs', 'cnt_fsynctime', 'c'],
  ['fsync_time', 'sum_fsynctime', 'c'],
]

const RULE_OF: Readonly<Record<string, string>> = {
  answer_time: 'health.slow-answer',
  lag: 'health.zxid-lag',
  latency: 'health.avg-latency',
  outstanding: 'health.outstanding',
  read_latency_p99: 'health.read-latency',
  update_latency_p99: 'health.update-latency',
}

export function metricsOf(overview: Overview, limitsOf: LimitsOf): readonly HealthMetric[] {
  return valuesOf(overview).map((metric) => {
    const rule = RULES.find(({ code }) => code === RULE_OF[metric.name])
    const { warn, critical } = rule === undefined ? { warn: null, critical: null } : limitsOf(rule)
    return { ...metric, warn, critical }
  })
}

type Value = Omit<HealthMetric, 'warn' | 'critical'>

function valuesOf(overview: Overview): readonly Value[] {
  const { quorum, members } = overview
  const ensemble = Object.entries(quorum).map(
    ([name, value]) => ({ name, member: null, host: null, value, unit: '' }) as const,
  )
  return [
    ...ensemble,
    ...members.flatMap((member): Value[] => {
      const { host, clientPort, securePort } = member.place
      const of = { member: idOf(member), host: hostText(host, clientPort ?? securePort) }
      return memberValues(member, overview).map((one) => ({ ...one, ...of }))
    }),
  ]
}

/** How a member's place is called in graphs. */
export const hostText = (host: string, port: number | null): string => (port === null ? host : `${host}:${port}`)

function memberValues(member: ObservedMember, overview: Overview): readonly Omit<Value, 'member' | 'host'>[] {
  const { answer } = member
  // of one that could not be asked nobody knows
  if (answer === null && stateOf(member) === 'unknown') return []
  const up = { name: 'up', value: answer === null ? 0 : 1, unit: '' } as const
  if (answer === null) return [up]
  const lag = lagOf(member, overview)
  return [
    up,
    { name: 'answer_time', value: Math.round(answer.answerMs), unit: 'ms' },
    ...(lag === null ? [] : [{ name: 'lag', value: lag, unit: '' } as const]),
    ...MEMBER_METRICS.flatMap(([name, source, unit]) => {
      const value = answer.metrics.get(source)
      return value === undefined ? [] : [{ name, value, unit }]
    }),
  ]
}
