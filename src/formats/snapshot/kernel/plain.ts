/*
 * The kernel in plain JavaScript: the same walk as assembly/, for runtimes without WebAssembly SIMD and as the second
 * opinion of the tests.
 */
import { adler32 } from '../../checksum/adler32.ts'
import { crc32 } from '../../checksum/crc32.ts'
import { PlainMemory } from '../../kernel/plain-memory.ts'
import { FIRST_FREE, NODE_FLAG, NODE_STOP, type NodeStop, ROW, ROW_WORDS, ROWS, type SnapshotKernel } from './kernel.ts'
import { pathHash } from './path-hash.ts'

const SLASH = 0x2f
const EXCLUDED = Buffer.from('/zookeeper/')

export function plainSnapshotKernel(): SnapshotKernel {
  const memory = new PlainMemory(FIRST_FREE)
  const table = new Uint32Array(ROWS * ROW_WORDS)
  let stopKind: NodeStop = NODE_STOP.needMore
  let stopAt = 0
  let maxZxid: bigint | null = null
  let digest = 0n
  let asciiDigest = 0n

  const parentLengthOf = (path: number, length: number): number => {
    const { bytes } = memory
    let parent = length
    while (parent > 0 && bytes[path + parent - 1] !== SLASH) parent--
    return parent - 1
  }

  const isOpen = (path: number, length: number, before: number): boolean => {
    if (before === 0) return false
    const { bytes, view } = memory
    const beforeLength = view.getUint32(before)
    if (beforeLength < length) return false
    for (let i = 0; i < length; i++) if (bytes[path + i] !== bytes[before + 4 + i]) return false
    return beforeLength === length || bytes[before + 4 + length] === SLASH
  }

  const addToDigest = (path: Uint8Array, data: Uint8Array, statAt: number): void => {
    if (EXCLUDED.every((byte, i) => path[i] === byte)) return
    const stat = memory.bytes.subarray(statAt, statAt + 60)
    const ordered = Buffer.concat([
      stat.subarray(0, 16),
      stat.subarray(52),
      stat.subarray(16, 44),
      stat.subarray(44, 52),
    ])
    const of = (name: Uint8Array) => BigInt(crc32(ordered, crc32(data, crc32(name))))
    const ascii = Uint8Array.from(path, (byte) => (byte < 0x80 ? byte : 0x3f)).filter(
      (_, i) => (path[i]! & 0xc0) !== 0x80,
    )
    digest = BigInt.asUintN(64, digest + of(path))
    asciiDigest = BigInt.asUintN(64, asciiDigest + of(ascii))
  }

  const note = (statAt: number): void => {
    const { view } = memory
    const zxids = [view.getBigInt64(statAt), view.getBigInt64(statAt + 8), view.getBigInt64(statAt + 52)]
    let newest = zxids[0]!
    for (const zxid of zxids) if (zxid > newest) newest = zxid
    if (maxZxid === null || newest > maxZxid) maxZxid = newest
  }

  return {
    bytes: () => memory.bytes,
    reserve: (size) => memory.reserve(size),
    begin() {
      maxZxid = null
      digest = 0n
      asciiDigest = 0n
    },
    frame(from, to, given, { limit, most, digest: wanted }) {
      const { bytes, view } = memory
      let at = from
      let before = given
      let rows = 0
      let lastAcl = 0n
      const stop = (): NodeStop | undefined => {
        if (to - at < 4) return NODE_STOP.needMore
        const pathLength = view.getUint32(at)
        if (pathLength === 0xffffffff) return NODE_STOP.nullPath
        if (pathLength > most) return NODE_STOP.badPathLength
        const path = at + 4
        if (path + pathLength > to) return NODE_STOP.needMore
        if (pathLength === 1 && bytes[path] === SLASH) return NODE_STOP.end
        const dataAt = path + pathLength
        if (to - dataAt < 4) return NODE_STOP.needMore
        const stored = view.getUint32(dataAt)
        const dataLength = stored === 0xffffffff ? 0 : stored
        if (dataLength > most) return NODE_STOP.badDataLength
        const aclAt = dataAt + 4 + dataLength
        if (aclAt + 68 > to) return NODE_STOP.needMore
        const parentLength = parentLengthOf(path, pathLength)
        note(aclAt + 8)
        let flags = 0
        if (parentLength < 0) flags |= pathLength > 0 ? NODE_FLAG.noSlash : 0
        else if (!isOpen(path, parentLength, before)) flags |= NODE_FLAG.parentNotOpen
        if (rows === 0 || view.getBigInt64(aclAt) !== lastAcl) flags |= NODE_FLAG.otherAcl
        lastAcl = view.getBigInt64(aclAt)
        if (view.getBigInt64(aclAt + 52) !== 0n) flags |= NODE_FLAG.owned
        if (pathLength > limit || dataLength > limit) flags |= NODE_FLAG.overLimit
        if (wanted) addToDigest(bytes.subarray(path, dataAt), bytes.subarray(dataAt + 4, aclAt), aclAt + 8)
        const [hash1, hash2, depth] = pathHash(bytes, path, dataAt)
        const row = rows * ROW_WORDS
        table[row + ROW.at] = at
        table[row + ROW.dataAt] = dataAt
        table[row + ROW.aclAt] = aclAt
        table[row + ROW.flags] = (depth << 8) | flags
        table[row + ROW.hash] = hash1
        table[row + ROW.hash + 1] = hash2
        before = at
        at = aclAt + 68
        return undefined
      }
      stopKind = NODE_STOP.tableFull
      while (rows < ROWS) {
        const kind = stop()
        if (kind !== undefined) {
          stopKind = kind
          break
        }
        rows++
      }
      stopAt = at
      return rows
    },
    stopKind: () => stopKind,
    stopAt: () => stopAt,
    table: () => table,
    adler32: (at, length, start) => adler32(memory.bytes, start, at, at + length),
    summary: () => ({ maxZxid, digest, asciiDigest }),
    lines: undefined,
  }
}
