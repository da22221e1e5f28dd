import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPlan } from '../../src/cluster/check-plan.ts'
import { type Session, withSession } from '../../src/cluster/client/session.ts'
import { counterexampleText } from '../../src/cluster/counterexample.ts'
import { type GivenMembership, parseMembership } from '../../src/cluster/membership.ts'
import { type Present, planReconfig, type Wanted } from '../../src/operations/reconfig/plan.ts'
import { entriesOf } from '../../src/operations/reconfig/present.ts'
import type { SandboxStatus } from '../../src/sandbox/observe.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'

const FULL = process.env.ZKOPS_TEST_FULL !== undefined
const WAIT = { timeout: 60_000, interval: 200 }

/** What planner and checker say, against what servers do. */
describe.each(FULL ? ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.9.5'])('an ensemble of %s', (zookeeper) => {
  let ensemble: TestEnsemble
  let auth: { scheme: string; credentials: string }
  beforeAll(async () => {
    ensemble = await startEnsemble({ zookeeper, members: 3, observers: 1 })
    auth = { scheme: 'digest', credentials: `super:${await ensemble.password()}` }
  })
  afterAll(() => ensemble?.down())

  const states = async () => (await ensemble.observe()).servers.map(({ state }) => state)
  const open = <T>(work: (session: Session) => Promise<T>) =>
    withSession({ connect: ensemble.connect, timeoutMs: 20_000, auth }, work)
  const membershipIn = (text: string) =>
    parseMembership(text.split('\n').filter((line) => /^(server|group|weight)\./.test(line)))

  const seenAs = (state: SandboxStatus['servers'][number]['state']) =>
    state === 'leading' ? 'leader' : state === 'following' ? 'follower' : state === 'observing' ? 'observer' : null

  async function present(): Promise<Present> {
    const { text, version } = await open((session) => session.config())
    const { servers } = await ensemble.observe()
    const seen = servers.map(({ id, state }) => {
      const as = seenAs(state)
      return [id, { runs: as !== null, synced: as !== null, as }] as const
    })
    const membership = membershipIn(text)
    return { ensemble: 'test', version, membership, seen: new Map(seen), retired: new Set(), standaloneEnabled: false }
  }

  /** Sends each request when what it needs is there; the configuration behind the last. */
  async function carryOut(wanted: Wanted, ready: (step: number) => Promise<void> = async () => {}) {
    const { requests, refused } = planReconfig(wanted, await present())
    expect(refused).toBe(null)
    let last: GivenMembership | undefined
    for (const [i, { joining, leaving, members, to }] of requests.entries()) {
      await ready(i)
      const { version } = await open((session) => session.config())
      const text = await open((session) => session.reconfig({ joining, leaving, members, version })).then(
        (config) => config.text,
        (error) => {
          // a member that changes drops its clients, the answer with them: whether it is done stands in the configuration
          if (error.code !== 'server.connection-loss') throw error
          return changed(version)
        },
      )
      last = membershipIn(text)
      expect(entriesOf(last)).toEqual(entriesOf(to))
    }
    return last!
  }

  async function changed(from: bigint): Promise<string> {
    let config = await open((session) => session.config())
    await expect
      .poll(async () => (config = await open((session) => session.config())).version, WAIT)
      .toBeGreaterThan(from)
    return config.text
  }

  test('an observer becomes a voter in two steps, a voter leaves and comes back', async () => {
    const following = (id: number) =>
      expect.poll(async () => (await states())[id - 1], WAIT).toMatch(/^(following|leading)$/)
    await carryOut({ kind: 'role', id: 4, role: 'participant' }, async (step) => {
      if (step === 1) await following(4)
    })
    await expect
      .poll(states, WAIT)
      .toSatisfy((all: string[]) => all.filter((state) => state === 'following').length === 3)
    const before = await present()
    const leaving = [...before.seen].find(([, { as }]) => as === 'follower')![0]
    await carryOut({ kind: 'remove', ids: [leaving] })
    const line = entriesOf(before.membership).find((entry) => entry.startsWith(`server.${leaving}=`))!
    await following(leaving)
    expect(entriesOf(await carryOut({ kind: 'add', servers: [line] }))).toEqual(entriesOf(before.membership))
  })

  test('new voters that do not run: the server refuses when the checker says undecided', async () => {
    const { membership, version } = await present()
    const dead = [11, 12, 13, 14, 15].map(
      (id) => `server.${id}=127.0.0.1:${id}:${id + 100}:participant;127.0.0.1:${id + 200}`,
    )
    const to = parseMembership([...entriesOf(membership), ...dead])
    const given = { from: membership, steps: [{ kind: 'reconfig', to } as const], down: [11, 12, 13, 14, 15] }
    const verdict = checkPlan({ ...given, behind: [], empty: [], emptyReturns: false })
    expect(verdict.counterexample).toMatchObject({ kind: 'undecided', step: 1 })
    await open(async (session) => {
      const request = { joining: dead.join(','), leaving: null, members: null, version }
      await expect(session.reconfig(request)).rejects.toMatchObject({ code: 'server.new-config-no-quorum' })
    })
  })

  test('a voter that does not run: the server takes it, and the loss that the checker names stops the ensemble', async () => {
    const { membership, version } = await present()
    const dead = [11, 12].map((id) => `server.${id}=127.0.0.1:${id}:${id + 100}:participant;127.0.0.1:${id + 200}`)
    const to = parseMembership([...entriesOf(membership), ...dead])
    const given = { from: membership, steps: [{ kind: 'reconfig', to } as const], down: [11, 12] }
    const { counterexample } = checkPlan({ ...given, behind: [], empty: [], emptyReturns: false })
    expect(counterexampleText(counterexample!, (id) => `zk${id}`)).toBe(
      'after step 1, losing zk1 stops the ensemble: 4 of 6 voters needed, zk11 and zk12 do not run',
    )
    const [first] = counterexample!.lost
    expect(membership.servers.get(first!)).toBe('participant')
    await open((session) => session.reconfig({ joining: dead.join(','), leaving: null, members: null, version }))
    await ensemble.kill(...counterexample!.lost)
    const left = async () => (await states()).filter((_, i) => !counterexample!.lost.includes(i + 1))
    await expect.poll(left, WAIT).toEqual(['looking', 'looking', 'looking'])
    await ensemble.start(...counterexample!.lost)
    await expect.poll(states, WAIT).toSatisfy((all: string[]) => all.includes('leading'))
  })
})
