import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Forecast } from '../../../src/operations/forecast/forecast.ts'
import { forecast } from '../../../src/operations/forecast/run.ts'
import { noProgress } from '../../../src/support/progress.ts'
import { ROOT } from '../../helpers/cli.ts'
import { create, log, writeOldFile } from '../../helpers/log-builder.ts'
import { expectValid } from '../../helpers/schema.ts'
import { BASE, node, snapshot } from '../../helpers/snapshot-builder.ts'

const DAY = 86_400_000n
const START = 1_790_000_000_000n
const EPOCH = 5n << 32n

let stage: string
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-forecast-'))
})
afterAll(() => rmSync(stage, { recursive: true }))

async function look(directory: string, config?: string) {
  return forecast({
    ...{ directory, config, juteMaxbuffer: 1 << 20, state: undefined, intervalMs: undefined },
    ...{ days: { warn: 30, critical: 7 }, signal: new AbortController().signal, progress: noProgress },
  })
}

/** Two snapshots ten days apart; counters and zxids grow by these amounts in between. */
function place(name: string, { counter = 0, sequence = 0, grown = 0, sequenceGrown = 0 }): string {
  const folder = join(stage, name, 'version-2')
  mkdirSync(folder, { recursive: true })
  const [before, now] = [EPOCH | BigInt(counter - grown), EPOCH | BigInt(counter)]
  const tree = (cversion: number) => [...BASE, node('/queue', { cversion }), node('/small', { cversion: 5 })]
  const write = (file: string, bytes: Uint8Array) => writeOldFile(join(folder, file), bytes)
  // a server of 3.8 and before: without the block that a newer one puts behind
  const plain = { blocks: { digest: null, lastZxid: null } }
  write(`snapshot.${before.toString(16)}`, snapshot(tree(sequence - sequenceGrown), plain))
  write(`log.${before.toString(16)}`, log([create(before, '/a', 'x', { timeMs: START })]))
  write(`snapshot.${now.toString(16)}`, snapshot(tree(sequence), plain))
  write(`log.${now.toString(16)}`, log([create(now, '/b', 'x', { timeMs: START + 10n * DAY })]))
  return join(stage, name)
}

const of = (forecasts: readonly Forecast[], what: Forecast['what']) => forecasts.find((one) => one.what === what)

describe('the zxid', () => {
  test.each([
    ['near', 2 ** 32 - 500_000, 1_000_000, 5, 'warning'],
    ['nearest', 2 ** 32 - 50_000, 1_000_000, 0.5, 'critical'],
    ['far', 2 ** 32 - 100_000_000, 1_000_000, 1000, 'ok'],
  ] as const)('%s', async (name, counter, grown, daysLeft, severity) => {
    const result = await look(place(name, { counter, grown }))
    expect(of(result.forecasts, 'zxid')).toMatchObject({ value: counter, perDay: 100_000, daysLeft, severity })
    expect(result.findings.map(({ code }) => code)).toEqual(severity === 'ok' ? [] : ['forecast.zxid'])
    await expectValid('health-forecast', result)
  })
})

describe('counters of sequential children', () => {
  test.each([
    ['deep', 2 ** 31 - 1 - 20_000_000, 10_000_000, 20, 'warning'],
    ['deepest', 2 ** 31 - 1 - 5_000_000, 10_000_000, 5, 'critical'],
    ['calm', 1_000_000, 1000, null, 'ok'],
    ['over', -5, 0, 0, 'critical'],
  ] as const)('%s', async (name, sequence, sequenceGrown, daysLeft, severity) => {
    const result = await look(place(name, { counter: 1000, grown: 500, sequence, sequenceGrown }))
    const found = of(result.forecasts, 'sequence')
    expect(found).toMatchObject({ subject: '/queue', severity, value: sequence >>> 0 })
    if (daysLeft !== null) expect(Math.abs(found!.daysLeft! - daysLeft)).toBeLessThan(0.1)
  })
})

test('a tree that outgrows initLimit and the heap of its configuration', async () => {
  const folder = place('grown', { counter: 1000, grown: 500 })
  const config = join(folder, 'zoo.cfg')
  writeFileSync(config, `dataDir=${folder}\ntickTime=1\ninitLimit=1\nautopurge.purgeInterval=1\n`)
  writeFileSync(join(folder, 'java.env'), 'export SERVER_JVMFLAGS="-Xmx2k"\n')
  const { forecasts, status } = await look(folder, config)
  expect(of(forecasts, 'heap')).toMatchObject({ severity: 'critical', limit: 2048 * 0.65 })
  expect(of(forecasts, 'disk')).toMatchObject({ perDay: null, assumes: 'autopurge keeps it as it is' })
  expect(of(forecasts, 'init-limit')).toMatchObject({ severity: 'ok', unit: 'ms' })
  expect(status).toBe('critical')
})

test.each(['3.4.14', '3.6.4', '3.9.5'])('what servers of %s wrote is nowhere near an end', async (release) => {
  const data = join(ROOT, `test/fixtures/${release}/standalone/data`)
  const logDir = join(ROOT, `test/fixtures/${release}/standalone/datalog`)
  const result = await forecast({
    ...{ directory: data, logDir, juteMaxbuffer: 1 << 20, state: undefined, intervalMs: undefined },
    ...{ days: { warn: 30, critical: 7 }, signal: new AbortController().signal, progress: noProgress },
  })
  const zxid = of(result.forecasts, 'zxid')!
  expect(zxid.severity).toBe('ok')
  expect(zxid.value).toBeGreaterThan(50)
  expect(zxid.perDay).toBeGreaterThan(0)
  expect(of(result.forecasts, 'init-limit')).toMatchObject({ severity: 'ok' })
  await expectValid('health-forecast', result)
})

test('a damaged log: the newest snapshot that is whole is taken; nobody is asked beside a directory', async () => {
  const folder = place('damaged', { counter: 1000, grown: 500, sequence: 2000 })
  const file = join(folder, 'version-2', `log.${(EPOCH | 1000n).toString(16)}`)
  writeOldFile(file, Buffer.alloc(100, 7))
  const { forecasts } = await look(folder)
  expect(of(forecasts, 'sequence')).toMatchObject({ subject: '/queue', value: 2000 })
  const options = { juteMaxbuffer: 1 << 20, state: undefined, intervalMs: undefined, connect: 'zk1:2181' }
  const more = { days: { warn: 30, critical: 7 }, signal: new AbortController().signal, progress: noProgress }
  await expect(forecast({ directory: folder, ...options, ...more })).rejects.toThrow(
    '--connect is about running members',
  )
})

test('an empty directory is an answer', async () => {
  const folder = join(stage, 'empty', 'version-2')
  mkdirSync(folder, { recursive: true })
  const { forecasts, unseen } = await look(join(stage, 'empty'))
  expect(forecasts.map(({ what }) => what)).toEqual(['disk'])
  expect(unseen.map(({ what }) => what)).toEqual(['zxid', 'sequence', 'heap', 'certificate'])
})
