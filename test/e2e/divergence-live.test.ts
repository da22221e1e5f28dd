import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import type { Divergence } from '../../src/operations/ensemble/divergence.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { health } from '../helpers/health.ts'
import { slowAdler32 } from '../helpers/slow-adler32.ts'

async function divergence(connect: string): Promise<{ exitCode: number | null; result: Divergence }> {
  const { exitCode, stdout, stderr } = await zkops(['ensemble', 'divergence', '--connect', connect, '--json'])
  const result = JSON.parse(stdout) as Divergence
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(await SCHEMAS['ensemble-divergence']!())
  expect(validate(result), `${JSON.stringify(validate.errors)} ${stderr}`).toBe(true)
  return { exitCode, result }
}

async function write(connect: string, times: number): Promise<void> {
  await withSession({ connect, timeoutMs: 60_000 }, async (session) => {
    await Promise.all(Array.from({ length: times }, (_, i) => session.set('/busy', Buffer.from(`value ${i}`))))
  })
}

/** One byte of the value of /seed changed in a log, its checksum made right, as no server would notice. */
async function seedDivergence(logDir: string): Promise<void> {
  const folder = join(logDir, 'version-2')
  for (const name of readdirSync(folder).filter((one) => one.startsWith('log.'))) {
    const file = join(folder, name)
    const { stdout } = await zkops(['log', 'dump', file, '--format', 'jsonl', '--path', '/seed'])
    if (stdout === '') continue
    const { offset } = JSON.parse(stdout.split('\n')[0]!) as { offset: number }
    const bytes = readFileSync(file)
    bytes[bytes.indexOf('innocent', offset)] = 'I'.charCodeAt(0)
    const length = bytes.readInt32BE(offset + 8)
    bytes.writeBigInt64BE(BigInt(slowAdler32(bytes.subarray(offset + 12, offset + 12 + length))), offset)
    return writeFileSync(file, bytes)
  }
  throw new Error('the log has no /seed')
}

describe.each(FULL ? ['3.6', '3.7', '3.8', '3.9'] : ['3.9'])('%s', (zookeeper) => {
  test('nothing on a busy ensemble, a seeded byte named with its member and zxid', async () => {
    await using ensemble = await startEnsemble({ zookeeper, members: 3 })
    const one = ensemble.connect.split(',')[0]!
    const early = await divergence(one)
    expect(early).toMatchObject({ exitCode: 1, result: { verdict: 'unknown', compared: 0 } })
    await withSession({ connect: ensemble.connect, timeoutMs: 60_000 }, async (session) => {
      await session.create('/busy', null)
      await session.create('/seed', Buffer.from('innocent'))
    })
    const load = write(ensemble.connect, 2000)
    let healthy = await divergence(one)
    for (let i = 0; i < 3; i++) {
      expect(healthy.result.firstDifference).toBeNull()
      healthy = await divergence(one)
    }
    await load
    healthy = await divergence(one)
    expect(healthy).toMatchObject({ exitCode: 0, result: { verdict: 'same', findings: [] } })
    expect(healthy.result.compared).toBeGreaterThanOrEqual(15)
    const state = join(ensemble.status.dir, 'health.json')
    const args = ['--connect', ensemble.connect, '--state', state, '--only', 'digest-mismatches']
    expect((await health(args)).codes).toEqual([])
    const victim = healthy.result.members.find(({ state }) => state === 'following')!.id!
    await ensemble.stop(victim)
    await seedDivergence(ensemble.status.servers.find(({ id }) => id === victim)!.logDir)
    await ensemble.start(victim)
    await write(ensemble.connect, 300)
    const { exitCode, result } = await divergence(one)
    expect({ exitCode, verdict: result.verdict }).toEqual({ exitCode: 1, verdict: 'diverged' })
    const found = result.findings.filter(({ code }) => code === 'divergence.digest')
    expect(found.map(({ member }) => member)).toEqual([String(victim)])
    expect(result.firstDifference?.digests).toHaveLength(3)
    const verdict = await health(args)
    expect(verdict).toMatchObject({ exitCode: 1, status: 'critical' })
    expect(verdict.codes).toEqual([`health.digest-mismatches ${victim}`])
  })
})
