import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adler32 } from '../../src/formats/checksum/adler32.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { SubTxn, Txn } from '../../src/formats/txnlog/types.ts'
import { type CompareLogsResult, compareLogs } from '../../src/operations/compare-logs/compare.ts'
import { explain } from '../../src/operations/explain.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FULL, fixtureLogs } from '../helpers/fixtures.ts'
import { create, creates, log, text, txn } from '../helpers/log-builder.ts'

let stage: string
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-diff-'))
})
afterAll(() => rmSync(stage, { recursive: true }))

let made = 0

/** A directory: logs by their first zxid, empty snapshots by theirs. */
function member(logs: readonly (readonly Txn[] | Buffer)[], snapshots: readonly bigint[] = []): string {
  const dir = join(stage, String(made++), 'version-2')
  mkdirSync(dir, { recursive: true })
  for (const [i, one] of logs.entries()) {
    const first = Buffer.isBuffer(one) ? BigInt(i + 1) : one[0]!.header.zxid
    writeFileSync(join(dir, `log.${first.toString(16)}`), Buffer.isBuffer(one) ? one : log(one, 5000))
  }
  for (const zxid of snapshots) writeFileSync(join(dir, `snapshot.${zxid.toString(16)}`), '')
  return dir
}

function compare(a: string, b: string): Promise<CompareLogsResult> {
  const signal = new AbortController().signal
  return compareLogs([{ where: a }, { where: b }], { juteMaxbuffer: 1_048_575, signal, progress: noProgress })
}

/** Both ways round: the verdict is the same, and what only one side has changes sides. */
async function bothWays(a: string, b: string): Promise<CompareLogsResult> {
  const there = await compare(a, b)
  const back = await compare(b, a)
  expect(back.verdict).toBe(there.verdict)
  expect(back.common).toEqual(there.common)
  expect(back.only).toEqual(expect.arrayContaining([...there.only]))
  expect(back.firstDifference?.zxid).toBe(there.firstDifference?.zxid)
  expect(back.wouldWin).toBe(there.wouldWin)
  for (const { code } of there.findings) expect((await explain(code)).summary).not.toBe('')
  return there
}

const codes = ({ findings }: CompareLogsResult) => findings.map(({ code }) => code)
const E1 = 1n << 32n
const E2 = 2n << 32n

describe('identical', () => {
  test.each(fixtureLogs().map(({ name, file }) => [name, file] as const))('%s with its copy', async (_name, file) => {
    const result = await compare(file, file)
    expect(result).toMatchObject({ verdict: 'identical', firstDifference: null, only: [], wouldWin: null })
    expect(result.compared).toMatchObject({ records: result.sides[0]!.records, different: 0, otherForm: 0 })
  })

  test('however the records are spread over files, padded, repeated and headed', async () => {
    const all = creates(500, 1n, 100)
    const whole = member([all])
    const other = log(all.slice(0, 100))
    other.writeBigInt64BE(77n, 8)
    const many = member([other, all.slice(100, 101), all.slice(101, 499), all.slice(499)])
    cpSync(join(many, 'log.65'), join(many, 'log.65.bak'))
    const result = await bothWays(whole, many)
    expect(result).toMatchObject({ verdict: 'identical', wouldWin: null, only: [] })
    expect(result.common).toEqual({ fromZxid: 1n, toZxid: 500n })
    expect(result.compared.records).toBe(500)
    expect(result.sides[1]!.repeated).toBe(1)
  })

  test('a duplicate zxid on both sides', async () => {
    const twice = [...creates(3), txn(3n, OP.error, { kind: 'error', code: -5 }), ...creates(2, 4n)]
    expect(await bothWays(member([twice]), member([twice]))).toMatchObject({ verdict: 'identical', only: [] })
  })

  test('a torn tail of one side', async () => {
    const bytes = log(creates(10))
    const result = await bothWays(member([bytes]), member([Buffer.concat([bytes, bytes.subarray(16, 40)])]))
    expect(result.verdict).toBe('identical')
    expect(codes(result)).toEqual(['log.torn-tail'])
  })

  test('nothing on both sides', async () => {
    const result = await bothWays(member([log([])]), member([log([])]))
    expect(result).toMatchObject({ verdict: 'identical', common: null, wouldWin: null })
  })
})

