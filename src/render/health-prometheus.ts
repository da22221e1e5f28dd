/*
 * For the textfile collector of the node exporter: names with `zkops_`, base units, `_total` for counters, no
 * timestamps. A zxid does not fit a sample: its epoch and counter are two.
 */
import type { MemberHealth } from '../operations/ensemble/member-status.ts'
import type { HealthResult } from '../operations/health/check.ts'
import { hostText } from '../operations/health/metrics.ts'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly Sample[]
}

const STATUS = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const

export function healthPrometheus(result: HealthResult): string {
  const cluster = result.ensemble
  const answered = result.members.some(({ via }) => via !== null)
  const checks = result.checks.map(({ code, status }): Sample => [{ cluster, check: code }, STATUS[status]])
  const single = (value: number): readonly Sample[] => [[{ cluster }, value]]
  return familiesText([
    ...runFamilies(cluster, Date.parse(result.at), answered, result.tookMs),
    gauge('check_status', '0 ok, 1 warning, 2 critical, 3 unknown; check="all" is the verdict', [
      [{ cluster, check: 'all' }, STATUS[result.status]],
      ...checks,
    ]),
    gauge('ensemble_voters', 'voters of the configuration', single(result.quorum.voters)),
    gauge('ensemble_voters_needed', 'the fewest voters that are a quorum', single(result.quorum.needed)),
    gauge('ensemble_voters_serving', 'voters that lead or follow', single(result.quorum.serving)),
    gauge('ensemble_can_lose', 'voters that may be lost before writes stop', single(result.quorum.canLose)),
    ...memberFamilies(result),
  ])
}

/** What is written when nothing at all could be found out: an old file must not look healthy. */
export function failedPrometheus(cluster: string, nowMs: number): string {
  return familiesText([
    ...runFamilies(cluster, nowMs, false, 0),
    gauge('check_status', '0 ok, 1 warning, 2 critical, 3 unknown; check="all" is the verdict', [
      [{ cluster, check: 'all' }, STATUS.unknown],
    ]),
  ])
}

function runFamilies(cluster: string, atMs: number, success: boolean, tookMs: number): readonly Family[] {
  return [
    gauge('check_last_run_timestamp_seconds', 'when the check ran', [[{ cluster }, Math.round(atMs / 1000)]]),
    gauge('check_success', '1 when at least one member answered', [[{ cluster }, success ? 1 : 0]]),
    gauge('check_duration_seconds', 'how long the members took to answer', [[{ cluster }, tookMs / 1000]]),
  ]
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name: `zkops_${name}`,
  type: 'gauge',
  help,
  samples,
})

/** How metrics of members are called here, and by what they are divided. */
const NAMES: Readonly<Record<string, readonly [name: string, type: Family['type'], help: string, per: number]>> = {
  up: ['member_up', 'gauge', '1 when it answers', 1],
  answer_time: ['member_answer_seconds', 'gauge', 'how long its answer took', 1000],
  lag: ['member_lag_transactions', 'gauge', 'transactions behind the leader', 1],
  latency: ['member_latency_seconds', 'gauge', 'average request latency since it took its role', 1000],
  outstanding: ['member_outstanding_requests', 'gauge', 'requests that wait', 1],
  connections: ['member_connections', 'gauge', 'connections of clients', 1],
  znodes: ['member_znodes', 'gauge', 'znodes', 1],
  ephemerals: ['member_ephemerals', 'gauge', 'ephemeral znodes', 1],
  watches: ['member_watches', 'gauge', 'watches', 1],
  data_size: ['member_data_bytes', 'gauge', 'approximate size of paths and values', 1],
  open_files: ['member_open_files', 'gauge', 'open file descriptors', 1],
  packets_received: ['member_packets_received_total', 'counter', 'packets received in its role', 1],
  packets_sent: ['member_packets_sent_total', 'counter', 'packets sent in its role', 1],
  read_latency_p99: ['member_read_latency_p99_seconds', 'gauge', '99th percentile of reads', 1000],
  update_latency_p99: ['member_update_latency_p99_seconds', 'gauge', '99th percentile of writes', 1000],
  fsyncs: ['member_fsyncs_total', 'counter', 'fsyncs of the transaction log', 1],
  fsync_time: ['member_fsync_seconds_total', 'counter', 'time spent in fsyncs of the transaction log', 1000],
}

function memberFamilies({ ensemble, members, metrics }: HealthResult): readonly Family[] {
  const labels = (id: number | null, host: string): Labels => ({ cluster: ensemble, sid: String(id ?? '?'), host })
  const of = (value: (member: MemberHealth) => number | null) =>
    members.flatMap((member): Sample[] => {
      const one = value(member)
      return one === null ? [] : [[labels(member.id, hostOf(member)), one]]
    })
  const families = Object.entries(NAMES).map(([metric, [name, type, help, per]]): Family => {
    const samples = members.flatMap((member): Sample[] => {
      const host = hostOf(member)
      const found = metrics.find((one) => one.name === metric && one.host === host && one.member === member.id)
      return found === undefined ? [] : [[labels(member.id, hostOf(member)), found.value / per]]
    })
    return { name: `zkops_${name}`, type, help, samples }
  })
  const states = members.map((member): Sample => [{ ...labels(member.id, hostOf(member)), state: member.state }, 1])
  return [
    ...families,
    gauge('member_state', 'its state, as a label', states),
    gauge(
      'member_epoch',
      'upper half of its zxid',
      of(({ zxid }) => (zxid === null ? null : Number(zxid >> 32n))),
    ),
    gauge(
      'member_epoch_transactions',
      'lower half of its zxid: transactions since its epoch began',
      of(({ zxid }) => (zxid === null ? null : Number(zxid & 0xffff_ffffn))),
    ),
  ]
}

const hostOf = ({ host, clientPort }: MemberHealth): string => hostText(host, clientPort)

function familiesText(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) =>
      [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(([labels, value]) => `${name}{${labelsText(labels)}} ${value}`),
      ].join('\n'),
    )
    .join('\n')
    .concat('\n')
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`)
    .join(',')
}
