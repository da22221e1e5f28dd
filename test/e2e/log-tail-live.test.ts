import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { follow, zxidsOf } from '../helpers/follow.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

const dumped = async (dir: string) => zxidsOf((await zkops(['log', 'dump', '--format', 'jsonl', dir])).stdout)

describe.each(FULL ? RELEASES : (['3.4.14', '3.8.6', '3.9.5'] as const))('%s', (version) => {
  test('nothing is lost or repeated over ten rolls while a writer runs', async () => {
    await using ensemble = await startEnsemble({ zookeeper: version, members: 0, properties: { snapCount: 60 } })
    const dir = ensemble.status.servers[0]!.logDir
    const tail = follow(['--format', 'jsonl', '-n', '1000000', dir])
    // the client of 3.4 does not connect under Java 14 and later
    const client = version.startsWith('3.4') ? '3.5.10' : version
    await runJava(client, 'Workload', [ensemble.connect, version, 'some', '500'])
    const logs = readdirSync(join(dir, 'version-2')).filter((name) => name.startsWith('log.'))
    expect(logs.length).toBeGreaterThan(10)
    await ensemble.stop()
    const all = await dumped(dir)
    await tail.until(() => tail.zxids().length >= all.length)
    const { exitCode, stderr, stdout } = await tail.interrupt()
    expect(zxidsOf(stdout)).toEqual(all)
    expect({ exitCode, stderr: stderr.replace(/error: Interrupted.*\n/, '') }).toEqual({ exitCode: 130, stderr: '' })
    const dump = await zkops(['log', 'dump', '--format', 'jsonl', dir])
    expect(stdout).toBe(dump.stdout)
  }, 120_000)
})
