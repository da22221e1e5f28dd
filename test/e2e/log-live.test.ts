/*
 * Logs that are being written: read without a false alarm at any moment.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { verify } from '../helpers/dump.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { create, log, record } from '../helpers/log-builder.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-live-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes what it is given into a file in pieces that end anywhere, as buffered output does, with pauses in between. */
const WRITER = `
const { openSync, readFileSync, writeSync } = require('node:fs')
const [from, to, backwards] = process.argv.slice(1)
const bytes = readFileSync(from)
const fd = openSync(to, 'r+')
const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
for (let at = 0, n = 0; at < bytes.length; n++) {
  const size = Math.min(1 + (n * 7919) % 9000, bytes.length - at)
  const half = size >> 1
  // pages may come to be seen in any order
  const parts = [[at, half], [at + half, size - half]]
  for (const [start, length] of backwards ? parts.reverse() : parts) {
    writeSync(fd, bytes, start, length, start)
    if (n % 3 === 0) pause(n % 40)
  }
  at += size
}
`

test.each([
  ['in order', ''],
  ['in any order', 'backwards'],
])('a log that is written in pieces, %s', { timeout: 120_000 }, async (_name, order) => {
  const txns = Array.from({ length: 600 }, (_, i) => create(BigInt(i + 1), `/n/${i}`, 'd'.repeat((i * 37) % 3000)))
  const source = join(folder, 'source')
  const target = join(folder, 'log.1')
  writeFileSync(source, log(txns))
  writeFileSync(target, log(txns.slice(0, 1), 4 << 20))
  const writer = spawn(process.execPath, ['-e', WRITER, '--', source, target, order], { stdio: 'inherit' })
  let ended = false
  const end = once(writer, 'exit').finally(() => {
    ended = true
  })
  let last = 0
  for (let reading = 0; !ended; reading++) {
    const { verdict, findings, files } = await verify([target])
    expect({ verdict, findings }, `reading ${reading}, ${files[0]!.records} records`).toEqual({
      verdict: 'clean',
      findings: [],
    })
    expect(files[0]!.records).toBeGreaterThanOrEqual(last)
    last = files[0]!.records
  }
  await end
  expect((await verify([target])).files[0]!.records).toBe(txns.length)
})

test('a log that nobody writes any more is judged as it is, and at once', async () => {
  const file = join(folder, 'log.1')
  writeFileSync(file, Buffer.concat([log([create(1n, '/a')]), record(create(2n, '/b')).subarray(0, -3)]))
  const before = performance.now()
  expect((await verify([file])).verdict).toBe('torn')
  expect(performance.now() - before).toBeLessThan(2000)
})

test.each(FULL ? RELEASES : ['3.4.14', '3.9.5'])(
  'the log of a server of %s under load',
  { timeout: 180_000 },
  async (zookeeper) => {
    await using ensemble = await startEnsemble({ zookeeper, members: 0, properties: { preAllocSize: 64 } })
    const { logDir } = ensemble.status.servers[0]!
    // the client of 3.4 does not connect under Java 14 and later
    const client = zookeeper.startsWith('3.4') ? '3.5.10' : zookeeper
    let ended = false
    const load = runJava(client, 'Workload', [ensemble.connect, zookeeper, 'some', '1200']).finally(() => {
      ended = true
    })
    let readings = 0
    while (!ended) {
      const { verdict, findings } = await verify([logDir]).catch((error) => {
        // before the first write
        expect(error).toMatchObject({ code: expect.stringMatching(/^input\.(no-logs|missing)$/) })
        return { verdict: 'clean', findings: [] }
      })
      expect({ verdict, findings }, `reading ${readings++}`).toEqual({ verdict: 'clean', findings: [] })
    }
    await load
    expect(readings).toBeGreaterThan(10)
  },
)
