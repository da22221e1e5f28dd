/*
 * The failures that one directory shows: logs (T), snapshots (S), epoch files of members (E), content and limits (V),
 * directories (C, D). Each is a way to damage a copy of a real directory.
 */
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RECORD_ENTRIES } from './catalogue-records.ts'
import { nodeIn, pathsIn, type Victim } from './damages.ts'

export interface CatalogueEntry {
  readonly id: string
  readonly what: string
  readonly damage: (victim: Victim) => void
  readonly role?: 'quorum'
  /** System properties. */
  readonly flags?: readonly string[]
  /** Logs in a directory of their own. */
  readonly apart?: true
}

const entry = (
  id: string,
  what: string,
  damage: CatalogueEntry['damage'],
  more: Omit<CatalogueEntry, 'id' | 'what' | 'damage'> = {},
): CatalogueEntry => ({ id, what, damage, ...more })

const noise = (count: number) => Buffer.from(Array.from({ length: count }, (_, i) => (i * 73 + 41) % 251))

const LOGS: readonly CatalogueEntry[] = [
  entry('T0', 'nothing', () => {}),
  entry('T1', 'last record cut', (v) => void v.log().cut(v.log().record(-1).end - 9)),
  entry('T1', 'last record zeroed from its 30th byte on', (v) => void v.log().zero(v.log().record(-1).at + 30)),
  entry('T1', 'last end mark zeroed', (v) => void v.log().zero(v.log().record(-1).end - 1)),
  entry('T1', 'cut inside the last checksum', (v) => void v.log().cut(v.log().record(-1).at + 5)),
  entry('T1', 'torn in the middle of the chain', (v) => {
    v.keepOldestSnapshot()
      .log(1)
      .cut(v.log(1).record(-1).end - 9)
  }),
  entry('T2', 'zeros from the third-last record on', (v) => void v.log().zero(v.log().record(-3).at)),
  entry('T2', 'no padding', (v) => void v.log().cut(v.log().record(-1).end)),
  entry('T3', 'zero hole in the middle of the last log', (v) => {
    v.log().zero(v.log().record(4).at, v.log().record(6).end)
  }),
  entry('T3', 'zero hole in the chain', (v) => {
    v.keepOldestSnapshot().log(1).zero(v.log(1).record(3).at, v.log(1).record(5).end)
  }),
  entry('T4', 'flipped bit in a payload', (v) => void v.log().flip(v.log().record(4).at + 40)),
  entry('T4', 'flipped bit in the last payload', (v) => void v.log().flip(v.log().record(-1).at + 40)),
  entry('T4', 'flipped bit in a checksum', (v) => void v.log().flip(v.log().record(4).at + 6)),
  entry('T4', 'flipped bit in a log that is not opened', (v) => {
    v.log(v.logs.length - 1).flip(v.log(v.logs.length - 1).record(4).at + 40)
  }),
  entry('T5', 'flipped bit with a fresh checksum', (v) => {
    v.log().restamp(4, (payload) => {
      payload[payload.length > 60 ? 50 : 30]! ^= 1
      return payload
    })
  }),
  entry('T6', 'end mark flipped in the last log', (v) => void v.log().flip(v.log().record(5).end - 1)),
  entry('T6', 'end mark flipped in the chain', (v) => {
    v.keepOldestSnapshot()
      .log(1)
      .flip(v.log(1).record(5).end - 1)
  }),
  entry('T6', 'length 0', (v) => void v.log().zero(v.log().record(4).at + 8, v.log().record(4).at + 12)),
  entry('T6', 'length too large by 16', (v) => void v.log().flip(v.log().record(4).at + 11, 4)),
  entry('T6', 'length past the end of the file', (v) => void v.log().flip(v.log().record(4).at + 9, 2)),
  entry('T7', 'length of 1 GiB', (v) => void v.log().flip(v.log().record(4).at + 8, 6)),
  entry('T7', 'length -1', (v) => {
    const { at } = v.log().record(4)
    v.log().edit((bytes) => bytes.fill(0xff, at + 8, at + 12))
  }),
  entry('T8', 'noise behind the last record', (v) => {
    const { end } = v.log().record(-1)
    v.log().edit((bytes) => Buffer.concat([bytes.subarray(0, end), noise(400), bytes.subarray(end)]))
  }),
  entry('T8', 'noise behind padding', (v) => {
    const { end } = v.log().record(-1)
    v.log().edit((bytes) => Buffer.concat([bytes.subarray(0, end), Buffer.alloc(64), noise(400)]))
  }),
  entry('T9', 'newest log empty', (v) => void v.log().cut(0)),
  entry('T9', 'an extra empty log', (v) => v.write('log.f0', '')),
  entry('T9', 'two extra empty logs', (v) => {
    v.write('log.f0', '')
    v.write('log.f1', '')
  }),
  entry('T9', 'a newest log of 9 bytes', (v) => v.write('log.f0', noise(9))),
  entry('T9', 'newest log cut to 9 bytes', (v) => void v.log().cut(9)),
  entry('T9', 'newest log cut to 15 bytes', (v) => void v.log().cut(15)),
  entry('T10', 'empty log in the chain', (v) => void v.keepOldestSnapshot().log(1).cut(0)),
  entry('T10', 'empty log that is not opened', (v) => void v.log(v.logs.length - 1).cut(0)),
  entry('T11', 'newest log is a header', (v) => void v.log().cut(16)),
  entry('T11', 'newest log is a header and zeros', (v) => void v.log().zero(16)),
  entry('T11', 'header only in the chain', (v) => void v.keepOldestSnapshot().log(1).cut(16)),
  entry('T12', 'header of zeros', (v) => void v.log().zero(0, 16)),
  entry('T12', 'another magic', (v) => void v.log().edit((bytes) => void bytes.write('ZKSN'))),
  entry('T12', 'another version', (v) => void v.log().flip(7)),
  entry('T12', 'another dbid', (v) => void v.log().flip(15)),
  entry('T13', 'newest log named too low', (v) => v.log().rename(`log.${(v.lastName - 2n).toString(16)}`)),
  entry('T13', 'newest log named too high', (v) => v.log().rename('log.e0')),
  entry('T13', 'a log of the chain named too high', (v) => v.keepOldestSnapshot().log(1).rename('log.e0')),
  entry('T13', 'all zeros in front', (v) => v.log().rename(`log.00${v.lastName.toString(16)}`)),
  entry('T13', 'upper case', (v) => v.log().rename(`log.${v.lastName.toString(16).toUpperCase()}`)),
  entry('T13', 'no hexadecimal name', (v) => v.log().rename(`log.${v.lastName.toString(16)}x`)),
  entry('T14', 'newest log renamed .bak', (v) => v.log().rename(`log.${v.lastName.toString(16)}.bak`)),
  entry('T14', 'a copy .bak', (v) => void v.log().copy(`log.${v.lastName.toString(16)}.bak`)),
  entry('T14', 'a log of the chain renamed .gz', (v) => {
    v.keepOldestSnapshot()
    const name = v.logs.at(-2)!
    v.log(1).rename(`${name}.gz`)
  }),
  entry('T14', 'a log of the chain packed', (v) => void v.keepOldestSnapshot().log(1).gzip()),
  entry('T14', 'an empty .bak', (v) => v.write('log.f0.bak', '')),
  entry('T14', 'a copy .fixed with a record changed', (v) => {
    v.log()
      .copy(`${v.logs.at(-1)}.fixed`)
      .restamp(4, (payload) => {
        payload[payload.length > 60 ? 50 : 30]! ^= 1
        return payload
      })
  }),
  entry('T14', 'the front of a log as .chopped80', (v) => {
    const copy = v.log().copy(`${v.logs.at(-1)}.chopped80`)
    copy.cut(copy.record(4).at)
  }),
  entry('T14', 'a copy of a snapshot .tmp', (v) => void v.snapshot().copy(`${v.snapshots.at(-1)}.tmp`)),
  entry('T14', 'the front of a snapshot .tmp', (v) => {
    const copy = v.snapshot().copy('snapshot.f0.tmp')
    copy.cut(copy.bytes.length >> 1)
  }),
  entry('T14', 'names that are none', (v) => {
    for (const name of ['log', 'log.', 'log..1', 'logs.1', 'LOG.f0', 'snapshot', 'snapshot.', 'log.f0 ', 'log.0xf0']) {
      v.write(name, noise(40))
    }
  }),
  entry('T15', 'newest log gone', (v) => v.log().remove()),
  entry('T15', 'a log of the chain gone', (v) => v.keepOldestSnapshot().log(1).remove()),
  entry('T15', 'records cut out of the last log', (v) => void v.log().drop(3, 6)),
  entry('T15', 'the first records of the last log cut out', (v) => void v.log().drop(0, 3)),
  entry('T15', 'records cut out of the last log, digests off', (v) => void v.log().drop(3, 6), {
    flags: ['zookeeper.digest.enabled=false', 'zookeeper.serializeLastProcessedZxid.enabled=false'],
  }),
  entry('T15', 'a log gone below the newest snapshot', (v) => v.log(v.logs.length - 1).remove()),
  entry('T15', 'gap and then a bad checksum', (v) => {
    v.log()
      .drop(3, 6)
      .flip(v.log().record(8).at + 40)
  }),
  entry('T16', 'a record twice', (v) => {
    const { at, end } = v.log().record(5)
    v.log().edit((bytes) => Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]))
  }),
  entry('T16', 'an overlapping log', (v) => {
    const { at } = v.log().record(8)
    const copy = v.log().copy(`log.${(v.lastName + 8n).toString(16)}`)
    copy.edit((bytes) => Buffer.concat([bytes.subarray(0, 16), bytes.subarray(at)]))
  }),
  entry('T16', 'two neighbours swapped', (v) => {
    const [a, b] = [v.log().record(6), v.log().record(7)]
    v.log().edit((bytes) => {
      const parts = [
        bytes.subarray(0, a.at),
        bytes.subarray(b.at, b.end),
        bytes.subarray(a.at, a.end),
        bytes.subarray(b.end),
      ]
      return Buffer.concat(parts)
    })
  }),
  entry('T16', 'the last record renumbered to 5', (v) => {
    v.log().restamp(-1, (payload) => void payload.writeBigInt64BE(5n, 12))
  }),
  entry('T16', 'the last record far ahead', (v) => {
    v.log().restamp(-1, (payload) => void payload.writeBigInt64BE(0xfffffffdn, 12))
  }),
  entry('T16', 'the last record negative', (v) => {
    v.log().restamp(-1, (payload) => void payload.writeBigInt64BE(-5n, 12))
  }),
  entry('T16', 'the last record with zxid 0', (v) => {
    v.log().restamp(-1, (payload) => void payload.writeBigInt64BE(0n, 12))
  }),
  entry('T17', 'a log of a later epoch', (v) => {
    const copy = v.log().copy('log.300000001')
    copy.cut(copy.record(0).end).restamp(0, (payload) => void payload.writeBigInt64BE(0x300000001n, 12))
  }),
  entry('T13', 'a sign in the name', (v) => v.log().rename(`log.+${v.lastName.toString(16)}`)),
  entry('T13', 'a negative name', (v) => v.log().rename('log.-5')),
  entry('T18', 'unknown type', (v) => void v.log().restamp(5, (payload) => void payload.writeInt32BE(77, 28))),
  entry('T18', 'a body that is too short', (v) => void v.log().restamp(5, (payload) => payload.subarray(0, 36))),
  entry('T18', 'a directory named like a log', (v) => void mkdirSync(join(v.version2, 'log.f0'))),
]

