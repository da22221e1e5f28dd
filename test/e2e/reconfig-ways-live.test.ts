import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import { prepareReconfig } from '../../src/operations/reconfig/change.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { type Operator, operatorOf } from '../helpers/operator.ts'
import { lostWrites, report, startWriter } from '../helpers/writer.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-reconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `work` on a fresh ensemble while a client writes, and counts what was lost. */
async function underLoad(
  options: Parameters<typeof startEnsemble>[0] & { readonly zookeeper: string },
  work: (user: Operator, ensemble: TestEnsemble) => Promise<void>,
): Promise<void> {
  await using ensemble = await startEnsemble(options)
  await using user = await operatorOf(ensemble, options.zookeeper, folder)
  const writer = await startWriter(ensemble.connect)
  try {
    await work(user, ensemble)
  } finally {
    await writer.stop()
  }
  expect(await lostWrites(ensemble.connect, writer)).toEqual([])
  report(expect.getState().currentTestName ?? '', writer)
}

const lineOf = ({ status }: TestEnsemble, id: number, role = 'participant') => {
  const { quorumPort, electionPort, clientPort } = status.servers.find((server) => server.id === id)!
  return `server.${id}=127.0.0.1:${quorumPort}:${electionPort}:${role};127.0.0.1:${clientPort}`
}

describe.each(FULL ? ['3.5.10', '3.6.4', '3.8.6', '3.9.5'] : ['3.9.5'])('%s', (zookeeper) => {
  test('an observer gets a vote in two steps, and gives it back', async () => {
    await underLoad({ zookeeper, members: 3, observers: 1 }, async (user) => {
      const { result } = await user.done('role', '4', 'participant')
      expect(result.plan.steps.map(({ detail }) => detail.split(':')[0])).toEqual(['leaving', 'joining'])
      expect(await user.members()).toBe('1 2 3 4')
      await user.done('role', '4', 'observer')
      expect(await user.members()).toBe('1 2 3 4o')
    })
  })

  test.runIf(FULL)('other ports of a follower, and of the leader when that is accepted', async () => {
    await underLoad({ zookeeper, members: 3 }, async (user, ensemble) => {
      const [a, b, c, d] = (await freePorts(4, new Set())) as [number, number, number, number]
      const [follower, leader] = [await user.follower(), await user.leader()]
      await user.done('address', String(follower), '--spec', `127.0.0.1:${a}:${b}`)
      await user.refused('refused.leader', 'address', String(leader), '--spec', `127.0.0.1:${c}:${d}`)
      await user.done('address', String(leader), '--spec', `127.0.0.1:${c}:${d}`, '--accept', 'leader')
      expect(await user.members()).toBe('1 2 3')
      void ensemble
    })
  })

  test.runIf(FULL)('from one to three, five, and back to three', async () => {
    await underLoad({ zookeeper, members: 1 }, async (user) => {
      const lines: string[] = []
      for (const id of [2, 3, 4, 5]) {
        const joiner = await user.joiner(id)
        await joiner.reach('follower')
        lines.push(joiner.line)
        if (id === 3) await user.done('scale', '3', '--with', ...lines)
      }
      expect(await user.members()).toBe('1 2 3')
      await user.done('scale', '5', '--with', ...lines.slice(2))
      expect(await user.members()).toBe('1 2 3 4 5')
      await user.done('scale', '3')
      expect(await user.members()).toBe('1 2 3')
    })
  })

  test.runIf(FULL)('groups and weights as a list', async () => {
    await underLoad({ zookeeper, members: 3 }, async (user, ensemble) => {
      const lines = [1, 2, 3].map((id) => lineOf(ensemble, id))
      const file = join(folder, 'members')
      writeFileSync(file, `# by weight\n${[...lines, 'group.1=1:2:3', 'weight.1=2'].join('\n')}\n`)
      await user.done('apply', file, '--accept', 'unsafe')
      await user.refused('refused.groups', 'remove', '1')
      await user.done('apply', '--servers', ...lines, '--accept', 'unsafe')
    })
  })
})

test('plans that are kept, and what happens in between', async () => {
  await using ensemble = await startEnsemble({ members: 3, observers: 1 })
  await using user = await operatorOf(ensemble, '3.9.5', folder)
  const file = join(folder, 'plan.json')
  const saved = await user.reconfig(['remove', '4', '-o', file])
  expect(saved.exitCode, saved.text).toBe(0)
  expect(await user.members()).toBe('1 2 3 4o')
  const auth = { scheme: 'digest', credentials: `super:${user.env.ZKOPS_PASSWORD}` }
  const somebodyElse = (leaving: string | null, joining: string | null) =>
    withSession({ connect: ensemble.connect, timeoutMs: 20_000, auth }, async (session) => {
      const { version } = await session.config()
      await session.reconfig({ joining, leaving, members: null, version })
    })

  // between plan and apply, in one process
  vi.stubEnv('ZKOPS_PASSWORD', user.env.ZKOPS_PASSWORD)
  const prepared = await prepareReconfig(
    {
      live: { connect: ensemble.connect, authUser: 'super' },
      request: { kind: 'remove', ids: ['4'] },
      accept: [],
      strict: false,
    },
    { ask: () => Promise.reject(new Error('asked')), signal: new AbortController().signal },
  )
  vi.unstubAllEnvs()
  expect(prepared.change.refused).toBe(null)
  await somebodyElse('4', null)
  await expect(prepared.change.apply()).rejects.toMatchObject({
    code: 'refused.moved',
    hint: expect.stringContaining('Plan again'),
  })

  const stale = await user.refused('refused.base-changed', 'apply', '--plan', file)
  expect(stale.result.refused!.why).toContain('version was')
  await user.refused('refused.unknown-id', 'remove', '4')

  // its id tells when a plan was changed by hand
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('leaving: 4', 'leaving: 3'))
  expect((await user.reconfig(['apply', '--plan', file, '--execute'])).exitCode).toBe(3)

  // somebody has the lock
  await withSession({ connect: ensemble.connect, timeoutMs: 20_000 }, async (session) => {
    await session.create('/zkops', null, 'container').catch(() => {})
    const holder = { user: 'eve', host: 'elsewhere', pid: 7, startedAt: '1', kind: 'reconfig add', since: 'now' }
    await session.create('/zkops/lock', Buffer.from(JSON.stringify(holder)), 'ephemeral')
    const { result } = await user.refused('refused.locked', 'add', lineOf(ensemble, 4, 'observer'))
    expect(result.refused!.why).toContain('eve on elsewhere')
  })
  await user.done('add', lineOf(ensemble, 4, 'observer'))
  expect(await user.members()).toBe('1 2 3 4o')
})