describe('the same transaction in another form', () => {
  const digest = { version: 2, value: 0x1234567890n }

  test('digests on one side only', async () => {
    const plain = [...creates(50), txn(51n, OP.closeSession, { kind: 'closeSession', paths: null, hasBody: false })]
    const result = await bothWays(member([plain]), member([plain.map((one) => ({ ...one, digest }))]))
    expect(result).toMatchObject({ verdict: 'identical', compared: { records: 51, different: 0, otherForm: 51 } })
    expect(codes(result)).toEqual(['diff.form-digest'])
  })

  test('a closeSession with and without paths', async () => {
    const close = (paths: Uint8Array[] | null, withDigest: boolean) =>
      txn(
        2n,
        OP.closeSession,
        { kind: 'closeSession', paths, hasBody: paths !== null },
        { digest: withDigest ? digest : null },
      )
    const result = await bothWays(
      member([[create(1n, '/a'), close(null, false)]]),
      member([[create(1n, '/a'), close([text('/a'), text('/b')], true)]]),
    )
    expect(result.verdict).toBe('identical')
    expect(codes(result)).toEqual(['diff.form-digest', 'diff.form-close-session'].sort())
    const other = await bothWays(
      member([[create(1n, '/a'), close([text('/a')], true)]]),
      member([[create(1n, '/a'), close([text('/b')], true)]]),
    )
    expect(other).toMatchObject({ verdict: 'diverged', firstDifference: { zxid: 2n, field: 'paths' } })
  })

  const op = (type: number, data: Uint8Array): SubTxn => ({ type, data, body: { kind: 'unknown', bytes: data } })
  const multi = (...ops: SubTxn[]) => txn(1n, OP.multi, { kind: 'multi', ops }, { digest })
  const body = Buffer.from('0000000000022f61ffffffff000000000000000000', 'hex')
  const code = (n: number) => Buffer.from([0xff, 0xff, 0xff, n])

  test('a failed multi whose types were overwritten', async () => {
    const asDone = multi(op(OP.create, body), op(OP.error, code(0x9b)), op(OP.error, code(0xfe)))
    const overwritten = multi(op(OP.error, body), op(OP.error, code(0x9b)), op(OP.error, code(0xfe)))
    const result = await bothWays(member([[asDone]]), member([[overwritten]]))
    expect(result).toMatchObject({ verdict: 'identical', compared: { otherForm: 1 } })
    expect(codes(result)).toEqual(['diff.form-failed-multi'])
  })

  test.each([
    ['one that did not fail', multi(op(OP.create, body), op(OP.create, body))],
    ['another code', multi(op(OP.error, body), op(OP.error, code(0x9a)))],
    ['another number of operations', multi(op(OP.error, code(0x9b)))],
    ['another body', multi(op(OP.error, Buffer.from(body).fill(1, 6, 7)), op(OP.error, code(0x9b)))],
  ])('a failed multi and %s differ', async (_name, other) => {
    const failed = multi(op(OP.create, body), op(OP.error, code(0x9b)))
    const result = await bothWays(member([[failed]]), member([[other]]))
    expect(result).toMatchObject({ verdict: 'diverged', firstDifference: { zxid: 1n, field: 'ops' } })
  })

  test('bytes behind everything', async () => {
    const with8 = create(1n, '/a', 'x', { trailing: new Uint8Array(8) })
    const result = await bothWays(member([[create(1n, '/a', 'x')]]), member([[with8]]))
    expect(result.verdict).toBe('identical')
    expect(codes(result)).toEqual(['diff.form-trailing'])
  })
})

describe('prefix', () => {
  const all = creates(300, E1 + 1n)

  test('one ends earlier, begins later, or both', async () => {
    const short = await bothWays(member([all]), member([all.slice(0, 200)]))
    expect(short).toMatchObject({ verdict: 'prefix', firstDifference: null })
    expect(short.common).toEqual({ fromZxid: E1 + 1n, toZxid: E1 + 200n })
    expect(short.only).toMatchObject([{ fromZxid: E1 + 201n, toZxid: E1 + 300n, records: 100, kind: 'behind' }])
    expect(short.wouldWin).toBe(short.sides[0]!.where)
    const purged = await bothWays(member([all]), member([all.slice(250)]))
    expect(purged).toMatchObject({ verdict: 'prefix', only: [{ records: 250, kind: 'before' }], wouldWin: null })
    const both = await bothWays(member([all.slice(0, 200)]), member([all.slice(100)]))
    expect(both).toMatchObject({ verdict: 'prefix', compared: { records: 100 } })
    expect(both.only.map(({ kind, records }) => [kind, records])).toEqual([
      ['before', 100],
      ['behind', 100],
    ])
  })

  test('a SNAP sync in the middle', async () => {
    const synced = member([all.slice(0, 100), all.slice(250)], [E1 + 250n])
    const result = await bothWays(member([all]), synced)
    expect(result).toMatchObject({
      verdict: 'prefix',
      firstDifference: null,
      only: [{ kind: 'snapshot-sync', records: 150 }],
    })
  })

  test('nothing in common', async () => {
    const result = await bothWays(member([all.slice(0, 100)]), member([all.slice(100)]))
    expect(result).toMatchObject({ verdict: 'prefix', common: null })
    expect(codes(result)).toContain('diff.nothing-common')
  })
})

