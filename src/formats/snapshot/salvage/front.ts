/*
 * What stands before the nodes of a damaged snapshot: header, sessions, access lists. None of it carries a checksum of its
 * own, but all of it has to lead to the root, which comes first:
 *
 * 1. It is read as it stands. When that leads to a root, it is whole.
 * 2. Otherwise the root is looked for, and the lists that end right before it, whatever the counts say: they are mended.
 * 3. Otherwise the lists that can be read one by one are kept, and so are the sessions, if their count leads to a list.
 */
import { FormatError } from '../../errors.ts'
import { juteReader } from '../../jute/reader.ts'
import { readAcls } from '../../txnlog/txn/acl.ts'
import type { AclList } from '../../txnlog/types.ts'
import { readSnapshotHeader, SNAPSHOT_HEADER_BYTES, SNAPSHOT_MAGIC } from '../header.ts'
import type { Look, SnapshotInput } from '../input.ts'
import type { SnapshotKernel } from '../kernel/kernel.ts'
import { lookAtNode } from '../large-node.ts'
import { AFTER_DATA_BYTES } from '../node.ts'
import { nodeEnd, plausiblePath, plausibleStat } from '../plausible.ts'
import { SESSION_BYTES } from '../sessions.ts'

/** What was done about a part: read as it stands, read with a count that is put right, in part, or not at all. */
export type PartState = 'whole' | 'mended' | 'partial' | 'lost'

export interface Front {
  readonly header: 'whole' | 'mended'
  readonly sessions: PartState
  /** SESSION_BYTES for each. */
  readonly sessionBytes: Uint8Array
  readonly acls: PartState
  readonly lists: readonly (readonly [ref: bigint, list: AclList])[]
}

/** How much may stand before the nodes. */
const MOST_FRONT = 64 << 20
/** Data, and the path behind it, of a root that is looked for: what only seems to be one is not to fill the memory. */
const MOST_ROOT = 4 << 20
/** How much of an access list is looked at first. */
const LEAST_TEXT = 1 << 12
/** Looked through at once for a root. */
const SEARCH_BYTES = 1 << 20
const SLASH = 0x2f
const MOST_ENTRIES = 1 << 22
const MOST_ACLS_OF_A_LIST = 1000
const MOST_TEXT = 1 << 16
const SESSIONS_AT = SNAPSHOT_HEADER_BYTES + 4
/** Lengths of path and data, access list, stat. */
const LEAST_ROOT = 8 + AFTER_DATA_BYTES

type Lists = Front['lists']

/** Reads it and leaves the input where the nodes begin, or may begin. `trusted`: every byte is known to be right. */
export async function readFront(
  kernel: SnapshotKernel,
  input: SnapshotInput,
  most: number,
  trusted: boolean,
): Promise<Front> {
  const front = new FrontReader(kernel, input, most)
  const header = await front.header()
  const standing = await front.asItStands()
  const leadsToRoot = standing !== undefined && (trusted || (await front.isRoot(standing.end)))
  if (leadsToRoot) return front.done(header, standing, 'whole', 'whole')
  const root = await front.findRoot()
  if (root === undefined) {
    // the root may be all that is damaged
    if (standing !== undefined) return front.done(header, await front.beforeNode(standing), 'whole', 'whole')
    return front.done(header, { sessions: 0, lists: [], end: SNAPSHOT_HEADER_BYTES }, 'lost', 'lost')
  }
  return front.upTo(root, header)
}

interface Parts {
  /** How many. */
  readonly sessions: number
  readonly lists: Lists
  /** Where the nodes begin. */
  readonly end: number
}

/** Offsets are those in the file, from where the input still stands. */
class FrontReader {
  private readonly kernel: SnapshotKernel
  private readonly input: SnapshotInput
  private readonly most: number

  constructor(kernel: SnapshotKernel, input: SnapshotInput, most: number) {
    this.kernel = kernel
    this.input = input
    this.most = most
  }

  async header(): Promise<Front['header']> {
    if (!(await this.input.need(SNAPSHOT_HEADER_BYTES))) return 'mended'
    const { magic, version, dbId } = readSnapshotHeader(this.kernel.bytes().subarray(this.input.at))
    return magic === SNAPSHOT_MAGIC && version === 2 && dbId === -1n ? 'whole' : 'mended'
  }

