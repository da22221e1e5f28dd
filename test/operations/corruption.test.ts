import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adler32 } from '../../src/formats/checksum/adler32.ts'
import { LOG_FINDINGS } from '../../src/formats/txnlog/findings.ts'
import type { Servers } from '../../src/formats/txnlog/servers.ts'
import { ZkopsError } from '../../src/support/errors.ts'
import type { Finding } from '../../src/support/finding.ts'
import { dump, verify } from '../helpers/dump.ts'
import { FULL, fixtureLogs, seeded } from '../helpers/fixtures.ts'
import { writeOldFile } from '../helpers/log-builder.ts'
import { covers, RELEASES, readWithServer } from '../helpers/oracle.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-damage-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes the bytes under a log's name and reads them; anything but a result or a typed error fails. */
async function readDamaged(bytes: Uint8Array, name: string) {
  const file = join(folder, name)
  writeOldFile(file, bytes)
  try {
    const dumped = await dump([file])
    const verified = await verify([file])
    for (const { code, message, file: where } of [...dumped.findings, ...verified.findings]) {
      expect(LOG_FINDINGS[code], code).toBeDefined()
      expect(message).not.toBe('')
      expect(where).toBe(file)
    }
    return { dumped, verified }
  } catch (error) {
    expect(error).toBeInstanceOf(ZkopsError)
    return undefined
  }
}

/** The bytes of a log up to a little behind its last record. */
function used(bytes: Buffer): number {
  let at = 16
  while (at + 12 < bytes.length && bytes.readInt32BE(at + 8) > 0) at += bytes.readInt32BE(at + 8) + 13
  return Math.min(bytes.length, at + 40)
}

/** All positions of a short range, a seeded sample of a long one. */
function positions(length: number, most: number, seed: number): readonly number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  const random = seeded(seed)
  return Array.from({ length: most }, () => Math.floor(random() * length))
}

const logs = fixtureLogs().filter((_, i) => FULL || i % 4 === 0)

describe.each(logs.map((log) => [log.name, log] as const))('%s', (_name, log) => {
  const bytes = readFileSync(log.file)
  const end = used(bytes)
  const most = FULL ? 4000 : 60

  test('every flipped byte ends in a finding or a typed error, never in more records', async () => {
    const whole = (await readDamaged(bytes, basename(log.file)))!.dumped.records.length
    for (const at of positions(end, most, 1)) {
      const damaged = Buffer.from(bytes)
      damaged[at] = damaged[at]! ^ (1 << (at % 8))
      const read = await readDamaged(damaged, basename(log.file))
      expect(read).toBeDefined()
      expect(read!.dumped.records.length).toBeLessThanOrEqual(whole)
      expect(read!.verified.files[0]!.records).toBe(read!.dumped.records.length)
      // version and dbid of the header are the only bytes that nobody checks; behind the records junk is reported
      if (at >= 16)
        expect(read!.dumped.findings.length + read!.verified.findings.length, `byte ${at}`).toBeGreaterThan(0)
    }
  })

  test('every truncation is clean, torn or damaged, and gives the records before it', async () => {
    let last = -1
    for (const length of [...positions(end, most, 2)].sort((a, b) => a - b)) {
      const read = await readDamaged(bytes.subarray(0, length), basename(log.file))
      expect(read).toBeDefined()
      const { records } = read!.dumped
      expect(records.length).toBeGreaterThanOrEqual(last)
      last = records.length
      const { verdict, files } = read!.verified
      const endOfLast = records.length === 0 ? 16 : Number(records.at(-1)!.offset) + Number(records.at(-1)!.bytes)
      const padding = bytes.subarray(endOfLast, length).every((byte) => byte === 0)
      const expected = length === 0 ? 'torn' : length < 16 ? 'damaged' : padding ? 'clean' : 'torn'
      expect(verdict, `${length} bytes`).toBe(expected)
      expect(read!.dumped.readable).toBe(verdict !== 'damaged')
      expect(files[0]!.bytes).toBe(length)
    }
  })
})

