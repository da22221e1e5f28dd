import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseMembership } from '../../src/cluster/membership.ts'
import { membershipOf } from '../../src/cluster/observe/membership.ts'
import type { MemberAnswer, ObservedMember } from '../../src/cluster/observe/model.ts'
import type { InventoryServer } from '../../src/config/inventory/inventory.ts'
import { overviewOf } from '../../src/operations/ensemble/overview.ts'
import type { Target } from '../../src/operations/inventory/target.ts'
import { entriesGiven } from '../../src/operations/reconfig/entries.ts'
import { joinerChecks } from '../../src/operations/reconfig/joiner-checks.ts'
import {
  type Access,
  type Agreed,
  presentOf,
  type SeenEnsemble,
  type SeenJoiner,
} from '../../src/operations/reconfig/observe.ts'
import { type PlannedChange, prechecks } from '../../src/operations/reconfig/prechecks.ts'
import { linesOf, sameMembership } from '../../src/operations/reconfig/present.ts'
import { type Request, wantedOf } from '../../src/operations/reconfig/requested.ts'

const line = (id: number, host = `zk${id}`) => `server.${id}=${host}:2888:3888:participant;0.0.0.0:2181`
const LINES = [1, 2, 3].map((id) => line(id))
const VERSION = 0x100000000n
const ours = (lines = LINES, version = VERSION) => membershipOf([...lines, `version=${version.toString(16)}`], 'conf')!
const AGREED: Agreed = { version: VERSION, membership: parseMembership(LINES), text: ours().text }
const SETTINGS = { tickTime: '2000', syncLimit: '5', quorumPort: '2888', electionPort: '3888' }

type Answer = Partial<Omit<MemberAnswer, 'metrics' | 'settings'>> & {
  readonly metrics?: Readonly<Record<string, number>>
  readonly settings?: Readonly<Record<string, string>>
}

function member(id: number, given: Answer | null = {}): ObservedMember {
  const place = { id, host: `zk${id}`, clientPort: 2181, securePort: null, admin: null, role: 'participant' } as const
  if (given === null)
    return { place, answer: null, failures: [{ source: '4lw', code: 'server.refused', message: 'shut' }] }
  const { metrics = {}, settings = SETTINGS, ...rest } = given
  const answer: MemberAnswer = {
    ...{ via: '4lw', state: id === 3 ? 'leading' : 'following', id, version: '3.9.5', zxid: VERSION + 20n },
    ...{ zabState: 'broadcast', voting: null, membership: ours(), blind: [], answerMs: 1 },
    ...{ metrics: new Map(Object.entries(metrics)), settings: new Map(Object.entries(settings)) },
    ...rest,
  }
  return { place, answer, failures: [] }
}

const LEADER = { metrics: { leader_uptime: 900_000, synced_followers: 2, synced_non_voting_followers: 0 } }

interface World {
  readonly members?: Readonly<Record<number, Answer | null>>
  readonly access?: Partial<Access>
  readonly auth?: boolean
}

function seenOf({ members = {}, access = {}, auth = true }: World): SeenEnsemble {
  const all = [1, 2, 3].map((id) => member(id, members[id] === undefined ? (id === 3 ? LEADER : {}) : members[id]))
  const target = {
    ...{ source: { kind: 'connect' }, servers: [], timeoutMs: 200 },
    auth: auth ? { scheme: 'digest', user: 'super', password: { kind: 'prompt' } } : null,
  } as unknown as Target
  return {
    ...{ name: 'prod', target, findings: [] },
    sessions: { tls: null, credentials: auth ? 'super:secret' : null, addresses: ['zk1:2181'] } as never,
    overview: overviewOf({ at: new Date(), tookMs: 1, members: all, membership: ours() }),
    access: { agreed: AGREED, acl: OPEN_TO_NONE, identities: [{ scheme: 'super', user: '' }], lock: null, ...access },
    configs: all.map((one) => ({ id: one.place.id!, member: one, membership: one.answer?.membership ?? null })),
  }
}

