import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schema as dumpSchema } from '../../src/schemas/log-dump.ts'
import { schema as verifySchema } from '../../src/schemas/log-verify.ts'
import { type CliOptions, zkops } from '../helpers/cli.ts'
import { parseCsv } from '../helpers/csv.ts'
import { FIXTURES, fixtureLogs } from '../helpers/fixtures.ts'
import { create, creates, log, record, txn } from '../helpers/log-builder.ts'

type Line = Record<string, unknown> & { zxid: string; type: string; time: string; bytes: number; session: string }

const DIR = join(FIXTURES, '3.9.5/standalone/datalog')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-dump-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const dump = (args: readonly string[], options: CliOptions = {}) => zkops(['log', 'dump', ...args], options)
const lines = async (...args: string[]): Promise<Line[]> => {
  const { exitCode, stdout, stderr } = await dump(['--format', 'jsonl', ...args])
  expect(exitCode, stderr).toBe(0)
  return stdout === ''
    ? []
    : stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line)
}

/** A file of the folder with these bytes. */
function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

test('every line of every fixture keeps to the published schema', async () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(dumpSchema)
  for (const line of await lines(...fixtureLogs().map(({ file }) => file))) {
    expect(validate(line), JSON.stringify([line, validate.errors])).toBe(true)
  }
})

test('a directory is read in zxid order, from data directory and version-2 alike', async () => {
  const all = await lines(DIR)
  expect(all.map(({ zxid }) => BigInt(zxid))).toEqual(all.map((_, i) => BigInt(i + 1)))
  expect(new Set(all.map(({ file }) => file)).size).toBeGreaterThan(2)
  expect(await lines(join(DIR, 'version-2'))).toEqual(all)
})

describe('filters equal the whole dump, filtered afterwards', () => {
  const opPaths = (line: Line): string[] =>
    [
      line.path,
      ...((line.paths as string[]) ?? []),
      ...((line.ops as { path?: string }[]) ?? []).map(({ path }) => path),
    ].filter((path): path is string => typeof path === 'string')
  const failed = (line: Line) =>
    line.type === 'error' || ((line.ops as { type: string }[]) ?? []).some(({ type }) => type === 'error')
  test.each<[string[], (line: Line, all: readonly Line[]) => boolean]>([
    [['--from-zxid', '0x20'], ({ zxid }) => BigInt(zxid) >= 0x20n],
    [['--to-zxid', '48'], ({ zxid }) => BigInt(zxid) <= 48n],
    [['--from-zxid', '0x10', '--to-zxid', '0x1f'], ({ zxid }) => BigInt(zxid) >= 16n && BigInt(zxid) < 32n],
    [['--path', '/app/data/*'], (line) => opPaths(line).some((path) => /^\/app\/data\/[^/]*$/.test(path))],
    [['--path', '/app/multi/**'], (line) => opPaths(line).some((path) => path.startsWith('/app/multi/'))],
    [['--path', '/app/members/closing-?'], (line) => opPaths(line).some((path) => /closing-.$/.test(path))],
    [['--type', 'setData', '--type', 'delete'], ({ type }) => type === 'setData' || type === 'delete'],
    [['--type', 'createsession,multi'], ({ type }) => type === 'createSession' || type === 'multi'],
    [['--session', 'SESSION'], ({ session }, all) => session === all[0]!.session],
    [['--errors'], failed],
    [['--min-bytes', '200'], ({ bytes }) => bytes >= 200],
    [
      ['--errors', '--path', '/app/multi/*'],
      (line) => failed(line) && opPaths(line).some((path) => path.startsWith('/app/multi/')),
    ],
    [['--since', 'TIME'], ({ time }, all) => time >= all[40]!.time],
    [['--until', 'TIME'], ({ time }, all) => time <= all[40]!.time],
    [['--type', 'unknown'], () => false],
  ])('%j', async (args, keep) => {
    const all = await lines(DIR)
    const given = args.map((arg) => (arg === 'SESSION' ? all[0]!.session : arg === 'TIME' ? all[40]!.time : arg))
    const expected = all.filter((line) => keep(line, all))
    if (!args.includes('unknown')) expect(expected.length).toBeGreaterThan(0)
    expect(await lines(...given, DIR)).toEqual(expected)
    expect(await lines(...given, '--limit', '2', DIR)).toEqual(expected.slice(0, 2))
  })

  test('wrong values are exit 2 with a hint', async () => {
    for (const [args, hint] of [
      [['--type', 'setdat'], 'Did you mean setData?'],
      [['--from-zxid', '1f'], '0x1f'],
      [['--since', 'lately'], 'ISO'],
      [['--format', 'xml'], 'text, jsonl, csv'],
      [['--limit', '-1'], '0'],
    ] as const) {
      const { exitCode, stderr } = await dump([...args, DIR])
      expect(exitCode, stderr).toBe(2)
      expect(stderr.toLowerCase()).toContain(hint.toLowerCase().slice(0, 12).replace('iso', '2026'))
    }
  })
})

