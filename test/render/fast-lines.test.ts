import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeBody } from '../../src/formats/txnlog/encode.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { Txn, TxnBody } from '../../src/formats/txnlog/types.ts'
import { type DumpBatch, dumpLogs } from '../../src/operations/dump-log.ts'
import { jsonLine } from '../../src/render/json.ts'
import { dumpRenderer } from '../../src/render/log-dump.ts'
import { createStyle } from '../../src/render/style.ts'
import { txnCsvForm } from '../../src/render/txn-csv.ts'
import { txnJson } from '../../src/render/txn-json.ts'
import { txnTextForm } from '../../src/render/txn-text.ts'
import { noProgress } from '../../src/support/progress.ts'
import { fixtureLogs } from '../helpers/fixtures.ts'
import { create, log, OPEN_ACL, text, txn } from '../helpers/log-builder.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-jsonl-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Form {
  readonly format: 'jsonl' | 'text' | 'csv'
  readonly data: boolean
  /** Characters of data in text. */
  readonly dataWidth: number
}

const FORMS: readonly Form[] = [
  { format: 'jsonl', data: true, dataWidth: 0 },
  { format: 'jsonl', data: false, dataWidth: 0 },
  { format: 'csv', data: true, dataWidth: 0 },
  { format: 'csv', data: false, dataWidth: 0 },
  { format: 'text', data: true, dataWidth: 40 },
  { format: 'text', data: true, dataWidth: 3 },
  { format: 'text', data: false, dataWidth: 40 },
]

/** What the fast writer prints, and the plain one. */
async function bothWays(file: string, form: Form): Promise<{ fast: string; plain: string }> {
  const fast: Uint8Array[] = []
  const style = createStyle({ color: false, unicode: false })
  const render = dumpRenderer({ style, ...form }, (bytes) => fast.push(Buffer.from(bytes as Uint8Array)))
  const text = txnTextForm({ style, ...form })
  const csv = txnCsvForm(form)
  const line = (part: DumpBatch, row: number): string => {
    if (form.format === 'jsonl') return jsonLine(txnJson(part, row, form))
    return form.format === 'csv' ? csv.line(part, row) : text.line(part, row)
  }
  let plain = form.format === 'csv' ? csv.header : ''
  const options = { places: [file], filter: {}, juteMaxbuffer: 1_048_575, progress: noProgress }
  for await (const part of dumpLogs({ ...options, signal: new AbortController().signal })) {
    if (part.kind !== 'records') continue
    render.records(part)
    for (let row = 0; row < part.count; row++) {
      // as it is printed: half a pair of surrogates is none
      plain += Buffer.from(line(part, row)).toString()
    }
  }
  return { fast: Buffer.concat(fast).toString(), plain }
}

test.each(FORMS)(
  'equals the plain form on every log of every release: $format, data $data $dataWidth',
  async (form) => {
    for (const { file } of fixtureLogs()) {
      const { fast, plain } = await bothWays(file, form)
      expect(fast).toBe(plain)
    }
  },
)

const written = (txns: readonly Txn[]): string => {
  const file = join(folder, 'log.1')
  writeFileSync(file, log(txns))
  return file
}

