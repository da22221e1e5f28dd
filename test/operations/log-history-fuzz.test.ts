import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeRecord } from '../../src/formats/txnlog/encode.ts'
import { ZkopsError } from '../../src/support/errors.ts'
import { FULL, fixtureLogs, seeded } from '../helpers/fixtures.ts'
import { history, type Json, sessionLife, sessionList } from '../helpers/history.ts'
import { writeOldFile } from '../helpers/log-builder.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-fuzz-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The payloads of a log's records. */
function payloads(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 16; at + 12 < bytes.length && bytes.readInt32BE(at + 8) > 0; ) {
    const length = bytes.readInt32BE(at + 8)
    found.push(bytes.subarray(at + 12, at + 12 + length))
    at += length + 13
  }
  return found
}

/** Everything that can be asked of a log; every end is an answer or a typed error. */
async function askAll(bytes: Uint8Array): Promise<void> {
  const file = join(folder, 'log.1')
  writeOldFile(file, bytes)
  try {
    const all = await history('/', [file], { recursive: true })
    for (const path of ['/app', '/app/members', '/zookeeper/config']) {
      const some = await history(path, [file], { recursive: true })
      expect(some.readable).toBe(all.readable)
      const below = all.events.filter((event) => event.path === path || String(event.path).startsWith(`${path}/`))
      expect(some.events).toEqual(below)
    }
    await history('/app', [file], { decode: true, data: true })
    const { sessions } = await sessionList([file])
    const of = async ({ session, txns, errors }: Json) => {
      expect(await sessionLife(String(session), [file])).toMatchObject({ session, txns, errors })
    }
    for (const session of sessions.slice(0, 2)) await of(session)
  } catch (error) {
    if (!(error instanceof ZkopsError)) throw error
  }
}

const logs = fixtureLogs().filter((_, i) => FULL || i % 16 === 0)
const rounds = FULL ? 300 : 25

describe.each(logs.map((log) => [log.name, log] as const))('%s', (_name, log) => {
  const bytes = readFileSync(log.file)

  test('flipped bytes and cut ends', async () => {
    const random = seeded(11)
    for (let round = 0; round < rounds; round++) {
      const damaged = Buffer.from(bytes.subarray(0, round % 2 ? bytes.length : Math.floor(random() * bytes.length)))
      const at = Math.floor(random() * damaged.length)
      if (damaged.length > 0) damaged[at] = damaged[at]! ^ (1 << (round % 8))
      await askAll(damaged)
    }
  })

  test('payloads of anything, with the checksum of what they are', async () => {
    const random = seeded(12)
    const whole = payloads(bytes)
    for (let round = 0; round < rounds; round++) {
      const damaged = whole.map((payload) => {
        const copy = Buffer.from(payload)
        if (random() < 0.3) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256)
        return new Uint8Array(encodeRecord(copy))
      })
      await askAll(Buffer.concat([bytes.subarray(0, 16), ...damaged]))
    }
  })
})
