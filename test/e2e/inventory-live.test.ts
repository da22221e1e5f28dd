import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InventoryEnsemble } from '../../src/config/inventory/inventory.ts'
import { readInventory } from '../../src/operations/inventory/read.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'

let stage: string
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-inventory-'))
})
afterAll(() => rmSync(stage, { recursive: true }))

/** zkops config inventory init --connect, and what is in the file afterwards. */
async function init(connect: string, name: string): Promise<InventoryEnsemble> {
  const { exitCode, stderr, stdout } = await zkops(
    ['config', 'inventory', 'init', '--connect', connect, '--ensemble', name, '--execute'],
    { cwd: stage, env: { XDG_CONFIG_HOME: stage } },
  )
  expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' })
  const inventory = readInventory(join(stage, 'zkops.yaml'))
  expect(inventory.findings).toEqual([])
  return inventory.ensemble(name)
}

function expectAll({ status }: TestEnsemble, { servers, zookeeper }: InventoryEnsemble): void {
  expect(zookeeper).toBe(status.zookeeper.split('.').slice(0, 2).join('.'))
  expect(servers).toMatchObject(
    status.servers.map(({ id, role, clientPort, quorumPort, electionPort, dataDir, logDir }) => ({
      ...{ id, role, host: '127.0.0.1', dataDir, dataLogDir: logDir },
      ports: { quorum: quorumPort, election: electionPort, client: clientPort },
    })),
  )
}

test('of 3.9 one server is enough, observers and all', async () => {
  await using ensemble = await startEnsemble({ members: 3, observers: 1 })
  const [first] = ensemble.status.servers
  expectAll(ensemble, await init(`127.0.0.1:${first!.clientPort}`, 'new'))
  // and live commands take it from there
  const { exitCode, stdout } = await zkops(['ensemble', 'status', '--ensemble', 'new', '--json'], { cwd: stage })
  expect(exitCode).toBeLessThan(2)
  const { members } = JSON.parse(stdout) as { members: { id: number; state: string }[] }
  expect(members.map(({ id }) => id)).toEqual([1, 2, 3, 4])
  expect(members.map(({ state }) => state)).not.toContain('down')
}, 60_000)

test('with the default whitelist the members are known, and what is not is said', async () => {
  await using ensemble = await startEnsemble({
    members: 3,
    observers: 1,
    properties: { '4lw.commands.whitelist': 'srvr', 'admin.enableServer': 'false' },
  })
  const [first] = ensemble.status.servers
  const { stdout } = await zkops(
    [
      'config',
      'inventory',
      'init',
      '--connect',
      `127.0.0.1:${first!.clientPort}`,
      '--inventory',
      join(stage, 'blind.yaml'),
      '--execute',
      '--json',
    ],
    { cwd: stage },
  )
  const { findings } = JSON.parse(stdout) as { findings: { code: string; evidence: object }[] }
  expect(findings).toMatchObject([
    { code: 'inventory.not-seen', evidence: { setting: expect.stringContaining('whitelist') } },
  ])
  const { servers } = readInventory(join(stage, 'blind.yaml')).ensemble(null)
  expect(servers.map(({ id, role }) => `${id} ${role}`)).toEqual([
    '1 participant',
    '2 participant',
    '3 participant',
    '4 observer',
  ])
}, 60_000)

test.each(FULL ? ['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6'] : ['3.4.14'])(
  'of %s, all of them named',
  async (version) => {
    await using ensemble = await startEnsemble({ zookeeper: version, members: 3 })
    expectAll(ensemble, await init(ensemble.connect, `line-${version}`))
  },
  60_000,
)

test('a server alone; nobody at all', async () => {
  await using ensemble = await startEnsemble({ members: 0 })
  const { connect, servers } = await init(ensemble.connect, 'alone')
  expect([connect, servers]).toEqual([ensemble.connect, []])
  await ensemble.stop()
  const before = readFileSync(join(stage, 'zkops.yaml'))
  const args = ['config', 'inventory', 'init', '--connect', ensemble.connect, '--ensemble', 'gone', '--execute']
  const { exitCode, stderr } = await zkops(args, { cwd: stage })
  expect(exitCode).toBe(4)
  expect(stderr).toContain('No member of')
  expect(readFileSync(join(stage, 'zkops.yaml'))).toEqual(before)
}, 60_000)
