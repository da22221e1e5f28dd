import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeTxn } from '../../../src/formats/txnlog/decode.ts'
import { encodeBody, encodeTxn } from '../../../src/formats/txnlog/encode.ts'
import { OP } from '../../../src/formats/txnlog/ops.ts'
import type { Txn, TxnBody } from '../../../src/formats/txnlog/types.ts'
import { text, txn } from '../../helpers/log-builder.ts'

const bytes = fc.uint8Array({ maxLength: 40 })
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 8 })
const path = orNull(bytes)
const data = orNull(bytes)
const acl = orNull(fc.array(fc.record({ perms: fc.integer(), scheme: path, id: path }), { maxLength: 4 }))
const int = fc.integer()
const long = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })

const simple: fc.Arbitrary<readonly [number, TxnBody]> = fc.oneof(
  fc
    .record({ kind: fc.constant('create' as const), path, data, acl, ephemeral: fc.boolean(), parentCversion: int })
    .chain((body) => fc.constantFrom<readonly [number, TxnBody]>([OP.create, body], [OP.create2, body])),
  fc
    .record({ kind: fc.constant('createContainer' as const), path, data, acl, parentCversion: int })
    .map((body) => [OP.createContainer, body] as const),
  fc
    .record({ kind: fc.constant('createTTL' as const), path, data, acl, parentCversion: int, ttlMs: long })
    .map((body) => [OP.createTTL, body] as const),
  fc
    .record({ kind: fc.constant('delete' as const), path })
    .chain((body) => fc.constantFrom<readonly [number, TxnBody]>([OP.delete, body], [OP.deleteContainer, body])),
  fc
    .record({ kind: fc.constant('setData' as const), path, data, version: int })
    .chain((body) => fc.constantFrom<readonly [number, TxnBody]>([OP.setData, body], [OP.reconfig, body])),
  fc.record({ kind: fc.constant('error' as const), code: int }).map((body) => [OP.error, body] as const),
)

const topLevel: fc.Arbitrary<readonly [number, TxnBody]> = fc.oneof(
  simple,
  fc
    .record({ kind: fc.constant('setACL' as const), path, acl, version: int })
    .map((body) => [OP.setACL, body] as const),
  fc
    .record({ kind: fc.constant('createSession' as const), timeoutMs: int })
    .map((body) => [OP.createSession, body] as const),
  fc
    .record({
      kind: fc.constant('closeSession' as const),
      paths: fc.array(path, { maxLength: 5 }),
      hasBody: fc.constant(true),
    })
    .map((body) => [OP.closeSession, body] as const),
  orNull(
    fc.array(
      fc
        .oneof(
          simple,
          fc
            .record({ kind: fc.constant('check' as const), path, version: int })
            .map((body) => [OP.check, body] as const),
        )
        .map(([type, body]) => ({ type, data: encodeBody(body).slice(), body })),
      { maxLength: 5 },
    ),
  ).map((ops) => [OP.multi, { kind: 'multi', ops }] as const),
)

const digest = orNull(fc.record({ version: fc.constant(2), value: long }))

/** Views and their copies are the same value here. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === 'bigint' ? `${one}n` : one instanceof Uint8Array ? Buffer.from(one).toString('hex') : one,
    ),
  )

test('every type: what is encoded is decoded to the same values, and encodes to the same bytes', () => {
  const any = fc.tuple(topLevel, long, digest)
  fc.assert(
    fc.property(any, ([[type, body], zxid, sum]) => {
      const one = txn(zxid, type, body, { digest: sum, timeMs: 1n })
      const encoded = encodeTxn(one).slice()
      const decoded = decodeTxn(encoded)
      expect(plain(decoded)).toEqual(plain(one))
      expect(Buffer.from(encodeTxn(decoded)).equals(encoded)).toBe(true)
    }),
    { numRuns: 2000, seed: 6 },
  )
})

test('any bytes decode to something that encodes back, or are a typed error', () => {
  const types = fc.constantFrom(...Object.values(OP), 77, -2, 0)
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 80 }), (type, body) => {
      const encoded = encodeTxn(txn(1n, type, { kind: 'unknown', bytes: body })).slice()
      try {
        const decoded = decodeTxn(encoded)
        // a negative count other than -1, or a boolean other than 0 and 1, is the one thing that is not kept
        expect(encodeTxn(decoded).length).toBe(encoded.length)
      } catch (error) {
        expect(error).toMatchObject({ name: 'FormatError' })
      }
    }),
    { numRuns: 3000, seed: 8 },
  )
})

describe('historic and odd forms', () => {
  const roundTrip = (one: Txn) => {
    const encoded = encodeTxn(one).slice()
    const decoded = decodeTxn(encoded)
    expect(Buffer.from(encodeTxn(decoded)).equals(encoded)).toBe(true)
    return decoded
  }
  const bare = { kind: 'closeSession', paths: null, hasBody: false } as const

  test('create of 3.3 has no parentCversion', () => {
    const body = {
      kind: 'create',
      path: text('/v0'),
      data: null,
      acl: null,
      ephemeral: true,
      parentCversion: null,
    } as const
    expect(roundTrip(txn(1n, OP.create, body)).body).toMatchObject({ ephemeral: true, parentCversion: null })
  })
  test('closeSession without a list', () => {
    expect(roundTrip(txn(1n, OP.closeSession, bare))).toMatchObject({ body: bare, digest: null })
  })
  test('closeSession with a digest alone, of a tiny tree too', () => {
    for (const value of [0x51c6d660n, 0x1_0000_0002n, -1n]) {
      const decoded = roundTrip(txn(1n, OP.closeSession, bare, { digest: { version: 2, value } }))
      expect(decoded).toMatchObject({ body: bare, digest: { version: 2, value } })
    }
  })
  test('closeSession with a list and a digest', () => {
    const body = { kind: 'closeSession', paths: [text('/a'), text('/b')], hasBody: true } as const
    const decoded = roundTrip(txn(1n, OP.closeSession, body, { digest: { version: 2, value: 5n } }))
    expect(plain(decoded.body)).toEqual(plain(body))
    expect(decoded.digest).toEqual({ version: 2, value: 5n })
  })
  test('a failed operation of a multi that kept its old body', () => {
    const old = encodeBody({ kind: 'delete', path: text('/a') }).slice()
    const body = { kind: 'multi', ops: [{ type: OP.error, data: old, body: { kind: 'unknown', bytes: old } }] } as const
    expect(plain(roundTrip(txn(1n, OP.multi, body)).body)).toEqual(plain(body))
  })
  test('check at top level is not known', () => {
    expect(roundTrip(txn(1n, OP.check, { kind: 'unknown', bytes: text('abc') })).body.kind).toBe('unknown')
  })
  test('bytes behind the digest are kept', () => {
    const one = txn(
      1n,
      OP.delete,
      { kind: 'delete', path: text('/a') },
      { digest: { version: 2, value: 1n }, trailing: text('xyz') },
    )
    expect(Buffer.from(roundTrip(one).trailing).toString()).toBe('xyz')
  })
})