const TYPES_ON = ['zookeeper.extendedTypesEnabled=true']

const SNAPSHOTS: readonly CatalogueEntry[] = [
  entry('S1', 'newest snapshot empty', (v) => void v.snapshot().cut(0)),
  entry('S1', 'newest snapshot cut', (v) => void v.snapshot().cut(v.snapshot().bytes.length >> 1)),
  entry('S1', 'newest snapshot all zeros', (v) => void v.snapshot().zero(0)),
  entry('S1', 'zeros at the end', (v) => void v.snapshot().zero(v.snapshot().bytes.length - 40)),
  entry('S1', 'noise behind the end', (v) => void v.snapshot().edit((bytes) => Buffer.concat([bytes, noise(50)]))),
  entry('S1', 'a directory named like a snapshot', (v) => void mkdirSync(join(v.version2, 'snapshot.f0'))),
  entry('S2', 'flipped bit in a value', (v) => {
    const { aclAt } = nodeIn(v.snapshot().bytes, pathsIn(v.snapshot().bytes).at(-1)!)
    v.snapshot().flip(aclAt - 1)
  }),
  entry('S2', 'length of a path', (v) => {
    const { at } = nodeIn(v.snapshot().bytes, pathsIn(v.snapshot().bytes).at(-1)!)
    v.snapshot().edit((bytes) => void bytes.writeInt32BE(3, at))
  }),
  entry('S2', 'a parent that is not there', (v) => {
    const { at } = nodeIn(v.snapshot().bytes, pathsIn(v.snapshot().bytes).at(-1)!)
    v.snapshot().flip(at + 5)
  }),
  entry('S2', 'another magic', (v) => void v.snapshot().flip(0)),
  entry('S2', 'another version and dbid, sealed', (v) => {
    v.snapshot().reseal((bytes) => {
      bytes[7]! ^= 1
      bytes[15]! ^= 1
    })
  }),
  entry('S2', 'flipped bit in what is behind the nodes', (v) => void v.snapshot().flip(-20)),
  entry('S3', 'owner that no session has, seal wrong', (v) => {
    const bytes = v.snapshot().bytes
    const path = pathsIn(bytes).find((one) => bytes.readBigInt64BE(nodeIn(bytes, one).aclAt + 52) === 0n)!
    const { aclAt } = nodeIn(bytes, path)
    v.snapshot().edit((all) => void all.writeBigInt64BE(0x123456789abcdefn, aclAt + 52))
  }),
  entry('S3', 'owner in the last znodes, seal wrong', (v) => {
    const bytes = v.snapshot().bytes
    for (const path of pathsIn(bytes).slice(-4)) {
      const { aclAt } = nodeIn(bytes, path)
      v.snapshot().edit((all) => void all.writeBigInt64BE(0x123456789abcdefn, aclAt + 52))
    }
  }),
  entry('S2', 'flipped bit in a session', (v) => void v.snapshot().flip(21)),
  entry('S2', '100 snapshots that fail in front', (v) => failing(v, 100)),
  entry('S2', '99 snapshots that fail in front', (v) => failing(v, 99)),
  entry('S3', 'an owner of no kind, seal wrong', (v) => own(v, -0x00ff00000000ffffn)),
  entry('S3', 'an owner of no kind, seal wrong, types on', (v) => own(v, -0x00ff00000000ffffn), { flags: TYPES_ON }),
  entry('S3', 'the owner of a TTL, seal wrong', (v) => own(v, BigInt.asIntN(64, 0xff00000000001234n))),
  entry('S3', 'the owner of a TTL, seal wrong, types on', (v) => own(v, BigInt.asIntN(64, 0xff00000000001234n)), {
    flags: TYPES_ON,
  }),
  entry('S3', 'the owner of a container, seal wrong', (v) => own(v, -(1n << 63n))),
  entry('S3', 'packed snapshot with a flipped byte', (v) => {
    const packed = v.snapshot().gzip()
    packed.flip(packed.bytes.length >> 1, 3)
  }),
  entry('S4', 'ACL vector null', (v) => {
    v.snapshot().edit((bytes) => {
      // behind the header and the sessions: count, then the first id
      const sessions = bytes.readInt32BE(16)
      bytes.writeInt32BE(-1, 20 + 12 * sessions + 4 + 8)
      return bytes
    })
  }),
  entry('S4', 'too many access lists', (v) => {
    v.snapshot().edit((bytes) => void bytes.writeInt32BE(0x7fffffff, 20 + 12 * bytes.readInt32BE(16)))
  }),
  entry('S4', 'an access list too long', (v) => {
    v.snapshot().edit((bytes) => void bytes.writeInt32BE(0x40000000, 20 + 12 * bytes.readInt32BE(16) + 12))
  }),
  entry('S4', 'unknown extended owner, types on', unknownOwner, { flags: ['zookeeper.extendedTypesEnabled=true'] }),
  entry('S4', 'unknown extended owner, types off', unknownOwner),
  entry('S5', 'newest snapshot cut, its log gone', (v) => {
    v.snapshot().cut(v.snapshot().bytes.length >> 1)
    v.log(1).remove()
  }),
  entry('S6', 'no snapshots', removeSnapshots),
  entry('S6', 'no snapshots, trusted', removeSnapshots, { flags: ['zookeeper.snapshot.trust.empty=true'] }),
  entry(
    'S6',
    'no snapshots and the first log gone, trusted',
    (v) => {
      removeSnapshots(v)
      v.log(v.logs.length - 1).remove()
    },
    { flags: ['zookeeper.snapshot.trust.empty=true'] },
  ),
  entry('S6', 'all snapshots cut', (v) => {
    for (let i = 0; i < v.snapshots.length; i++) v.snapshot(i).cut(v.snapshot(i).bytes.length - 3)
  }),
  entry('S6', 'only an empty log', (v) => {
    removeSnapshots(v)
    for (const name of v.logs) rmSync(join(v.version2, name))
    v.write('log.1', '')
  }),
  entry('S7', 'all snapshots fail their seal', failSeals),
  entry('S7', 'all snapshots fail, trusted', failSeals, { flags: ['zookeeper.snapshot.trust.empty=true'] }),
  entry('S7', 'only a packed one, damaged', (v) => {
    while (v.snapshots.length > 1) v.snapshot(1).remove()
    const packed = v.snapshot().gzip()
    packed.cut(packed.bytes.length - 30)
  }),
  entry('S8', 'only an empty snapshot', (v) => {
    for (const name of v.logs) rmSync(join(v.version2, name))
    while (v.snapshots.length > 1) v.snapshot(1).remove()
    v.snapshot().cut(0)
  }),
  entry('S8', 'only a cut snapshot', (v) => {
    for (const name of v.logs) rmSync(join(v.version2, name))
    while (v.snapshots.length > 1) v.snapshot(1).remove()
    v.snapshot().cut(100)
  }),
  entry('S8', 'nothing at all', empty),
  entry('S8', 'nothing, db.autocreate off', empty, { flags: ['zookeeper.db.autocreate=false'] }),
  entry(
    'S8',
    'nothing, db.autocreate off, initialize',
    (v) => {
      empty(v)
      writeFileSync(join(v.dir, 'initialize'), '')
    },
    { flags: ['zookeeper.db.autocreate=false'] },
  ),
  entry('S8', 'whole, db.autocreate off', () => {}, { flags: ['zookeeper.db.autocreate=false'] }),
  entry('S8', 'no version-2', (v) => rmSync(v.version2, { recursive: true })),
  entry('S8', 'no version-2, datadir.autocreate off', (v) => rmSync(v.version2, { recursive: true }), {
    flags: ['zookeeper.datadir.autocreate=false'],
  }),
  entry('S9', 'no logs', (v) => {
    for (const name of v.logs) rmSync(join(v.version2, name))
  }),
  entry('S10', 'newest snapshot named too high', (v) => v.snapshot().rename('snapshot.60')),
  entry('S10', 'newest snapshot named above all', (v) => v.snapshot().rename('snapshot.f000')),
  entry('S10', 'newest snapshot named too low', (v) => v.snapshot().rename('snapshot.20')),
  entry('S10', 'the oldest snapshot over the newest', (v) => {
    const oldest = v.snapshot(v.snapshots.length - 1).bytes
    v.snapshot().edit(() => oldest)
  }),
  entry('S10', 'a name that is no signed long', (v) => v.snapshot().rename('snapshot.ffffffffffffffff')),
  entry('S10', 'a negative name', (v) => v.snapshot().rename('snapshot.-5')),
  entry('S10', 'newest snapshot renamed .bak', (v) => v.snapshot().rename(`${v.snapshots.at(-1)}.bak`)),
  entry('S10', 'only a snapshot .bak, no logs', (v) => {
    for (const name of v.logs) rmSync(join(v.version2, name))
    while (v.snapshots.length > 1) v.snapshot(1).remove()
    v.snapshot().rename(`${v.snapshots.at(-1)}.bak`)
  }),
  entry('S11', 'cut behind the first seal', (v) => {
    v.snapshot().edit((bytes) =>
      bytes.subarray(
        0,
        Math.max(
          ...[46, 67]
            .map((left) => bytes.length - left + 13)
            .filter((at) => bytes.subarray(at - 5, at).equals(Buffer.from([0, 0, 0, 1, 0x2f]))),
          0,
        ) || bytes.length,
      ),
    )
  }),
  entry('S11', 'a wrong digest, sealed', (v) => {
    v.snapshot().reseal((bytes) => {
      for (const left of [67, 46]) {
        const at = bytes.length - left
        if (bytes.subarray(at - 5, at).equals(Buffer.from([0, 0, 0, 1, 0x2f]))) bytes[at + 13 + 19]! ^= 1
      }
    })
  }),
  entry('S11', 'a value edited, sealed', (v) => {
    const path = pathsIn(v.snapshot().bytes).at(-1)!
    v.snapshot().reseal((bytes) => {
      const { aclAt } = nodeIn(bytes, path)
      bytes[aclAt - 1]! ^= 1
    })
  }),
  entry('S11', 'digests off', () => {}, { flags: ['zookeeper.digest.enabled=false'] }),
  entry('S11', 'digests and last zxid off', () => {}, {
    flags: ['zookeeper.digest.enabled=false', 'zookeeper.serializeLastProcessedZxid.enabled=false'],
  }),
  entry('S12', 'packed and whole', (v) => void v.snapshot().gzip()),
  entry('S12', 'packed and cut', (v) => {
    const packed = v.snapshot().gzip()
    packed.cut(packed.bytes.length >> 1)
  }),
  entry('S12', 'packed and empty', (v) => void v.snapshot().gzip().cut(0)),
  entry(
    'S12',
    'packed under the plain name',
    (v) =>
      void v
        .snapshot()
        .gzip(v.snapshots.at(-1)!.concat('.x'))
        .rename(v.snapshots.at(-1) ?? 'snapshot.1'),
  ),
  entry('S12', 'packed by snappy', (v) => void v.snapshot().snappy()),
  entry('S12', 'packed by snappy and cut', (v) => {
    const packed = v.snapshot().snappy()
    packed.cut(packed.bytes.length >> 1)
  }),
  entry('S12', 'packed by snappy with a flipped byte', (v) => {
    const packed = v.snapshot().snappy()
    packed.flip(packed.bytes.length >> 1, 3)
  }),
  entry('S12', 'packed by snappy and empty', (v) => void v.snapshot().snappy().cut(0)),
  entry('S12', 'not packed, but named so', (v) => v.snapshot().rename(`${v.snapshots.at(-1)}.snappy`)),
  entry('S12', 'noise behind what is packed', (v) => {
    v.snapshot()
      .gzip()
      .edit((bytes) => Buffer.concat([bytes, noise(20)]))
  }),
  entry('S12', 'upper-case ending', (v) => {
    const name = v.snapshots.at(-1)!
    v.snapshot().gzip(`${name}.GZ`)
  }),
]

