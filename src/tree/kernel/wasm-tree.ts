import { FIRST_FREE, type Kernel, OUTPUT_AT, OUTPUT_BYTES, TABLE_AT, TABLE_ROWS } from '../../formats/kernel/kernel.ts'
import { findBytes } from '../../formats/kernel/plain.ts'
import type { StopKind } from '../../formats/kernel/stop.ts'
import { instantiate } from '../../formats/kernel/webassembly.ts'
import { ZkopsError } from '../../support/errors.ts'
import { RULE } from '../rules.ts'
import { CHARSET, type Charset, type Stat, type TreeKernel } from './tree-kernel.ts'
import { WASM_BASE64 } from './wasm.ts'
import type { Exports } from './wasm-exports.ts'

/** Offsets in a row; assembly/rows.ts has the layout. */
const ROW = { parent: 0, name: 8, length: 16, offset: 20, place: 24, digest: 32, stat: 48, nameBytes: 108 } as const
const NAME_MASK = 0x1fffffff
const SESSION = { bytes: 24, timeout: 8, head: 12, inTable: 16, used: 20 } as const
const ACL = { id: 0, list: 8, length: 12, nextById: 28 } as const

/** Undefined where WebAssembly or its SIMD instructions are missing. */
export function createWasmTree(): TreeKernel | undefined {
  const kernel = instantiate<Exports>(WASM_BASE64)
  return kernel === undefined ? undefined : wrap(kernel)
}

