/*
 * Real servers started on directories that snapshot build made of their own files.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-e2e-build-'))
afterAll(() => rmSync(folder, { recursive: true }))

const VERSIONS = FULL ? RELEASES : (['3.4.14', '3.6.4', '3.9.5'] as const)

const report = (port: number, word: string) => fourLetterWord('127.0.0.1', port, word, { timeoutMs: 10_000 })

/** The tree that clients see. */
async function treeOf(connect: string, version: string): Promise<string[]> {
  // the client of 3.4 does not connect under Java 14 and later
  const client = version.startsWith('3.4') ? '3.5.10' : version
  const output = await runJava(client, 'Workload', [connect, version, 'tree'])
  return output.split('\n').filter((line) => line.startsWith('/more'))
}

const some = (connect: string, version: string, count: number) =>
  runJava(version.startsWith('3.4') ? '3.5.10' : version, 'Workload', [connect, version, 'some', String(count)])

describe.each(VERSIONS)('%s', (version) => {
  test('a server starts from what was built, alone, and has the tree of the moment', { timeout: 300_000 }, async () => {
    await using ensemble = await startEnsemble({ zookeeper: version, members: 0, properties: { snapCount: 40 } })
    const [server] = ensemble.status.servers
    await some(ensemble.connect, version, 30)
    const before = await treeOf(ensemble.connect, version)
    const zxid = /Zxid: (0x[0-9a-f]+)/.exec(await report(server!.clientPort, 'srvr'))![1]!
    await some(ensemble.connect, version, 60)
    const last = await treeOf(ensemble.connect, version)
    await ensemble.kill()
    const saved = join(folder, version)
    cpSync(server!.dataDir, join(saved, 'data'), { recursive: true })
    cpSync(server!.logDir, join(saved, 'logs'), { recursive: true })
    const places = [join(saved, 'data'), '--log-dir', join(saved, 'logs')]
    for (const [name, args, expected] of [
      ['latest', [], last],
      ['then', ['--at', zxid], before],
    ] as const) {
      const output = join(saved, name)
      const built = await zkops(['snapshot', 'build', ...places, ...args, '--output', output, '--execute', '--json'])
      expect(built.exitCode, built.stderr).toBe(0)
      const result = JSON.parse(built.stdout)
      expect(result.plan.base.proof.verdict).toBe(version < '3.6' ? 'unproved' : 'proved')
      const nodes = Number(/^(\d+) znodes/.exec(result.plan.steps[0].detail)![1])
      for (const place of [server!.dataDir, server!.logDir]) {
        rmSync(join(place, 'version-2'), { recursive: true })
        mkdirSync(join(place, 'version-2'))
      }
      cpSync(join(output, 'version-2'), join(server!.dataDir, 'version-2'), { recursive: true })
      const { servers } = await ensemble.start()
      const srvr = await report(servers[0]!.clientPort, 'srvr')
      expect(srvr).toContain(`Zxid: ${result.plan.base.zxid}\n`)
      // the root has a second name
      expect(srvr).toContain(`Node count: ${nodes + 1}\n`)
      expect(await treeOf(ensemble.connect, version)).toEqual(expected)
      await ensemble.kill()
    }
  })
})

test('an ensemble starts from the directories of one member, each with its myid and epoch', {
  timeout: 300_000,
}, async () => {
  await using ensemble = await startEnsemble({ zookeeper: '3.9.5' })
  await some(ensemble.connect, '3.9.5', 50)
  const expected = await treeOf(ensemble.connect, '3.9.5')
  await ensemble.stop()
  const [source] = ensemble.status.servers
  const saved = join(folder, 'member')
  cpSync(source!.dataDir, join(saved, 'data'), { recursive: true })
  cpSync(source!.logDir, join(saved, 'logs'), { recursive: true })
  for (const { id, dataDir, logDir } of ensemble.status.servers) {
    const output = join(saved, String(id))
    const args = [join(saved, 'data'), '--log-dir', join(saved, 'logs'), '--myid', String(id), '--output', output]
    expect((await zkops(['snapshot', 'build', ...args, '--execute'])).exitCode).toBe(0)
    expect(readFileSync(join(output, 'myid'), 'utf8')).toBe(`${id}\n`)
    for (const place of [dataDir, logDir]) rmSync(join(place, 'version-2'), { recursive: true, force: true })
    mkdirSync(join(logDir, 'version-2'), { recursive: true })
    cpSync(output, dataDir, { recursive: true })
  }
  await ensemble.start()
  expect(await treeOf(ensemble.connect, '3.9.5')).toEqual(expected)
})
