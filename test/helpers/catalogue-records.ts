/* More of the catalogue: transactions that are whole and yet wrong, behind the last one of a log. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeBody, encodeRecord, encodeTxn } from '../../src/formats/txnlog/encode.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { TxnBody } from '../../src/formats/txnlog/types.ts'
import type { CatalogueEntry } from './catalogue.ts'
import type { Victim } from './damages.ts'
import { FIXTURES } from './fixtures.ts'
import { OPEN_ACL, text, txn } from './log-builder.ts'

const creation = (path: string): TxnBody => {
  return { kind: 'create', path: text(path), data: text('x'), acl: OPEN_ACL, ephemeral: false, parentCversion: 1 }
}

/** Appends transactions with the next zxids. */
function append(v: Victim, ...txns: readonly (readonly [type: number, body: TxnBody, trailing?: Uint8Array])[]): void {
  for (const [type, body, trailing] of txns) {
    const zxid = v.log().zxidOf(-1) + 1n
    v.log().append(encodeRecord(encodeTxn(txn(zxid, type, body, trailing === undefined ? {} : { trailing }))))
  }
}

const entry = (
  id: string,
  what: string,
  damage: CatalogueEntry['damage'],
  flags: readonly string[] = [],
): CatalogueEntry => ({ id, what, damage, flags })

const deletion = (type: number, path: string): readonly [number, TxnBody] => {
  return [type, { kind: 'delete', path: text(path) }]
}

const sub = (type: number, path: string) => {
  const body = creation(path)
  return { type, data: encodeBody(body), body }
}

const bare: TxnBody = { kind: 'closeSession', paths: null, hasBody: false }
const CLOSE_OFF = ['zookeeper.closeSessionTxn.enabled=false']

const closing = (...paths: readonly string[]): readonly [number, TxnBody] => {
  return [OP.closeSession, { kind: 'closeSession', paths: paths.map(text), hasBody: true }]
}

/** Version 2 and a value, as behind a body. */
const digest = Buffer.from('000000020000001122334455', 'hex')
const absurd = Buffer.from('000000017fffffff00000000', 'hex')

export const RECORD_ENTRIES: readonly CatalogueEntry[] = [
  entry('T17', 'the newest log of another server under the same name', (v) => {
    const folder = join(FIXTURES, '3.5.10/standalone/datalog/version-2')
    v.log().edit(() => readFileSync(join(folder, 'log.49')))
  }),
  entry('T17', 'creations without digests', (v) =>
    append(v, [OP.create, creation('/foreign')], [OP.create, creation('/foreign/a')]),
  ),
  entry('T18', 'a creation below nothing', (v) => append(v, [OP.create, creation('/no/such/parent')])),
  entry('T18', 'a creation without a path', (v) => append(v, [OP.create, creation('')])),
  entry('T18', 'a creation whose path has no slash', (v) => append(v, [OP.create, creation('name')])),
  entry('T18', 'a deletion without a path', (v) => append(v, deletion(OP.delete, ''))),
  entry('T18', 'a creation without a path in a multi', (v) =>
    append(v, [OP.multi, { kind: 'multi', ops: [sub(OP.create, '/m1'), sub(OP.create, ''), sub(OP.create, '/m3')] }]),
  ),
  entry('V1', 'create2 in a multi', (v) =>
    append(v, [
      OP.multi,
      { kind: 'multi', ops: [sub(OP.create, '/m1'), sub(OP.create2, '/m2'), sub(OP.create, '/m3')] },
    ]),
  ),
  entry('V7', 'a creation of what is there', (v) =>
    append(v, [OP.create, creation('/twice')], [OP.create, creation('/twice')]),
  ),
  entry('V7', 'a deletion of what is not there', (v) => append(v, deletion(OP.delete, '/never'))),
  entry('V7', 'values and lists of what is not there', (v) =>
    append(
      v,
      [OP.setData, { kind: 'setData', path: text('/never'), data: text('x'), version: 1 }],
      [OP.setACL, { kind: 'setACL', path: text('/never'), acl: OPEN_ACL, version: 1 }],
    ),
  ),
  entry('V7', 'a value for the root', (v) =>
    append(v, [OP.setData, { kind: 'setData', path: text('/'), data: text('x'), version: 1 }]),
  ),
  entry('V7', 'an error', (v) => append(v, [OP.error, { kind: 'error', code: -101 }])),
  entry('V5', 'a closeSession with a digest alone', (v) => append(v, [OP.closeSession, bare, digest])),
  entry('V5', 'a closeSession whose list cannot be', (v) => append(v, [OP.closeSession, bare, absurd])),
  entry(
    'V5',
    'a closeSession whose list cannot be, closeSessionTxn off',
    (v) => append(v, [OP.closeSession, bare, absurd]),
    CLOSE_OFF,
  ),
  entry('V5', 'a closeSession with two paths', (v) =>
    append(v, [OP.create, creation('/c1')], [OP.create, creation('/c2')], closing('/c1', '/c2')),
  ),
  entry(
    'V5',
    'a closeSession with two paths, closeSessionTxn off',
    (v) => append(v, [OP.create, creation('/c1')], [OP.create, creation('/c2')], closing('/c1', '/c2')),
    CLOSE_OFF,
  ),
  entry('V5', 'closeSessionTxn off', () => {}, CLOSE_OFF),
]
