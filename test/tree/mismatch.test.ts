import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { adler32 } from '../../src/formats/checksum/adler32.ts'
import { decodeTxn } from '../../src/formats/txnlog/decode.ts'
import { encodeRecord, encodeTxn } from '../../src/formats/txnlog/encode.ts'
import { pathsOf, textOf } from '../../src/formats/txnlog/filter.ts'
import { writeLogHeader } from '../../src/formats/txnlog/header.ts'
import type { Txn } from '../../src/formats/txnlog/types.ts'
import { openLogs } from '../../src/operations/read-logs.ts'
import { noProgress } from '../../src/support/progress.ts'
import { createPlainTree } from '../../src/tree/kernel/plain-tree.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FIXTURES, FULL, seeded } from '../helpers/fixtures.ts'
import { create } from '../helpers/log-builder.ts'
import { runJava } from '../helpers/oracle.ts'
import { type RestoreCase, restoreHere, startsOf } from '../helpers/tree-oracle.ts'

const STANDALONE = {
  members: 0,
  properties: { preAllocSize: 64, snapCount: 100_000, extendedTypesEnabled: 'true', tickTime: 500 },
}

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-tree-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Both kernels, which must agree. */
async function restoreBoth(one: RestoreCase) {
  const ours = await restoreHere(one)
  const plain = await restoreHere(one, { kernel: createPlainTree() })
  expect(plain.proof).toEqual(ours.proof)
  expect(plain.tree.digest()).toBe(ours.tree.digest())
  return ours
}

async function txnsOf(logs: string): Promise<Txn[]> {
  const { read } = await openLogs({
    places: [logs],
    juteMaxbuffer: 1_048_575,
    signal: new AbortController().signal,
    progress: noProgress,
  })
  const txns: Txn[] = []
  for await (const part of read()) {
    for (let i = 0; part.kind === 'records' && i < part.count; i++) {
      const payload = part.table[2 * i]! + 12
      txns.push(decodeTxn(part.bytes.slice(payload, payload + part.table[2 * i + 1]!)))
    }
  }
  return txns
}

const CHARSETS = [
  ['US-ASCII', 'ascii'],
  ['ISO-8859-1', 'latin1'],
] as const

test.each(FULL ? CHARSETS : CHARSETS.slice(0, 1))(
  'a server whose charset is %s: its digests of other paths are understood',
  async (charset, known) => {
    await using ensemble = await startEnsemble({
      ...STANDALONE,
      zookeeper: '3.8.6',
      jvmFlags: [`-Dfile.encoding=${charset}`],
    })
    await runJava('3.8.6', 'Workload', [ensemble.connect, '3.8.6', 'all'])
    await ensemble.kill()
    const { dataDir, logDir } = ensemble.status.servers[0]!
    const one = { name: charset, snapshots: join(dataDir, 'version-2'), logs: join(logDir, 'version-2'), from: 0n }
    const { proof, tree } = await restoreBoth(one)
    expect(proof.firstMismatch).toBeNull()
    expect(proof.explained.map(({ cause }) => cause)).toEqual(['charset'])
    expect(proof.mismatches).toBe(0)
    expect(proof.checked).toBeGreaterThan(50)
    expect(tree.kernel.charset()).toBe(known)
    // another start writes a snapshot that is not fuzzy, with the digest of that charset
    await ensemble.start()
    await ensemble.kill()
    const from = startsOf(join(dataDir, 'version-2')).at(-1)!
    const later = await restoreBoth({ ...one, from })
    expect(later.proof).toMatchObject({
      snapshotDigest: 'right',
      firstMismatch: null,
      explained: [{ cause: 'charset', zxid: from }],
    })
  },
  120_000,
)

test('a server that lost its TTL nodes at a start without extended types', async () => {
  await using ensemble = await startEnsemble({ ...STANDALONE, zookeeper: '3.9.5' })
  await runJava('3.9.5', 'Workload', [ensemble.connect, '3.9.5', 'all'])
  await ensemble.kill()
  const { dataDir, logDir, config } = ensemble.status.servers[0]!
  writeFileSync(config, readFileSync(config, 'utf8').replace('extendedTypesEnabled=true', 'extendedTypesEnabled=false'))
  await ensemble.start()
  await runJava('3.9.5', 'Workload', [ensemble.connect, '3.9.5', 'some', '30'])
  await ensemble.kill()
  const snapshots = join(dataDir, 'version-2')
  const one = { name: 'ttl', snapshots, logs: join(logDir, 'version-2'), from: 0n }
  const { proof, tree } = await restoreBoth(one)
  expect(proof.firstMismatch).toBeNull()
  expect(proof.explained.map(({ cause }) => cause)).toEqual(['lost-ttl'])
  expect(tree.lookup('/app/ttl')).toBeUndefined()
  // the snapshot of that start has the tree without them and the digest with them
  const [newest] = startsOf(snapshots).slice(-1)
  const later = await restoreBoth({ ...one, from: newest! })
  expect(later.proof.snapshotDigest).toBe('stale')
  expect(later.proof.firstMismatch).toBeNull()
  expect(later.proof.mismatches).toBe(0)
}, 120_000)

