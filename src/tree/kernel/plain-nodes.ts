import { crc32 } from 'node:zlib'
import { CHARSET, type Charset, type Stat, type TreeCounts, type ValuePlace } from './tree-kernel.ts'

/** A znode; strings hold a byte in each character. */
export interface PlainNode {
  readonly row: number
  readonly path: string
  /** Names, as the server's node has them. */
  readonly children: Set<string>
  stat: { -readonly [K in keyof Stat]: Stat[K] }
  acl: bigint
  value: ValuePlace
  /** CRC-32 of path and value, by charset. */
  crcs: readonly number[]
  /** Its part of the tree digest. */
  digest: number
}

/** DataTree's nodes, ephemerals and counters, NodeHashMapImpl's digest. */
export interface PlainNodes {
  get(path: string): PlainNode | undefined
  byRow(row: number): PlainNode
  all(): Iterable<PlainNode>
  /** Paths by session. */
  readonly ephemerals: Map<bigint, Set<string>>
  put(path: string, acl: bigint, stat: Stat, data: Uint8Array | null, value: ValuePlace): PlainNode
  remove(node: PlainNode): void
  /** A stat was changed: the digest follows. */
  changed(node: PlainNode): void
  setValue(node: PlainNode, data: Uint8Array | null, value: ValuePlace): void
  digest(): bigint
  digestOf(node: PlainNode): number
  charset(): Charset
  setCharset(charset: Charset): void
  counts(): Omit<TreeCounts, 'sessions'>
}

const CONTAINER = -(1n << 63n)

export function plainNodes(extendedTypes: boolean, containers: boolean): PlainNodes {
  const byPath = new Map<string, PlainNode>()
  const byRow = new Map<number, PlainNode>()
  const ephemerals = new Map<bigint, Set<string>>()
  let rows = 0
  let charset: Charset = 'utf8'
  let sum = 0n

  const digestOf = ({ path, crcs, stat }: PlainNode): number =>
    path.startsWith('/zookeeper/') ? 0 : crc32(statBytesOf(stat, true), crcs[CHARSET[charset]]!)
  const changed = (node: PlainNode) => {
    const digest = digestOf(node)
    sum += BigInt(digest - node.digest)
    node.digest = digest
  }
  const kindOf = (owner: bigint) => {
    if (owner === 0n) return 'persistent'
    if (owner === CONTAINER && containers) return 'container'
    return extendedTypes && BigInt.asUintN(64, owner) >> 40n === 0xff0000n ? 'ttl' : 'ephemeral'
  }
  const crcsOf = (path: string, data: Uint8Array | null) =>
    Object.keys(CHARSET).map((set) => crc32(data ?? new Uint8Array(), crc32(inCharset(path, set as Charset))))

  return {
    ephemerals,
    get: (path) => byPath.get(path),
    byRow: (row) => byRow.get(row)!,
    all: () => byPath.values(),
    digestOf,
    changed,
    put(path, acl, stat, data, value) {
      const row = ++rows
      const children = new Set<string>()
      const node = { row, path, children, stat: { ...stat }, acl, value, crcs: crcsOf(path, data), digest: 0 }
      changed(node)
      byPath.set(path, node)
      byRow.set(node.row, node)
      if (kindOf(stat.ephemeralOwner) === 'ephemeral') {
        const paths = ephemerals.get(stat.ephemeralOwner) ?? new Set()
        ephemerals.set(stat.ephemeralOwner, paths.add(path))
      }
      return node
    },
    remove(node) {
      byPath.delete(node.path)
      byRow.delete(node.row)
      sum -= BigInt(node.digest)
      const paths = ephemerals.get(node.stat.ephemeralOwner)
      paths?.delete(node.path)
      if (paths?.size === 0) ephemerals.delete(node.stat.ephemeralOwner)
    },
    setValue(node, data, value) {
      node.value = value
      node.crcs = crcsOf(node.path, data)
      changed(node)
    },
    digest: () => BigInt.asIntN(64, sum),
    charset: () => charset,
    setCharset(set) {
      charset = set
      for (const node of byPath.values()) changed(node)
    },
    counts() {
      const all = [...byPath.values()]
      const kinds = all.map(({ stat }) => kindOf(stat.ephemeralOwner))
      const count = (kind: string) => kinds.filter((one) => one === kind).length
      return {
        nodes: all.length,
        ephemerals: count('ephemeral'),
        containers: count('container'),
        ttls: count('ttl'),
        notAscii: all.filter(({ path }) => /[^\0-\x7f]/.test(path)).length,
        valueBytes: all.reduce((sum, { value }) => sum + Math.max(0, value.length), 0),
        pathUnits: all.reduce((sum, { path }) => sum + Buffer.from(path, 'latin1').toString('utf8').length, 0),
      }
    },
  }
}

/** A path's bytes as a JVM with that charset makes them: a character that it lacks is a question mark. */
function inCharset(path: string, charset: Charset): Uint8Array {
  const bytes = Buffer.from(path, 'latin1')
  if (charset === 'utf8') return bytes
  const last = charset === 'ascii' ? '\x7f' : '\xff'
  return Buffer.from(Array.from(bytes.toString('utf8'), (one) => (one <= last ? one : '?')).join(''), 'latin1')
}

/** The 60 bytes of a stat, in the digest's order or the file's. */
export function statBytesOf(stat: Stat, forDigest: boolean): Uint8Array {
  const bytes = new Uint8Array(60)
  const view = new DataView(bytes.buffer)
  view.setBigInt64(0, stat.czxid)
  view.setBigInt64(8, stat.mzxid)
  view.setBigInt64(forDigest ? 16 : 52, stat.pzxid)
  const rest = forDigest ? 24 : 16
  view.setBigInt64(rest, stat.ctime)
  view.setBigInt64(rest + 8, stat.mtime)
  view.setInt32(rest + 16, stat.version)
  view.setInt32(rest + 20, stat.cversion)
  view.setInt32(rest + 24, stat.aversion)
  view.setBigInt64(rest + 28, stat.ephemeralOwner)
  return bytes
}