/** base64(sha1(user:password)). */
const OURS = createHash('sha1').update('super:secret').digest('base64')
const OPEN_TO_NONE = [{ perms: 1, scheme: 'world', id: 'anyone' }]
const CHANGE: PlannedChange = { agreed: AGREED, path: [], leaving: new Set(), joiners: [] }
const LAX = { degraded: false, strict: false }

async function results(world: World, change: Partial<PlannedChange> = {}, options = LAX) {
  const checks = await prechecks(seenOf(world), { ...CHANGE, ...change }, options)
  expect(checks.map(({ check }) => check)).toEqual(Array.from({ length: 10 }, (_, i) => `PRE${i + 1}`))
  return Object.fromEntries(checks.map((one) => [one.check, one]))
}

test('a healthy ensemble passes what can be seen', async () => {
  const checks = await results({})
  const of = (result: string) =>
    Object.values(checks)
      .filter((one) => one.result === result)
      .map(({ check }) => check)
  expect(of('passed')).toEqual(['PRE1', 'PRE2', 'PRE3', 'PRE4', 'PRE5', 'PRE6', 'PRE9', 'PRE10'])
  expect(of('not checked')).toEqual(['PRE7', 'PRE8'])
  expect(checks.PRE3!.detail).toBe('the leader counts 3 voters in sync, 0 without a vote')
})

describe('what is refused', () => {
  test.each<[string, World, string, string, string]>([
    ['a member that is down', { members: { 1: null } }, 'PRE1', 'refused.degraded', 'server 1 does not answer'],
    ['two releases', { members: { 1: { version: '3.8.6' } } }, 'PRE1', 'refused.releases-differ', 'server 1 3.8.6'],
    [
      'a setting of one',
      { members: { 2: { settings: { ...SETTINGS, tickTime: '3000' } } } },
      'PRE1',
      'refused.settings-differ',
      'tickTime is 2000 on server 1 and 3000 on server 2',
    ],
    ['two leaders', { members: { 1: { state: 'leading' } } }, 'PRE2', 'refused.two-leaders', 'server 1, server 3 lead'],
    ['no leader', { members: { 3: { state: 'looking' } } }, 'PRE2', 'refused.no-leader', 'no leader'],
    [
      'a newer epoch',
      { members: { 1: { zxid: 0x200000000n } } },
      'PRE2',
      'refused.two-leaders',
      'server 1 of a newer epoch',
    ],
    [
      'a voter that is not in sync',
      { members: { 2: { zabState: 'synchronization' } } },
      'PRE3',
      'refused.degraded',
      'server 2 is not in sync',
    ],
    [
      'a voter that the leader does not count',
      { members: { 3: { metrics: { synced_followers: 2, synced_non_voting_followers: 1 } } } },
      'PRE3',
      'refused.degraded',
      'counts 2 of 3',
    ],
    [
      'another configuration',
      { members: { 2: { membership: ours(LINES.slice(0, 2), 7n) } } },
      'PRE4',
      'refused.members-differ',
      'server 2 has version 0x7 where 0x100000000',
    ],
    [
      'a wrong password',
      { access: { identities: [{ scheme: 'digest', user: 'super' }] } },
      'PRE5',
      'refused.not-authorised',
      'is the password right',
    ],
    ['nobody', { access: { identities: null }, auth: false }, 'PRE5', 'refused.not-authorised', 'give --auth-user'],
    ['a lock', { access: { lock: 'unknown' } }, 'PRE9', 'refused.locked', '/zkops/lock'],
  ])('%s', async (_, world, check, code, detail) => {
    const one = (await results(world))[check]!
    expect(one).toMatchObject({ result: 'refused', code, detail: expect.stringContaining(detail) })
  })

  test('but not what leaves anyway, nor what is accepted', async () => {
    const world = { members: { 1: null, 3: { metrics: { synced_followers: 1, synced_non_voting_followers: 0 } } } }
    const leaving = await results(world, { leaving: new Set([1]) })
    expect([leaving.PRE1!.result, leaving.PRE3!.result]).toEqual(['passed', 'passed'])
    const accepted = await results(world, {}, { degraded: true, strict: false })
    expect([accepted.PRE1!.result, accepted.PRE1!.code]).toEqual(['warned', 'reconfig.degraded'])
  })

  test('warnings only when they are to be', async () => {
    const world = { members: { 3: { metrics: { ...LEADER.metrics, leader_uptime: 1000 } } } }
    expect((await results(world)).PRE6).toMatchObject({ result: 'warned', code: 'reconfig.not-quiet' })
    expect((await results(world, {}, { degraded: false, strict: true })).PRE6!.result).toBe('refused')
  })
})

