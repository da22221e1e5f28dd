/*
 * The tree that an older snapshot and logs give for the zxid of a damaged one, and how the intact nodes compare with it.
 *
 * A node of both trees with the same stat has the same value: where the values differ, it is the damaged snapshot's that
 * was changed. Access lists have numbers of their own in each file; they are matched by what they say.
 */
import { findSnapshots } from '../../datadir/snapshot-files.ts'
import { crc32 } from '../../formats/checksum/crc32.ts'
import { juteReader } from '../../formats/jute/reader.ts'
import { juteWriter } from '../../formats/jute/writer.ts'
import { AFTER_DATA_BYTES, STAT } from '../../formats/snapshot/node.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { readAcls, writeAcls } from '../../formats/txnlog/txn/acl.ts'
import type { AclList } from '../../formats/txnlog/types.ts'
import { ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import { type Restored, restore } from '../restore.ts'
import { type BuildProof, doubtsOf, proofOf } from '../snapshot-build/proof.ts'
import { endOfNode, openRuns } from './content.ts'
import type { Intact } from './intact.ts'

export interface Older {
  readonly restored: Restored
  /** Why it may not be the tree of that zxid; null when nothing stands against it. */
  readonly doubt: string | null
  readonly proof: BuildProof
}

export interface OlderOptions extends ReadSnapshotOptions {
  /** Older snapshots, or directories of them. */
  readonly from: readonly string[]
  readonly logs: readonly string[]
}

/** A sentence when there is no such tree. Throws `input.*` when what is given cannot be read. */
export async function olderTree(zxid: bigint, { from, logs, ...options }: OlderOptions): Promise<Older | string> {
  for (const place of from) await findSnapshots(place)
  const until = { zxid: BigInt.asIntN(64, zxid) }
  try {
    const restored = await restore({ ...options, snapshots: from, logs, until })
    const { toZxid } = restored.proof
    const doubts = doubtsOf(restored, { until, zxid: toZxid, line: undefined })
    const short = toZxid < until.zxid && logs.length === 0 ? `it is the tree of ${hex64(toZxid)}` : null
    return { restored, doubt: doubts[0]?.why ?? short, proof: proofOf(restored, toZxid) }
  } catch (error) {
    if (error instanceof ZkopsError && error.code === 'input.no-snapshot') return error.message
    throw error
  }
}

/** Intact nodes against the older tree. */
export interface Comparison {
  readonly same: number
  /** With effects of transactions behind the zxid. */
  readonly newer: number
  /** Not what the older tree has; the first of them. */
  readonly other: number
  readonly firstOther: string | null
  /** Same stat, another value, by offset. */
  readonly changed: ReadonlyMap<number, { readonly to: number; readonly row: number; readonly path: string }>
  /** Rows that are among the intact nodes: 1. */
  readonly seen: Uint8Array
  /** Lists of references that the damaged snapshot lost, as nodes tell that are the same in both. */
  readonly lists: ReadonlyMap<bigint, AclList>
}

const EXCLUDED = Buffer.from('/zookeeper/')

export async function compareWith(
  { restored }: Older,
  { snapshot, survey }: Intact,
  zxid: bigint,
  signal: AbortSignal,
): Promise<Comparison> {
  const { kernel } = restored.tree
  const lists = kernel.acls()
  const defined = new Set(survey.front.lists.map(([ref]) => ref))
  const found = new Map<bigint, AclList>()
  const changed = new Map<number, { to: number; row: number; path: string }>()
  const seen = new Uint8Array(kernel.rows().reduce((last, row) => Math.max(last, row), 0) + 1)
  let same = 0
  let newer = 0
  let other = 0
  let firstOther: string | null = null
  const last = BigInt.asIntN(64, zxid)
  const one = (bytes: Uint8Array, view: DataView, at: number, end: number, offset: number): void => {
    const dataAt = at + 4 + view.getUint32(at)
    const aclAt = end - AFTER_DATA_BYTES
    const path = bytes.subarray(at + 4, dataAt)
    const row = kernel.find(path)
    if (row !== 0) seen[row] = 1
    const zxids = [STAT.czxid, STAT.mzxid, STAT.pzxid].map((field) => view.getBigInt64(aclAt + field))
    if (zxids.some((value) => value > last)) {
      newer++
      return
    }
    const excluded = EXCLUDED.every((byte, i) => path[i] === byte)
    const stat = bytes.subarray(aclAt + 8, end)
    const sameStat = row !== 0 && Buffer.compare(kernel.statBytes(row), stat) === 0
    const sameValue =
      sameStat && (excluded || nodeCrc(path, bytes.subarray(dataAt + 4, aclAt), stat) === kernel.digestOf(row) >>> 0)
    if (sameValue) same++
    else if (sameStat) changed.set(offset, { to: offset + end - at, row, path: textOf(path) || '/' })
    else if (!excluded) {
      other++
      firstOther ??= textOf(path) || '/'
    }
    const ref = view.getBigInt64(aclAt)
    const list = sameValue && ref !== -1n && !defined.has(ref) ? lists.get(kernel.aclId(row)) : undefined
    if (list !== undefined && !found.has(ref)) found.set(ref, readAcls(juteReader(list)))
  }
  const reader = await openRuns(snapshot, signal)
  try {
    for (const run of survey.runs) {
      let offset = run.from
      for await (const bytes of reader.nodes(run)) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        for (let at = 0, end = endOfNode(view, 0); end !== undefined; at = end, end = endOfNode(view, at)) {
          one(bytes, view, at, end, offset + at)
        }
        offset += bytes.length
      }
    }
  } finally {
    await reader.close()
  }
  return { same, newer, other, firstOther, changed, seen, lists: found }
}