test('a server that removed the ephemerals of dead sessions at its start', async () => {
  await using ensemble = await startEnsemble({ ...STANDALONE, zookeeper: '3.9.5' })
  await runJava('3.9.5', 'Workload', [ensemble.connect, '3.9.5', 'all'])
  await ensemble.kill()
  await ensemble.start()
  await ensemble.kill()
  const { dataDir, logDir } = ensemble.status.servers[0]!
  const snapshots = join(dataDir, 'version-2')
  const newest = startsOf(snapshots).at(-1)!
  const file = join(snapshots, `snapshot.${newest.toString(16)}`)
  // a snapshot that was written before its session table had the session: here it is taken out
  const edited = withoutSessions(readFileSync(file))
  writeFileSync(file, edited)
  await ensemble.start()
  await runJava('3.9.5', 'Workload', [ensemble.connect, '3.9.5', 'some', '30'])
  await ensemble.kill()
  // the start wrote the snapshot again, without them
  const kept = temporary()
  writeFileSync(join(kept, `snapshot.${newest.toString(16)}`), edited)
  const { proof, tree } = await restoreBoth({
    name: 'dead',
    snapshots: kept,
    logs: join(logDir, 'version-2'),
    from: newest,
  })
  expect(proof.firstMismatch).toBeNull()
  expect(proof.explained.map(({ cause }) => cause)).toEqual(['dead-sessions'])
  expect(tree.children('/app/members')).toEqual([])
}, 120_000)

/** The same snapshot with an empty session table and right seals. */
function withoutSessions(snapshot: Buffer): Buffer {
  const sessions = snapshot.readInt32BE(16)
  expect(sessions).toBeGreaterThan(0)
  const bytes = Buffer.concat([snapshot.subarray(0, 20), snapshot.subarray(20 + sessions * 12)])
  bytes.writeInt32BE(0, 16)
  // seals are the checksum of all before them; a 3.9 file has three
  for (const fromEnd of [54 + 13, 21 + 13, 13]) {
    const at = bytes.length - fromEnd
    bytes.writeBigInt64BE(BigInt(adler32(bytes.subarray(0, at))), at)
  }
  return bytes
}

test('digests that begin inside a fuzzy range', async () => {
  const place = join(FIXTURES, '3.9.5/standalone')
  const snapshots = join(place, 'data/version-2')
  const folder = temporary()
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const txns = await txnsOf(join(place, 'datalog/version-2'))
  // a snapshot of zxid 0x33 under an earlier name, without a digest: as fuzzy as can be
  const bytes = readFileSync(join(snapshots, 'snapshot.33'))
  const early = txns.find(({ header }) => header.zxid === 0x20n)!.header.zxid
  writeFileSync(join(folder, `snapshot.${early.toString(16)}`), bytes.subarray(0, bytes.length - 54))
  for (const name of readdirSync(join(place, 'datalog/version-2')))
    copyFileSync(join(place, 'datalog/version-2', name), join(logs, name))
  const fuzzy = await restoreBoth({ name: 'fuzzy', snapshots: folder, logs, from: early })
  expect(fuzzy.proof.snapshotDigest).toBe('none')
  expect(fuzzy.proof.mismatches).toBeGreaterThan(0)
  expect(fuzzy.proof.firstMismatch).toBeNull()
  expect(fuzzy.proof.explained.map(({ cause }) => cause)).toEqual(['fuzzy-snapshot'])
})

test('digests that begin behind a part of the history that carries none', async () => {
  const place = join(FIXTURES, '3.9.5/standalone')
  const txns = await txnsOf(join(place, 'datalog/version-2'))
  const logs = temporary()
  // /app/data/empty is made at 0xb and deleted at 0x14; without its create the tree is another in between
  const bare = txns
    .filter(({ header }) => header.zxid !== 0xbn)
    .map((txn) => (txn.header.zxid <= 0xcn ? { ...txn, digest: null } : txn))
  writeFileSync(
    join(logs, 'log.1'),
    Buffer.concat([writeLogHeader(), ...bare.map((txn) => encodeRecord(encodeTxn(txn)))]),
  )
  const { proof } = await restoreBoth({ name: 'bare', snapshots: join(place, 'data/version-2'), logs, from: 0n })
  expect(proof).toMatchObject({ firstMismatch: null, explained: [{ cause: 'undigested-history', zxid: 0xdn }] })
})