describe('who may', () => {
  const digest = 'ops:' + 'x'
  test.each<[string, Partial<Access>, string]>([
    ['everybody', { identities: null, acl: [{ perms: 31, scheme: 'world', id: 'anyone' }] }, 'passed'],
    ['this password', { identities: null, acl: [{ perms: 2, scheme: 'digest', id: `super:${OURS}` }] }, 'passed'],
    ['an older release, which does not tell', { identities: null }, 'not checked'],
    [
      'an address, which is not judged',
      { acl: [{ perms: 2, scheme: 'ip', id: '10.0.0.0/8' }], identities: [] },
      'not checked',
    ],
    [
      'a certificate',
      { acl: [{ perms: 2, scheme: 'x509', id: 'CN=ops' }], identities: [{ scheme: 'x509', user: 'CN=ops' }] },
      'passed',
    ],
    ['another password', { acl: [{ perms: 2, scheme: 'digest', id: digest }], identities: [] }, 'refused'],
  ])('%s', async (_, access, result) => {
    expect((await results({ access })).PRE5!.result).toBe(result)
  })
})

describe('joiners', () => {
  const check = async (given: Answer | null) => {
    const own = linesOf([line(4, '127.0.0.1')]).get(4)!
    const joiner: SeenJoiner = { id: 4, line: own, member: member(4, given) }
    const seen = seenOf({})
    const present = await presentOf(seen, AGREED, [joiner], '')
    return joinerChecks(joiner, seen, AGREED, present)
  }
  test.each<[string, Answer | null, string]>([
    ['shut', null, 'refused.joiner-down'],
    ['another server', { id: 7 }, 'refused.wrong-id'],
    ['one that runs alone', { state: 'standalone' }, 'refused.other-ensemble'],
    ['a leader', { state: 'leading' }, 'refused.other-ensemble'],
    ['one of another ensemble', { membership: ours([line(4), line(5, 'other')]) }, 'refused.other-ensemble'],
    ['one that knows an older configuration', { membership: ours(LINES.slice(1), 7n) }, 'refused.joiner-behind'],
    ['another port', { settings: { ...SETTINGS, quorumPort: '2889' } }, 'refused.joiner-differs'],
    ['one without a leader', { state: 'looking', membership: null }, 'refused.joiner-behind'],
    ['one that synchronizes', { zabState: 'synchronization' }, 'refused.joiner-behind'],
    ['one far behind', { zxid: VERSION - 100_000n }, 'refused.joiner-behind'],
  ])('%s', async (_, given, code) => {
    const checks = await check(given)
    expect(checks.find(({ result }) => result === 'refused')?.code).toBe(code)
  })

  test('one that may come, with what is only warned of', async () => {
    const checks = await check({})
    const short = checks
      .slice(0, 2)
      .concat(checks.slice(3))
      .map(({ about, result }) => `${about}: ${result}`)
    expect(short).toEqual([
      'is this server, of this ensemble: passed',
      'in sync, without a vote as yet: passed',
      'address: warned',
      'db.autocreate=false: not checked',
    ])
  })
})

