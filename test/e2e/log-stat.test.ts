import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeBody } from '../../src/formats/txnlog/encode.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { SubTxn, Txn } from '../../src/formats/txnlog/types.ts'
import { schema } from '../../src/schemas/log-stat.ts'
import { type CliOptions, zkops } from '../helpers/cli.ts'
import { parseCsv } from '../helpers/csv.ts'
import { FIXTURES, fixtureLogs } from '../helpers/fixtures.ts'
import { create, creates, log, text, txn } from '../helpers/log-builder.ts'
import { recount } from '../helpers/recount.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-stat-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const stat = (args: readonly string[], options: CliOptions = {}) => zkops(['log', 'stat', ...args], options)

type Json = Record<string, unknown> & {
  readonly txns: number
  readonly paths: readonly { readonly path: string; readonly count: number; readonly bytes: number }[]
}

async function json(args: readonly string[], options: CliOptions = {}, exitCode = 0): Promise<Json> {
  const result = await stat(['--json', ...args], options)
  expect(result.exitCode, result.stderr).toBe(exitCode)
  return JSON.parse(result.stdout) as Json
}

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

const START = 1_767_225_600_000n
const at = (seconds: number) => ({ timeMs: START + BigInt(seconds * 1000) })

/** Something of everything, over 20 seconds. */
function sample(): Txn[] {
  const op = (type: number, body: Txn['body']): SubTxn => ({ type, data: encodeBody(body), body })
  return [
    txn(1n, OP.createSession, { kind: 'createSession', timeoutMs: 30_000 }, at(0)),
    ...Array.from({ length: 12 }, (_, i) => create(BigInt(i + 2), `/app/config/n${i % 7}`, 'x'.repeat(10 * i), at(i))),
    txn(
      14n,
      OP.multi,
      {
        kind: 'multi',
        ops: [
          op(OP.setData, { kind: 'setData', path: text('/app/config/n0'), data: text('new'), version: 3 }),
          op(OP.check, { kind: 'check', path: text('/locks'), version: 1 }),
        ],
      },
      at(18),
    ),
    txn(
      15n,
      OP.multi,
      {
        kind: 'multi',
        ops: [op(OP.error, { kind: 'error', code: -103 }), op(OP.error, { kind: 'error', code: -2 })],
      },
      at(18),
    ),
    txn(16n, OP.error, { kind: 'error', code: -110 }, { ...at(19), session: 0x2000000ff000001n }),
    create(17n, '/evil/\u001b[31m\n"quoted", and more', 'x', at(20)),
  ]
}

describe('text', () => {
  test('golden', async () => {
    const { exitCode, stdout, stderr } = await stat(['-'], {
      input: log(sample(), 500),
      env: { LANG: 'C', LC_ALL: '' },
    })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "17 transactions, 2.2 KiB, logs: 1
      0x1 to 0x11, 2026-01-01 00:00:00 to 2026-01-01 00:00:20 UTC

      RATE
        0.81 a second on average, at most 2 in the second 2026-01-01 00:00:00
        and 17 in the minute 2026-01-01 00:00
        @===========      @==  (1 s each)
        2026-01-01 00:00:00  4  ########################
        2026-01-01 00:00:03  3  ##################
        2026-01-01 00:00:06  3  ##################
        2026-01-01 00:00:09  3  ##################
        2026-01-01 00:00:12  0
        2026-01-01 00:00:15  0
        2026-01-01 00:00:18  4  ########################

      TYPES
        create         13  76.5 %  1.9 KiB  ##################
        multi           2  11.8 %    181 B  ###
        createSession   1   5.9 %     49 B  #
        error           1   5.9 %     49 B  #
        inside multi: error 2, check 1, setData 1

      ERRORS
        1  NODEEXISTS -110
        inside multi: BADVERSION -103: 1, RUNTIMEINCONSISTENCY -2: 1

      PREFIXES (depth 2)
        13  1.9 KiB  /app/config
         1    116 B  /evil/\\x1b[31m\\n"quoted", and more
         1    108 B  /locks

      PATHS (top 5 of 9)
        3  376 B  /app/config/n0
        2  348 B  /app/config/n4
        2  328 B  /app/config/n3
        2  308 B  /app/config/n2
        2  288 B  /app/config/n1

      SESSIONS
        16  2.1 KiB  0x100004bec300000
         1     49 B  0x2000000ff000001

      LARGEST
        209 B  0xd  create  /app/config/n4
        199 B  0xc  create  /app/config/n3
        189 B  0xb  create  /app/config/n2
        179 B  0xa  create  /app/config/n1
        169 B  0x9  create  /app/config/n0

      FILES
        txns     used  size  on disk  file
          17  2.2 KiB     -        -  -

      Amplification: 3.378 B of records per B of data.
      "
    `)
  })

  test('with colours and UTF-8', async () => {
    const env = { LC_ALL: 'C.UTF-8', NO_COLOR: undefined, FORCE_COLOR: '1' }
    const { stdout } = await stat(['-'], { input: log(sample()), env })
    expect(stdout).toContain('█')
    expect(stdout).toContain('\u001b[1mTYPES\u001b[22m')
    // the only control characters are ours
    expect(stdout.replace(/\u001b\[[0-9]+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
    expect(stdout).not.toContain('\u001b[31m')
  })

  test('fits a screen of 80 columns', async () => {
    const { stdout } = await stat([join(FIXTURES, 'examples/log.1')])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(72)
    expect(Math.max(...lines.filter((line) => !line.includes('/')).map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('a log without records', async () => {
    const { exitCode, stdout } = await stat(['-'], { input: log([]) })
    expect({ exitCode, stdout }).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stdout": "0 transactions, 0 B, logs: 1
      ",
      }
    `)
  })
})

