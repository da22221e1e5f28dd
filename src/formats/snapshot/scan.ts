/*
 * Reads a snapshot in pieces and hands out what is in it, in file order:
 *
 *   snapshot => header sessions acls nodes trailer                  FileSnap.serialize; all releases
 *
 * 1. Header, sessions and access lists are read as bytes come; a count is a claim, nothing is made ready for it.
 * 2. One reused buffer, which lies inside the kernel's memory, is filled; the kernel walks the nodes in it and returns a
 *    table of them; an incomplete last one moves to the front. A node larger than the buffer makes it grow, but only as
 *    far as bytes really came.
 * 3. Behind the nodes the trailer is read by looking at its seals, and the input to its end.
 *
 * Guarantees: memory is constant but for sessions and access lists; nothing is made per node; every input ends in a
 * SnapshotEnd.
 */
import type { ReadBytes } from '../kernel/window.ts'
import type { AclList } from '../txnlog/types.ts'
import { type AclTable, aclTable } from './acls.ts'
import { readSnapshotHeader, SNAPSHOT_HEADER_BYTES, SNAPSHOT_MAGIC, type SnapshotHeader } from './header.ts'
import { type ReadAt, SnapshotInput } from './input.ts'
import { NODE_STOP, type NodeSummary, type SnapshotKernel } from './kernel/kernel.ts'
import type { NodeLines } from './kernel/lines.ts'
import { BELIEVED_BYTES, isPlausibleNode } from './large-node.ts'
import type { NodeRows } from './node.ts'
import { SESSION_BYTES, type SessionTable, sessionTable } from './sessions.ts'
import { readTrailer, type Trailer } from './trailer.ts'

/** Nodes that lie in the kernel's memory until the next part is asked for. */
export interface NodeBatch extends NodeRows {
  readonly kind: 'nodes'
  readonly count: number
  /** Added to an index in `bytes` it gives the offset in the file. */
  readonly base: number
  readonly acls: AclTable
  /** Writes rows of this table as text; undefined without SIMD. */
  readonly lines: NodeLines | undefined
}

export type SnapshotPart =
  | { readonly kind: 'header'; readonly header: SnapshotHeader }
  | { readonly kind: 'sessions'; readonly sessions: SessionTable }
  | { readonly kind: 'acls'; readonly acls: AclTable }
  | NodeBatch

export type Section = 'header' | 'sessions' | 'acls' | 'nodes'

/** What keeps the rest from being read; `offset`: of what could not be read, in the file. */
export interface ReadProblem {
  readonly kind: 'truncated' | 'magic' | 'length' | 'null-path'
  readonly section: Section
  readonly offset: number
  /** The length that cannot be, or the magic number that was found. */
  readonly value?: number
}

export interface AclPlace {
  readonly offset: number
  readonly ref: bigint
}

export interface SnapshotEnd {
  /** Size of the whole input. */
  readonly bytes: number
  readonly header: SnapshotHeader | null
  /** What could be read. */
  readonly sessions: number
  readonly acls: number
  readonly nodes: number
  /** An access list that is null, and one with a null scheme or id: a server does not start. */
  readonly nullAcl: AclPlace | null
  readonly nullAclText: AclPlace | null
  /** The first access list with a text that is longer than servers take. */
  readonly longAcl: AclPlace | null
  readonly problem: ReadProblem | null
  /** Null when the nodes do not end as they should. */
  readonly trailer: (Trailer & { readonly offset: number }) | null
  /** Up to 64 KiB of what follows the nodes, the Adler-32 of everything before, and whether there is more. */
  readonly after: { readonly bytes: Uint8Array; readonly adler: number; readonly more: boolean } | null
  readonly summary: NodeSummary
  /** The last five bytes of the input: a server looks at them before it reads a plain file. */
  readonly lastBytes: Uint8Array
}

export interface SnapshotScanOptions {
  /** The longest string that a server takes, in bytes; see payloadLimit. */
  readonly limit: number
  /** Compute the tree digest. */
  readonly digest: boolean
  readonly chunkBytes?: number
  /** Any bytes of the input, where it is a plain file: then a damaged length takes no memory. */
  readonly readAt?: ReadAt | undefined
}

const CHUNK_BYTES = 4 << 20
/** The longest string that is believed, whatever servers are set to. */
const MOST_BYTES = 64 << 20
const MOST_EPOCH = 0x7fffffff
/** More sessions or access lists than this are not believed. */
const MOST_ENTRIES = 1 << 22

