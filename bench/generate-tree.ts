import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { adler32 } from '../src/formats/checksum/adler32.ts'
import { juteWriter } from '../src/formats/jute/writer.ts'
import { FIRST_FREE } from '../src/formats/kernel/kernel.ts'
import { encodeBody, encodeTxn } from '../src/formats/txnlog/encode.ts'
import { writeLogHeader } from '../src/formats/txnlog/header.ts'
import { OP } from '../src/formats/txnlog/ops.ts'
import { writeAcls } from '../src/formats/txnlog/txn/acl.ts'
import type { AclList, SubTxn, TxnBody } from '../src/formats/txnlog/types.ts'
import { loadSnapshot } from '../src/tree/load.ts'
import { createTree } from '../src/tree/tree.ts'
import { value as newValue, numbers } from './generate-log.ts'

const PIECE = 8 << 20
const PARTITIONS = 9
/** Of a topic: itself, its partitions folder, and two for each partition. */
const UNIT_NODES = 2 + 2 * PARTITIONS
const TIME_MS = 1_763_000_000_000n
const LIMIT = 2_097_150

/**
 * Writes a data directory: a snapshot of about `znodes` and a log of `txns` transactions behind it in the mix of a busy
 * ensemble (setData 43 %, creates and deletes 24 % each, multi, setACL, errors, sessions), each with the digest that the
 * tree has behind it. The same for the same numbers.
 */
export async function generateTree(directory: string, znodes: number, txns: number): Promise<void> {
  const folder = join(directory, 'version-2')
  mkdirSync(folder, { recursive: true })
  const units = Math.round(znodes / UNIT_NODES)
  const start = BigInt(units * UNIT_NODES + 2)
  const tree = createTree({ limit: LIMIT })
  const snapshot = join(folder, `snapshot.${start.toString(16)}`)
  writeSnapshot(snapshot, units)
  const fd = openSync(snapshot, 'r')
  await loadSnapshot(tree, (into) => readSync(fd, into, 0, into.length, null), 0)
  closeSync(fd)
  tree.kernel.openReplay({ from: start + 1n, awaited: null })
  writeLog(join(folder, `log.${(start + 1n).toString(16)}`), start, txns, units, tree)
}

/** Some thousand values, made once. */
const VALUES: readonly Uint8Array[] = (() => {
  const random = numbers(5)
  return Array.from({ length: 4096 }, () => newValue(random))
})()

const value = (random: () => number): Uint8Array => VALUES[Math.floor(random() * VALUES.length)]!

type Out = { put(bytes: Uint8Array): void; end(): void }

/** Bytes to a file in large pieces. */
function output(file: string): Out {
  const fd = openSync(file, 'w')
  const buffer = new Uint8Array(PIECE + (4 << 20))
  let used = 0
  const flush = () => {
    for (let at = 0; at < used; ) at += writeSync(fd, buffer, at, used - at)
    used = 0
  }
  return {
    put(bytes) {
      buffer.set(bytes, used)
      used += bytes.length
      if (used >= PIECE) flush()
    },
    end() {
      flush()
      closeSync(fd)
    },
  }
}

const LISTS: readonly AclList[] = [
  [{ perms: 31, scheme: Buffer.from('world'), id: Buffer.from('anyone') }],
  [
    { perms: 1, scheme: Buffer.from('world'), id: Buffer.from('anyone') },
    { perms: 31, scheme: Buffer.from('digest'), id: Buffer.from('app:7Hmr0gjPg4f5Ad4v2vjBkO3QTQ0=') },
  ],
]

const unitPath = (unit: number): string => `/brokers/topics/${unit % 100 === 0 ? 'größe' : 'topic'}-${unit}`

function writeSnapshot(file: string, units: number): void {
  const out = output(file)
  let adler = 1
  const piece = (write: (jute: ReturnType<typeof juteWriter>) => void) => {
    const jute = juteWriter()
    write(jute)
    adler = adler32(jute.result(), adler)
    out.put(jute.result())
  }
  piece((jute) => {
    jute.int(0x5a4b534e)
    jute.int(2)
    jute.long(-1n)
    jute.int(0)
    jute.int(LISTS.length)
    for (const [i, list] of LISTS.entries()) {
      jute.long(BigInt(i + 1))
      writeAcls(jute, list)
    }
  })
  let zxid = 0n
  const random = numbers(7)
  const node = (path: string, data: Uint8Array | null, cversion: number) =>
    piece((jute) => {
      zxid++
      jute.buffer(Buffer.from(path))
      jute.buffer(data)
      jute.long(path === '' || path.startsWith('/zookeeper') ? -1n : random() < 0.1 ? 2n : 1n)
      for (const one of [zxid, zxid, TIME_MS + zxid, TIME_MS + zxid]) jute.long(one)
      for (const one of [0, cversion, 0]) jute.int(one)
      jute.long(0n)
      jute.long(zxid + BigInt(cversion))
    })
  node('', new Uint8Array(), 2)
  node('/zookeeper', new Uint8Array(), 1)
  node('/zookeeper/quota', new Uint8Array(), 0)
  node('/brokers', null, 1)
  node('/brokers/topics', null, units)
  for (let unit = 0; unit < units; unit++) {
    const path = unitPath(unit)
    node(path, value(random), 1)
    node(`${path}/partitions`, null, PARTITIONS)
    for (let i = 0; i < PARTITIONS; i++) {
      node(`${path}/partitions/${i}`, value(random), 1)
      node(`${path}/partitions/${i}/state`, value(random), 0)
    }
  }
  piece((jute) => jute.buffer(Buffer.from('/')))
  const seal = adler
  piece((jute) => {
    jute.long(BigInt(seal))
    jute.buffer(Buffer.from('/'))
  })
  out.end()
}