describe('hole', () => {
  const all = creates(300, E1 + 1n)

  test('missing records, with no snapshot, or with those that a running server took', async () => {
    for (const snapshots of [[], [E1 + 100n, E1 + 250n], [E1 + 99n, E1 + 250n], [E1 + 290n]]) {
      const holed = member([all.slice(0, 100), all.slice(250)], snapshots)
      const result = await bothWays(member([all]), holed)
      expect(result).toMatchObject({ verdict: 'hole', only: [{ kind: 'hole', records: 150 }] })
      expect(result.firstDifference).toMatchObject({ zxid: E1 + 101n, path: `/n/${E1 + 101n}`, field: 'missing' })
      expect(result.only[0]).toMatchObject({ after: E1 + 100n, before: E1 + 251n })
    }
  })

  test('many of them', async () => {
    const result = await bothWays(member([all]), member([all.filter((_, i) => i % 7 !== 3)]))
    expect(result.verdict).toBe('hole')
    expect(result.only.every(({ kind, records }) => kind === 'hole' && records === 1)).toBe(true)
    expect(result.only.length).toBe(43)
    expect(result.compared).toMatchObject({ records: 257, different: 0 })
  })

  test('on both sides, and one that both have', async () => {
    const a = member([[...all.slice(0, 50), ...all.slice(60, 200), ...all.slice(220)]])
    const b = member([[...all.slice(0, 100), ...all.slice(110, 200), ...all.slice(220)]])
    const result = await bothWays(a, b)
    expect(result.only.map(({ where, records }) => [where, records])).toEqual([
      [b, 10],
      [a, 10],
    ])
    expect(codes(result)).toContain('diff.common-gap')
  })

  test('damage hides records: what was not read is said', async () => {
    const bytes = log(all)
    bytes[bytes.length - 30]! ^= 1
    const result = await bothWays(member([all]), member([bytes]))
    expect(result.verdict).toBe('prefix')
    expect(codes(result)).toContain('log.checksum')
  })
})