/** As the tree digest has it (formats/snapshot/kernel/assembly/digest.ts). */
function nodeCrc(path: Uint8Array, data: Uint8Array, stat: Uint8Array): number {
  const pzxidAt = STAT.pzxid - 8
  const ordered = Buffer.concat([stat.subarray(0, 16), stat.subarray(pzxidAt), stat.subarray(16, pzxidAt)])
  return crc32(ordered, crc32(data, crc32(path)))
}

/** Rows that may be what is lost, by lost range: their parents are where something is missing, or are lost as well. */
export function missingRows({ restored }: Older, { survey }: Intact, seen: Uint8Array): Map<number, number[]> {
  const { tree } = restored
  const { kernel } = tree
  const open = new Map<number, number>()
  for (const [i, { after }] of survey.lost.entries()) {
    for (let path = after ?? ''; ; path = path.slice(0, path.lastIndexOf('/'))) {
      const row = kernel.find(Buffer.from(path === '/' ? '' : path))
      if (row !== 0 && !open.has(row)) open.set(row, i)
      if (path.lastIndexOf('/') < 0) break
    }
  }
  const rangeOf = new Map<number, number>()
  const rows = new Map<number, number[]>()
  for (const row of tree.walkRows()) {
    const parent = kernel.parentOf(row)
    if (seen[row] || parent === 0) continue
    const range = seen[parent] || kernel.parentOf(parent) === 0 ? open.get(parent) : rangeOf.get(parent)
    if (range === undefined) continue
    rangeOf.set(row, range)
    const of = rows.get(range)
    if (of === undefined) rows.set(range, [row])
    else of.push(row)
  }
  return rows
}

/** References of the older tree's lists among those of the damaged snapshot; new ones are added behind. */
export function aclMatcher(
  { restored }: Older,
  lists: readonly (readonly [ref: bigint, list: AclList])[],
): { readonly lists: (readonly [ref: bigint, list: AclList])[]; aclOf(row: number): bigint } {
  const { kernel } = restored.tree
  const older = kernel.acls()
  const all = [...lists]
  const byText = new Map(all.map(([ref, list]) => [keyOf(list), ref]))
  let last = 0n
  for (const [ref] of all) if (ref > last) last = ref
  const known = new Map<bigint, bigint>()
  for (const [id, bytes] of older) {
    const list = readAcls(juteReader(bytes))
    let ref = byText.get(keyOf(list))
    if (ref === undefined) {
      all.push([(ref = ++last), list])
      byText.set(keyOf(list), ref)
    }
    known.set(id, ref)
  }
  return { lists: all, aclOf: (row) => known.get(kernel.aclId(row)) ?? kernel.aclId(row) }
}

function keyOf(list: AclList): string {
  const output = juteWriter()
  writeAcls(output, list)
  return Buffer.from(output.result()).toString('latin1')
}