  async asItStands(): Promise<Parts | undefined> {
    const sessions = await this.intAt(SNAPSHOT_HEADER_BYTES)
    if (sessions === undefined || sessions < 0 || sessions > MOST_ENTRIES) return undefined
    const at = SESSIONS_AT + sessions * SESSION_BYTES
    const count = await this.intAt(at)
    if (count === undefined || count < 0 || count > MOST_ENTRIES) return undefined
    const lists: (readonly [bigint, AclList])[] = []
    let end = at + 4
    for (let i = 0; i < count; i++) {
      const entry = await this.entryAt(end)
      if (entry === undefined) return undefined
      lists.push([entry.ref, entry.list])
      end = entry.end
    }
    return { sessions, lists, end }
  }

  /** Zeros that were taken for the end of the lists may be the beginning of the first node that is left. */
  async beforeNode(parts: Parts): Promise<Parts> {
    for (let end = parts.end; end > parts.end - 4; end--) {
      const length = await this.intAt(end)
      if (length === undefined || length < 2 || length > this.most) continue
      if ((await this.pathAt(end, length)) !== undefined) return { ...parts, end }
    }
    return parts
  }

  /** A root, and a node or the end of the nodes right behind it. */
  async isRoot(offset: number, most = this.most): Promise<boolean> {
    const root = await this.look(offset, 8)
    if (root === undefined || root.view.getUint32(root.at) !== 0) return false
    const end = nodeEnd(root.view, root.at, 0, most)
    if (end === undefined) return false
    const behind = offset + end - root.at
    const stat = await this.look(behind - AFTER_DATA_BYTES, AFTER_DATA_BYTES)
    if (stat === undefined || !this.isRootStat(stat.view, stat.at)) return false
    const next = await this.look(behind, 4)
    const length = next?.view.getInt32(next.at)
    if (length === undefined || length < 1 || length > most) return false
    if (length === 1) {
      const end = await this.look(behind + 4, 1)
      return end?.bytes[end.at] === SLASH
    }
    const path = await this.pathAt(behind, length)
    return path !== undefined && path.lastIndexOf(SLASH) === 0
  }

  /** The path of a node that begins there; undefined when it can be none. */
  private async pathAt(offset: number, length: number): Promise<Uint8Array | undefined> {
    const node = await lookAtNode(this.input, offset - this.input.offset, length)
    const path = node?.bytes.subarray(node.at + 4, node.at + 4 + length)
    return path !== undefined && plausiblePath(path, 0, length) ? path : undefined
  }

  /** The root is made without a transaction. */
  private isRootStat(view: DataView, at: number): boolean {
    const bounds = { most: this.most, mostEpoch: 0x7fffffff, lastAcl: 0 }
    return view.getBigInt64(at + 8) === 0n && plausibleStat(view, at, bounds)
  }

  /** The first one behind the header. */
  async findRoot(): Promise<number | undefined> {
    for (let from = SESSIONS_AT; from < MOST_FRONT; from += SEARCH_BYTES) {
      const piece = await this.input.lookUpTo(from - this.input.offset, SEARCH_BYTES + LEAST_ROOT)
      for (const at of this.maybeRoots(piece)) {
        const offset = from + at - piece.at
        if (await this.isRoot(offset, MOST_ROOT)) return offset
      }
      if (piece.count < SEARCH_BYTES + LEAST_ROOT) return undefined
    }
    return undefined
  }

  /** Places in a piece that are worth a closer look. */
  private maybeRoots({ view, at: from, count }: Look): readonly number[] {
    const found: number[] = []
    const last = from + Math.min(SEARCH_BYTES - 1, count - LEAST_ROOT)
    for (let at = from; at <= last; at++) {
      if (view.getUint8(at + 3) !== 0) at += 3
      else if (view.getUint32(at) === 0 && (view.getUint32(at + 4) !== 0 || view.getUint32(at + 12) !== 0)) {
        const end = nodeEnd(view, at, 0, MOST_ROOT)
        if (end === undefined) continue
        if (end > from + count || this.isRootStat(view, end - AFTER_DATA_BYTES)) found.push(at)
      }
    }
    return found
  }