describe('diverged', () => {
  const common = creates(100, E1 + 1n)

  test('an uncommitted tail of an older epoch', async () => {
    const a = member([[...common, ...creates(3, E1 + 101n)]])
    const b = member([[...common, ...creates(50, E2 + 1n)]])
    const result = await bothWays(a, b)
    expect(result).toMatchObject({ verdict: 'diverged', wouldWin: b, compared: { different: 0 } })
    expect(result.firstDifference).toMatchObject({ zxid: E1 + 101n, field: 'missing' })
    expect(result.only.map(({ where, kind, records }) => [where, kind, records])).toEqual([
      [a, 'branch', 3],
      [b, 'behind', 50],
    ])
    expect(result.findings.find(({ code }) => code === 'diff.branch')!.message).toMatch(/uncommitted tail of epoch 1/)
  })

  test('a dead branch that stayed when its member rejoined by SNAP', async () => {
    const e2 = creates(50, E2 + 1n)
    const a = member([[...common, ...creates(3, E1 + 101n)], e2.slice(20)], [E2 + 20n])
    const result = await bothWays(a, member([[...common, ...e2]]))
    expect(result.verdict).toBe('diverged')
    expect(result.only.map(({ kind, records }) => [kind, records])).toEqual([
      ['branch', 3],
      ['snapshot-sync', 20],
    ])
  })

  test('one that missed the end of an epoch and got a snapshot in the next is none', async () => {
    const a = member([[...common, ...creates(30, E1 + 101n), ...creates(50, E2 + 1n)]])
    const result = await bothWays(a, member([common, creates(50, E2 + 1n)], [E2]))
    expect(result).toMatchObject({ verdict: 'prefix', only: [{ kind: 'snapshot-sync', records: 30 }] })
  })

  test('every field of a transaction', async () => {
    const base = create(E1 + 50n, '/n/x', 'value')
    const { header, body } = base
    const others: readonly (readonly [string, Txn])[] = [
      ['session', { ...base, header: { ...header, session: 5n } }],
      ['cxid', { ...base, header: { ...header, cxid: 5 } }],
      ['time', { ...base, header: { ...header, timeMs: 5n } }],
      ['type', txn(E1 + 50n, OP.delete, { kind: 'delete', path: text('/n/x') })],
      ['path', create(E1 + 50n, '/n/y', 'value')],
      ['data', create(E1 + 50n, '/n/x', 'valuf')],
      ['data', create(E1 + 50n, '/n/x', 'a longer value')],
      ['data', create(E1 + 50n, '/n/x', null)],
      ['ephemeral', { ...base, body: { ...body, ephemeral: true } as Txn['body'] }],
      ['acl', { ...base, body: { ...body, acl: [] } as Txn['body'] }],
      ['parentCversion', { ...base, body: { ...body, parentCversion: 9 } as Txn['body'] }],
    ]
    const line = (one: Txn) => [...creates(49, E1 + 1n), one, ...creates(49, E1 + 51n)]
    const a = member([line(base)])
    for (const [field, other] of others) {
      const result = await bothWays(a, member([line(other)]))
      expect(result).toMatchObject({ verdict: 'diverged', compared: { records: 99, different: 1 } })
      expect(result.firstDifference, field).toMatchObject({ zxid: E1 + 50n, field })
      expect(result.firstDifference!.sides.map(({ where }) => where)).toEqual(result.sides.map(({ where }) => where))
      expect(codes(result)).toEqual(['diff.different-txn'])
    }
  })

  test('two digests of the same transaction', async () => {
    const digested = (value: bigint) =>
      creates(20).map((one, i) => ({ ...one, digest: { version: 2, value: i < 10 ? 1n : value } }))
    const result = await bothWays(member([digested(2n)]), member([digested(3n)]))
    expect(result).toMatchObject({ verdict: 'diverged', firstDifference: { zxid: 11n, field: 'digest' } })
    expect(codes(result)).toEqual(['diff.digest-differs'])
  })

  test('an epoch that was used twice', async () => {
    const other = creates(20, E1 + 101n, 25)
    const result = await bothWays(member([[...common, ...creates(5, E1 + 101n)]]), member([[...common, ...other]]))
    expect(result).toMatchObject({
      verdict: 'diverged',
      compared: { different: 5 },
      only: [{ kind: 'behind', records: 15 }],
    })
  })

  test('runs are bounded', async () => {
    const even = creates(5000).filter((_, i) => i % 2 === 0)
    const result = await bothWays(member([creates(5000)]), member([even]))
    expect(result.only.length).toBe(1000)
    expect(result.onlyOmitted).toBe(1500)
    expect(result.findings.length).toBeLessThan(100)
  })
})

test('whatever byte of a record is another one, under a checksum that fits: a verdict, never an exception', async () => {
  const digest = { version: 2, value: 7n }
  const close = txn(2n, OP.closeSession, { kind: 'closeSession', paths: [text('/a')], hasBody: true }, { digest })
  const one: SubTxn = {
    type: OP.delete,
    data: Buffer.from('000000022f61', 'hex'),
    body: { kind: 'delete', path: text('/a') },
  }
  const txns = [create(1n, '/a', 'x', { digest }), close, txn(3n, OP.multi, { kind: 'multi', ops: [one] }, { digest })]
  const whole = log(txns)
  const a = member([whole])
  const b = join(stage, 'swept')
  for (let at = 16; at < whole.length; ) {
    const length = whole.readUInt32BE(at + 8)
    for (let byte = 0; byte < length; byte += FULL ? 1 : 3) {
      const bytes = Buffer.from(whole)
      bytes[at + 12 + byte]! ^= 1 + (byte % 255)
      bytes.writeUInt32BE(adler32(bytes, 1, at + 12, at + 12 + length), at + 4)
      writeFileSync(b, bytes)
      const { verdict, findings } = await compare(a, b)
      expect(verdict === 'identical' && findings.length === 0, `byte ${byte} at ${at}`).toBe(false)
    }
    at += length + 13
  }
})