function wrap(kernel: Exports): TreeKernel {
  let bytes = new Uint8Array(kernel.memory.buffer)
  let view = new DataView(kernel.memory.buffer)
  let table = new Uint32Array(0)
  let bufferEnd = 0
  /** Views of memory are lost when it grows. */
  const refresh = (): void => {
    if (bytes.length === kernel.memory.buffer.byteLength && table.length > 0) return
    bytes = new Uint8Array(kernel.memory.buffer)
    view = new DataView(kernel.memory.buffer)
    table = new Uint32Array(kernel.memory.buffer, TABLE_AT, TABLE_ROWS * 2)
  }
  /** Calls that may need memory. */
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw kernel.full.value === 0 ? error : tooLarge(error)
    } finally {
      refresh()
    }
  }
  const u32 = (at: number): number => view.getUint32(at, true)
  const log: Kernel = {
    bytes: () => bytes,
    reserve: (size) => size <= bufferEnd,
    frame: (from, to, limit, capacity) => kernel.frame(from, to, limit, TABLE_AT, Math.min(capacity, TABLE_ROWS)),
    stopKind: () => kernel.stopKind.value as StopKind,
    stopAt: () => kernel.stopAt.value >>> 0,
    table: () => table,
    adler32: (at, length, start) => kernel.adler32(at, length, start) >>> 0,
    search: (from, to, limit) => kernel.search(from, to, limit) >>> 0,
    endOfNonZero: (from, to) => kernel.endOfNonZero(from, to) >>> 0,
    find: (from, to, needle) => findBytes(bytes, from, to, needle),
    lines: undefined,
    memory: undefined,
  }
  const copy = (at: number, length: number): Uint8Array => bytes.slice(at, at + length)
  const pathOf = (row: number): Uint8Array => {
    const length = guarded(() => kernel.writePath(row))
    return copy(kernel.pathAt() >>> 0, length)
  }
  return {
    log,
    open(rules, extendedTypes, bufferBytes) {
      bufferEnd = FIRST_FREE + bufferBytes
      if (bufferEnd + 64 > 2 ** 32 || kernel.open(bufferEnd + 64) === 0) throw tooLarge()
      kernel.setRules(rules)
      kernel.setTypes(extendedTypes ? 1 : 0, (rules & RULE.containers) === 0 ? 0 : 1)
      refresh()
    },
    reset: () => void kernel.open(bufferEnd + 64),
    addSession: (id, timeoutMs) => guarded(() => kernel.putSession(id, timeoutMs)),
    addAcl: (id, at, length) => guarded(() => kernel.addAcl(id, at, length)),
    loadNodes: (from, to, limit, base, source) =>
      guarded(() => {
        const at = kernel.loadNodes(from, to, limit, BigInt(base), source) >>> 0
        return { stop: kernel.loadStop.value, at }
      }),
    purgeAcls: () => void kernel.purgeAcls(),
    highest: () => ({ highestZxid: kernel.highestZxid.value, highestTimeMs: kernel.highestTime.value }),
    openReplay: ({ from, awaited }) => kernel.openReplay(from, awaited?.zxid ?? 0n, awaited?.value ?? 0n),
    replay: (row, count, base, source) =>
      guarded(() => {
        kernel.setSource(source, BigInt(base))
        return kernel.replay(TABLE_AT, row, count)
      }),
    state: () => ({
      stop: kernel.replayStop.value,
      firstZxid: kernel.applied.value === 0n ? null : kernel.firstZxid.value,
      lastZxid: kernel.lastZxid.value,
      highestBefore: kernel.highestBefore.value,
      lastTimeMs: kernel.lastTime.value,
      applied: Number(kernel.applied.value),
      compared: Number(kernel.compared.value),
      mismatches: Number(kernel.mismatches.value),
      undigested: Number(kernel.undigested.value),
      expected: BigInt.asIntN(64, kernel.expectedDigest.value),
      snapshotDigest: (['waiting', 'right', 'wrong'] as const)[kernel.snapshotDigest.value]!,
      ignored: {
        noNode: kernel.ignoredNoNode.value >>> 0,
        nodeExists: kernel.ignoredNodeExists.value >>> 0,
        unreadable: kernel.ignoredBad.value >>> 0,
        leftOut: kernel.ignoredRest.value >>> 0,
      },
      listMissingAt: kernel.listMissingAt.value === 0n ? null : kernel.listMissingAt.value,
    }),
    setMatching: () => void kernel.setMatching(),
    deleteRow: (row, zxid) => guarded(() => kernel.deleteRow(row, zxid)),
    counts: () => ({
      nodes: kernel.nodes.value,
      ephemerals: kernel.ephemeralNodes.value,
      containers: kernel.containerNodes.value,
      ttls: kernel.ttlNodes.value,
      notAscii: kernel.notAsciiNodes.value,
      sessions: kernel.sessionCount.value,
      valueBytes: Number(kernel.valueBytes.value),
      pathUnits: Number(kernel.pathUnits.value),
    }),
    digest: () => BigInt.asIntN(64, kernel.treeDigest.value),
    charset: () => (Object.keys(CHARSET) as Charset[])[kernel.charset.value]!,
    digestIn: (charset, keep) =>
      BigInt.asIntN(
        64,
        guarded(() => kernel.digestIn(CHARSET[charset], keep ? 1 : 0)),
      ),
    digestOf: (row) => u32(row + ROW.digest),
    digestWithPzxid: (row, pzxid) => kernel.digestWithPzxid(row, pzxid) >>> 0,
    find(path) {
      if (path.length > bufferEnd - FIRST_FREE) return 0
      // where a line writer would have its output, so that a batch stays whole
      const at = path.length <= OUTPUT_BYTES ? OUTPUT_AT : FIRST_FREE
      bytes.set(path, at)
      return kernel.findPath(at, path.length) >>> 0
    },
    rows() {
      const slots = new Uint32Array(kernel.memory.buffer, kernel.slotTable() >>> 0, kernel.slotCount() * 2)
      const rows = new Uint32Array(kernel.nodes.value)
      for (let i = 1, count = 0; i < slots.length; i += 2) if (slots[i] !== 0) rows[count++] = slots[i]!
      return rows
    },
    parentOf: (row) => u32(row + ROW.parent),
    pathOf,
    nameOf: (row) => copy(row + ROW.nameBytes, u32(row + ROW.name) & NAME_MASK),
    stat: (row) => statAt(view, row + ROW.stat),
    statBytes(row) {
      const stat = new Uint8Array(60)
      const at = row + ROW.stat
      stat.set(bytes.subarray(at, at + 16))
      stat.set(bytes.subarray(at + 24, at + 60), 16)
      stat.set(bytes.subarray(at + 16, at + 24), 52)
      return stat
    },
    value(row) {
      const place = u32(row + ROW.place)
      const offset = u32(row + ROW.offset) + (place & 0xff) * 2 ** 32
      return { length: view.getInt32(row + ROW.length, true), source: place >>> 8, offset }
    },
    aclId: (row) => kernel.aclOf(row),
    ownerOf: (row) => view.getBigInt64(row + ROW.stat + 52),
    acls() {
      const lists = new Map<bigint, Uint8Array>()
      const buckets = kernel.aclBuckets() >>> 0
      for (let i = 0; i < kernel.aclBucketCount(); i++) {
        for (let entry = u32(buckets + 4 * i); entry !== 0; entry = u32(entry + ACL.nextById)) {
          const list = u32(entry + ACL.list)
          if (list !== 0) lists.set(view.getBigInt64(entry + ACL.id, true), copy(list, u32(entry + ACL.length)))
        }
      }
      return lists
    },
    sessions() {
      const sessions = new Map<bigint, number>()
      for (const entry of sessionEntries()) {
        if (u32(entry + SESSION.inTable) === 0) continue
        sessions.set(view.getBigInt64(entry, true), view.getInt32(entry + SESSION.timeout, true))
      }
      return sessions
    },
    deadEphemerals() {
      const dead = new Map<bigint, number[]>()
      for (const entry of sessionEntries()) {
        if (u32(entry + SESSION.inTable) !== 0) continue
        const rows: number[] = []
        for (let row = u32(entry + SESSION.head); row !== 0; row = kernel.nextOf(row) >>> 0) rows.push(row)
        dead.set(view.getBigInt64(entry, true), rows)
      }
      return dead
    },
    memoryBytes: () => (kernel.heapEnd() >>> 0) - bufferEnd,
  }

  function sessionEntries(): number[] {
    const first = kernel.sessionTable() >>> 0
    const all = Array.from({ length: kernel.sessionCapacity() }, (_, i) => first + i * SESSION.bytes)
    return all.filter((entry) => u32(entry + SESSION.used) !== 0)
  }
}

/** From the digest's order: czxid mzxid pzxid ctime mtime version cversion aversion ephemeralOwner. */
export function statAt(view: DataView, at: number): Stat {
  return {
    czxid: view.getBigInt64(at),
    mzxid: view.getBigInt64(at + 8),
    ctime: view.getBigInt64(at + 24),
    mtime: view.getBigInt64(at + 32),
    version: view.getInt32(at + 40),
    cversion: view.getInt32(at + 44),
    aversion: view.getInt32(at + 48),
    ephemeralOwner: view.getBigInt64(at + 52),
    pzxid: view.getBigInt64(at + 16),
  }
}

function tooLarge(cause?: unknown): ZkopsError {
  return new ZkopsError(
    'input.too-large',
    'The tree does not fit in memory: 4 GiB hold about 28 million znodes, and there are more',
    {
      cause,
      hint: 'snapshot verify, dump, du, lint, diff and convert read snapshots that are named without keeping them.',
    },
  )
}
