import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeTxn } from '../../src/formats/txnlog/decode.ts'
import { encodeBody, encodeRecord, encodeTxn } from '../../src/formats/txnlog/encode.ts'
import { dump, verify } from '../helpers/dump.ts'
import { fixtureLogs, golden } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'

const logs = fixtureLogs()

test('there are logs of all six lines', () => {
  expect([...new Set(logs.map(({ version }) => version))].sort()).toEqual([...RELEASES].sort())
  expect(logs.length).toBeGreaterThan(80)
})

test('the logs hold every type of transaction', () => {
  const types = new Set(
    logs.flatMap((log) =>
      golden(log).flatMap(({ type, ops }) => [
        type,
        ...((ops as { type: string }[]) ?? []).map((op) => `multi/${op.type}`),
      ]),
    ),
  )
  expect([...types].sort()).toEqual([
    'closeSession',
    'create',
    'create2',
    'createContainer',
    'createSession',
    'createTTL',
    'delete',
    'deleteContainer',
    'error',
    'multi',
    'multi/check',
    'multi/create',
    'multi/create2',
    'multi/createContainer',
    'multi/delete',
    'multi/error',
    'multi/setData',
    'reconfig',
    'setACL',
    'setData',
  ])
})

describe.each(logs.map((log) => [log.name, log] as const))('%s', (_name, log) => {
  test("is read as the server's own classes read it", async () => {
    const { records, findings, readable } = await dump([log.file])
    expect(records.map(({ file, ...rest }) => rest)).toEqual(golden(log))
    expect(records.every(({ file }) => file === log.file)).toBe(true)
    expect({ findings, readable }).toEqual({ findings: [], readable: true })
  })

  test('is clean', async () => {
    const result = await verify([log.file])
    expect(result).toMatchObject({ verdict: 'clean', findings: [] })
    expect(result.files[0]!.records).toBe(golden(log).length)
  })

  test('encodes back to the identical bytes', () => {
    const bytes = readFileSync(log.file)
    let records = 0
    for (let at = 16; at + 12 < bytes.length && bytes.readInt32BE(at + 8) > 0; records++) {
      const length = bytes.readInt32BE(at + 8)
      const payload = bytes.subarray(at + 12, at + 12 + length)
      const txn = decodeTxn(payload)
      expect(Buffer.from(encodeTxn(txn)).equals(payload)).toBe(true)
      expect(Buffer.from(encodeRecord(payload)).equals(bytes.subarray(at, at + length + 13))).toBe(true)
      if (txn.body.kind === 'multi') {
        for (const op of txn.body.ops ?? []) expect(Buffer.from(encodeBody(op.body))).toEqual(Buffer.from(op.data!))
      }
      at += length + 13
    }
    expect(records).toBe(golden(log).length)
  })
})
