/*
 * The tree in plain JavaScript, made as the server makes it: a map of paths, a set of children in each node. For
 * runtimes without WebAssembly SIMD, and the second opinion of the tests; see assembly/ for the same at speed.
 */
import { FIRST_FREE, TABLE_ROWS } from '../../formats/kernel/kernel.ts'
import { plainKernel } from '../../formats/kernel/plain.ts'
import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import type { Txn, TxnDigest } from '../../formats/txnlog/types.ts'
import { ZkopsError } from '../../support/errors.ts'
import { RULE } from '../rules.ts'
import { plainAcls } from './plain-acls.ts'
import { plainApply } from './plain-apply.ts'
import { type PlainNode, plainNodes, statBytesOf } from './plain-nodes.ts'
import { type Charset, LOAD, REPLAY, type ReplayStart, type TreeKernel } from './tree-kernel.ts'

const DIGEST_VERSION = 2
/** Behind the value in a snapshot: access list and stat. */
const REST_BYTES = 68
const TXN_HEADER_BYTES = 32

export function createPlainTree(): TreeKernel {
  const log = plainKernel()
  const view = () => new DataView(log.bytes().buffer)
  let acls = plainAcls()
  let sessions = new Map<bigint, number>()
  let nodes = plainNodes(true, true)
  let apply = plainApply(nodes, acls, sessions, 0)
  let highestZxid = 0n
  let highestTimeMs = 0n
  let replay = replayState({ from: 0n, awaited: null })

  let rules = 0
  let clear = () => {}
  /** See RULE.closeByFlag. */
  const digestBehind = ({ header, body, digest }: Txn, payload: number, end: number): TxnDigest | null => {
    if (header.type !== OP.closeSession || (rules & RULE.closeByFlag) === 0) return digest
    if ((rules & RULE.closeList) !== 0) return body.kind === 'closeSession' && body.hasBody ? digest : null
    const at = payload + TXN_HEADER_BYTES
    return end - at < 12 ? null : { version: view().getInt32(at), value: view().getBigInt64(at + 4) }
  }
  const row = (handle: number): PlainNode => nodes.byRow(handle)
  return {
    log,
    open(given, extendedTypes, bufferBytes) {
      rules = given
      if (!log.reserve(FIRST_FREE + bufferBytes)) throw new ZkopsError('input.too-large', 'There is not enough memory')
      clear = () => {
        acls = plainAcls()
        sessions = new Map()
        nodes = plainNodes(extendedTypes, (rules & RULE.containers) !== 0)
        apply = plainApply(nodes, acls, sessions, rules)
        highestZxid = highestTimeMs = 0n
      }
      clear()
    },
    reset: () => clear(),
    addSession: (id, timeoutMs) => void sessions.set(id, timeoutMs),
    addAcl: (id, at, length) => acls.add(id, latin1(log.bytes().subarray(at, at + length))),
    loadNodes(from, to, limit, base, source) {
      const input = view()
      for (let at = from; ; ) {
        if (to - at < 4) return { stop: LOAD.needMore, at }
        const length = input.getUint32(at)
        if (length > limit) return { stop: LOAD.badLength, at }
        const data = at + 8 + length
        if (at + 4 + length > to) return { stop: LOAD.needMore, at }
        const path = latin1(log.bytes().subarray(at + 4, at + 4 + length))
        if (path === '/') return { stop: LOAD.end, at: at + 5 }
        if (data > to) return { stop: LOAD.needMore, at }
        const dataLength = input.getInt32(data - 4)
        if (dataLength !== -1 && dataLength >>> 0 > limit) return { stop: LOAD.badLength, at: data - 4 }
        const rest = data + Math.max(0, dataLength)
        if (rest + REST_BYTES > to) return { stop: LOAD.needMore, at }
        const slash = path.lastIndexOf('/')
        const parent = slash < 0 ? undefined : nodes.get(path.slice(0, slash))
        if (path === '' ? nodes.get('') !== undefined : slash < 0) return { stop: LOAD.badPath, at }
        if (path !== '' && parent === undefined) return { stop: LOAD.noParent, at }
        const long = (field: number) => input.getBigInt64(rest + field)
        const stat = {
          czxid: long(8),
          mzxid: long(16),
          ctime: long(24),
          mtime: long(32),
          version: input.getInt32(rest + 40),
          cversion: input.getInt32(rest + 44),
          aversion: input.getInt32(rest + 48),
          ephemeralOwner: long(52),
          pzxid: long(60),
        }
        const old = nodes.get(path)
        if (old !== undefined) nodes.remove(old)
        acls.use(long(0))
        const bytes = dataLength < 0 ? null : log.bytes().subarray(data, rest)
        nodes.put(path, long(0), stat, bytes, { length: dataLength, source, offset: base + data })
        if (parent !== undefined) parent.children.add(path.slice(slash + 1))
        for (const zxid of [stat.czxid, stat.mzxid, stat.pzxid]) if (zxid > highestZxid) highestZxid = zxid
        for (const time of [stat.ctime, stat.mtime]) if (time > highestTimeMs) highestTimeMs = time
        at = rest + REST_BYTES
      }
    },
    purgeAcls: () => acls.purge(),
    highest: () => ({ highestZxid, highestTimeMs }),
    openReplay: (start) => {
      replay = replayState(start)
    },
    replay(from, count, base, source) {
      const table = log.table()
      for (let i = from; i < Math.min(count, TABLE_ROWS); i++) {
        const payload = table[2 * i]! + 12
        const txn = decodeTxn(log.bytes(), payload, payload + table[2 * i + 1]!)
        const { zxid, timeMs, type } = txn.header
        if (!replay.started && zxid < replay.from) continue
        if (!replay.started) replay.firstZxid = zxid
        replay.started = true
        apply.txn(txn, (data) => ({ length: data.length, source, offset: base + data.byteOffset }))
        replay.applied++
        replay.highestBefore = replay.lastZxid
        if (zxid > replay.lastZxid) replay.lastZxid = zxid
        replay.lastTimeMs = timeMs
        const { awaited } = replay
        if (awaited !== null) {
          if (zxid !== awaited.zxid) continue
          replay.awaited = null
          replay.snapshotDigest = awaited.value === nodes.digest() ? 'right' : 'wrong'
        }
        const digest = digestBehind(txn, payload, payload + table[2 * i + 1]!)
        if (digest === null) {
          if (type > 0) replay.undigested++
          continue
        }
        if (digest.version !== DIGEST_VERSION) continue
        replay.compared++
        replay.expected = digest.value
        const equal = digest.value === nodes.digest()
        if (!equal) replay.mismatches++
        if (equal === replay.matching) continue
        replay.matching = equal
        replay.stop = equal ? REPLAY.recovered : REPLAY.mismatch
        return i + 1
      }
      replay.stop = REPLAY.done
      return count
    },
    state: () => ({ ...replay, ignored: { ...apply.ignored }, listMissingAt: apply.listMissingAt() }),
    setMatching() {
      replay.matching = true
      replay.mismatches--
    },
    deleteRow: (handle, zxid) => apply.delete(row(handle).path, zxid),
    counts: () => ({ ...nodes.counts(), sessions: sessions.size }),
    digest: () => nodes.digest(),
    charset: () => nodes.charset(),
    digestIn(charset: Charset, keep) {
      const before = nodes.charset()
      nodes.setCharset(charset)
      const digest = nodes.digest()
      if (!keep) nodes.setCharset(before)
      return digest
    },
    digestOf: (handle) => nodes.digestOf(row(handle)),
    digestWithPzxid: (handle, pzxid) => nodes.digestOf({ ...row(handle), stat: { ...row(handle).stat, pzxid } }),
    find: (path) => nodes.get(latin1(path))?.row ?? 0,
    rows: () => Uint32Array.from(nodes.all(), (node) => node.row),
    parentOf(handle) {
      const { path } = row(handle)
      const parent = nodes.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
      // an orphan is in no child set
      const listed = path !== '' && parent?.children.has(path.slice(path.lastIndexOf('/') + 1))
      return listed ? parent!.row : 0
    },
    pathOf: (handle) => bytesOf(row(handle).path),
    nameOf: (handle) => bytesOf(row(handle).path.slice(row(handle).path.lastIndexOf('/') + 1)),
    stat: (handle) => ({ ...row(handle).stat }),
    statBytes: (handle) => statBytesOf(row(handle).stat, false),
    value: (handle) => row(handle).value,
    aclId: (handle) => row(handle).acl,
    ownerOf: (handle) => row(handle).stat.ephemeralOwner,
    acls: () => new Map([...acls.lists].map(([id, list]) => [id, bytesOf(list)])),
    sessions: () => new Map(sessions),
    deadEphemerals() {
      const dead = [...nodes.ephemerals].filter(([session]) => !sessions.has(session))
      return new Map(dead.map(([session, paths]) => [session, [...paths].map((path) => nodes.get(path)!.row)]))
    },
    memoryBytes: () => 0,
  }
}

function replayState({ from, awaited }: ReplayStart) {
  return {
    from,
    awaited,
    started: false,
    matching: true,
    stop: REPLAY.done as number,
    firstZxid: null as bigint | null,
    lastZxid: from - 1n,
    highestBefore: from - 1n,
    lastTimeMs: 0n,
    applied: 0,
    compared: 0,
    mismatches: 0,
    undigested: 0,
    expected: 0n,
    snapshotDigest: 'waiting' as 'waiting' | 'right' | 'wrong',
  }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
