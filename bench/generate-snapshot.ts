import { closeSync, openSync, writeSync } from 'node:fs'
import { OPEN_ACL } from '../src/formats/snapshot/acls.ts'
import { createSnapshotKernel } from '../src/formats/snapshot/kernel/create.ts'
import { snapshotWriter } from '../src/formats/snapshot/writer.ts'
import type { AclList } from '../src/formats/txnlog/types.ts'

const ZXID = 0x500000000n

/**
 * Writes a snapshot of about `nodes` znodes in the mix of a busy ensemble: topics with partitions, services, flat
 * folders of settings, locks; values log-uniform between 10 bytes and 1 KiB, 70 % JSON with some non-ASCII, the rest
 * binary; 10 % with one of 40 access lists of two entries. The same for the same size, but for the first byte of every
 * `changed`th value. Returns the number of znodes.
 */
export function generateSnapshot(file: string, nodes: number, changed = 0): number {
  const fd = openSync(file, 'w')
  const writer = snapshotWriter(createSnapshotKernel(), (piece) => writeSync(fd, piece))
  const random = numbers(42)
  const lists = Array.from({ length: 40 }, (_, i) => [BigInt(i + 2), pair(i)] as const)
  const sessions = Array.from({ length: 1000 }, (_, i) => ({ id: 0x100004bec300000n + BigInt(i), timeoutMs: 30_000 }))
  const acls = [[1n, OPEN_ACL] as const, ...lists]
  writer.begin({ sessions, sessionCount: sessions.length, acls, aclCount: acls.length })
  let written = 0
  const put = (path: string, data = value(random), owner = 0n): void => {
    if (changed > 0 && written % changed === 0 && data.length > 0) data[0]! ^= 1
    const zxid = BigInt(1 + Math.floor(random() * 0x4ffffffff))
    const time = 1_763_000_000_000n + zxid / 20n
    writer.node({
      path: Buffer.from(path),
      data,
      aclRef: random() < 0.1 ? BigInt(2 + Math.floor(random() * 40)) : 1n,
      stat: {
        // servers make the root without a transaction
        czxid: path === '' ? 0n : zxid,
        mzxid: zxid + 5n,
        ctimeMs: time,
        mtimeMs: time + 777n,
        version: written & 7,
        cversion: 0,
        aversion: 0,
        ephemeralOwner: owner,
        pzxid: zxid,
      },
    })
    written++
  }
  put('', Buffer.alloc(0))
  put('/zookeeper', Buffer.alloc(0))
  put('/zookeeper/quota', Buffer.alloc(0))
  put('/brokers')
  put('/brokers/topics')
  for (let topic = 0; written < nodes * 0.4; topic++) {
    const path = `/brokers/topics/${topic % 100 === 0 ? 'größe' : 'topic'}-${topic}`
    put(path)
    put(`${path}/partitions`, Buffer.alloc(0))
    for (let partition = 0; partition < 1 + (topic % 9); partition++) {
      put(`${path}/partitions/${partition}`, Buffer.alloc(0))
      put(`${path}/partitions/${partition}/state`)
    }
  }
  put('/services')
  for (let service = 0; written < nodes * 0.7; service++) {
    const path = `/services/region-${service}`
    put(path)
    for (let i = 0; i < 200; i++) put(`${path}/instance-${i}`, value(random), sessions[(service + i) % 1000]!.id)
  }
  put('/config')
  for (let folder = 0; written < nodes; folder++) {
    put(`/config/application-${folder}`)
    for (let key = 0; key < 1 + ((folder * 37) % 750); key++) put(`/config/application-${folder}/setting-${key}`)
  }
  const digest = { zxid: ZXID, version: 2, value: writer.digest() }
  writer.end({ digest, lastZxid: ZXID })
  closeSync(fd)
  return written
}

/** What its file must be called, so that its digest is held against the tree. */
export const SNAPSHOT_NAME = `snapshot.${ZXID.toString(16)}`

function pair(i: number): AclList {
  return [
    { perms: 1, scheme: Buffer.from('world'), id: Buffer.from('anyone') },
    { perms: 31, scheme: Buffer.from('digest'), id: Buffer.from(`app${i}:7Hmr0gjPg4f5Ad4v2vjBkO3QTQ0=`) },
  ]
}

function value(random: () => number): Buffer {
  const length = Math.floor(10 * 100 ** random())
  if (random() < 0.3) return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
  return Buffer.from(
    `{"leader":3,"isr":[1,2,3],"epoch":${length},"version":1,"name":"${'ä'.repeat(length % 3)}${'x'.repeat(Math.max(0, length - 60))}"}`,
  )
}

function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