/** See the head of this file. Throws what `read` throws. */
export async function* scanSnapshot(
  kernel: SnapshotKernel,
  read: ReadBytes,
  options: SnapshotScanOptions,
): AsyncGenerator<SnapshotPart, SnapshotEnd> {
  const input = new SnapshotInput(kernel, read, options.chunkBytes ?? CHUNK_BYTES, options.readAt)
  const most = Math.max(options.limit, MOST_BYTES)
  kernel.begin()
  let header: SnapshotHeader | null = null
  let sessions = 0
  let acls: AclTable = aclTable([])
  let nullAcl: AclPlace | null = null
  let nullAclText: AclPlace | null = null
  let longAcl: AclPlace | null = null
  let nodes = 0
  const end = async (problem: ReadProblem | null): Promise<SnapshotEnd> => {
    const after = problem === null ? await input.after() : null
    const bytes = await input.toEnd()
    return {
      bytes,
      header,
      sessions,
      acls: acls.count,
      nodes,
      nullAcl,
      nullAclText,
      longAcl,
      problem,
      trailer: after === null ? null : { ...readTrailer(after.bytes, after.adler), offset: after.offset },
      after,
      summary: kernel.summary(),
      lastBytes: input.lastBytes(),
    }
  }
  const truncated = (section: Section): ReadProblem => ({ kind: 'truncated', section, offset: input.offset })

  if (!(await input.need(SNAPSHOT_HEADER_BYTES))) return end(truncated('header'))
  const start = readSnapshotHeader(input.take(SNAPSHOT_HEADER_BYTES))
  if (start.magic !== SNAPSHOT_MAGIC) return end({ kind: 'magic', section: 'header', offset: 0, value: start.magic })
  header = start
  yield { kind: 'header', header }

  if (!(await input.need(4))) return end(truncated('sessions'))
  const count = input.int()
  if (count > MOST_ENTRIES) return end({ kind: 'length', section: 'sessions', offset: input.offset - 4, value: count })
  const sessionBytes = await input.many(count * SESSION_BYTES)
  const table = sessionTable(sessionBytes.bytes.subarray(0, floorTo(sessionBytes.bytes.length, SESSION_BYTES)))
  sessions = table.count
  yield { kind: 'sessions', sessions: table }
  if (sessionBytes.short) return end(truncated('sessions'))

  if (!(await input.need(4))) return end(truncated('acls'))
  const entries: (readonly [bigint, AclList])[] = []
  for (let left = input.int(); left > 0; left--) {
    const offset = input.offset
    const full = entries.length === MOST_ENTRIES
    const problem = full ? ({ kind: 'length', value: left } as const) : await input.aclEntry(most)
    if (problem !== undefined) {
      acls = aclTable(entries)
      yield { kind: 'acls', acls }
      return end({ ...problem, section: 'acls', offset })
    }
    const { ref, list, longest } = input.acl
    if (longest > options.limit) longAcl ??= { offset, ref }
    if (list === null) nullAcl ??= { offset, ref }
    else if (list.some(({ scheme, id }) => scheme === null || id === null)) nullAclText ??= { offset, ref }
    entries.push([ref, list])
  }
  acls = aclTable(entries)
  yield { kind: 'acls', acls }

  /** A node that no server takes, and is believed, comes next. */
  let large = false
  for (;;) {
    const believed = large ? most : Math.max(options.limit, BELIEVED_BYTES)
    const count = kernel.frame(input.at, input.fill, input.before, { ...options, most: believed })
    const stop = kernel.stopKind()
    nodes += count
    if (count > 0) {
      yield input.batch(count, acls)
      large = false
    }
    input.walked(kernel.stopAt(), count)
    if (stop === NODE_STOP.tableFull) continue
    if (stop === NODE_STOP.needMore) {
      if (await input.more()) continue
      return end(truncated('nodes'))
    }
    if (stop === NODE_STOP.end) {
      input.take(5)
      return end(null)
    }
    if (!large && stop !== NODE_STOP.nullPath) {
      const lastAcl = entries.reduce((last, [ref]) => Math.max(last, Number(ref)), 0)
      large = await isPlausibleNode(input, { most, mostEpoch: MOST_EPOCH, lastAcl })
      if (large) continue
    }
    if (stop === NODE_STOP.nullPath) return end(await input.nullPath(options.limit))
    return end({ kind: 'length', section: 'nodes', offset: input.offset, value: input.badLength(stop) })
  }
}

function floorTo(value: number, step: number): number {
  return value - (value % step)
}
