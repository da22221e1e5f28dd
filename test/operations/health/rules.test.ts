import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { membershipOf } from '../../../src/cluster/observe/membership.ts'
import type { MemberAnswer, ObservedMember } from '../../../src/cluster/observe/model.ts'
import { overviewOf } from '../../../src/operations/ensemble/overview.ts'
import { HEALTH_FINDINGS } from '../../../src/operations/health/findings.ts'
import { judge, nextState, statusOf } from '../../../src/operations/health/judge.ts'
import { chosenRules, limitsFrom } from '../../../src/operations/health/limits.ts'
import { unitText } from '../../../src/operations/health/rule.ts'
import { RULES } from '../../../src/operations/health/rules/index.ts'
import type { HealthState } from '../../../src/operations/health/state.ts'
import { type Expectations, healthView } from '../../../src/operations/health/view.ts'
import type { Severity } from '../../../src/support/finding.ts'
import { ROOT } from '../../helpers/cli.ts'
import { LINES, type MemberEdit, NOW, RULE_CASES, type RuleCase } from './rule-cases.ts'

const MINUTE = 60_000
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString()

const METRICS = { znode_count: 1000, ephemerals_count: 100, avg_latency: 1, outstanding_requests: 0, watch_count: 3 }

function memberOf(id: number, edit: MemberEdit = {}, lines: readonly string[] | null = LINES): ObservedMember {
  const place = {
    ...{ id, host: `zk${id}`, clientPort: 2181, securePort: null, admin: null, role: 'participant' as const },
    ...edit.place,
  }
  if (edit.answer === null)
    return { place, answer: null, failures: [{ source: '4lw', code: 'server.refused', message: 'refused' }] }
  const told = edit.membership ?? (lines === null ? null : withVersion(lines))
  const answer: MemberAnswer = {
    ...{ via: '4lw', state: id === 2 ? 'leading' : 'following', id, version: '3.9.5', zxid: 0x1_0000_0500n },
    ...{ zabState: 'broadcast', voting: null, settings: new Map([['tickTime', '2000']]), blind: [], answerMs: 10 },
    ...edit.answer,
    metrics: new Map(Object.entries({ ...METRICS, ...edit.metrics })),
    membership: told === null ? null : membershipOf(told, 'conf'),
  }
  return { place, answer, failures: [] }
}

const withVersion = (lines: readonly string[]) =>
  lines.some((line) => line.startsWith('version=')) ? lines : [...lines, 'version=100000000']

function overview(one: Pick<RuleCase, 'members' | 'membership'>) {
  const lines = one.membership === undefined ? LINES : one.membership
  const members = [1, 2, 3].flatMap((id) => {
    const edit = one.members?.[id]
    return edit?.gone ? [] : [memberOf(id, edit, lines)]
  })
  const membership = lines === null ? null : membershipOf(withVersion(lines), 'conf')
  return overviewOf({ at: new Date(NOW), tookMs: 10, members, membership })
}

const EXPECTED: Expectations = { servers: null, zones: new Map(), ensemble: true }
const limits = limitsFrom({}, { warn: [], critical: [] })
const LOCAL = { disks: [], pid: 7, startedAtMs: 0, swappedBytes: 0, config: null, snapshotsAtMs: [] }

function stateBefore(one: Partial<RuleCase>): HealthState | null {
  if (one.before === null) return null
  const healthy = { ...overview({}), at: new Date(NOW - MINUTE) }
  const state = nextState(healthView(healthy, EXPECTED, null), 'prod', [])
  const members = Object.fromEntries(
    Object.entries(state.members).map(([id, memory]) => [
      id,
      {
        ...memory,
        highestZxid: one.highest?.[Number(id)] ?? memory.highestZxid,
        metrics: { ...memory.metrics, ...one.beforeMetrics?.[Number(id)] },
      },
    ]),
  )
  const breaches = Object.fromEntries(
    Object.entries(one.breaches ?? {}).map(([key, { minutes, runs }]) => [key, { since: ago(minutes), runs }]),
  )
  const leaderChanges = (one.before?.leaderChanges ?? []).map((moment) => ago(-Number(moment.slice(1))))
  return { form: 1, ...state, members, breaches, ...one.before, leaderChanges }
}

function findings(one: Partial<RuleCase>) {
  const disk = { directory: '/zk', usedPercent: one.disk ?? 5, freeBytes: 10 }
  const local = new Map([['1', { ...LOCAL, disks: [disk], ...one.local }]])
  const looked = { local, certificates: one.certificates ?? [], clients: new Map(Object.entries(one.clients ?? {})) }
  const view = healthView(overview(one), { ...EXPECTED, ...one.expected }, stateBefore(one), looked)
  return { view, found: judge(view, RULES, limits, null) }
}