  /** The parts before the root at `end`. */
  async upTo(end: number, header: Front['header']): Promise<Front> {
    await this.has(end)
    const said = await this.intAt(SNAPSHOT_HEADER_BYTES)
    const counted = said !== undefined && said >= 0 && said <= MOST_ENTRIES ? SESSIONS_AT + said * SESSION_BYTES : end
    if (counted <= end - 4) {
      const lists = await this.chain(counted + 4, end)
      if (lists !== undefined) return this.done(header, { sessions: said!, lists, end }, 'whole', 'mended')
    }
    for (let at = SESSIONS_AT, sessions = 0; at <= end - 4; at += SESSION_BYTES, sessions++) {
      const count = (await this.intAt(at))!
      if (count < 0 || count > MOST_ENTRIES) continue
      const lists = await this.chain(at + 4, end)
      if (lists?.length === count) return this.done(header, { sessions, lists, end }, 'mended', 'whole')
    }
    // not all lists can be read: those that can
    const lists = new Map<bigint, AclList>()
    let first: number | undefined
    for (let at = SESSIONS_AT; at < end; ) {
      const entry = await this.entryAt(at, end)
      if (entry === undefined || !entry.list.every(({ perms }) => perms > 0 && perms <= 31)) at++
      else {
        first ??= at
        at = entry.end
        if (!lists.has(entry.ref)) lists.set(entry.ref, entry.list)
      }
    }
    const sessions = counted <= (first ?? end) - 4 ? said! : 0
    const state = sessions === said ? 'whole' : 'lost'
    return this.done(header, { sessions, lists: [...lists], end }, state, lists.size === 0 ? 'lost' : 'partial')
  }

  async done(
    header: Front['header'],
    { sessions, lists, end }: Parts,
    ofSessions: PartState,
    acls: PartState,
  ): Promise<Front> {
    await this.has(end)
    const from = this.index(SESSIONS_AT)
    const sessionBytes = this.kernel.bytes().slice(from, from + sessions * SESSION_BYTES)
    this.input.at = Math.min(this.index(end), this.input.fill)
    return { header, sessions: ofSessions, sessionBytes, acls, lists }
  }

  /** Lists one behind the other that end exactly at `end`. */
  private async chain(from: number, end: number): Promise<Lists | undefined> {
    const lists: (readonly [bigint, AclList])[] = []
    for (let at = from; at !== end; ) {
      const entry = await this.entryAt(at, end)
      if (entry === undefined) return undefined
      lists.push([entry.ref, entry.list])
      at = entry.end
    }
    return lists
  }

  private async entryAt(
    offset: number,
    end?: number,
  ): Promise<{ ref: bigint; list: NonNullable<AclList>; end: number } | undefined> {
    for (let count = LEAST_TEXT; offset - this.input.offset < MOST_FRONT; count *= 8) {
      const wanted = Math.min(count, (end ?? Number.POSITIVE_INFINITY) - offset)
      const { bytes, at, count: had } = await this.input.lookUpTo(offset - this.input.offset, wanted)
      const reader = juteReader(bytes, at, at + Math.max(0, had))
      try {
        const ref = reader.long()
        if (ref < 1n || ref > 1n << 40n) return undefined
        const list = readAcls(reader)
        if (list === null || list.length > MOST_ACLS_OF_A_LIST || !list.every(isPlausible)) return undefined
        const kept = list.map((acl) => ({ ...acl, scheme: acl.scheme!.slice(), id: acl.id!.slice() }))
        return { ref, list: kept, end: offset + reader.at - at }
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
        // a text that is longer than what is there is none
        if (error.problem !== 'short' || had < count || count > 64 * MOST_TEXT) return undefined
      }
    }
    return undefined
  }

  private async intAt(offset: number): Promise<number | undefined> {
    const found = await this.look(offset, 4)
    return found?.view.getInt32(found.at)
  }

  private look(offset: number, count: number): Promise<Look | undefined> {
    return this.input.look(offset - this.input.offset, count)
  }

  private has(offset: number): Promise<boolean> {
    const bytes = offset - this.input.offset
    return bytes > MOST_FRONT ? Promise.resolve(false) : this.input.need(bytes)
  }

  private index(offset: number): number {
    return offset - this.input.offset + this.input.at
  }
}

function isPlausible({ scheme, id }: NonNullable<AclList>[number]): boolean {
  if (scheme === null || scheme.length === 0 || id === null || id.length > MOST_TEXT) return false
  return scheme.length <= 255 && scheme.every((byte) => byte > 0x20 && byte < 0x7f)
}
