import { rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { expectValid } from '../helpers/schema.ts'

const FULL = process.env.ZKOPS_TEST_FULL !== undefined

const show = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await zkops(['reconfig', 'show', ...args, '--json'])
  expect(stderr).toBe('')
  const result = JSON.parse(stdout)
  await expectValid('reconfig-show', result)
  return { exitCode, result }
}
const codes = ({ findings }: { findings: { code: string; member?: string }[] }) =>
  findings.map(({ code, member }) => (member === undefined ? code : `${code} ${member}`))

describe.each(FULL ? ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.5.10', '3.9.5'])(
  'members of %s',
  (zookeeper) => {
    let ensemble: TestEnsemble
    beforeAll(async () => {
      ensemble = await startEnsemble({ zookeeper, members: 3, observers: 1 })
    })
    afterAll(() => ensemble?.down())
    const first = () => ensemble.connect.split(',')[0]!

    test('all agree, and one address is enough', async () => {
      const { exitCode, result } = await show('--connect', first())
      expect(exitCode).toBe(0)
      const { status } = ensemble
      const leader = status.servers.find(({ state }) => state === 'leading')!.id
      expect(result).toMatchObject({ leader, quorumSystem: 'majority', pending: null, findings: [] })
      expect(result.servers).toEqual(
        status.servers.map(({ id, role, state, quorumPort, electionPort, clientPort }) => ({
          ...{ id, role, host: '127.0.0.1', quorumPort, electionPort, clientAddress: '127.0.0.1', clientPort },
          ...{ weight: null, group: null, state, synced: true },
        })),
      )
      expect(result.byMember).toEqual([1, 2, 3, 4].map((id) => ({ id, version: result.version, agrees: true })))
      const own = await withSession({ connect: first(), timeoutMs: 20_000 }, (session) => session.config())
      expect(result.version).toBe(`0x${own.version.toString(16)}`)
      const text = (await zkops(['reconfig', 'show', '--connect', first()])).stdout
      expect(text).toContain(`version ${result.version}, 3 voters (majority), 4 of 4 members agree; leader ${leader}`)
    })

    test('groups and weights, a proposal that was left, and a member that is down', async () => {
      const auth = { scheme: 'digest', credentials: `super:${await ensemble.password()}` }
      const before = await withSession({ connect: first(), timeoutMs: 20_000, auth }, async (session) => {
        const { text, version } = await session.config()
        const lines = text.split('\n').filter((line) => line.startsWith('server.'))
        const members = [...lines, 'group.1=1:2:3', 'weight.3=5'].join(',')
        await session.reconfig({ joining: null, leaving: null, members, version })
        return version
      })
      // members take it over one after the other
      await expect
        .poll(async () => (await show('--connect', first())).result.byMember, { timeout: 20_000 })
        .toSatisfy((all: { agrees: boolean; version: string }[]) =>
          all.every(({ agrees, version }) => agrees && BigInt(version) > before),
        )
      const { config } = ensemble.status.servers[1]!
      writeFileSync(`${config}.dynamic.next`, 'server.1=127.0.0.1:1:2:participant\nversion=7fffffff00000001\n')
      const { exitCode, result } = await show('--config', config)
      rmSync(`${config}.dynamic.next`)
      expect(exitCode).toBe(1)
      expect(BigInt(result.version)).toBeGreaterThan(before)
      expect(result).toMatchObject({ quorumSystem: 'hierarchical', pending: '0x7fffffff00000001' })
      expect(result.servers.map(({ group, weight }: { group: number; weight: number }) => [group, weight])).toEqual([
        [1, 1],
        [1, 1],
        [1, 5],
        [null, 1],
      ])
      expect(codes(result)).toEqual(['reconfig.pending'])

      await ensemble.kill(2)
      const down = await show('--connect', first())
      expect(down.exitCode).toBe(1)
      expect(codes(down.result)).toEqual(['reconfig.not-seen 2'])
      expect(down.result.servers[1]).toMatchObject({ id: 2, state: 'down', synced: false })
      expect(down.result.byMember[1]).toEqual({ id: 2, version: null, agrees: false })
    })
  },
)

test('where only srvr may be asked, sessions tell the versions', async () => {
  await using ensemble = await startEnsemble({
    zookeeper: '3.8',
    members: 2,
    properties: { '4lw.commands.whitelist': 'srvr', 'admin.enableServer': 'false' },
  })
  const { exitCode, result } = await show('--connect', ensemble.connect)
  expect(exitCode).toBe(0)
  expect(result.byMember).toEqual([1, 2].map((id) => ({ id, version: result.version, agrees: true })))
})

test.each([
  ['3.4.14', 3],
  ['3.9.5', 0],
])('servers that keep none: %s with %i members', async (zookeeper, members) => {
  await using ensemble = await startEnsemble({ zookeeper, members })
  const { exitCode, result } = await show('--connect', ensemble.connect)
  expect(exitCode).toBe(1)
  expect(result).toMatchObject({ version: null, pending: null })
  expect(codes(result)).toContain('reconfig.not-kept')
})

test('nobody there', async () => {
  const { exitCode, result } = await show('--connect', '127.0.0.1:1', '--timeout', '500ms')
  expect(exitCode).toBe(4)
  expect(result).toMatchObject({ version: null, leader: null, servers: [] })
})