describe('odd records', () => {
  const node = (body: Partial<TxnBody>) => ({ ...create(1n, '/a').body, ...body }) as TxnBody
  const path = text('/a')
  test.each<[string, Txn]>([
    ['a null path', txn(1n, OP.delete, { kind: 'delete', path: null })],
    ['a path that is no UTF-8', txn(1n, OP.delete, { kind: 'delete', path: Uint8Array.of(0x2f, 0xed, 0xa0, 0x80) })],
    ['quotes, backslashes and controls', create(1n, '/"\\\u0001\t\n\u007f', '\b\f\r\u001f\u2028"')],
    ['C1 controls and line separators', create(1n, '/\u0080\u009f\u00a0', 'é\u0085\u2027\u2028\u2029\u202a\u007f€')],
    [
      'what is not shown to people',
      create(1n, '/\u202e\u061c\u200b\u2060\ufeff\ufffa\u0085\u007f\u2027\u00a0x', '\u202e\u0085'),
    ],
    ...[' ', '\u00a0', '\u1680', '\u2003', '\u205f', '\u3000', '\u3001', 'é'].map((end): [string, Txn] => [
      `a path that ends in ${JSON.stringify(end)}`,
      txn(1n, OP.delete, { kind: 'delete', path: text(`/a${end}`) }),
    ]),
    ['a null list', txn(1n, OP.create, node({ acl: null }))],
    ['an empty list', txn(1n, OP.create, node({ acl: [] }))],
    ['permissions without letters', txn(1n, OP.create, node({ acl: [{ perms: 99, scheme: path, id: path }] }))],
    ['no permissions', txn(1n, OP.create, node({ acl: [{ perms: 0, scheme: path, id: null }] }))],
    ['create of 3.3', txn(1n, OP.create, node({ parentCversion: null }))],
    ['no time', create(1n, '/a', 'x', { timeMs: 0n })],
    ['a time before 1970', create(1n, '/a', 'x', { timeMs: -5n })],
    ['a time beyond all calendars', create(1n, '/a', 'x', { timeMs: 1n << 62n })],
    ['the year 10000', create(1n, '/a', 'x', { timeMs: 253_402_300_800_000n })],
    [
      'the largest numbers',
      txn(
        -1n,
        OP.setData,
        { kind: 'setData', path, data: null, version: -(2 ** 31) },
        { session: -1n, cxid: 2 ** 31 - 1 },
      ),
    ],
    [
      'a TTL of a hundred years',
      txn(1n, OP.createTTL, {
        kind: 'createTTL',
        path,
        data: path,
        acl: OPEN_ACL,
        parentCversion: -1,
        ttlMs: 3_155_760_000_000n,
      }),
    ],
    [
      'a TTL beyond what a number holds',
      txn(1n, OP.createTTL, {
        kind: 'createTTL',
        path,
        data: path,
        acl: OPEN_ACL,
        parentCversion: 0,
        ttlMs: 1n << 62n,
      }),
    ],
    ['an unknown error code', txn(1n, OP.error, { kind: 'error', code: -9999 })],
    ['an unknown type', txn(1n, 99, { kind: 'unknown', bytes: path })],
    ['a null multi', txn(1n, OP.multi, { kind: 'multi', ops: null })],
    [
      'closeSession of a tiny tree',
      txn(
        1n,
        OP.closeSession,
        { kind: 'closeSession', paths: null, hasBody: false },
        { digest: { version: 2, value: 2n } },
      ),
    ],
    [
      'closeSession with a null path',
      txn(1n, OP.closeSession, { kind: 'closeSession', paths: [path, null], hasBody: true }),
    ],
    ['a large value', create(1n, '/big', Buffer.alloc(1_000_000, '"\u0001é'))],
    ['a large binary value', create(1n, '/big', Buffer.alloc(1_000_001, 0x80))],
  ])('%s', async (_name, one) => {
    for (const form of FORMS) {
      const { fast, plain } = await bothWays(written([create(5n, '/before'), one, create(6n, '/behind')]), form)
      expect(fast).toBe(plain)
    }
  })

  test('operations of a multi: failed, with their old body, damaged, unknown', async () => {
    const op = (type: number, data: Uint8Array | null) => ({
      type,
      data,
      body: { kind: 'unknown', bytes: path } as const,
    })
    const ops = [
      op(OP.error, Uint8Array.of(0xff, 0xff, 0xff, 0x9b)),
      op(OP.error, encodeBody({ kind: 'delete', path }).slice()),
      op(OP.create, Uint8Array.of(0, 0, 0, 9)),
      op(OP.delete, null),
      op(77, path),
      op(OP.check, encodeBody({ kind: 'check', path, version: 3 }).slice()),
    ]
    ops.push(op(OP.delete, encodeBody({ kind: 'delete', path: text('/\u0085\u2028"') }).slice()))
    for (const some of [ops, ...ops.map((one) => [one])]) {
      for (const form of FORMS) {
        const { fast, plain } = await bothWays(written([txn(1n, OP.multi, { kind: 'multi', ops: some })]), form)
        expect(fast).toBe(plain)
      }
    }
  })

  test('data of any letters, cut anywhere', async () => {
    const any = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), { minLength: 1, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(any, fc.integer({ min: 1, max: 30 }), async (values, dataWidth) => {
        const txns = values.map((value, i) => create(BigInt(i), `/${value}`, value))
        const { fast, plain } = await bothWays(written(txns), { format: 'text', data: true, dataWidth })
        expect(fast).toBe(plain)
      }),
      { numRuns: 200, seed: 5 },
    )
  })

  test('a record with another date between two of one second', async () => {
    const timeMs = 1_763_000_000_000n
    const txns = [0n, -5n, 0n, timeMs, 5n].map((time, i) => create(BigInt(i), '/a', 'x', { timeMs: time || timeMs }))
    const { fast, plain } = await bothWays(written(txns), FORMS[4]!)
    expect(fast).toBe(plain)
    expect(fast.match(/^# /gm)).toHaveLength(4)
  })

  test('any bodies', async () => {
    const any = fc.array(fc.tuple(fc.constantFrom(...Object.values(OP), 77), fc.uint8Array({ maxLength: 60 })), {
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(any, fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), async (bodies, timeMs) => {
        const txns = bodies.map(([type, bytes], i) => txn(BigInt(i), type, { kind: 'unknown', bytes }, { timeMs }))
        const file = written(txns)
        for (const form of [FORMS[0]!, FORMS[2]!, FORMS[4]!]) {
          const { fast, plain } = await bothWays(file, form)
          expect(fast).toBe(plain)
        }
      }),
      { numRuns: 200, seed: 11 },
    )
  })
})
