import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { NO_FACTS } from '../../src/config/profiles/facts.ts'
import { detect, detectedFacts, logDeviceOf } from '../../src/operations/generate-config/detect.ts'
import { latencyOf } from '../../src/operations/generate-config/probe-fsync.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-detect-'))
afterAll(() => rmSync(stage, { recursive: true }))
const { signal } = new AbortController()
const linux = process.platform === 'linux'

test('percentiles are values that were measured, and every sample has its step', () => {
  const taken = [...Array.from({ length: 98 }, () => 0.3), 30, 150]
  const latency = latencyOf('/x', taken)
  expect(latency).toMatchObject({ samples: 100, p50Ms: 0.3, p90Ms: 0.3, p99Ms: 30, maxMs: 150 })
  const { histogram } = latency
  expect(histogram[0]).toEqual({ upToMs: 0.5, count: 98 })
  expect(histogram.at(-1)).toEqual({ upToMs: 256, count: 1 })
  expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(100)
  expect(latencyOf('/x', [0.01]).histogram).toEqual([{ upToMs: 0.125, count: 1 }])
})

test('a directory is measured, and nothing stays in it', async () => {
  const { fsync, findings } = await detect(stage, signal)
  expect(fsync!.samples).toBeGreaterThan(0)
  expect(fsync!.p50Ms).toBeLessThanOrEqual(fsync!.p99Ms)
  expect(findings.some(({ code }) => code === 'detect.fsync-slow')).toBe(fsync!.p99Ms > 20)
  expect(readdirSync(stage)).toEqual([])
}, 30_000)

test('a directory that is not there is said', async () => {
  await expect(detect(join(stage, 'no'), signal)).rejects.toMatchObject({ code: 'input.missing' })
})

test.runIf(linux)('the machine is as the system says', async () => {
  const seen = await detect(undefined, signal)
  expect(seen.ramBytes).toBe(totalmem())
  const swap = /^SwapTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  expect(seen.swapBytes).toBe(Number(swap) * 1024)
  expect(seen.cores).toBeGreaterThanOrEqual(1)
  for (const { name, bytes } of seen.devices)
    expect(bytes).toBe(Number(readFileSync(`/sys/block/${name}/size`, 'utf8')) * 512)
  expect(seen.java?.version).toMatch(/^\d+/)
})

test('what flags say stands; the machine fills in the rest', () => {
  expect(
    detectedFacts({ ...NO_FACTS, ramBytes: 5, cores: 7, logDevice: 'nvme', logDeviceBytes: 9 }, stage, stage),
  ).toEqual({
    ...NO_FACTS,
    ...{ ramBytes: 5, cores: 7, logDevice: 'nvme', logDeviceBytes: 9 },
  })
  const facts = detectedFacts(NO_FACTS, join(stage, 'data'), join(stage, 'log'))
  // neither directory is there yet, and both will lie on the same disk
  expect(facts.logDevice).toBe('shared')
  expect(facts.ramBytes).toBeGreaterThan(2 ** 28)
})

test.runIf(linux)('memory is no disk', () => {
  expect(logDeviceOf('/', '/dev/shm/zookeeper-log')).toBe(null)
})