test('a tree that grows inside a batch: the wrong digest and the end are where they are', async () => {
  const folder = temporary()
  const name = (zxid: bigint) => `/${zxid}${'n'.repeat(300_000)}`
  const digest = { version: 2, value: 1n }
  const txns = Array.from({ length: 120 }, (_, i) =>
    create(BigInt(i + 1), name(BigInt(i + 1)), 'x', i === 70 ? { digest } : {}),
  )
  writeFileSync(
    join(folder, 'log.1'),
    Buffer.concat([writeLogHeader(), ...txns.map((txn) => encodeRecord(encodeTxn(txn)))]),
  )
  const { proof } = await restoreBoth({ name: 'grows', snapshots: folder, logs: folder, from: null, last: 100n })
  expect(proof).toMatchObject({ toZxid: 100n, firstMismatch: { zxid: 71n, path: name(71n) } })
  expect(proof.firstMismatch!.offset).toBe(
    16 + txns.slice(0, 70).reduce((sum, txn) => sum + encodeTxn(txn).length + 13, 0),
  )
})

test('a record that comes twice is named', async () => {
  const place = join(FIXTURES, '3.9.5/standalone')
  const txns = await txnsOf(join(place, 'datalog/version-2'))
  const twice = txns.findIndex(({ body }) => body.kind === 'setData' && textOf(body.path!) === '/app/data/text')
  const logs = temporary()
  // the first change of a value again behind the last: the value goes back
  const again = [...txns.slice(0, twice + 4), txns[twice]!, ...txns.slice(twice + 4)]
  writeFileSync(
    join(logs, 'log.1'),
    Buffer.concat([writeLogHeader(), ...again.map((txn) => encodeRecord(encodeTxn(txn)))]),
  )
  const { proof } = await restoreBoth({ name: 'twice', snapshots: join(place, 'data/version-2'), logs, from: 0n })
  expect(proof.firstMismatch).toMatchObject({
    suspected: 'repeated-record',
    zxid: txns[twice]!.header.zxid,
    path: '/app/data/text',
  })
})

test('missing, swapped and changed records: the first wrong digest is at the first transaction that shows it', async () => {
  const place = join(FIXTURES, '3.9.5/standalone')
  const snapshots = join(place, 'data/version-2')
  const txns = await txnsOf(join(place, 'datalog/version-2'))
  const random = seeded(5)
  const changes = (txn: Txn) => txn.digest !== null && ['create', 'setData', 'createContainer'].includes(txn.body.kind)
  const outside = (txn: Txn) =>
    !pathsOf(txn.body).some((path) => path !== null && textOf(path).startsWith('/zookeeper/'))
  // a value that the next transaction replaces leaves no trace
  const replaced = (i: number) => pathsOf(txns[i]!.body).join() === pathsOf(txns[i + 1]!.body).join()
  const candidates = txns.flatMap((txn, i) =>
    changes(txn) && outside(txn) && i + 1 < txns.length && !replaced(i) ? [i] : [],
  )
  const nextDigest = (from: number) => txns.slice(from).find(({ digest }) => digest !== null)!.header.zxid
  for (let round = 0; round < 25; round++) {
    const i = candidates[Math.floor(random() * candidates.length)]!
    const victim = txns[i]!
    const [damaged, expected] = [
      () => [txns.toSpliced(i, 1), nextDigest(i + 1)] as const,
      // a neighbour before its own: its digest is of both
      () =>
        [
          txns.toSpliced(i, 2, txns[i + 1]!, victim),
          txns[i + 1]!.digest === null ? null : txns[i + 1]!.header.zxid,
        ] as const,
      () =>
        [
          txns.with(i, { ...victim, header: { ...victim.header, timeMs: victim.header.timeMs + 1n } }),
          victim.header.zxid,
        ] as const,
    ][round % 3]!()
    const logs = temporary()
    const bytes = Buffer.concat([writeLogHeader(), ...damaged.map((txn) => encodeRecord(encodeTxn(txn)))])
    writeFileSync(join(logs, 'log.1'), bytes)
    const { proof } = await restoreBoth({ name: `round ${round}`, snapshots, logs, from: 0n })
    if (expected === null) continue
    expect({ round, zxid: proof.firstMismatch?.zxid }).toEqual({ round, zxid: expected })
    const { offset, path, zxid } = proof.firstMismatch!
    expect(bytes.readBigInt64BE(offset + 24)).toBe(zxid)
    const named = pathsOf(txns.find(({ header }) => header.zxid === zxid)!.body)[0]
    expect(path).toBe(named ? textOf(named) : null)
  }
})