/** Gives the first znode of nobody an owner, the seal unchanged. */
function own(v: Victim, owner: bigint): void {
  const bytes = v.snapshot().bytes
  const path = pathsIn(bytes).find((one) => bytes.readBigInt64BE(nodeIn(bytes, one).aclAt + 52) === 0n)!
  const { aclAt } = nodeIn(bytes, path)
  v.snapshot().edit((all) => void all.writeBigInt64BE(owner, aclAt + 52))
}

function failing(v: Victim, count: number): void {
  const bytes = Buffer.concat([noise(30), Buffer.from([0, 0, 0, 1, 0x2f])])
  for (let i = 0; i < count; i++) v.write(`snapshot.${(0x1000 + i).toString(16)}`, bytes)
}

function unknownOwner(v: Victim): void {
  const path = pathsIn(v.snapshot().bytes).at(-1)!
  v.snapshot().reseal((bytes) => {
    bytes.writeBigInt64BE(BigInt.asIntN(64, 0xff01000000001234n), nodeIn(bytes, path).aclAt + 52)
  })
}

function removeSnapshots(v: Victim): void {
  for (const name of v.snapshots) rmSync(join(v.version2, name))
}

function failSeals(v: Victim): void {
  for (let i = 0; i < v.snapshots.length; i++) v.snapshot(i).flip(10)
}

