import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateLog } from '../../bench/generate-log.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { StatLogResult } from '../../src/operations/log-stat/result.ts'
import { type StatLogOptions, statLogs } from '../../src/operations/stat-log.ts'
import { ZkopsError } from '../../src/support/errors.ts'
import { hex64 } from '../../src/support/hex.ts'
import { noProgress } from '../../src/support/progress.ts'
import { dump } from '../helpers/dump.ts'
import { FIXTURES, FULL, fixtureLogs, golden, seeded } from '../helpers/fixtures.ts'
import { create, creates, log, text, txn, writeOldFile } from '../helpers/log-builder.ts'
import { type Rows, recount } from '../helpers/recount.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-stat-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

function stat(places: readonly string[], options: Partial<StatLogOptions> = {}): Promise<StatLogResult> {
  return statLogs({
    places,
    filter: {},
    top: 1_000_000,
    depth: 2,
    exact: false,
    juteMaxbuffer: 1_048_575,
    progress: noProgress,
    signal: new AbortController().signal,
    ...options,
  })
}

/** The same form as a recount. */
function counted(result: StatLogResult) {
  const rows = <T extends { count: number; bytes?: number }>(list: readonly T[], key: (one: T) => string): Rows =>
    Object.fromEntries(list.map((one) => [key(one), [one.count, one.bytes ?? 0] as const]))
  return {
    txns: result.txns,
    bytes: result.bytes,
    dataBytes: result.amplification.dataBytes,
    byType: rows(result.byType, ({ type }) => type),
    byOp: rows(result.byOp, ({ type }) => type),
    paths: rows(result.paths, ({ path }) => path),
    byPrefix: rows(result.byPrefix, ({ prefix }) => prefix),
    sessions: rows(result.sessions, ({ session }) => hex64(session)),
    errors: Object.fromEntries(result.errors.map(({ code, count }) => [String(code), count])),
    failedOps: Object.fromEntries(result.failedOps.map(({ code, count }) => [String(code), count])),
  }
}

function expected(lines: readonly Record<string, unknown>[], depth?: number) {
  const { errors, failedOps, ...rest } = recount(lines, depth)
  const counts = (rows: Rows) => Object.fromEntries(Object.entries(rows).map(([key, [count]]) => [key, count]))
  return { ...rest, errors: counts(errors), failedOps: counts(failedOps) }
}

describe('agrees with a recount of log dump', () => {
  test.each(fixtureLogs().map((one) => [one.name, one] as const))(
    "%s, as the server's own classes read it",
    async (_, one) => {
      const { file } = one
      const records = golden(one)
      const result = await stat([file])
      expect(counted(result)).toEqual(expected(records))
      expect(result).toMatchObject({ exact: true, readable: true, findings: [] })
      expect(result.distinct.paths).toBe(result.paths.length)
      expect(result.rates.buckets.reduce((sum, { txns }) => sum + txns, result.rates.outside)).toBe(result.txns)
      expect(counted(await stat([file], { exact: true, depth: 1 }))).toEqual(expected(records, 1))
      const byBytes = [...records].sort((a, b) => Number(b.bytes) - Number(a.bytes)).slice(0, 7)
      const { largest } = await stat([file], { top: 7 })
      expect(largest.map(({ bytes, offset }) => [bytes, offset])).toEqual(
        byBytes.map(({ bytes, offset }) => [bytes, offset]),
      )
    },
  )

  test.each(['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'])('the directory of a %s', async (version) => {
    const place = join(FIXTURES, version, 'standalone/datalog')
    const { records } = await dump([place])
    const result = await stat([place])
    expect(counted(result)).toEqual(expected(records))
    expect(result.files.reduce((sum, { txns }) => sum + txns, 0)).toBe(records.length)
    expect([hex64(result.fromZxid!), result.firstTime]).toEqual([records[0]!.zxid, records[0]!.time])
    expect([hex64(result.toZxid!), result.lastTime]).toEqual([records.at(-1)!.zxid, records.at(-1)!.time])
  })

  test('a selection', async () => {
    const place = join(FIXTURES, '3.9.5/standalone/datalog')
    const all = (await dump([place])).records
    const middle = Date.parse(all[Math.floor(all.length / 2)]!.time as string)
    const selections = [{ fromZxid: 5n, toZxid: 40n }, { sinceMs: middle }, { untilMs: middle }, { fromZxid: 10_000n }]
    for (const filter of selections) {
      const { records } = await dump([place], { filter })
      expect(counted(await stat([place], { filter }))).toEqual(expected(records))
    }
  })

  test('a generated log in the mix of a busy ensemble', async () => {
    const file = join(folder, 'log.1')
    const { records } = generateLog(file, FULL ? 60_000_000 : 6_000_000)
    const result = await stat([file], { exact: true, depth: 3 })
    expect(result).toMatchObject({ txns: records, exact: true, maxMissed: { paths: 0 } })
    expect(counted(result)).toEqual(expected((await dump([file])).records, 3))
  }, 300_000)

  test('very many paths: exactly with --exact, else within the bounds that are said', async () => {
    const random = seeded(3)
    const count = FULL ? 2_000_000 : 90_000
    const names = Array.from({ length: count }, (_, i) =>
      i % 9 === 0 ? `/hot/${Math.floor(random() ** 2 * 30)}` : `/k/${i}`,
    )
    const paths = new Set(names).size
    const file = write(
      'log.2',
      log(names.map((name, i) => txn(BigInt(i + 1), OP.delete, { kind: 'delete', path: text(name) }))),
    )
    const exact = await stat([file], { exact: true })
    expect(exact).toMatchObject({ exact: true, distinct: { paths } })
    if (!FULL) expect(counted(exact)).toEqual(expected((await dump([file])).records))
    const estimated = await stat([file], { top: 20 })
    expect(estimated).toMatchObject({ exact: false, txns: exact.txns, bytes: exact.bytes, byType: exact.byType })
    expect(estimated.distinct).toMatchObject({ paths: null, sessions: 1 })
    const truth = new Map(exact.paths.map(({ path, count }) => [path, count]))
    for (const { path, count, maxMissed = 0 } of estimated.paths) {
      expect(count).toBeLessThanOrEqual(truth.get(path)!)
      expect(count + maxMissed).toBeGreaterThanOrEqual(truth.get(path)!)
    }
    // paths that come often from the start are counted as they are
    expect(estimated.paths).toEqual(exact.paths.slice(0, 20))
  }, 300_000)
})

