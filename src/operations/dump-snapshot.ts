/*
 * snapshot dump: everything in a snapshot that is selected, in file order, then what was found at its end. Memory is
 * constant. Nodes come as they are read: only the seals at the end tell whether all of it is right.
 */

import { snapshotEndFindings } from '../formats/snapshot/end-findings.ts'
import { aclPattern, type NodeFilter, nodeFilter } from '../formats/snapshot/filter.ts'
import { ROW_WORDS } from '../formats/snapshot/kernel/kernel.ts'
import { NODE_KINDS, type NodeKind } from '../formats/snapshot/owner.ts'
import type { NodeBatch, SnapshotPart } from '../formats/snapshot/scan.ts'
import type { DigestBlock } from '../formats/snapshot/trailer.ts'
import type { Finding } from '../support/finding.ts'
import { pathGlob } from '../support/path-glob.ts'
import type { PayloadDecoder } from './decode-payloads.ts'
import { type ReadSnapshotOptions, readSnapshot, type SnapshotDone } from './read-snapshot.ts'
import type { TreePlace } from './tree-place.ts'
import { usableSnapshot } from './usable-snapshot.ts'

/** What can be selected beside kinds of nodes. */
export const OTHER_KINDS = ['header', 'session', 'node', 'digest', 'lastZxid'] as const
export const DUMP_KINDS = [...NODE_KINDS, ...OTHER_KINDS] as const
export type DumpKind = (typeof DUMP_KINDS)[number]

/** What can be asked for, as it is typed. */
export interface SnapshotSelection {
  readonly path?: string | undefined
  readonly kind?: readonly DumpKind[] | undefined
  readonly owner?: bigint | undefined
  readonly acl?: string | undefined
}

/** Of a directory without a moment its newest snapshot that is whole. */
export interface DumpSnapshotOptions extends ReadSnapshotOptions, SnapshotSelection, TreePlace {
  /** Stop after so many nodes. */
  readonly limit?: number | undefined
  /** Say what values are. */
  readonly decode?: boolean
}

export interface NodeDumpBatch extends NodeBatch {
  /** There when decoding is asked for. */
  readonly decode?: PayloadDecoder
}

export type SnapshotDumpPart =
  | Exclude<SnapshotPart, NodeBatch | { kind: 'acls' }>
  | NodeDumpBatch
  | { readonly kind: 'file'; readonly file: string; readonly findings: readonly Finding[] }
  | { readonly kind: 'digest'; readonly digest: DigestBlock }
  | { readonly kind: 'lastZxid'; readonly lastZxid: bigint }
  /** `readable` false: exit 3. */
  | { readonly kind: 'end'; readonly findings: readonly Finding[]; readonly readable: boolean }

/** Throws `input.*` when there is no such snapshot. */
export async function* dumpSnapshot(options: DumpSnapshotOptions): AsyncGenerator<SnapshotDumpPart> {
  const { snapshot, findings } = await usableSnapshot(options, options)
  yield { kind: 'file', file: snapshot.file, findings }
  const wanted = kindsWanted(options)
  const filter = filterOf(options)
  const passes = filter === undefined ? undefined : nodeFilter(filter)
  const decode = options.decode ? (await import('../formats/payload/decode.ts')).decodePayload : undefined
  let left = options.limit ?? Number.POSITIVE_INFINITY
  for await (const part of readSnapshot(snapshot, options)) {
    if (part.kind === 'header' && wanted.has('header')) yield part
    else if (part.kind === 'sessions' && wanted.has('session')) yield part
    else if (part.kind === 'nodes' && wanted.has('node')) {
      const count = passes === undefined ? Math.min(part.count, left) : keep(part, passes, left)
      left -= count
      if (count > 0) yield { ...part, count, ...(decode === undefined ? {} : { decode }) }
      if (left <= 0) return
    } else if (part.kind === 'end') yield* endParts(part, snapshot.file, wanted)
  }
}

function* endParts(done: SnapshotDone, file: string, wanted: ReadonlySet<DumpKind>): Generator<SnapshotDumpPart> {
  const { end, broken } = done
  const digest = end.trailer?.digest ?? null
  const lastZxid = end.trailer?.lastZxid ?? null
  if (digest !== null && wanted.has('digest')) yield { kind: 'digest', digest }
  if (lastZxid !== null && wanted.has('lastZxid')) yield { kind: 'lastZxid', lastZxid }
  const context = { file, nameZxid: null, lastPath: undefined, broken: broken === null ? null : broken.message }
  const findings = snapshotEndFindings(end, context)
  yield { kind: 'end', findings, readable: findings.every(({ severity }) => severity !== 'error') }
}

/** Everything, unless something is selected: then nodes, or the kinds that are named. */
function kindsWanted({ path, kind, owner, acl }: SnapshotSelection): ReadonlySet<DumpKind> {
  if (kind !== undefined) {
    const nodes = kind.some((one) => (NODE_KINDS as readonly string[]).includes(one))
    return new Set(nodes ? [...kind, 'node'] : kind)
  }
  return new Set(path === undefined && owner === undefined && acl === undefined ? OTHER_KINDS : ['node'])
}

function filterOf({ path, kind, owner, acl }: SnapshotSelection): NodeFilter | undefined {
  const kinds = (kind ?? []).filter((one): one is NodeKind => (NODE_KINDS as readonly string[]).includes(one))
  const filter: NodeFilter = {
    ...(path === undefined ? {} : { path: pathGlob(path) }),
    ...(kinds.length === 0 || kind?.includes('node') ? {} : { kinds: new Set(kinds) }),
    ...(owner === undefined ? {} : { owner }),
    ...(acl === undefined ? {} : { acl: aclPattern(acl) }),
  }
  return Object.keys(filter).length === 0 ? undefined : filter
}

/** Moves the rows that pass to the front of the table, at most `most` of them, and returns how many. */
function keep(batch: NodeBatch, passes: (batch: NodeBatch, row: number) => boolean, most: number): number {
  const { table } = batch
  let kept = 0
  for (let row = 0; row < batch.count && kept < most; row++) {
    if (!passes(batch, row)) continue
    table.copyWithin(kept * ROW_WORDS, row * ROW_WORDS, (row + 1) * ROW_WORDS)
    kept++
  }
  return kept
}
