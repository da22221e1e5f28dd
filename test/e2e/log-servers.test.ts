/*
 * What `log verify` says that servers of each release do, held against these servers: crafted directories, each started
 * on the data of all six lines (their own start-up code, see LoadOracle).
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OP } from '../../src/formats/txnlog/ops.ts'
import { refusedByOlder, SERVERS, type ServerCase } from '../../src/formats/txnlog/servers.ts'
import type { Finding } from '../../src/support/finding.ts'
import { verify } from '../helpers/dump.ts'
import { create, creates, log, record, text, txn, writeOldFile } from '../helpers/log-builder.ts'
import { covers, RELEASES, type ServerStart, startOn } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-servers-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Case {
  readonly name: string
  /** Files of version-2; null is a directory. */
  readonly files: Readonly<Record<string, Uint8Array | null>>
  /** The zxid of the snapshot that the server starts from, which holds nothing. */
  readonly snapshot?: bigint
  readonly code: string
  readonly entry: ServerCase
  /** The last zxid that a server reaches when it serves, if not all lines alike: by the releases it holds for. */
  readonly reaches: bigint | readonly (readonly [releases: string, zxid: bigint])[]
  /** A length that only releases before 3.5.7 call unreasonable. */
  readonly older?: boolean
  /** The entry says "refuses when the next log leaves a gap", and it does. */
  readonly gap?: boolean
}