test('long lists of a long log: time grows with the records, the largest are a thousand at most', async () => {
  const file = write('log.3', log(creates(60_000)))
  const started = performance.now()
  const { largest, paths } = await stat([file], { exact: true })
  expect([largest.length, paths.length]).toEqual([1000, 60_000])
  expect(largest[0]!.bytes).toBeGreaterThan(largest.at(-1)!.bytes - 1)
  // seconds on a busy machine; minutes when it is quadratic
  expect(performance.now() - started).toBeLessThan(20_000)
})

describe('files', () => {
  test('used, apparent and allocated bytes of padded, sparse, packed and torn logs', async () => {
    const sparse = write('log.100', log(creates(50, 0x100n), 4_000_000))
    const packed = join(folder, 'log.200.gz')
    writeFileSync(packed, gzipSync(log(creates(50, 0x200n), 100_000)))
    const torn = write('log.300', log(creates(50, 0x300n)).subarray(0, -3))
    const { files, amplification, findings, readable, txns } = await stat([sparse, packed, torn])
    const used = [50, 50, 49].map((count, i) => log(creates(count, BigInt(0x100 * (i + 1)))).length)
    expect(txns).toBe(149)
    expect(files).toMatchObject([
      { file: sparse, txns: 50, bytes: used[0]! + 4_000_000, apparentBytes: used[0]! + 4_000_000 },
      { file: packed, txns: 50, bytes: used[1]! + 100_000, apparentBytes: readFileSync(packed).length },
      { file: torn, txns: 49 },
    ])
    expect(files.map(({ usedBytes }) => usedBytes)).toEqual(used)
    const allocated = files.reduce((sum, { allocatedBytes }) => sum + allocatedBytes!, 0)
    expect(amplification.allocatedPerUsed).toBeCloseTo(allocated / used.reduce((a, b) => a + b), 2)
    expect({ codes: findings.map(({ code }) => code), readable }).toEqual({ codes: ['log.torn-tail'], readable: true })
  })

  test('nothing to divide by: an empty log, one without records, one without data', async () => {
    const empty = await stat([write('log.400', new Uint8Array())])
    expect(empty).toMatchObject({
      txns: 0,
      bytes: 0,
      byType: [],
      paths: [],
      fromZxid: null,
      firstTime: null,
      exact: true,
    })
    expect(empty.rates).toEqual({
      mean: null,
      peakSecond: null,
      peakMinute: null,
      bucketSeconds: 1,
      buckets: [],
      outside: 0,
    })
    const bare = await stat([write('log.401', log([]))])
    expect(bare.amplification).toMatchObject({ dataBytes: 0, recordsPerData: null })
    const noData = await stat([write('log.402', log([txn(1n, OP.delete, { kind: 'delete', path: text('/a') })]))])
    expect(noData.amplification.recordsPerData).toBeNull()
  })
})

describe('damage', () => {
  test('what is readable is counted, and said', async () => {
    const bytes = log(creates(40))
    bytes[2000]! ^= 1
    const file = write('log.500', bytes)
    const { records, findings } = await dump([file])
    const result = await stat([file])
    expect(counted(result)).toEqual(expected(records))
    expect(result.readable).toBe(false)
    expect(result.findings).toEqual(findings)
  })

  test('records of unknown types are counted as log dump prints them', async () => {
    const file = write(
      'log.600',
      log([create(1n, '/a'), txn(2n, 77, { kind: 'unknown', bytes: text('xxxx') }), create(3n, '/a')]),
    )
    const result = await stat([file])
    expect(counted(result)).toEqual(expected((await dump([file])).records))
    expect(result.byType.map(({ type, count }) => [type, count])).toEqual([
      ['create', 2],
      ['unknown', 1],
    ])
    expect(result).toMatchObject({ readable: false, findings: [{ code: 'log.unknown-type' }] })
    expect(result.largest.map(({ type, path }) => [type, path])).toContainEqual(['unknown', null])
  })

  test('any damage to a real log ends in a result that agrees with log dump, or in a typed error', {
    timeout: 1_800_000,
  }, async () => {
    const random = seeded(31)
    const sources = fixtureLogs().filter(({ name }) => name.includes('standalone'))
    for (let i = 0; i < (FULL ? 3000 : 150); i++) {
      const file = join(folder, 'log.700')
      copyFileSync(sources[Math.floor(random() * sources.length)]!.file, file)
      const bytes = readFileSync(file)
      for (let n = 1 + Math.floor(random() * 4); n > 0; n--)
        bytes[Math.floor(random() * 9000)] = Math.floor(random() * 256)
      writeOldFile(file, random() < 0.3 ? bytes.subarray(0, Math.floor(random() * 9000)) : bytes)
      try {
        const { records, readable } = await dump([file])
        const result = await stat([file])
        expect(counted(result)).toEqual(expected(records))
        expect(result.readable).toBe(readable)
      } catch (error) {
        expect(error).toBeInstanceOf(ZkopsError)
      }
    }
  })
})
