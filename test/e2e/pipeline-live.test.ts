import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import type { Pipeline } from '../../src/operations/ensemble/pipeline.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'

async function pipeline(connect: string): Promise<{ exitCode: number | null; result: Pipeline }> {
  const args = ['ensemble', 'pipeline', '--connect', connect, '--interval', '2s', '--json']
  const { exitCode, stdout, stderr } = await zkops(args)
  const result = JSON.parse(stdout) as Pipeline
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(await SCHEMAS['ensemble-pipeline']!())
  expect(validate(result), `${JSON.stringify(validate.errors)} ${stderr}`).toBe(true)
  return { exitCode, result }
}

/** Writes one after the other until told to stop. */
function load(connect: string): { stop(): Promise<void> } {
  let stopped = false
  const done = withSession({ connect, timeoutMs: 60_000 }, async (session) => {
    await session.create('/busy', null)
    while (!stopped) await session.set('/busy', Buffer.from('x'))
  })
  return {
    stop: async () => {
      stopped = true
      await done
    },
  }
}

test('a log that is flushed late is named as the bottleneck, with what passed', async () => {
  // flushDelay lets a server wait before it flushes, as a slow disk would
  await using ensemble = await startEnsemble({ members: 3, properties: { flushDelay: 150 } })
  expect((await pipeline(ensemble.connect)).result.bottleneck).toBeNull()
  const writes = load(ensemble.connect)
  const { exitCode, result } = await pipeline(ensemble.connect)
  await writes.stop()
  expect({ exitCode, findings: result.findings }).toEqual({ exitCode: 0, findings: [] })
  expect(result.bottleneck?.stage).toBe('sync')
  const sync = result.members.flatMap(({ stages }) => stages.filter(({ stage }) => stage === 'sync'))
  expect(sync).toHaveLength(3)
  for (const { requests, waitMs, workMs } of sync) {
    expect(requests).toBeGreaterThan(3)
    expect(waitMs + workMs).toBeGreaterThan(20)
  }
})

test('a server of 3.5 tells nothing of it, and that is said', async () => {
  if (!FULL) return
  await using ensemble = await startEnsemble({ zookeeper: '3.5', members: 0 })
  const { exitCode, result } = await pipeline(ensemble.connect)
  expect(exitCode).toBe(1)
  expect(result.findings.map(({ code }) => code)).toEqual(['pipeline.not-told'])
})