const bytes = (count = 9, first = 1n) => log(creates(count, first), 200)
/** Where record `n` (from 0) of `creates` begins; all have the same size. */
const SIZE = record(creates(1)[0]!).length
const at = (n: number) => 16 + n * SIZE
const changed = (offset: number, value: (old: number) => number, original = bytes()) => {
  const copy = Buffer.from(original)
  copy[offset] = value(copy[offset]!)
  return copy
}
const length = (n: number, value: number, original = bytes()) => {
  const copy = Buffer.from(original)
  copy.writeInt32BE(value, at(n) + 8)
  return copy
}
const cut = (n: number) => bytes().subarray(0, at(n) - 9)
const body = (type: number, ...parts: Uint8Array[]) => txn(5n, type, { kind: 'unknown', bytes: Buffer.concat(parts) })
const int = (value: number) => {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
const with5 = (fifth: ReturnType<typeof body>) => log([...creates(4), fifth, ...creates(4, 6n)], 200)
const header = (offset: number, value: number, original = bytes()) => changed(offset, () => value, original)
const next = bytes(3, 10n)

const CASES: readonly Case[] = [
  { name: 'torn', files: { 'log.1': cut(9) }, code: 'log.torn-tail', entry: 'torn-tail', reaches: 8n },
  {
    name: 'torn, the next log goes on',
    files: { 'log.1': cut(9), 'log.9': bytes(3, 9n) },
    code: 'log.torn-tail',
    entry: 'torn-tail.before-others',
    reaches: 11n,
  },
  {
    name: 'torn, the next log leaves a gap',
    files: { 'log.1': cut(9), 'log.a': next },
    code: 'log.torn-tail',
    entry: 'torn-tail.before-others',
    reaches: 12n,
    gap: true,
  },
  {
    name: 'an end mark',
    files: { 'log.1': changed(at(5) - 1, () => 0x43) },
    code: 'log.end-mark',
    entry: 'drops',
    reaches: 4n,
  },
  {
    name: 'an end mark, a later log',
    files: { 'log.1': changed(at(5) - 1, () => 0x43), 'log.a': next },
    code: 'log.end-mark',
    entry: 'drops.before-others',
    reaches: 12n,
    gap: true,
  },
  {
    name: 'a zero hole',
    files: { 'log.1': Buffer.from(bytes()).fill(0, at(4), at(5)) },
    code: 'log.zero-hole',
    entry: 'drops',
    reaches: 4n,
  },
  { name: 'a length of 0', files: { 'log.1': length(4, 0) }, code: 'log.length', entry: 'drops', reaches: 4n },
  {
    name: 'a length that runs past the end',
    files: { 'log.1': length(4, 900_000) },
    code: 'log.length',
    entry: 'drops',
    reaches: 4n,
  },
  {
    name: 'a length that runs past the end, above the limit of older releases',
    files: { 'log.1': length(4, 1_500_000) },
    code: 'log.length',
    entry: 'drops',
    reaches: 4n,
    older: true,
  },
  { name: 'a length of -1', files: { 'log.1': length(4, -1) }, code: 'log.length', entry: 'length.-1', reaches: 0n },
  {
    name: 'a huge length',
    files: { 'log.1': length(4, 0x7f000000) },
    code: 'log.length',
    entry: 'length',
    reaches: 0n,
  },
  { name: 'a negative length', files: { 'log.1': length(4, -5) }, code: 'log.length', entry: 'length', reaches: 0n },
  {
    name: 'a flipped payload',
    files: { 'log.1': changed(at(4) + 50, (old) => old ^ 1) },
    code: 'log.checksum',
    entry: 'checksum',
    reaches: 0n,
  },
  {
    name: 'a flipped upper half of a checksum',
    files: { 'log.1': changed(at(4) + 1, () => 7) },
    code: 'log.checksum',
    entry: 'checksum',
    reaches: 0n,
  },
  {
    name: 'a body that is too short',
    files: { 'log.1': with5(body(OP.setData, int(3), text('/n/'))) },
    code: 'log.undecodable',
    entry: 'drops',
    reaches: 4n,
  },
  {
    name: 'a length inside that cannot be',
    files: { 'log.1': with5(body(OP.setData, int(-7), text('/n/'))) },
    code: 'log.undecodable',
    entry: 'inner-length',
    reaches: 0n,
  },
  {
    name: 'a closeSession with a length that cannot be',
    files: { 'log.1': with5(body(OP.closeSession, int(1), int(-7), text('/n/'))) },
    code: 'log.undecodable',
    entry: 'inner-length.close-session',
    reaches: 9n,
  },
  {
    name: 'an unknown type',
    files: { 'log.1': with5(body(77, text('/n/'))) },
    code: 'log.unknown-type',
    entry: 'unknown-type',
    reaches: 0n,
  },
  { name: 'no magic', files: { 'log.1': header(0, 0) }, code: 'log.magic', entry: 'magic', reaches: 0n },
  {
    name: 'a short header',
    files: { 'log.1': bytes(), 'log.a': next.subarray(0, 9) },
    code: 'log.header-short',
    entry: 'header-short',
    reaches: 0n,
  },
  {
    name: 'empty',
    files: { 'log.1': bytes(), 'log.a': Buffer.alloc(0) },
    code: 'log.empty',
    entry: 'empty',
    reaches: 9n,
  },
  {
    name: 'empty, a later log',
    files: { 'log.1': bytes(), 'log.a': Buffer.alloc(0), 'log.b': bytes(2, 11n) },
    code: 'log.empty',
    entry: 'empty.before-others',
    reaches: 0n,
  },
  {
    name: 'two empty ones',
    files: { 'log.1': bytes(), 'log.a': Buffer.alloc(0), 'log.b': Buffer.alloc(0) },
    code: 'log.empty',
    entry: 'empty.before-others',
    reaches: 0n,
  },
  {
    name: 'junk behind the end',
    files: { 'log.1': Buffer.concat([bytes(), Buffer.from('junk junk junk junk')]) },
    code: 'log.junk-behind-end',
    entry: 'junk-behind-end',
    reaches: 9n,
  },
  {
    name: 'a gap',
    files: { 'log.1': log([...creates(4), ...creates(4, 6n)]) },
    code: 'log.gap',
    entry: 'gap',
    reaches: 9n,
  },
  {
    name: 'a gap between logs',
    files: { 'log.1': bytes(), 'log.b': bytes(2, 11n) },
    code: 'log.gap',
    entry: 'gap',
    reaches: 12n,
  },
  {
    name: 'a gap right behind the snapshot',
    files: { 'log.1': bytes(), 'log.b': bytes(2, 11n) },
    snapshot: 9n,
    code: 'log.gap',
    entry: 'gap.behind-snapshot',
    reaches: 12n,
  },
  {
    name: 'a gap inside a log, right behind the snapshot',
    files: { 'log.1': log([...creates(4), ...creates(4, 6n)]) },
    snapshot: 4n,
    code: 'log.gap',
    entry: 'gap.behind-snapshot',
    reaches: 9n,
  },
  {
    name: 'a gap that a snapshot bridges',
    files: { 'log.1': bytes(), 'log.b': bytes(2, 11n) },
    snapshot: 10n,
    code: 'log.gap',
    entry: 'gap.bridged',
    reaches: 12n,
  },
  {
    name: 'a new epoch without its beginning',
    files: { 'log.1': bytes(), 'log.100000003': bytes(2, 0x100000003n) },
    code: 'log.epoch-step',
    entry: 'epoch-step',
    reaches: 0x100000004n,
  },
  {
    name: 'a zxid twice',
    files: { 'log.1': log([...creates(4), create(4n, '/n/4'), ...creates(2, 5n)]) },
    code: 'log.duplicate',
    entry: 'replayed',
    reaches: 6n,
  },
  {
    name: 'a step back',
    files: { 'log.1': log([...creates(4), create(2n, '/n/2'), ...creates(2, 5n)]) },
    code: 'log.out-of-order',
    entry: 'replayed',
    reaches: 6n,
  },
  {
    name: 'an overlap',
    files: { 'log.1': bytes(), 'log.5': bytes(7, 5n) },
    code: 'log.overlap',
    entry: 'replayed',
    reaches: 11n,
  },
  {
    name: 'a name that is too high',
    files: { 'log.1': bytes(), 'log.e': next },
    code: 'log.name-mismatch',
    entry: 'name-mismatch',
    reaches: 12n,
  },
  {
    name: 'the only copy has a longer name',
    files: { 'log.1': bytes(), 'log.a.bak': next },
    code: 'log.stray-copy',
    entry: 'stray-copy',
    reaches: [
      ['3.4-3.5', 9n],
      ['3.6+', 12n],
    ],
  },
  {
    name: 'a compressed log',
    files: { 'log.1': bytes(), 'log.a.gz': gzipSync(next) },
    code: 'log.stray-copy',
    entry: 'stray-copy.compressed',
    reaches: 9n,
  },
  {
    name: 'a foreign database id',
    files: { 'log.1': bytes(), 'log.a': next, 'log.d': header(15, 7, bytes(2, 13n)) },
    code: 'log.foreign-dbid',
    entry: 'header-field',
    reaches: 14n,
  },
  {
    name: 'another header version',
    files: { 'log.1': header(7, 9) },
    code: 'log.header-version',
    entry: 'header-field',
    reaches: 9n,
  },
  {
    name: 'a directory',
    files: { 'log.1': bytes(), 'log.a': null },
    code: 'log.directory',
    entry: 'directory',
    reaches: 0n,
  },
]

/** Directory of a case, ready to be started; the snapshot is one that a server wrote of an empty tree. */
function directory(one: Case, release: string): string {
  const place = join(folder, release, one.name.replaceAll(' ', '-'))
  const inside = join(place, 'version-2')
  mkdirSync(inside, { recursive: true })
  cpSync(join(folder, 'empty/version-2/snapshot.0'), join(inside, `snapshot.${(one.snapshot ?? 0n).toString(16)}`))
  for (const [name, content] of Object.entries(one.files)) {
    if (content === null) mkdirSync(join(inside, name))
    else writeOldFile(join(inside, name), content)
  }
  return place
}

const starts = new Map<string, readonly ServerStart[]>()

beforeAll(async () => {
  mkdirSync(join(folder, 'empty/version-2'), { recursive: true })
  await startOn('3.5.10', [join(folder, 'empty')])
  for (const release of RELEASES) {
    starts.set(
      release,
      await startOn(
        release,
        CASES.map((one) => directory(one, release)),
      ),
    )
  }
})

describe('what verify says about servers is what they do', () => {
  test.each(CASES.map((one, i) => [one.name, one, i] as const))('%s', async (_name, one, i) => {
    const { findings } = await verify([directory(one, 'verify')])
    const found = findings.find(({ code }) => code === one.code) as Finding
    expect(found, JSON.stringify(findings.map(({ code }) => code))).toBeDefined()
    const servers = one.older ? refusedByOlder(SERVERS[one.entry]) : SERVERS[one.entry]
    expect(found.evidence?.servers).toEqual(servers)
    for (const release of RELEASES) {
      const start = starts.get(release)![i]!
      const said = Object.entries(servers).filter(([releases]) => covers(releases, release))
      expect(said, release).toHaveLength(1)
      const does = said[0]![1]
      const conditional = does.includes('refuses when')
      const serves = does.startsWith('serves') && !(conditional && one.gap)
      const title = `${release}: ${JSON.stringify(start)}`
      expect(start.serves, title).toBe(serves)
      if (!serves) {
        const reason = /\((.*?)\)/.exec(does)?.[1] ?? 'Committed proposal cached out of order'
        expect(start.message, title).toContain(reason)
        continue
      }
      const reaches =
        typeof one.reaches === 'bigint' ? one.reaches : one.reaches.find(([releases]) => covers(releases, release))![1]
      expect(start.lastZxid, title).toBe(`0x${reaches.toString(16)}`)
    }
  })

  test('every entry is held against a server', () => {
    expect(new Set(CASES.map(({ entry }) => entry))).toEqual(new Set(Object.keys(SERVERS)))
  })
})
