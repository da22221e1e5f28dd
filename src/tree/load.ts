/*
 * Loads a snapshot into a tree.
 *
 *   file => magic:int("ZKSN") version:int dbid:long sessions acls node* ustring("/") seal
 *           [zxid:long version:int digest:long seal]      3.6+
 *           [lastZxid:long seal]                          3.9+
 *     sessions => count:int (id:long timeoutMs:int)*
 *     acls     => count:int (id:long vector<ACL>)*
 *     seal     => adler:long ustring("/")                 Adler-32 of everything before it
 *                                                         FileSnap.deserialize, SerializeUtils, SnapStream
 *
 * A snapshot that passes is whole under some writer's flags: which sections there are is told by what follows the nodes.
 */
import { FormatError } from '../formats/errors.ts'
import { type JuteWriter, juteWriter } from '../formats/jute/writer.ts'
import { FIRST_FREE } from '../formats/kernel/kernel.ts'
import { type ReadBytes, Window } from '../formats/txnlog/scan.ts'
import { writeAcls } from '../formats/txnlog/txn/acl.ts'
import type { AclList } from '../formats/txnlog/types.ts'
import { LOAD } from './kernel/tree-kernel.ts'
import { RULE } from './rules.ts'
import type { Tree } from './tree.ts'

export interface SnapshotDigest {
  /** 0: no digest was known when it was written. */
  readonly zxid: bigint
  readonly version: number
  /** Signed. */
  readonly value: bigint
}

export interface LoadedSnapshot {
  /** After decompression. */
  readonly bytes: number
  readonly dbId: bigint
  readonly digest: SnapshotDigest | null
  readonly lastZxid: bigint | null
  /** The highest zxid in any stat: above the snapshot's own when it is fuzzy, and then it reaches at least so far. */
  readonly highestZxid: bigint
  /** The highest time in any stat, in ms since 1970. */
  readonly highestTimeMs: bigint
}

const SNAPSHOT_MAGIC = 0x5a4b534e
const CHUNK_BYTES = 4 << 20
/** A seal: checksum and "/". */
const SEAL_BYTES = 13
const DIGEST_BYTES = 20

/** What follows the nodes is known to be what a server takes, whole or not: it reads the digest block or not. */
export interface JudgedEnd {
  readonly digest: boolean
}

/**
 * `source`: the number that the places of values carry. Throws FormatError when the snapshot is not whole (the tree is
 * of no use then), `input.too-large`, and what `read` throws.
 */