describe('forms', () => {
  test('--no-data puts sizes in place of data, inside multi too', async () => {
    const all = await lines(DIR)
    const sizeOf = (data: unknown) =>
      data === null
        ? null
        : Buffer.from((data as { value: string }).value, (data as { encoding: 'utf8' | 'base64' }).encoding).length
    const strip = (one: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(one).map(([key, value]) =>
          key === 'data'
            ? ['dataBytes', sizeOf(value)]
            : key === 'ops'
              ? [key, (value as Record<string, unknown>[]).map(strip)]
              : [key, value],
        ),
      )
    expect(await lines('--no-data', DIR)).toEqual(all.map(strip))
  })

  test('text: one aligned line a record, operations of a multi below it, never a raw control character', async () => {
    const { stdout } = await dump([DIR])
    const rows = stdout.trimEnd().split('\n')
    expect(rows.filter((row) => /^\d\d:/.test(row))).toHaveLength((await lines(DIR)).length)
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    const multi = rows.findIndex((row) => row.includes('multi           3 operations'))
    expect(rows[multi + 1]).toMatch(/^ {44}create {10}\/app\/multi\/a {2}"1" 1 B$/)
    expect(rows.find((row) => row.includes('/app/data/text'))).toContain('two\\nlines\\r\\n\\ttab \\x01')
    expect((await dump(['--data-width', '0', DIR])).stdout).not.toContain('"')
  })

  test('text: golden', async () => {
    const file = write(
      'log.7',
      log([
        create(7n, '/a', 'x'.repeat(60), { timeMs: 1_763_000_000_123n }),
        create(8n, '/ü\u202e', null, { timeMs: 0n }),
      ]),
    )
    const { stdout } = await dump(['log.7', '--data-width', '10'], { cwd: folder })
    expect(file).toContain('log.7')
    expect(stdout).toBe(
      [
        '# log.7  2025-11-13 (UTC)',
        '02:13:20.123 0x7         0x100004bec300000  create          /a  "xxxxxxxxx…" 60 B',
        '# log.7  (no time)',
        '-            0x8         0x100004bec300000  create          /ü\\u202e  null',
        '',
      ].join('\n'),
    )
  })

  test('csv: a header, one row a record, quoting that a parser reads back', async () => {
    const { stdout } = await dump(['--format', 'csv', DIR])
    const rows = parseCsv(stdout)
    const all = await lines(DIR)
    expect(rows).toHaveLength(all.length + 1)
    const column = (name: string) => rows[0]!.indexOf(name)
    for (const [i, line] of all.entries()) {
      const row = rows[i + 1]!
      expect(row).toHaveLength(rows[0]!.length)
      expect(row[column('zxid')]).toBe(line.zxid)
      expect(row[column('path')]).toBe(line.path ?? '')
      if (line.ops !== undefined) expect(JSON.parse(row[column('ops')]!)).toEqual(line.ops)
      const data = line.data as { encoding: string; value: string } | null | undefined
      expect(row[column('data')]).toBe(
        data == null ? '' : data.encoding === 'utf8' ? data.value : `base64:${data.value}`,
      )
    }
  })

  test('gzip, by name, by content and through a pipe', async () => {
    const plain = join(DIR, 'version-2/log.1')
    const packed = gzipSync(readFileSync(plain))
    const expected = (await lines(plain)).map(({ file, ...rest }) => rest)
    mkdirSync(join(folder, 'backups'))
    writeFileSync(join(folder, 'backups/log.1.gz'), packed)
    expect((await lines(join(folder, 'backups'))).map(({ file, ...rest }) => rest)).toEqual(expected)
    const piped = await dump(['--format', 'jsonl', '-'], { input: packed })
    expect(
      piped.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(expected.map((line) => ({ file: '-', ...line })))
    const cut = await dump(['--format', 'jsonl', write('log.1.gz', packed.subarray(0, packed.length - 500))])
    expect(cut.exitCode).toBe(3)
    expect(cut.stderr).toContain('cannot be unpacked')
    expect(cut.stdout.split('\n').length).toBeLessThan(expected.length + 1)
  })
})

describe('damage', () => {
  const three = creates(3)
  const ends = three.map((_, i) => log(three.slice(0, i + 1)).length)
  const zxids = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as Line).zxid)

  test('a torn last record: what is before it, a note, exit 0', async () => {
    const file = write('log.1', log(three).subarray(0, ends[2]! - 5))
    const { exitCode, stdout, stderr } = await dump(['--format', 'jsonl', file])
    expect({ exitCode, zxids: zxids(stdout) }).toEqual({ exitCode: 0, zxids: ['0x1', '0x2'] })
    expect(stderr).toMatch(new RegExp(`^info log.torn-tail: .*offset ${ends[1]}`))
    expect((await dump(['--log-level', 'warning', file])).stderr).toBe('')
  })

  test('a torn log that is not the last: exit 3, and the next one is printed', async () => {
    const dir = join(folder, 'chain')
    mkdirSync(dir)
    writeFileSync(join(dir, 'log.1'), log(three).subarray(0, ends[2]! - 5))
    writeFileSync(join(dir, 'log.3'), log(creates(2, 3n)))
    const { exitCode, stdout, stderr } = await dump(['--format', 'jsonl', dir])
    expect({ exitCode, zxids: zxids(stdout) }).toEqual({ exitCode: 3, zxids: ['0x1', '0x2', '0x3', '0x4'] })
    expect(stderr).toContain('log.torn-tail')
  })

  test.each<[string, (bytes: Buffer) => void, string]>([
    ['a flipped bit', (b) => void (b[ends[0]! + 50]! ^= 1), 'log.checksum'],
    ['a wrong end mark', (b) => void (b[ends[1]! - 1] = 0x43), 'log.end-mark'],
    ['a zero hole', (b) => b.fill(0, ends[0], ends[1]), 'log.zero-hole'],
    ['an absurd length', (b) => void b.writeInt32BE(0x7ffffff0, ends[0]! + 8), 'log.length'],
    ['a length of -1', (b) => void b.writeInt32BE(-1, ends[0]! + 8), 'log.length'],
  ])('%s: the records before it, the finding with its offset, exit 3', async (_case, change, code) => {
    const bytes = log(three, 100)
    change(bytes)
    const file = write('log.1', bytes)
    const { exitCode, stdout, stderr } = await dump(['--format', 'jsonl', file])
    expect({ exitCode, zxids: zxids(stdout) }).toEqual({ exitCode: 3, zxids: ['0x1'] })
    expect(stderr).toMatch(new RegExp(`error ${code}: .*1 valid records follow.*offset ${ends[0]}`))
  })

  test('a record of unknown type is printed as such, reading goes on, exit 3', async () => {
    const odd = txn(2n, 77, { kind: 'unknown', bytes: Uint8Array.of(1, 2, 255) })
    const file = write('log.1', log([three[0]!, odd, three[2]!]))
    const { exitCode, stdout, stderr } = await dump(['--format', 'jsonl', file])
    expect(exitCode).toBe(3)
    expect(zxids(stdout)).toEqual(['0x1', '0x2', '0x3'])
    expect(JSON.parse(stdout.split('\n')[1]!)).toMatchObject({ type: 'unknown', op: 77, data: 'AQL/' })
    expect(stderr).toContain('log.unknown-type')
  })

  test('no log, an empty one, a short header, another file, a directory in its place', async () => {
    expect(await dump([write('log.1', Buffer.alloc(0))])).toMatchObject({ exitCode: 0, stdout: '' })
    expect(await dump([write('log.1', Buffer.alloc(15))])).toMatchObject({ exitCode: 3, stdout: '' })
    expect(await dump([write('log.1', Buffer.from('this is no transaction log at all'))])).toMatchObject({
      exitCode: 3,
      stdout: '',
    })
    mkdirSync(join(folder, 'odd/log.60'), { recursive: true })
    expect(await dump([join(folder, 'odd')])).toMatchObject({ exitCode: 3, stdout: '' })
  })

  test('a record above the limit is refused, and read with --jute-maxbuffer', async () => {
    const file = write('log.1', log([create(1n, '/big', new Uint8Array(3_000_000).fill(7)), create(2n, '/small')]))
    const refused = await dump(['--no-data', '--format', 'jsonl', file])
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' })
    expect(refused.stderr).toMatch(/whole but above the limit.*--jute-maxbuffer \d+/s)
    expect(zxids((await dump(['--no-data', '--format', 'jsonl', '--jute-maxbuffer', '4MiB', file])).stdout)).toEqual([
      '0x1',
      '0x2',
    ])
  })

  test('a length of two gigabytes in a small file costs nothing', async () => {
    const bytes = log(three)
    bytes.writeInt32BE(0x7fffffff, ends[0]! + 8)
    const file = write('log.1', bytes)
    const { exitCode, stderr } = await zkops(['log', 'verify', '--jute-maxbuffer', '2GiB', '--json', file], {
      nodeArgs: ['--max-old-space-size=64'],
    })
    expect(exitCode, stderr).toBe(1)
  })
})