test('nothing is found in a healthy ensemble', () => {
  const { view, found } = findings({})
  expect(found).toEqual([])
  expect(statusOf(view, found)).toBe('ok')
})

test.each(RULE_CASES.map((one, i) => [i, one.code, one.severity, one] as const))(
  'case %i: %s is %s',
  (_i, code, severity, one) => {
    const all = findings(one).found.filter((finding) => finding.code === code)
    const order: readonly (Severity | null)[] = [null, 'info', 'warning', 'error']
    const worst = all.map((finding) => order.indexOf(finding.severity)).reduce((a, b) => Math.max(a, b), 0)
    expect(order[worst]).toBe(severity)
    for (const finding of all) {
      expect(finding.message).not.toMatch(/undefined|null|NaN|Infinity|\[object/)
      expect(finding.remedy).toMatch(/\S/)
    }
  },
)

test('every rule is found in a case and not found in another, and explained', () => {
  for (const { code } of RULES) {
    const cases = RULE_CASES.filter((one) => one.code === code)
    expect([code, cases.some(({ severity }) => severity !== null)]).toEqual([code, true])
    expect([code, cases.some(({ severity }) => severity === null)]).toEqual([code, true])
    expect(Object.values(HEALTH_FINDINGS[code]!).every((text) => text.length > 3)).toBe(true)
  }
  expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length)
})

test('no rule speaks without a run before that speaks only of changes', () => {
  const { found } = findings({
    before: null,
    members: {
      1: {
        metrics: {
          looking_count: 40,
          connection_rejected: 9,
          auth_failed_count: 8,
          sum_fsynctime: 1e6,
          cnt_fsynctime: 1,
          fsync_threshold_exceed_count: 9,
        },
      },
    },
  })
  expect(found).toEqual([])
})

test('limits come from the inventory, then from flags; off and null mean never', () => {
  const with60 = overview({ members: { 1: { metrics: { avg_latency: 60 } } } })
  const view = healthView(with60, EXPECTED, null)
  const rules = chosenRules(['avg-latency'], [])
  const severities = (inventory: Parameters<typeof limitsFrom>[0], warn: string[], critical: string[] = []) =>
    judge(view, rules, limitsFrom(inventory, { warn, critical }), null).map(({ severity }) => severity)
  expect(severities({}, [])).toEqual(['warning'])
  expect(severities({ 'avg-latency': { warn: '100ms' } }, [])).toEqual([])
  expect(severities({ 'avg-latency': { warn: null, critical: 55 } }, [])).toEqual(['error'])
  expect(severities({ 'avg-latency': { warn: 100 } }, ['avg-latency=40'])).toEqual(['warning'])
  expect(severities({}, ['avg-latency=off'], ['avg-latency=off'])).toEqual([])
  expect(() => limitsFrom({}, { warn: ['avg-latenci=5'], critical: [] })).toThrow(/there is no limit called/)
  expect(() => limitsFrom({}, { warn: ['avg-latency=fast'], critical: [] })).toThrow(/is no limit/)
  expect(() => limitsFrom({}, { warn: ['avg-latency'], critical: [] })).toThrow(/is no limit/)
  expect(() => chosenRules(['nothing'], [])).toThrow(/no health rule nothing/)
})

test('a silence lowers what is expected, and nothing else', () => {
  const silence = { from: ago(1), until: ago(-10), why: 'work', by: 'me' }
  const judged = (one: Partial<RuleCase>) =>
    judge(healthView(overview(one), EXPECTED, stateBefore(one)), RULES, limits, silence).map(
      ({ code, severity }) => `${code} ${severity}`,
    )
  expect(judged({ members: { 3: { answer: null } } })).toEqual(['health.no-spare info', 'health.member-down info'])
  expect(
    judged({ members: { 1: { answer: null }, 3: { answer: null }, 2: { answer: { state: 'looking' } } } }),
  ).toContain('health.no-quorum error')
  expect(judged({ highest: { 3: '0x100000900' } })).toContain('health.zxid-back error')
})

test('the table of limits in docs/health.md is that of the rules', () => {
  const page = readFileSync(join(ROOT, 'docs/health.md'), 'utf8')
  const table = /<!-- limits -->\n([\s\S]*)\n<!-- end -->/.exec(page)?.[1]
  const rows = RULES.flatMap(({ code, limits: own }) => {
    if (own === undefined) return []
    const text = (value: number | null) => (value === null ? 'never' : `${value}${unitText(own.unit)}`)
    return [`| \`${code.slice('health.'.length)}\` | ${text(own.warn)} | ${text(own.critical)} |`]
  })
  expect(table?.split('\n')).toEqual(rows.sort())
})