describe('CSV', () => {
  test('golden', async () => {
    const { exitCode, stdout } = await stat(['--format', 'csv', '--top', '3', '-'], {
      input: log(sample().slice(0, -1)),
    })
    expect(exitCode).toBe(0)
    expect(stdout.replaceAll('\r\n', '\n')).toMatchInlineSnapshot(`
      "list,key,name,count,bytes,maxMissed
      total,,,16,2127,
      type,create,,12,1848,
      type,multi,,2,181,
      type,createSession,,1,49,
      type,error,,1,49,
      op,error,,2,,
      op,check,,1,,
      op,setData,,1,,
      prefix,/app/config,,13,1956,
      prefix,/locks,,1,108,
      path,/app/config/n0,,3,376,
      path,/app/config/n4,,2,348,
      path,/app/config/n3,,2,328,
      session,0x100004bec300000,,15,2078,
      session,0x2000000ff000001,,1,49,
      error,-110,NODEEXISTS,1,,
      failedOp,-103,BADVERSION,1,,
      failedOp,-2,RUNTIMEINCONSISTENCY,1,,
      largest,0xd,/app/config/n4,1,209,
      largest,0xc,/app/config/n3,1,199,
      largest,0xb,/app/config/n2,1,189,
      rate,2026-01-01T00:00:00.000Z,,2,148,
      rate,2026-01-01T00:00:01.000Z,,1,109,
      rate,2026-01-01T00:00:02.000Z,,1,119,
      rate,2026-01-01T00:00:03.000Z,,1,129,
      rate,2026-01-01T00:00:04.000Z,,1,139,
      rate,2026-01-01T00:00:05.000Z,,1,149,
      rate,2026-01-01T00:00:06.000Z,,1,159,
      rate,2026-01-01T00:00:07.000Z,,1,169,
      rate,2026-01-01T00:00:08.000Z,,1,179,
      rate,2026-01-01T00:00:09.000Z,,1,189,
      rate,2026-01-01T00:00:10.000Z,,1,199,
      rate,2026-01-01T00:00:11.000Z,,1,209,
      rate,2026-01-01T00:00:12.000Z,,0,0,
      rate,2026-01-01T00:00:13.000Z,,0,0,
      rate,2026-01-01T00:00:14.000Z,,0,0,
      rate,2026-01-01T00:00:15.000Z,,0,0,
      rate,2026-01-01T00:00:16.000Z,,0,0,
      rate,2026-01-01T00:00:17.000Z,,0,0,
      rate,2026-01-01T00:00:18.000Z,,2,181,
      rate,2026-01-01T00:00:19.000Z,,1,49,
      file,-,,16,2143,
      "
    `)
  })

  test('is read back as it is meant, and agrees with --json', async () => {
    const place = join(FIXTURES, '3.9.5/standalone/datalog')
    const { stdout } = await stat(['--format', 'csv', place])
    const rows = parseCsv(stdout)
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([6]))
    const { paths } = await json([place])
    const listed = rows.filter(([list]) => list === 'path').map(([, path, , count, bytes]) => ({ path, count, bytes }))
    expect(listed).toEqual(paths.map(({ path, count, bytes }) => ({ path, count: `${count}`, bytes: `${bytes}` })))
    const evil = parseCsv((await stat(['--format', 'csv', '-'], { input: log(sample()) })).stdout)
    expect(evil.map(([, key]) => key)).toContain('/evil/\u001b[31m\n"quoted", and more')
  })
})

