import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { NetworkCheck } from '../../src/operations/health/network/check.ts'
import { run, zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { inventoryOf, serverLog } from '../helpers/peers.ts'
import { expectValid } from '../helpers/schema.ts'

const RELEASES = FULL ? ['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.4.14', '3.9.5']

async function network(args: readonly string[]): Promise<{ exitCode: number | null; result: NetworkCheck }> {
  const { exitCode, stdout, stderr } = await zkops(['health', 'network', ...args, '--json'])
  expect(stdout, stderr).toMatch(/^\{/)
  const result = JSON.parse(stdout) as NetworkCheck
  await expectValid('health-network', result)
  return { exitCode, result }
}

const codes = ({ findings }: NetworkCheck) =>
  findings.map(({ code, severity, member }) => `${severity} ${code} ${member}`)

async function withInventory<T>(
  ensemble: TestEnsemble,
  exec: (id: number) => string,
  use: (inventory: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-network-'))
  try {
    const inventory = join(folder, 'zkops.yaml')
    writeFileSync(inventory, inventoryOf(ensemble, exec))
    return await use(inventory)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const epochs = async (ensemble: TestEnsemble) => {
  const { servers } = await ensemble.observe()
  return servers.map(({ id, role, state }) => `${id} ${role} ${state}`)
}

/** By one address the members tell their ports; in 3.4 nobody does. */
async function fromHere(ensemble: TestEnsemble, zookeeper: string): Promise<void> {
  const old = zookeeper.startsWith('3.4')
  const connect = old ? ensemble.connect : ensemble.connect.split(',')[0]!
  const { exitCode, result } = await network(['--connect', connect])
  const expected = ['info network.here-only undefined', ...(old ? ['info network.ports-unknown undefined'] : [])]
  expect([exitCode, codes(result), result.links.length]).toEqual([0, expected, old ? 4 : 11])
  const text = await zkops(['health', 'network', '--connect', connect])
  expect(text.stdout).toMatch(/nothing is seen in the way; \d+ ports tried from this machine; server \d leads/)
  if (!old) expect(text.stdout.match(/\bidle\b/g)!.length).toBeGreaterThanOrEqual(2)
}

/** Member 3 as if in a network of its own with nothing in it; making one needs a right that not everybody has. */
async function cutOff(ensemble: TestEnsemble, leader: string): Promise<void> {
  const { exitCode } = await run('unshare', ['-n', 'true']).catch(() => ({ exitCode: 1 }))
  const exec = (id: number) => (id !== 3 ? 'sh -c' : exitCode === 0 ? 'unshare -n sh -c' : '/bin/false')
  await withInventory(ensemble, exec, async (inventory) => {
    const { result } = await network(['--inventory', inventory])
    if (exitCode !== 0) return expect(codes(result)).toEqual(['warning network.no-view 3'])
    const own = result.links.filter(({ from }) => from === '3')
    expect(new Set(own.map(({ outcome }) => outcome))).toEqual(new Set(['unreachable']))
    expect(codes(result)).toEqual([
      ...['1', '2'].flatMap((id) => [
        `${leader === id ? 'error' : 'warning'} network.quorum-blocked ${id}`,
        `error network.election-blocked ${id}`,
      ]),
      'warning network.election-blocked 4',
    ])
  })
}

describe.each(RELEASES)('%s', (zookeeper) => {
  test('every member reaches every other; only the leader listens on its quorum port; nothing is disturbed', async () => {
    await using ensemble = await startEnsemble({ zookeeper, members: 3, observers: 1 })
    const before = await epochs(ensemble)
    await withInventory(
      ensemble,
      () => 'sh -c',
      async (inventory) => {
        const { exitCode, result } = await network(['--inventory', inventory])
        expect(codes(result)).toEqual([])
        expect(exitCode).toBe(0)
        const { leader, links } = result
        expect(result.views.map(({ from }) => from)).toEqual(['here', '1', '2', '3', '4'])
        for (const { port, to, from, outcome, verdict } of links) {
          const idle = port === 'quorum' && to !== leader
          expect(`${from} ${to} ${port} ${outcome} ${verdict}`).toBe(
            `${from} ${to} ${port} ${idle ? 'refused idle' : 'open ok'}`,
          )
        }
        // here and four members: 4 clients, 3 quorum ports, 4 election ports; from a member without its own
        expect(links.filter(({ from }) => from === 'here')).toHaveLength(11)

        expect(await epochs(ensemble)).toEqual(before)
        // lines of handshakes, and none of anything worse
        const logs = [1, 2, 3].map((id) => serverLog(ensemble, id)).join('\n')
        expect(logs).toMatch(/Exception reading or writing challenge/)
        expect(logs).toMatch(/GOODBYE/)
        expect(logs).not.toMatch(/leaving the listener|Leaving listener|Shutting down leader|shutdown Leader/i)

        await fromHere(ensemble, zookeeper)
        await cutOff(ensemble, leader!)

        // a process that is stopped takes connections and answers nobody
        const [follower] = links.filter(
          ({ port, verdict, to }) => port === 'quorum' && verdict === 'idle' && to !== '4',
        )
        const id = Number(follower!.to)
        await ensemble.pause(id)
        const stopped = await network(['--inventory', inventory, '--timeout', '1500ms'])
        expect(stopped.exitCode).toBe(1)
        expect(codes(stopped.result)).toEqual([`error network.half-open ${id}`])
        await ensemble.resume(id)

        await ensemble.kill(id)
        const killed = await network(['--inventory', inventory])
        expect(codes(killed.result)).toEqual([`error network.member-unreached ${id}`])
      },
    )
  })
})