function writeLog(file: string, start: bigint, txns: number, units: number, tree: ReturnType<typeof createTree>): void {
  const { kernel } = tree
  const out = output(file)
  out.put(writeLogHeader())
  const random = numbers(11)
  const next = transactions(random, units)
  const session = 0x100004bec300000n
  for (let i = 1; i <= txns; i++) {
    const zxid = start + BigInt(i)
    const [type, body] = next(i)
    const header = { session: session + BigInt(i % 1388), cxid: i, zxid, timeMs: TIME_MS + zxid / 20n, type }
    const payload = encodeTxn({ header, body, digest: null, trailing: new Uint8Array() })
    const bytes = kernel.log.bytes()
    bytes.set(payload, FIRST_FREE + 12)
    kernel.log.table()[0] = FIRST_FREE
    kernel.log.table()[1] = payload.length
    kernel.replay(0, 1, 0, 1)
    // errors carry none
    const digested = type !== OP.error
    const length = payload.length + (digested ? 12 : 0)
    const record = new Uint8Array(length + 13)
    const view = new DataView(record.buffer)
    record.set(payload, 12)
    if (digested) {
      view.setInt32(12 + payload.length, 2)
      view.setBigInt64(16 + payload.length, kernel.digest())
    }
    view.setUint32(8, length)
    kernel.log.bytes().set(record, FIRST_FREE)
    view.setUint32(4, kernel.log.adler32(FIRST_FREE + 12, length, 1))
    record[12 + length] = 0x42
    out.put(record)
  }
  out.end()
}

/** Transactions that fit the tree as it is by then. */
function transactions(random: () => number, units: number): (n: number) => readonly [number, TxnBody] {
  const cversions = new Int32Array(units * PARTITIONS).fill(1)
  const extras: string[] = []
  // half of the load goes to one percent of the units
  const pick = (): [number, string] => {
    const unit = Math.floor(random() * (random() < 0.5 ? units / 100 : units))
    const partition = Math.floor(random() * PARTITIONS)
    return [unit * PARTITIONS + partition, `${unitPath(unit)}/partitions/${partition}`]
  }
  const existing = (): string => {
    if (extras.length > 1000 && random() < 0.3) return extras[Math.floor(random() * extras.length)]!
    return `${pick()[1]}/state`
  }
  const setData = (): TxnBody => ({ kind: 'setData', path: Buffer.from(existing()), data: value(random), version: 3 })
  const create = (n: number): TxnBody & { kind: 'create' } => {
    const [index, folder] = pick()
    const path = `${folder}/e-${n}`
    extras.push(path)
    return {
      kind: 'create',
      path: Buffer.from(path),
      data: value(random),
      acl: LISTS[random() < 0.1 ? 1 : 0]!,
      ephemeral: false,
      parentCversion: ++cversions[index]!,
    }
  }
  const multi = (): TxnBody => {
    const fails = random() < 0.1
    const ops = Array.from({ length: 2 + Math.floor(random() * 4) }, (): SubTxn => {
      const body: TxnBody = fails ? { kind: 'error', code: -2 } : setData()
      return { type: fails ? OP.error : OP.setData, data: encodeBody(body).slice(), body }
    })
    return { kind: 'multi', ops }
  }
  return (n) => {
    const roll = random()
    if (roll < 0.43) return [OP.setData, setData()]
    if (roll < 0.665 && extras.length > 1000) {
      const i = Math.floor(random() * extras.length)
      const path = extras[i]!
      extras[i] = extras.at(-1)!
      extras.pop()
      return [OP.delete, { kind: 'delete', path: Buffer.from(path) }]
    }
    if (roll < 0.895) return [OP.create, create(n)]
    if (roll < 0.904) return [OP.create2, create(n)]
    if (roll < 0.913) {
      const { ephemeral: _, ...rest } = create(n)
      return [OP.createContainer, { ...rest, kind: 'createContainer', parentCversion: rest.parentCversion! }]
    }
    if (roll < 0.959) return [OP.multi, multi()]
    if (roll < 0.978) return [OP.error, { kind: 'error', code: -101 }]
    if (roll < 0.996) return [OP.setACL, { kind: 'setACL', path: Buffer.from(existing()), acl: LISTS[1]!, version: 1 }]
    if (roll < 0.998) return [OP.createSession, { kind: 'createSession', timeoutMs: 30_000 }]
    return [OP.closeSession, { kind: 'closeSession', paths: [], hasBody: true }]
  }
}
