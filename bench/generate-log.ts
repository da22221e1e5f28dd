import { closeSync, openSync, writeSync } from 'node:fs'
import { createKernel } from '../src/formats/kernel/create.ts'
import { FIRST_FREE } from '../src/formats/kernel/kernel.ts'
import { encodeTxn } from '../src/formats/txnlog/encode.ts'
import { writeLogHeader } from '../src/formats/txnlog/header.ts'
import { OP } from '../src/formats/txnlog/ops.ts'
import type { AclList, TxnBody } from '../src/formats/txnlog/types.ts'

const PIECE = 8 << 20

/**
 * Writes a log of about `sizeBytes` in the mix of a busy ensemble: setData 43 %, creates and deletes 23 % each, multi,
 * error, setACL, sessions; about 300 bytes a record, 70 % of the values JSON with some non-ASCII, the rest binary; a
 * digest with every transaction that has one. The same for the same size. Returns the number of records, and of distinct
 * paths that they name.
 */
export function generateLog(file: string, sizeBytes: number): { readonly records: number; readonly paths: number } {
  const kernel = createKernel()
  kernel.reserve(FIRST_FREE + (1 << 20))
  const random = numbers(42)
  seen.fill(0)
  const output = Buffer.allocUnsafe(PIECE + (1 << 20))
  const fd = openSync(file, 'w')
  let used = output.write(Buffer.from(writeLogHeader()).toString('latin1'), 0, 'latin1')
  let written = 0
  let zxid = 0n
  let records = 0
  const session = 0x100004bec300000n
  while (written + used < sizeBytes) {
    zxid++
    records++
    const [type, body] = transaction(random, records)
    const payload = encodeTxn({
      header: {
        session: session + BigInt(records % 1388),
        cxid: records & 0x7fffffff,
        zxid,
        timeMs: 1_763_000_000_000n + zxid / 20n,
        type,
      },
      body,
      digest: type === OP.error ? null : { version: 2, value: (zxid * 0x9e3779b97f4a7c15n) & 0x7fffffffffffffffn },
      trailing: new Uint8Array(),
    })
    kernel.bytes().set(payload, FIRST_FREE)
    output.writeUInt32BE(0, used)
    output.writeUInt32BE(kernel.adler32(FIRST_FREE, payload.length, 1), used + 4)
    output.writeUInt32BE(payload.length, used + 8)
    output.set(payload, used + 12)
    output[used + 12 + payload.length] = 0x42
    used += payload.length + 13
    if (used >= PIECE) {
      writeSync(fd, output, 0, used)
      written += used
      used = 0
    }
  }
  writeSync(fd, output, 0, used)
  closeSync(fd)
  return { records, paths: seen.reduce((sum, one) => sum + one, 0) }
}

const OPEN: AclList = [{ perms: 31, scheme: Buffer.from('world'), id: Buffer.from('anyone') }]
const PAIR: AclList = [
  { perms: 1, scheme: Buffer.from('world'), id: Buffer.from('anyone') },
  { perms: 31, scheme: Buffer.from('digest'), id: Buffer.from('app:7Hmr0gjPg4f5Ad4v2vjBkO3QTQ0=') },
]

function transaction(random: () => number, n: number): readonly [number, TxnBody] {
  const roll = random()
  if (roll < 0.43) return [OP.setData, { kind: 'setData', path: path(random), data: value(random), version: n & 0xff }]
  if (roll < 0.66) return [OP.delete, { kind: 'delete', path: path(random) }]
  if (roll < 0.9) {
    const acl = random() < 0.1 ? PAIR : OPEN
    return [
      OP.create,
      { kind: 'create', path: path(random), data: value(random), acl, ephemeral: random() < 0.1, parentCversion: n },
    ]
  }
  if (roll < 0.945) {
    const ops = Array.from({ length: 2 + Math.floor(random() * 4) }, () => {
      const body: TxnBody = { kind: 'setData', path: path(random), data: value(random), version: 3 }
      const data = encodeTxn({ header: HEADER, body, digest: null, trailing: new Uint8Array() }).slice(32)
      return { type: OP.setData as number, data, body }
    })
    return [OP.multi, { kind: 'multi', ops }]
  }
  if (roll < 0.965) return [OP.error, { kind: 'error', code: -101 }]
  if (roll < 0.985) return [OP.setACL, { kind: 'setACL', path: path(random), acl: PAIR, version: 1 }]
  if (roll < 0.9925) return [OP.createSession, { kind: 'createSession', timeoutMs: 30_000 }]
  return [OP.closeSession, { kind: 'closeSession', paths: [path(random)], hasBody: true }]
}

const HEADER = { session: 0n, cxid: 0, zxid: 0n, timeMs: 0n, type: OP.setData }

const UNITS = 50_000
const PARTITIONS = 20
/** The paths that came up. */
const seen = new Uint8Array(UNITS * PARTITIONS)

/** A million distinct paths; half of all operations go to one percent of them. */
function path(random: () => number): Buffer {
  const unit = Math.floor(random() * (random() < 0.5 ? UNITS / 100 : UNITS))
  const partition = Math.floor(random() * PARTITIONS)
  seen[unit * PARTITIONS + partition] = 1
  const name = unit % 100 === 0 ? 'größe' : 'topic'
  return Buffer.from(`/brokers/topics/${name}-${unit}/partitions/${partition}/state`)
}

/** Log-uniform between 10 bytes and 1 KiB. */
export function value(random: () => number): Buffer {
  const length = Math.floor(10 * 100 ** random())
  if (random() < 0.3) return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
  return Buffer.from(
    `{"controller_epoch":${length},"leader":3,"isr":[1,2,3],"name":"${'ä'.repeat(length % 3)}${'x'.repeat(Math.max(0, length - 60))}"}`,
  )
}

export function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
