import type { MemberAnswer, MemberPlace } from '../../../src/cluster/observe/model.ts'
import type { TopClient } from '../../../src/cluster/observe/top-client.ts'
import type { ConfigFacts, LocalFacts } from '../../../src/operations/health/local.ts'
import type { Looked } from '../../../src/operations/health/look.ts'
import type { HealthState } from '../../../src/operations/health/state.ts'
import type { Expectations } from '../../../src/operations/health/view.ts'
import type { Severity } from '../../../src/support/finding.ts'

/** What differs from a healthy ensemble of three with server 2 leading, the run before a minute ago. */
export interface RuleCase {
  readonly code: string
  /** Null: the code is not found. */
  readonly severity: Severity | null
  readonly members?: Readonly<Record<number, MemberEdit>>
  /** Of the state that the run before left; null: there is none. */
  readonly before?: Partial<HealthState> | null
  readonly beforeMetrics?: Readonly<Record<number, Readonly<Record<string, number>>>>
  readonly highest?: Readonly<Record<number, string>>
  /** Since when, and for how many runs, codes have been found: `health.x 1`. */
  readonly breaches?: Readonly<Record<string, { readonly minutes: number; readonly runs: number }>>
  readonly membership?: readonly string[] | null
  readonly expected?: Partial<Expectations>
  /** How full the disk of server 1 is. */
  readonly disk?: number
  /** What is seen of server 1 on this machine. */
  readonly local?: Partial<LocalFacts>
  readonly certificates?: Looked['certificates']
  readonly clients?: Readonly<Record<string, TopClient>>
}

/** When rules are applied; the run before was a minute ago. */
export const NOW = Date.parse('2026-11-25T12:00:00.000Z')
const DAY = 86_400_000
const HOUR = 3_600_000

export interface MemberEdit {
  /** Null: it does not answer. */
  readonly answer?: Partial<Omit<MemberAnswer, 'metrics' | 'membership'>> | null
  readonly metrics?: Readonly<Record<string, number>>
  readonly membership?: readonly string[]
  readonly place?: Partial<MemberPlace>
  /** Not among them at all. */
  readonly gone?: true
}

export const LINES = [1, 2, 3].map((id) => `server.${id}=zk${id}:2888:3888:participant;0.0.0.0:2181`)
const versioned = (...lines: readonly string[]) => [...lines, 'version=100000000']
const down = { answer: null }
const looking = { answer: { state: 'looking' } } as const
/** Its zoo.cfg is of 3.4, and the others share its host: where clients connect to them stands nowhere. */
const unseen = { answer: null, place: { clientPort: null } } as const
const all = (edit: MemberEdit) => ({ 1: edit, 2: edit, 3: edit })
const with1 = (metrics: Readonly<Record<string, number>>) => ({ 1: { metrics } })

const GIB = 2 ** 30
const heap = (used: number) => with1({ heap_used: used * GIB, heap_max: GIB })
const sustained = (code: string) => ({ [`${code} 1`]: { minutes: 6, runs: 3 } })
const ends = (days: number, fromDays = -100): Looked['certificates'] => [
  { member: 1, where: 'client port zk1:2281', subject: 'CN=zk1', fromMs: NOW + fromDays * DAY, toMs: NOW + days * DAY },
]
const crowd = (connections: number) => ({ 1: { address: '10.0.0.9', connections } })
const limited = (maxClientCnxns: string) => ({
  1: { answer: { settings: new Map([['maxClientCnxns', maxClientCnxns]]) } },
})
const clock = (id: number, low: number) => ({ [id]: { metrics: { clock_low: low, clock_high: low + 2020 } } })
const config = (some: Partial<ConfigFacts>): Partial<LocalFacts> => ({
  startedAtMs: NOW - 10 * DAY,
  config: { file: '/conf/zoo.cfg', changedAtMs: NOW - 20 * DAY, dynamic: false, purge: null, differences: [], ...some },
})
const purging = (...ageHours: readonly number[]): Partial<LocalFacts> => ({
  ...config({ purge: { hours: 1, keep: 3 } }),
  snapshotsAtMs: ageHours.map((hours) => NOW - hours * HOUR),
})
const snapshotAt = (snapshot_counter: number, snapshot_epoch = 1) => ({
  1: { metrics: { snapshot_counter, snapshot_epoch }, answer: { zxid: 0x1_0040_0000n } },
})