describe('verify', () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(verifySchema)
  const verify = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await zkops(['log', 'verify', '--json', ...args], { cwd: folder })
    expect([0, 1], stderr).toContain(exitCode)
    const result = JSON.parse(stdout) as { verdict: string; gaps: unknown[]; findings: { code: string }[] }
    expect(validate(result), JSON.stringify(validate.errors)).toBe(true)
    expect(exitCode).toBe(result.verdict === 'clean' ? 0 : 1)
    return { verdict: result.verdict, gaps: result.gaps, codes: result.findings.map(({ code }) => code) }
  }

  test.each(['log.1', 'log.185'])('%s of the examples', async (name) => {
    copyFileSync(join(FIXTURES, 'examples', name), join(folder, name))
    const expected = JSON.parse(readFileSync(join(FIXTURES, `examples/golden/${name}.verify.json`), 'utf8')) as object
    const { stdout } = await zkops(['log', 'verify', '--json', name], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual(expected)
  })

  test.each<[string, Buffer, string, string[]]>([
    ['empty', Buffer.alloc(0), 'torn', ['log.empty']],
    ['a short header', log([]).subarray(0, 15), 'damaged', ['log.header-short']],
    ['header only', log([]), 'clean', []],
    ['whole, without padding', log(creates(3)), 'clean', []],
    ['torn', log(creates(3)).subarray(0, -3), 'torn', ['log.torn-tail']],
    [
      'its last end mark zeroed',
      Buffer.concat([log(creates(3)).subarray(0, -1), Buffer.alloc(50)]),
      'torn',
      ['log.torn-tail'],
    ],
    [
      'junk behind the padding',
      Buffer.concat([log(creates(2), 64), Buffer.from('junk'), Buffer.alloc(9)]),
      'damaged',
      ['log.junk-behind-end'],
    ],
    [
      'older records behind the end',
      Buffer.concat([log(creates(3), 64), ...creates(2).map(record)]),
      'damaged',
      ['log.junk-behind-end'],
    ],
    ['a gap', log([...creates(2), ...creates(2, 5n)]), 'damaged', ['log.gap']],
    ['a zxid twice', log([...creates(2), create(2n, '/again')]), 'clean', ['log.duplicate']],
    [
      'out of order',
      log([create(1n, '/a'), create(3n, '/c'), create(2n, '/b')]),
      'damaged',
      ['log.gap', 'log.out-of-order'],
    ],
    ['another database id', log(creates(2)).fill(1, 15, 16), 'clean', ['log.foreign-dbid']],
    ['another header version', log(creates(2)).fill(1, 7, 8), 'clean', ['log.header-version']],
    [
      'an epoch without its beginning',
      log([...creates(2), ...creates(2, 0x200000003n)]),
      'damaged',
      ['log.epoch-step'],
    ],
    [
      'epochs that go back',
      log([create(1n, '/a'), create(0x200000001n, '/b'), create(2n, '/c')]),
      'damaged',
      ['log.out-of-order'],
    ],
    ['a zeroed header', Buffer.concat([Buffer.alloc(16), log(creates(2)).subarray(16)]), 'damaged', ['log.magic']],
  ])('%s', async (_case, bytes, verdict, codes) => {
    expect(await verify(write('log.1', bytes))).toMatchObject({ verdict, codes })
  })

  test('a new epoch is no hole', async () => {
    const file = write('log.1', log([...creates(2), ...creates(2, 0x200000001n)]))
    expect(await verify(file)).toEqual({
      verdict: 'clean',
      codes: [],
      gaps: [{ after: '0x2', before: '0x200000001', expectedNormal: true }],
    })
  })

  test('empty logs, a foreign one, a compressed one and a directory in a server directory', async () => {
    const dir = join(folder, 'server/version-2')
    const put = (name: string, bytes: Uint8Array) => writeFileSync(join(dir, name), bytes)
    mkdirSync(dir, { recursive: true })
    put('log.1', log(creates(3)))
    put('log.4', Buffer.alloc(0))
    expect(await verify(dir)).toEqual({ verdict: 'torn', codes: ['log.empty'], gaps: [] })
    put('log.5', Buffer.alloc(0))
    expect(await verify(dir)).toEqual({ verdict: 'damaged', codes: ['log.empty', 'log.empty'], gaps: [] })
    put('log.4', log(creates(1, 4n)))
    put('log.5', log(creates(1, 5n)).fill(7, 14, 15))
    expect(await verify(dir)).toEqual({ verdict: 'damaged', codes: ['log.foreign-dbid'], gaps: [] })
    put('log.5', log(creates(1, 5n)))
    put('log.6.gz', gzipSync(log(creates(1, 6n))))
    expect(await verify(dir)).toEqual({ verdict: 'damaged', codes: ['log.stray-copy'], gaps: [] })
    rmSync(join(dir, 'log.6.gz'))
    mkdirSync(join(dir, 'log.6'))
    expect(await verify(dir)).toEqual({ verdict: 'damaged', codes: ['log.directory'], gaps: [] })
  })

  test('a stray copy that is named itself', async () => {
    const file = write('log.1.bak', log(creates(3)))
    expect(await verify(file)).toEqual({ verdict: 'clean', codes: ['log.stray-copy'], gaps: [] })
  })

  test('says for a person what servers do, and how many epochs there are', async () => {
    const file = write('log.1', log([...creates(2), ...creates(2, 0x200000001n), ...creates(1, 0x200000005n)]))
    const { stdout } = await zkops(['log', 'verify', file])
    expect(stdout).toContain('servers: 3.4-3.9.3 serves, silently without them; 3.9.4+ refuses')
    expect(stdout).toContain('1 holes, 1 new epochs')
  })

  test('a wrong name, a stray copy, an overlap, a bridged gap', async () => {
    const dir = join(folder, 'names')
    mkdirSync(dir)
    writeFileSync(join(dir, 'log.1'), log(creates(3)))
    writeFileSync(join(dir, 'log.1.bak'), log(creates(3)))
    expect(await verify(dir)).toMatchObject({ verdict: 'clean', codes: ['log.overlap', 'log.stray-copy'] })
    rmSync(join(dir, 'log.1.bak'))
    writeFileSync(join(dir, 'log.3'), log(creates(2, 3n)))
    expect(await verify(dir)).toMatchObject({ verdict: 'damaged', codes: ['log.overlap'] })
    truncateSync(join(dir, 'log.3'), 0)
    writeFileSync(join(dir, 'log.9'), log(creates(2, 9n)))
    rmSync(join(dir, 'log.3'))
    expect(await verify(dir)).toMatchObject({ verdict: 'damaged', codes: ['log.gap'] })
    writeFileSync(join(dir, 'snapshot.8'), '')
    expect(await verify(dir)).toMatchObject({ verdict: 'clean', codes: ['log.gap'] })
    writeFileSync(join(dir, 'log.20'), log(creates(1, 0xbn)))
    expect((await verify(dir)).codes).toContain('log.name-mismatch')
  })
})