describe('JSON', () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema)

  test('keeps to the published schema', async () => {
    const all = fixtureLogs().map(({ file }) => file)
    for (const args of [
      all,
      ['--exact', '--top', '3', all[0]!],
      [write('log.1', log([]))],
      [write('log.2', log(sample()))],
    ]) {
      const result = await json(args)
      expect(validate(result), JSON.stringify(validate.errors)).toBe(true)
    }
  })

  test('agrees with log dump through the command line', async () => {
    const place = join(FIXTURES, '3.8.6/ensemble/server.1/datalog')
    const lines = (await zkops(['log', 'dump', '--format', 'jsonl', place])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const { paths, txns, bytes } = await json(['--exact', '--top', '100000', place])
    const counted = recount(lines)
    expect({ txns, bytes }).toEqual({ txns: counted.txns, bytes: counted.bytes })
    expect(Object.fromEntries(paths.map((row) => [row.path, [row.count, row.bytes]]))).toEqual(counted.paths)
    expect(Object.keys(paths[0]!)).toEqual(['path', 'count', 'bytes'])
  })

  test('has ten rows in each list unless it is told otherwise, and wins over --format', async () => {
    const file = write('log.3', log(creates(40)))
    expect((await json([file])).paths).toHaveLength(10)
    expect((await json(['--format', 'csv', '--top', '40', file])).paths).toHaveLength(40)
  })

  test('a selection, a depth', async () => {
    const file = write('log.4', log(creates(40)))
    const result = await json(['--from-zxid', '0x5', '--to-zxid', '9', '--depth', '1', file])
    expect(result).toMatchObject({ txns: 5, fromZxid: '0x5', toZxid: '0x9', depth: 1 })
    expect(result.byPrefix).toMatchObject([{ prefix: '/n', count: 5 }])
    expect(
      await json(['--since', '2025-11-13T02:13:20.011Z', '--until', '2025-11-13T02:13:20.020Z', file]),
    ).toMatchObject({
      txns: 10,
    })
  })

  test('the same without WebAssembly', async () => {
    const args = ['log', 'stat', '--json', join(FIXTURES, '3.9.5/standalone/datalog')]
    expect((await zkops(args, { nodeArgs: ['--jitless'] })).stdout).toBe((await zkops(args)).stdout)
  })
})

describe('what is read', () => {
  test('a data directory, its version-2, a folder of backups, several files, standard input', async () => {
    const place = join(FIXTURES, '3.9.5/standalone/datalog')
    const { txns } = await json([place])
    expect(txns).toBeGreaterThan(50)
    expect((await json([join(place, 'version-2')])).txns).toBe(txns)
    const backups = join(folder, 'backups')
    mkdirSync(backups)
    writeFileSync(join(backups, 'log.1.gz'), gzipSync(log(creates(3))))
    writeFileSync(join(backups, 'log.4'), log(creates(3, 4n)))
    expect((await json([backups])).txns).toBe(6)
    expect((await json([join(backups, 'log.4'), join(backups, 'log.1.gz')])).fromZxid).toBe('0x1')
    expect((await json(['-'], { input: gzipSync(log(creates(7))) })).txns).toBe(7)
  })

  test('records above the usual limit, with the buffer growing beneath the counts', async () => {
    const large = Array.from({ length: 3 }, (_, i) =>
      create(BigInt(2 * i + 200), `/large/${i}`, new Uint8Array(9_000_000)),
    )
    const txns = large.flatMap((one, i) => [
      ...creates(500, BigInt(i * 1000 + 1)),
      one,
      ...creates(500, BigInt(i * 1000 + 501)),
    ])
    const file = write('log.5', log(txns))
    expect((await json([file], {}, 3)).txns).toBe(500)
    for (const limit of ['20MiB', '2GiB']) {
      const result = await json(['--jute-maxbuffer', limit, '--exact', '--top', '5000', file])
      expect(result.txns).toBe(3003)
      expect(result.paths.filter(({ path }) => path.startsWith('/n/'))).toHaveLength(3000)
      expect(result.paths.filter(({ bytes }) => bytes > 9_000_000).map(({ path }) => path)).toEqual([
        '/large/0',
        '/large/1',
        '/large/2',
      ])
    }
  })

  test('damage: counted as far as a server reads, said, exit 3; a torn last log is exit 0', async () => {
    const bytes = log(creates(40))
    const torn = write('log.6', bytes.subarray(0, -4))
    expect(await json([torn])).toMatchObject({ txns: 39, readable: true, findings: [{ code: 'log.torn-tail' }] })
    bytes[2000]! ^= 1
    const file = write('log.7', bytes)
    const result = await json([file], {}, 3)
    expect(result).toMatchObject({ readable: false, findings: [{ code: 'log.checksum', file }] })
    const shown = await stat([file])
    expect(shown.exitCode).toBe(3)
    expect(shown.stdout).toContain('log.checksum')
    const csv = await stat(['--format', 'csv', file])
    expect(csv.exitCode).toBe(3)
    expect(csv.stderr).toContain('log.checksum')
  })

  test.each([[['--top', '0']], [['--depth', '0']], [['--format', 'xml']], [['--since', 'yesterday']]])(
    '%j is wrong usage',
    async (args) => {
      expect((await stat([...args, join(FIXTURES, 'examples/log.1')])).exitCode).toBe(2)
    },
  )
})