function empty(v: Victim): void {
  for (const name of readdirSync(v.version2)) rmSync(join(v.version2, name), { recursive: true })
}

const OTHERS: readonly CatalogueEntry[] = [
  entry('V4', 'extended types on', () => {}, { flags: ['zookeeper.extendedTypesEnabled=true'] }),
  entry('V6', 'an ephemeral of no session', (v) => {
    const bytes = v.snapshot().bytes
    const path = pathsIn(bytes).find((one) => bytes.readBigInt64BE(nodeIn(bytes, one).aclAt + 52) === 0n)!
    v.snapshot().reseal((all) => void all.writeBigInt64BE(0x77n, nodeIn(all, path).aclAt + 52))
  }),
  entry('V8', 'an access list that is not there', (v) => {
    const path = pathsIn(v.snapshot().bytes).at(-1)!
    v.snapshot().reseal((bytes) => void bytes.writeBigInt64BE(42n, nodeIn(bytes, path).aclAt))
  }),
  entry('V8', 'access lists of all znodes not there', (v) => {
    const paths = pathsIn(v.snapshot().bytes)
    v.snapshot().reseal((bytes) => {
      for (const path of paths) bytes.writeBigInt64BE(42n, nodeIn(bytes, path).aclAt)
    })
  }),
  entry('C2', 'logs apart', () => {}, { apart: true }),
  entry('C2', 'logs in the directory of snapshots', (v) => writeFileSync(join(v.version2, 'log.1'), ''), {
    apart: true,
  }),
  entry(
    'C2',
    'snapshots in the directory of logs',
    (v) => {
      writeFileSync(join(v.dir, 'logs/version-2/snapshot.0'), '')
    },
    { apart: true },
  ),
  entry(
    'C2',
    'directory of logs empty',
    (v) => {
      for (const name of readdirSync(join(v.dir, 'logs/version-2'))) rmSync(join(v.dir, 'logs/version-2', name))
    },
    { apart: true },
  ),
  entry('C2', 'directory of logs gone', (v) => rmSync(join(v.dir, 'logs/version-2'), { recursive: true }), {
    apart: true,
  }),
]

