/* A snapshot as it is read, without what is left out, as the bytes of another one. */
import type { SnapshotHeader } from '../../formats/snapshot/header.ts'
import { createSnapshotKernel } from '../../formats/snapshot/kernel/create.ts'
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { AFTER_DATA_BYTES, nodeIndex } from '../../formats/snapshot/node.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { type Session, type SessionTable, sessionTable } from '../../formats/snapshot/sessions.ts'
import { type SnapshotBlocks, snapshotWriter } from '../../formats/snapshot/writer.ts'
import { type ReadableSnapshot, type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'
import { requireWhole } from '../whole-snapshot.ts'
import type { Selector } from './selection.ts'

export interface ConvertedContent {
  readonly snapshot: ReadableSnapshot
  readonly selector: Selector
  readonly dropSessions: boolean
  /** By the digest of what was written. */
  blocks(digest: bigint): SnapshotBlocks
}

/** Pieces, each of use until the next is asked for. Throws `input.*`. */
export async function* convertedBytes(
  { snapshot, selector, dropSessions, blocks }: ConvertedContent,
  options: ReadSnapshotOptions,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  const writer = snapshotWriter(createSnapshotKernel(), (piece) => pieces.push(piece))
  const gather = gathering(selector)
  let header: SnapshotHeader | undefined
  let sessions = sessionTable(new Uint8Array())
  for await (const part of readSnapshot(snapshot, options)) {
    if (part.kind === 'header') header = part.header
    else if (part.kind === 'sessions') sessions = dropSessions ? sessions : part.sessions
    else if (part.kind === 'acls') {
      const acls = [...part.acls.refs()].map((ref) => [ref, part.acls.list(ref)!] as const)
      const start = { sessions: each(sessions), sessionCount: sessions.count, acls, aclCount: acls.length }
      writer.begin({ ...start, ...(header === undefined ? {} : { header }) })
    } else if (part.kind === 'nodes') {
      const kept = gather(part)
      if (kept.length > 0) writer.rawNodes(kept)
    } else {
      requireWhole(part, snapshot.file)
      writer.end(blocks(writer.digest()))
    }
    yield* pieces
    pieces = []
  }
}

function* each(sessions: SessionTable): Generator<Session> {
  for (let i = 0; i < sessions.count; i++) yield { id: sessions.id(i), timeoutMs: sessions.timeoutMs(i) }
}

/** The bytes of the nodes of a batch that stay, one behind the other, until the next call. */
function gathering(selector: Selector): (batch: NodeBatch) => Uint8Array {
  let gathered = new Uint8Array()
  return (batch) => {
    const { bytes, table, count } = batch
    const end = (row: number) => table[row * ROW_WORDS + ROW.aclAt]! + AFTER_DATA_BYTES
    const all = bytes.subarray(nodeIndex(batch, 0), end(count - 1))
    if (!selector.selects) return all
    // batches differ little: room to spare, or most of them would need a larger one
    if (gathered.length < all.length) gathered = new Uint8Array(2 * all.length)
    let used = 0
    for (let row = 0; row < count; row++) {
      if (!selector.stays(batch, row)) continue
      const from = nodeIndex(batch, row)
      gathered.set(bytes.subarray(from, end(row)), used)
      used += end(row) - from
    }
    return gathered.subarray(0, used)
  }
}