describe('what was typed', () => {
  const known = { id: 4, host: 'zk4', addresses: [], clientHost: 'zk4', role: 'participant' }
  const ports = { quorum: 2888, election: 3888, client: 2181, secure: null, admin: null }
  const target = { servers: [{ ...known, ports } as unknown as InventoryServer] }
  const of = (request: Request) => wantedOf(request, AGREED.membership, target)
  test.each<[Request, unknown]>([
    [{ kind: 'add', servers: ['server.4'], specs: [] }, { servers: ['server.4=zk4:2888:3888:participant;2181'] }],
    [{ kind: 'add', servers: ['4'], specs: ['x:1:2;3'] }, { servers: ['server.4=x:1:2;3'] }],
    [
      { kind: 'add', servers: ['server.5=y:1:2;3'], specs: ['4=x:1:2;3'] },
      { servers: ['server.5=y:1:2;3', '4=x:1:2;3'] },
    ],
    [{ kind: 'remove', ids: ['server.1', '2'] }, { ids: [1, 2] }],
    [
      { kind: 'replace', id: '3', by: '4' },
      { id: 3, by: 'server.4=zk4:2888:3888:participant;2181' },
    ],
    // role and client address stay
    [
      { kind: 'address', id: '2', spec: 'zk2:2889:3888' },
      { server: 'server.2=zk2:2889:3888:participant;0.0.0.0:2181' },
    ],
    [{ kind: 'scale', voters: 4, joiners: [] }, { joiners: ['server.4=zk4:2888:3888:participant;2181'] }],
  ])('%j', (request, wanted) => {
    expect(of(request)).toMatchObject(wanted as object)
  })
  test.each<[Request, string]>([
    [{ kind: 'add', servers: [], specs: [] }, 'not said which'],
    [{ kind: 'add', servers: ['server.9'], specs: [] }, 'no inventory lists it'],
    [{ kind: 'add', servers: ['4', '5'], specs: ['x:1:2'] }, 'does not say which server'],
    [{ kind: 'remove', ids: ['zk3'] }, 'no id'],
    [{ kind: 'address', id: '2', spec: '3=zk2:1:2' }, 'not for server 2'],
  ])('%j is refused', (request, why) => {
    expect(() => of(request)).toThrow(why)
  })

  test('lists, from files and from the command line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-entries-'))
    const file = join(folder, 'members')
    writeFileSync(file, `# members\n${LINES.join('\n')}\n\ngroup.1 = 1:2:3\nversion=100000000\n`)
    expect(await entriesGiven(file, undefined)).toEqual([...LINES, 'group.1=1:2:3'])
    expect(await entriesGiven(undefined, [LINES.join(',')])).toEqual(LINES)
    await expect(entriesGiven(undefined, undefined)).rejects.toMatchObject({ code: 'usage' })
    await expect(entriesGiven(join(folder, 'no'), undefined)).rejects.toMatchObject({ code: 'input.missing' })
    rmSync(folder, { recursive: true })
  })

  test('the same membership, however it is written', () => {
    const same = (a: readonly string[], b: readonly string[]) => sameMembership(parseMembership(a), parseMembership(b))
    expect(same(LINES, [...LINES].reverse())).toBe(true)
    expect(same(['server.1=ZK1:1:2;3'], ['server.1=zk1:1:2:participant;0.0.0.0:3'])).toBe(true)
    expect(same([...LINES, 'group.1=1:2:3'], [...LINES, 'group.7=3:1:2', 'weight.1=1'])).toBe(true)
    expect(same([...LINES, 'group.1=1:2:3', 'weight.1=2'], [...LINES, 'group.1=1:2:3'])).toBe(false)
    expect(same(LINES, [...LINES, 'group.1=1:2:3'])).toBe(false)
  })
})