/** Epoch files of a member. `undefined`: none. */
const epochs = (
  id: string,
  what: string,
  current: string | undefined,
  accepted: string | undefined,
  tmp: Readonly<Record<string, string>> = {},
) =>
  entry(
    id,
    what,
    (v) => {
      for (const [name, text] of [
        ['currentEpoch', current],
        ['acceptedEpoch', accepted],
      ] as const) {
        if (text === undefined) rmSync(join(v.version2, name), { force: true })
        else v.write(name, text)
      }
      for (const [name, text] of Object.entries(tmp)) v.write(name, text)
    },
    { role: 'quorum' },
  )

export const MEMBER_ENTRIES: readonly CatalogueEntry[] = [
  entry('E0', 'as it is', () => {}, { role: 'quorum' }),
  epochs('E1', 'both missing', undefined, undefined),
  epochs('E1', 'currentEpoch missing', undefined, '9'),
  epochs('E1', 'acceptedEpoch missing', '2', undefined),
  epochs('E2', 'currentEpoch empty', '', '9'),
  epochs('E2', 'acceptedEpoch empty', '2', ''),
  epochs('E3', 'hexadecimal', '0x2', '9'),
  epochs('E3', 'trailing blank', '2 ', '9'),
  epochs('E3', 'text', 'two', '9'),
  epochs('E3', 'a blank in front', ' 2', '9'),
  epochs('E3', 'an empty first line', '\n2', '9'),
  epochs('E3', 'too large for a long', '9223372036854775808', '9'),
  epochs('E3', 'a sign', '+2', '+9'),
  epochs('E4', 'trailing newline', '2\n', '9\n'),
  epochs('E4', 'a second line', '2\nnoise', '9\n1'),
  epochs('E4', 'newline of DOS', '2\r\n', '9\r\n'),
  epochs('E5', 'currentEpoch above acceptedEpoch', '5', '2'),
  epochs('E5', 'acceptedEpoch missing below currentEpoch', '5', undefined),
  epochs('E6', 'both below the data', '1', '1'),
  epochs('E6', 'below the data, marker of 3.4', '1', '9', { updatingEpoch: '' }),
  epochs('E6', 'currentEpoch below the data', '1', '9'),
  epochs('E6', 'currentEpoch negative', '-1', '9'),
  epochs('E7', 'below the data, tmp has it', '1', '9', { 'currentEpoch.tmp': '2' }),
  epochs('E7', 'below the data, tmp above acceptedEpoch', '1', '2', { 'currentEpoch.tmp': '3' }),
  epochs('E7', 'below the data, tmp no number', '1', '9', { 'currentEpoch.tmp': 'x' }),
  epochs('E8', 'below the data, tmp too', '1', '9', { 'currentEpoch.tmp': '1' }),
  epochs('E9', 'below the data, tmp empty', '1', '9', { 'currentEpoch.tmp': '' }),
  epochs('E10', 'stray tmp files', '2', '2', { 'currentEpoch.tmp': '7', 'acceptedEpoch.tmp': '7' }),
  epochs('E11', 'accepted too low, tmp has it', '5', '2', { 'acceptedEpoch.tmp': '5' }),
  epochs('E12', 'acceptedEpoch far ahead', '2', '99'),
  entry('E6', 'currentEpoch ahead of lost data', (v) => v.log().remove(), { role: 'quorum' }),
  entry('T15', 'hole in the newest log of a member', (v) => void v.log().drop(2, 4), { role: 'quorum' }),
  entry('T4', 'flipped bit in a member', (v) => void v.log().flip(v.log().record(2).at + 40), { role: 'quorum' }),
  entry(
    'E1',
    'currentEpoch is a directory',
    (v) => {
      rmSync(join(v.version2, 'currentEpoch'))
      mkdirSync(join(v.version2, 'currentEpoch'))
    },
    { role: 'quorum' },
  ),
  entry('S6', 'no snapshots in a member', removeSnapshots, { role: 'quorum' }),
  entry('S6', 'no snapshots in a member, trusted', removeSnapshots, {
    role: 'quorum',
    flags: ['zookeeper.snapshot.trust.empty=true'],
  }),
  entry('S7', 'all snapshots of a member fail their seal', failSeals, { role: 'quorum' }),
  entry('S8', 'a member without version-2', (v) => rmSync(v.version2, { recursive: true }), { role: 'quorum' }),
  entry(
    'S8',
    'an empty member, db.autocreate off, initialize',
    (v) => {
      empty(v)
      writeFileSync(join(v.dir, 'initialize'), '')
    },
    { role: 'quorum', flags: ['zookeeper.db.autocreate=false'] },
  ),
  entry('S8', 'an empty member', empty, { role: 'quorum' }),
  entry('S8', 'an empty member, db.autocreate off', empty, {
    role: 'quorum',
    flags: ['zookeeper.db.autocreate=false'],
  }),
  entry('S1', 'newest snapshot of a member cut', (v) => void v.snapshot().cut(200), { role: 'quorum' }),
]