export const RULE_CASES: readonly RuleCase[] = [
  { code: 'health.no-answer', severity: 'error', members: all(down) },
  { code: 'health.no-answer', severity: null, members: { 1: down, 2: down } },
  { code: 'health.no-quorum', severity: 'error', members: { 1: looking, 2: down, 3: down } },
  {
    code: 'health.no-quorum',
    severity: 'error',
    members: { 1: looking, 2: { gone: true }, 3: { gone: true } },
    membership: null,
    before: null,
  },
  { code: 'health.no-quorum', severity: null, members: { 1: down } },
  { code: 'health.no-quorum', severity: null, members: all({ answer: { state: 'unknown' } }), membership: null },
  { code: 'health.no-quorum', severity: null, members: { 2: unseen, 3: unseen }, membership: null },
  { code: 'health.no-quorum', severity: null, members: { 1: looking, 2: unseen, 3: unseen }, membership: null },
  { code: 'health.no-quorum', severity: 'error', members: { 1: looking, 2: down, 3: unseen }, membership: null },
  { code: 'health.no-leader', severity: 'error', members: all(looking) },
  { code: 'health.no-leader', severity: null, members: { 2: unseen }, membership: null },
  { code: 'health.no-leader', severity: 'warning', members: { 2: down } },
  { code: 'health.no-leader', severity: null, members: { 2: { gone: true } }, membership: null },
  { code: 'health.two-leaders', severity: 'error', members: { 1: { answer: { state: 'leading' } } } },
  { code: 'health.two-leaders', severity: null },
  { code: 'health.no-spare', severity: 'error', members: { 1: down } },
  { code: 'health.no-spare', severity: null, members: { 1: looking, 2: down, 3: down } },
  { code: 'health.no-spare', severity: null, members: { 2: unseen, 3: unseen }, membership: null },
  { code: 'health.no-spare', severity: 'error', members: { 1: down, 3: unseen }, membership: null },
  {
    // who leads counts those who follow
    code: 'health.no-spare',
    severity: null,
    members: { 1: unseen, 2: { metrics: { synced_followers: 2 } }, 3: unseen },
    membership: null,
  },
  {
    code: 'health.no-spare',
    severity: 'error',
    members: { 1: unseen, 2: { metrics: { synced_followers: 1 } }, 3: unseen },
    membership: null,
  },
  { code: 'health.no-spare', severity: null },
  { code: 'health.standalone', severity: 'error', members: { 1: { answer: { state: 'standalone' } } } },
  {
    code: 'health.standalone',
    severity: 'error',
    members: { 1: { answer: { state: 'standalone' } }, 2: { gone: true }, 3: { gone: true } },
    membership: null,
    before: { voters: 3 },
  },
  {
    code: 'health.standalone',
    severity: null,
    members: { 1: { answer: { state: 'standalone' } }, 2: { gone: true }, 3: { gone: true } },
    membership: null,
    before: null,
    expected: { ensemble: false },
  },
  { code: 'health.member-down', severity: 'warning', members: { 3: down } },
  { code: 'health.member-down', severity: null, members: { 3: looking } },
  { code: 'health.member-down', severity: null, members: { 3: unseen } },
  { code: 'health.not-serving', severity: 'warning', members: { 3: looking } },
  {
    code: 'health.not-serving',
    severity: 'error',
    members: { 3: looking },
    breaches: { 'health.not-serving 3': { minutes: 2, runs: 2 } },
  },
  { code: 'health.not-serving', severity: null, members: { 3: down } },
  { code: 'health.read-only', severity: 'error', members: { 3: { answer: { state: 'read-only' } } } },
  { code: 'health.read-only', severity: null, members: { 3: looking } },
  { code: 'health.wrong-id', severity: 'error', members: { 3: { answer: { id: 2 } } } },
  { code: 'health.wrong-id', severity: null, members: { 3: { answer: { id: null } } } },
  { code: 'health.same-id', severity: 'warning', members: { 3: { answer: { id: 2 }, place: { id: 2 } } } },
  { code: 'health.same-id', severity: null, members: all({ answer: { id: 0, state: 'standalone' } }) },
  { code: 'health.same-id', severity: null, members: { 2: { answer: { id: null } }, 3: { answer: { id: null } } } },
  { code: 'health.role-differs', severity: 'warning', members: { 3: { answer: { state: 'observing' } } } },
  {
    code: 'health.role-differs',
    severity: null,
    members: { 3: { answer: { state: 'observing' }, place: { role: 'observer' } } },
    membership: versioned(...LINES.slice(0, 2), 'server.3=zk3:2888:3888:observer;0.0.0.0:2181'),
  },
  {
    code: 'health.config-differs',
    severity: 'warning',
    members: { 3: { membership: versioned(LINES[0]!, LINES[2]!) } },
  },
  {
    code: 'health.config-differs',
    severity: 'error',
    members: { 3: { membership: [...LINES, 'version=200000000'] } },
    breaches: { 'health.config-differs ': { minutes: 2, runs: 2 } },
  },
  {
    code: 'health.config-differs',
    severity: null,
    // the client part is each member's own business where it is not written down
    members: { 3: { membership: versioned(...LINES.map((line) => line.split(';')[0]!)) } },
  },
  {
    code: 'health.members-differ',
    severity: 'warning',
    expected: { servers: [1, 2, 4].map((id) => ({ id, role: 'participant' as const })) },
  },
  {
    code: 'health.members-differ',
    severity: null,
    expected: { servers: [1, 2, 3].map((id) => ({ id, role: 'participant' as const })) },
  },
  {
    code: 'health.members-unknown',
    severity: 'info',
    membership: null,
    members: { 1: { gone: true }, 2: { gone: true } },
  },
  { code: 'health.members-unknown', severity: null, membership: null, members: { 2: { metrics: { learners: 2 } } } },
  {
    code: 'health.even-voters',
    severity: 'warning',
    membership: versioned(...LINES, 'server.4=zk4:2888:3888:participant;0.0.0.0:2181'),
  },
  { code: 'health.even-voters', severity: null },
  {
    code: 'health.domain-majority',
    severity: 'warning',
    expected: {
      zones: new Map([
        [1, 'a'],
        [2, 'a'],
        [3, 'b'],
      ]),
    },
  },
  {
    code: 'health.domain-majority',
    severity: null,
    expected: {
      zones: new Map([
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ]),
    },
  },
  { code: 'health.domain-majority', severity: null },
  { code: 'health.epoch-differs', severity: 'warning', members: { 3: { answer: { zxid: 0x7_0000_0001n } } } },
  {
    code: 'health.epoch-differs',
    severity: null,
    members: { 2: { answer: { zxid: 0x2_0000_0000n } } },
  },
  { code: 'health.zxid-back', severity: 'error', highest: { 3: '0x100000900' } },
  { code: 'health.zxid-back', severity: null, highest: { 3: '0x100000500' } },
  {
    code: 'health.zxid-lag',
    severity: 'info',
    members: { 3: { answer: { zxid: 0x1_0000_0001n } } },
    before: null,
  },
  {
    code: 'health.zxid-lag',
    severity: 'warning',
    members: { 3: { answer: { zxid: 0x1_0000_0001n } } },
    beforeMetrics: { 3: { lag: 1000 } },
  },
  {
    code: 'health.zxid-lag',
    severity: 'error',
    members: { 3: { answer: { zxid: 0x1_0000_0001n } } },
    beforeMetrics: { 3: { lag: 1000 } },
    breaches: { 'health.zxid-lag 3': { minutes: 6, runs: 6 } },
  },
  { code: 'health.zxid-lag', severity: null, members: { 3: { answer: { zxid: 0x1_0000_0401n } } } },
  {
    code: 'health.zxid-rollover',
    severity: 'warning',
    members: all({ answer: { zxid: 0x1_d000_0000n } }),
    before: null,
  },
  { code: 'health.zxid-rollover', severity: 'error', members: all({ answer: { zxid: 0x1_f800_0000n } }), before: null },
  {
    code: 'health.zxid-rollover',
    severity: 'error',
    members: all({ answer: { zxid: 0x1_8000_0000n } }),
    beforeMetrics: { 2: { counter: 0x7f00_0000, epoch: 1 } },
  },
  {
    code: 'health.zxid-rollover',
    severity: null,
    members: all({ answer: { zxid: 0x1_8000_0000n } }),
    beforeMetrics: { 2: { counter: 0x7fff_ff00, epoch: 1 } },
  },
  { code: 'health.znodes-differ', severity: 'warning', members: with1({ znode_count: 900 }) },
  {
    code: 'health.znodes-differ',
    severity: 'error',
    members: with1({ znode_count: 800 }),
    breaches: { 'health.znodes-differ ': { minutes: 3, runs: 3 } },
  },
  { code: 'health.znodes-differ', severity: null, members: with1({ znode_count: 995 }) },
  { code: 'health.ephemerals-differ', severity: 'info', members: with1({ ephemerals_count: 50 }) },
  {
    code: 'health.ephemerals-differ',
    severity: 'warning',
    members: with1({ ephemerals_count: 50 }),
    breaches: { 'health.ephemerals-differ ': { minutes: 3, runs: 3 } },
  },
  { code: 'health.ephemerals-differ', severity: null, members: with1({ ephemerals_count: 98 }) },
  {
    code: 'health.learners-stuck',
    severity: 'info',
    members: { 2: { metrics: { learners: 3, synced_followers: 2, synced_observers: 0 } } },
  },
  {
    code: 'health.learners-stuck',
    severity: 'warning',
    members: { 2: { metrics: { learners: 3, synced_followers: 2, synced_observers: 0 } } },
    breaches: { 'health.learners-stuck ': { minutes: 2, runs: 2 } },
  },
  {
    code: 'health.learners-stuck',
    severity: null,
    members: { 2: { metrics: { learners: 3, synced_followers: 2, synced_observers: 1 } } },
  },
  {
    // 3.4 does not tell of observers, and nobody named this one
    code: 'health.learners-stuck',
    severity: null,
    members: { 2: { metrics: { learners: 3, synced_followers: 2 } } },
  },
  {
    code: 'health.learners-stuck',
    severity: 'info',
    members: { 2: { metrics: { learners: 2, synced_followers: 1 } } },
  },
  { code: 'health.leader-changed', severity: 'warning', before: { leader: 1 } },
  { code: 'health.leader-changed', severity: 'error', before: { leader: 1, leaderChanges: ['@-10', '@-5'] } },
  { code: 'health.leader-changed', severity: null, before: { leader: 2 } },
  { code: 'health.leader-young', severity: 'info', members: { 2: { metrics: { leader_uptime: 20_000 } } } },
  { code: 'health.leader-young', severity: null, members: { 2: { metrics: { leader_uptime: 900_000 } } } },
  { code: 'health.elections', severity: 'warning', ...delta({ looking_count: 1 }, { looking_count: 2 }) },
  { code: 'health.elections', severity: 'error', ...delta({ looking_count: 1 }, { looking_count: 4 }) },
  { code: 'health.elections', severity: null, ...delta({ looking_count: 2 }, { looking_count: 2 }) },
  { code: 'health.elections', severity: null, members: with1({ looking_count: 9 }), before: null },
  { code: 'health.restarted', severity: 'warning', ...delta({ commit_count: 100 }, { commit_count: 3 }) },
  { code: 'health.restarted', severity: null, ...delta({ commit_count: 100 }, { commit_count: 100 }) },
  {
    code: 'health.sessions-collapse',
    severity: 'warning',
    members: { 2: { metrics: { global_sessions: 40 } } },
    beforeMetrics: { 2: { global_sessions: 100 } },
  },
  {
    code: 'health.sessions-collapse',
    severity: null,
    members: { 2: { metrics: { global_sessions: 2 } } },
    beforeMetrics: { 2: { global_sessions: 8 } },
  },
  { code: 'health.versions-differ', severity: 'warning', members: { 1: { answer: { version: '3.8.6' } } } },
  { code: 'health.versions-differ', severity: null, members: { 1: { answer: { version: null } } } },
  { code: 'health.slow-answer', severity: 'warning', members: { 1: { answer: { answerMs: 1000 } } } },
  { code: 'health.slow-answer', severity: null, members: { 1: { answer: { answerMs: 999 } } } },
  { code: 'health.avg-latency', severity: 'warning', members: with1({ avg_latency: 50 }) },
  { code: 'health.avg-latency', severity: 'error', members: with1({ avg_latency: 200 }) },
  { code: 'health.avg-latency', severity: null, members: with1({ avg_latency: 49.9 }) },
  {
    // slow once, fast now: the average of all time does not count
    code: 'health.avg-latency',
    severity: null,
    ...delta(
      { sum_readlatency: 9000, cnt_readlatency: 10, sum_updatelatency: 0, cnt_updatelatency: 0 },
      { sum_readlatency: 9010, cnt_readlatency: 20, sum_updatelatency: 0, cnt_updatelatency: 0, avg_latency: 450 },
    ),
  },
  { code: 'health.update-latency', severity: 'warning', members: with1({ p99_updatelatency: 100 }) },
  { code: 'health.update-latency', severity: null, members: with1({ p99_updatelatency: 99 }) },
  { code: 'health.read-latency', severity: 'error', members: with1({ p99_readlatency: 200 }) },
  { code: 'health.read-latency', severity: null, members: with1({ p99_readlatency: 19 }) },
  { code: 'health.outstanding', severity: 'info', members: with1({ outstanding_requests: 10 }) },
  { code: 'health.outstanding', severity: 'warning', members: with1({ outstanding_requests: 60 }), before: null },
  {
    code: 'health.outstanding',
    severity: 'error',
    members: with1({ outstanding_requests: 60 }),
    breaches: { 'health.outstanding 1': { minutes: 2, runs: 2 } },
  },
  { code: 'health.outstanding', severity: null, members: with1({ outstanding_requests: 9 }) },
  {
    code: 'health.fsync-mean',
    severity: 'warning',
    ...delta({ sum_fsynctime: 0, cnt_fsynctime: 0 }, { sum_fsynctime: 250, cnt_fsynctime: 10 }),
  },
  {
    code: 'health.fsync-mean',
    severity: null,
    ...delta({ sum_fsynctime: 9999, cnt_fsynctime: 10 }, { sum_fsynctime: 10_010, cnt_fsynctime: 20 }),
  },
  {
    // a minute ago: one is one, and not five within five minutes
    code: 'health.fsync-slow',
    severity: 'warning',
    ...delta({ fsync_threshold_exceed_count: 0 }, { fsync_threshold_exceed_count: 1 }),
  },
  {
    code: 'health.fsync-slow',
    severity: 'error',
    ...delta({ fsync_threshold_exceed_count: 0 }, { fsync_threshold_exceed_count: 5 }),
  },
  {
    code: 'health.fsync-slow',
    severity: null,
    ...delta({ fsync_threshold_exceed_count: 7 }, { fsync_threshold_exceed_count: 7 }),
  },
  {
    code: 'health.jvm-pause',
    severity: 'warning',
    ...delta({ sum_jvm_pause_time_ms: 0 }, { sum_jvm_pause_time_ms: 1500 }),
  },
  { code: 'health.jvm-pause', severity: null, members: with1({ sum_jvm_pause_time_ms: 99_999 }), before: null },
  {
    code: 'health.open-files',
    severity: 'error',
    members: with1({ open_file_descriptor_count: 950, max_file_descriptor_count: 1000 }),
  },
  {
    code: 'health.open-files',
    severity: null,
    members: with1({ open_file_descriptor_count: 740, max_file_descriptor_count: 1000 }),
  },
  {
    code: 'health.rejected-connections',
    severity: 'warning',
    ...delta({ connection_rejected: 0 }, { connection_rejected: 2 }),
  },
  {
    code: 'health.rejected-connections',
    severity: 'error',
    ...delta({ connection_rejected: 0 }, { connection_rejected: 9 }),
  },
  {
    code: 'health.rejected-connections',
    severity: null,
    ...delta({ connection_rejected: 9 }, { connection_rejected: 9 }),
  },
  { code: 'health.auth-failures', severity: 'warning', ...delta({ auth_failed_count: 1 }, { auth_failed_count: 2 }) },
  {
    // the run before was a second ago
    code: 'health.auth-failures',
    severity: 'warning',
    ...delta({ auth_failed_count: 1 }, { auth_failed_count: 2 }),
    before: { at: new Date(NOW - 1000).toISOString() },
  },
  { code: 'health.auth-failures', severity: 'error', ...delta({ auth_failed_count: 1 }, { auth_failed_count: 12 }) },
  { code: 'health.auth-failures', severity: null, ...delta({ auth_failed_count: 2 }, { auth_failed_count: 2 }) },
  {
    code: 'health.snapshot-errors',
    severity: 'error',
    ...delta({ snapshot_error_count: 0 }, { snapshot_error_count: 1 }),
  },
  {
    code: 'health.snapshot-errors',
    severity: null,
    ...delta({ snapshot_error_count: 1 }, { snapshot_error_count: 1 }),
  },
  {
    code: 'health.digest-mismatches',
    severity: 'error',
    ...delta({ digest_mismatches_count: 0 }, { digest_mismatches_count: 1 }),
  },
  {
    code: 'health.digest-mismatches',
    severity: null,
    ...delta({ digest_mismatches_count: 3 }, { digest_mismatches_count: 3 }),
  },
  { code: 'health.unrecoverable-errors', severity: 'error', members: with1({ unrecoverable_error_count: 1 }) },
  { code: 'health.unrecoverable-errors', severity: null, members: with1({ unrecoverable_error_count: 0 }) },
  {
    code: 'health.blind',
    severity: 'info',
    members: { 1: { answer: { blind: [{ what: 'x', why: 'y', setting: 'z' }] } } },
  },
  { code: 'health.blind', severity: 'info', members: { 3: unseen } },
  { code: 'health.blind', severity: null, members: { 3: down } },
  { code: 'health.disk-usage', severity: 'warning', disk: 70 },
  { code: 'health.disk-usage', severity: 'error', disk: 85 },
  { code: 'health.disk-usage', severity: null, disk: 69 },
  { code: 'health.blind', severity: null },
  { code: 'health.heap', severity: 'error', members: heap(0.95), breaches: sustained('health.heap') },
  { code: 'health.heap', severity: 'warning', members: heap(0.95) },
  { code: 'health.heap', severity: 'info', members: heap(0.85) },
  { code: 'health.heap', severity: null, members: heap(0.5), breaches: sustained('health.heap') },
  { code: 'health.heap', severity: null },
  {
    code: 'health.heap-tree',
    severity: 'error',
    members: with1({ heap_max: GIB, heap_used: 0, approximate_data_size: 0.7 * GIB }),
  },
  {
    code: 'health.heap-tree',
    severity: 'warning',
    members: with1({ heap_max: GIB, heap_used: 0, approximate_data_size: 1000, znode_count: 1_600_000 }),
  },
  {
    code: 'health.heap-tree',
    severity: null,
    members: with1({ heap_max: GIB, heap_used: 0, approximate_data_size: 1000 }),
  },
  { code: 'health.watches', severity: 'error', members: with1({ heap_max: GIB, watch_count: 3_000_000 }) },
  { code: 'health.watches', severity: 'warning', members: with1({ heap_max: GIB, watch_count: 1_200_000 }) },
  { code: 'health.watches', severity: null, members: with1({ heap_max: GIB, watch_count: 100_000 }) },
  { code: 'health.snapshot-age', severity: 'error', members: snapshotAt(1) },
  { code: 'health.snapshot-age', severity: 'warning', members: snapshotAt(0x40_0000 - 300_000) },
  { code: 'health.snapshot-age', severity: null, members: snapshotAt(0x40_0000 - 100_000) },
  // another leader has begun an epoch since
  { code: 'health.snapshot-age', severity: null, members: snapshotAt(1, 0) },
  { code: 'health.client-connections', severity: 'error', members: limited('60'), clients: crowd(60) },
  { code: 'health.client-connections', severity: 'warning', members: limited('60'), clients: crowd(50) },
  { code: 'health.client-connections', severity: null, members: limited('60'), clients: crowd(30) },
  { code: 'health.client-connections', severity: null, members: limited('0'), clients: crowd(5000) },
  { code: 'health.certificate-expiry', severity: 'error', certificates: ends(-1) },
  { code: 'health.certificate-expiry', severity: 'error', certificates: ends(3) },
  { code: 'health.certificate-expiry', severity: 'error', certificates: ends(300, 1) },
  { code: 'health.certificate-expiry', severity: 'warning', certificates: ends(20) },
  { code: 'health.certificate-expiry', severity: null, certificates: ends(40) },
  { code: 'health.swapped', severity: 'warning', local: { swappedBytes: 4096 } },
  {
    code: 'health.swapped',
    severity: 'error',
    local: { swappedBytes: 8192 },
    beforeMetrics: { 1: { swapped_bytes: 4096 } },
  },
  { code: 'health.swapped', severity: null },
  { code: 'health.clock-offset', severity: 'error', members: { ...clock(1, -1000), ...clock(2, 3000) } },
  { code: 'health.clock-offset', severity: 'warning', members: { ...clock(1, -1000), ...clock(2, 1200) } },
  { code: 'health.clock-offset', severity: null, members: { ...clock(1, -1000), ...clock(2, 900) } },
  { code: 'health.clock-offset', severity: null, members: clock(1, 5000) },
  { code: 'health.purge', severity: 'warning', local: purging(0.5, 3, 4, 5, 6) },
  { code: 'health.purge', severity: null, local: purging(0.1, 0.5, 1, 1.5, 4, 5, 6) },
  { code: 'health.purge', severity: null, local: { ...purging(3, 4, 5, 6), startedAtMs: NOW - HOUR } },
  { code: 'health.purge', severity: null, local: { ...config({}), snapshotsAtMs: purging(3, 4, 5, 6).snapshotsAtMs! } },
  {
    code: 'health.file-differs',
    severity: 'warning',
    local: config({ differences: [{ key: 'tickTime', runs: '2000', says: '3000' }] }),
  },
  { code: 'health.file-differs', severity: null, local: config({}) },
  { code: 'health.restart-pending', severity: 'warning', local: config({ changedAtMs: NOW - DAY }) },
  { code: 'health.restart-pending', severity: null, local: config({ changedAtMs: NOW - DAY, dynamic: true }) },
  { code: 'health.restart-pending', severity: null, local: config({}) },
]

function delta(before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>) {
  return { beforeMetrics: { 1: before }, members: with1(now) }
}