export async function loadSnapshot(
  tree: Tree,
  read: ReadBytes,
  source: number,
  judged?: JudgedEnd,
): Promise<LoadedSnapshot> {
  const { kernel, limit } = tree
  const window = new Window(kernel.log, read, CHUNK_BYTES)
  let adler = 1
  const view = () => new DataView(kernel.log.bytes().buffer)
  const here = () => window.base + window.head
  const need = async (bytes: number): Promise<void> => {
    while (window.fill - window.head < bytes) {
      if (!(await window.more()))
        throw new FormatError('short', 'the snapshot ends too early', window.base + window.fill)
    }
  }
  /** What was taken goes into the seal's checksum before it makes room. */
  const advance = (bytes: number): void => {
    adler = kernel.log.adler32(window.head, bytes, adler)
    window.head += bytes
  }
  const take = async <T>(bytes: number, get: (view: DataView, at: number) => T): Promise<T> => {
    await need(bytes)
    const value = get(view(), window.head)
    advance(bytes)
    return value
  }
  const int = () => take(4, (view, at) => view.getInt32(at))
  const long = () => take(8, (view, at) => view.getBigInt64(at))

  const seal = async (): Promise<void> => {
    const expected = BigInt(adler)
    const at = here()
    if ((await long()) !== expected) throw new FormatError('value', 'a seal of the snapshot does not match', at)
    if ((await int()) !== 1 || (await take(1, (view, at) => view.getUint8(at))) !== 0x2f) {
      throw new FormatError('value', 'a seal of the snapshot does not end with "/"', at)
    }
  }

  const start = here()
  if ((await int()) !== SNAPSHOT_MAGIC)
    throw new FormatError('value', 'this is no snapshot: its magic is not ZKSN', start)
  await int()
  const dbId = await long()
  for (let sessions = await int(); sessions > 0; sessions--) kernel.addSession(await long(), await int())
  for (let lists = await int(); lists > 0; lists--) {
    const id = await long()
    const bytes = await listBytes(limit, need, view, window)
    kernel.addAcl(id, window.head, bytes)
    advance(bytes)
  }

  for (;;) {
    const { stop, at } = kernel.loadNodes(window.head, window.fill, limit, window.base, source)
    advance(at - window.head)
    if (stop === LOAD.end) break
    if (stop === LOAD.needMore && (await window.more())) continue
    if (stop === LOAD.needMore)
      throw new FormatError('short', 'the snapshot ends inside its znodes', window.base + window.fill)
    if (stop === LOAD.badLength) throw new FormatError('length', 'a znode has an unreasonable length', here())
    throw new FormatError(
      'value',
      stop === LOAD.noParent ? 'a znode has no parent' : 'a znode has an impossible path',
      here(),
    )
  }
  if (judged !== undefined) {
    while (window.fill - window.head < SEAL_BYTES + DIGEST_BYTES && (await window.more()));
    const hasDigest = judged.digest && window.fill - window.head >= SEAL_BYTES + DIGEST_BYTES
    window.head += Math.min(SEAL_BYTES, window.fill - window.head)
    const digest = hasDigest ? { zxid: await long(), version: await int(), value: await long() } : null
    kernel.purgeAcls()
    return { bytes: here(), dbId, digest, lastZxid: null, ...kernel.highest() }
  }
  await seal()

  // everything that is left; more than both sections is no snapshot
  while (window.fill - window.head <= DIGEST_BYTES + 8 + 2 * SEAL_BYTES && (await window.more()));
  const left = window.fill - window.head
  const hasDigest = left === DIGEST_BYTES + SEAL_BYTES || left === DIGEST_BYTES + 8 + 2 * SEAL_BYTES
  const hasLastZxid = left === 8 + SEAL_BYTES || left === DIGEST_BYTES + 8 + 2 * SEAL_BYTES
  if (left !== 0 && !hasDigest && !hasLastZxid) {
    throw new FormatError('value', `${left} bytes follow the znodes that no release writes`, here())
  }
  const digest = hasDigest ? { zxid: await long(), version: await int(), value: await long() } : null
  if (hasDigest) await seal()
  const lastZxid = hasLastZxid ? await long() : null
  if (hasLastZxid) await seal()
  kernel.purgeAcls()
  return { bytes: here(), dbId, digest, lastZxid, ...kernel.highest() }
}

/** How long the list at the window's head is; a null one is refused as the server does. */
async function listBytes(
  limit: number,
  need: (bytes: number) => Promise<void>,
  view: () => DataView,
  window: Window,
): Promise<number> {
  await need(4)
  const count = view().getInt32(window.head)
  if (count === -1) throw new FormatError('value', 'an access list is missing', window.base + window.head)
  let size = 4
  for (let i = 0; i < count; i++) {
    size += 4
    for (let text = 0; text < 2; text++) {
      await need(size + 4)
      const length = view().getInt32(window.head + size)
      if (length < -1 || length > limit) {
        throw new FormatError('length', 'an access list has an unreasonable length', window.base + window.head + size)
      }
      size += 4 + Math.max(0, length)
    }
    await need(size)
  }
  return size
}

/** What a server starts with when it finds no snapshot (DataTree's constructor): /zookeeper/config from 3.5 on. */
export function loadFresh(tree: Tree): void {
  const { kernel, rules } = tree
  const put = (write: (output: JuteWriter) => void): number => {
    const output = juteWriter()
    write(output)
    kernel.log.bytes().set(output.result(), FIRST_FREE)
    return output.result().length
  }
  const hasConfig = (rules & RULE.containers) !== 0
  if (hasConfig)
    kernel.addAcl(
      CONFIG_ACL,
      FIRST_FREE,
      put((output) => writeAcls(output, READABLE)),
    )
  const paths = ['', '/zookeeper', '/zookeeper/quota', ...(hasConfig ? ['/zookeeper/config'] : [])]
  for (const path of paths) {
    const isConfig = path === '/zookeeper/config'
    const length = put((output) => {
      output.buffer(Buffer.from(path))
      output.buffer(new Uint8Array())
      output.long(isConfig ? CONFIG_ACL : -1n)
      const stat = new Uint8Array(60)
      // aversion
      if (isConfig) stat.fill(0xff, 40, 44)
      output.bytes(stat)
    })
    kernel.loadNodes(FIRST_FREE, FIRST_FREE + length, tree.limit, 0, 0)
  }
}

const CONFIG_ACL = 1n
const READABLE: AclList = [{ perms: 1, scheme: Buffer.from('world'), id: Buffer.from('anyone') }]