/** For users that permissions hold for. */
export const MEMBER_PERMISSION_ENTRIES: readonly CatalogueEntry[] = [
  entry('D3', 'currentEpoch may not be read', (v) => chmodSync(join(v.version2, 'currentEpoch'), 0), {
    role: 'quorum',
  }),
  entry('D3', 'acceptedEpoch may not be read', (v) => chmodSync(join(v.version2, 'acceptedEpoch'), 0), {
    role: 'quorum',
  }),
  entry(
    'D3',
    'currentEpoch below the data, tmp may not be read',
    (v) => {
      v.write('currentEpoch', '1')
      v.write('currentEpoch.tmp', '2')
      chmodSync(join(v.version2, 'currentEpoch.tmp'), 0)
    },
    { role: 'quorum' },
  ),
]

export const PERMISSION_ENTRIES: readonly CatalogueEntry[] = [
  entry('D3', 'a log that is not opened may not be read', (v) => chmodSync(v.log(v.logs.length - 1).file, 0)),
  entry('D3', 'directory of logs may not be listed', (v) => chmodSync(join(v.dir, 'logs/version-2'), 0o300), {
    apart: true,
  }),
  entry('D2', 'directory of logs may not be written', (v) => chmodSync(join(v.dir, 'logs/version-2'), 0o500), {
    apart: true,
  }),
  entry('D2', 'version-2 missing where nothing may be made', (v) => {
    rmSync(v.version2, { recursive: true })
    chmodSync(v.dir, 0o500)
  }),
  entry('D3', 'a log that may not be read', (v) => chmodSync(v.log().file, 0)),
  entry('D3', 'newest snapshot may not be read', (v) => chmodSync(v.snapshot().file, 0)),
  entry('D3', 'no snapshot may be read', (v) => {
    for (let i = 0; i < v.snapshots.length; i++) chmodSync(v.snapshot(i).file, 0)
  }),
  entry('D3', 'version-2 may not be listed', (v) => chmodSync(v.version2, 0o300)),
  entry('D2', 'version-2 may not be written', (v) => chmodSync(v.version2, 0o500)),
]

export const ENTRIES: readonly CatalogueEntry[] = [...LOGS, ...RECORD_ENTRIES, ...SNAPSHOTS, ...OTHERS]

/** Parts a directory: snapshots stay, logs go to `logs/version-2`. */
export function setApart(victim: Victim): string {
  const logs = join(victim.dir, 'logs')
  mkdirSync(join(logs, 'version-2'), { recursive: true })
  for (const name of victim.logs) renameSync(join(victim.version2, name), join(logs, 'version-2', name))
  return logs
}

/** Makes the newest log one with enough in it to be damaged in every way. */
export function trimNewest(victim: Victim, least: number): void {
  while (victim.logs.length > 2 && victim.log().records().length < least) victim.log().remove()
}