describe("damaged logs are read as far as each line's own reader reads them", () => {
  test.each(RELEASES)('%s', { timeout: 1_800_000 }, async (version) => {
    const random = seeded(20261124 + RELEASES.indexOf(version))
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    const sources = fixtureLogs().filter((log) => log.version === version)
    const damages = Array.from({ length: FULL ? 10_000 : version === '3.9.5' ? 600 : 150 }, (_, i) => {
      const bytes = Buffer.from(readFileSync(pick(sources).file))
      const end = used(bytes)
      for (let n = 1 + Math.floor(random() * 3); n > 0; n--) damage(bytes, end, random)
      const cut = random() < 0.3 ? bytes.subarray(0, Math.floor(random() * end)) : bytes
      const file = join(folder, `log.d${i}`)
      writeOldFile(file, cut)
      return file
    })
    const server = await readWithServer(version, damages)
    expect(server.length).toBe(damages.length)
    for (const [i, file] of damages.entries()) {
      const { files, findings } = await verify([file])
      // a server of 3.9.3 and later deletes an empty log instead of reading it
      if (readFileSync(file).length === 0) continue
      const [here, newest] = [version, '3.9.5'].map((release) => saidOf(findings, release))
      // where an older release goes on behind what stops the newest one, only how it goes on is said
      const sameAsNewest = here === newest || here!.startsWith('refuses')
      const title = `${file}: ${here}, ${JSON.stringify(server[i])}`
      expect({ refuses: here!.startsWith('refuses') }, title).toEqual({ refuses: server[i]!.end === 'exception' })
      if (sameAsNewest) expect(files[0]!.records, title).toBe(server[i]!.records)
      rmSync(file)
    }
  })
})

/** What the finding about the end of a log says that a release does; for a log without one it serves. */
function saidOf(findings: readonly Finding[], release: string): string {
  const ends = findings.filter(({ code }) => ENDS.has(code))
  expect(ends.length).toBeLessThan(2)
  const servers = (ends[0]?.evidence?.servers ?? { '3.4+': 'serves' }) as Servers
  return Object.entries(servers).find(([range]) => covers(range, release))![1]
}

/** Findings about where a log ends. */
const ENDS: ReadonlySet<string> = new Set(
  ['torn-tail', 'zero-hole', 'checksum', 'length', 'end-mark', 'undecodable', 'unknown-type', 'magic', 'header-short']
    .concat('junk-behind-end', 'empty')
    .map((name) => `log.${name}`),
)

function damage(bytes: Buffer, end: number, random: () => number): void {
  const at = Math.floor(random() * end)
  const length = Math.floor(random() * 40)
  const kind = Math.floor(random() * 6)
  if (kind === 0) bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8))
  else if (kind === 1) bytes.fill(0, at, Math.min(end, at + length))
  else if (kind === 2) for (let i = at; i < Math.min(end, at + length); i++) bytes[i] = Math.floor(random() * 256)
  else if (kind === 3) bytes.fill(0, at)
  else if (kind === 4) bytes.copy(bytes, at, Math.floor(random() * end), end)
  else restamped(bytes, at, random)
}

/** A changed byte in the body of the record around `at`, with a fresh checksum: bodies that no server wrote. */
function restamped(bytes: Buffer, at: number, random: () => number): void {
  for (let start = 16; start + 13 < bytes.length; ) {
    const length = bytes.readInt32BE(start + 8)
    const end = start + 12 + length
    if (length < 40 || end > bytes.length) return
    if (end > at) {
      const place = start + 40 + Math.floor(random() * Math.min(24, length - 28))
      bytes[place] = [0, 1, 0x7f, 0x80, 0xff, Math.floor(random() * 256)][Math.floor(random() * 6)]!
      bytes.writeUInt32BE(adler32(bytes, 1, start + 12, end), start + 4)
      return
    }
    start = end + 1
  }
}
