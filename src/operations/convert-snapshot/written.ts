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

/** Throws `input.*`. */
export async function* convertedBytes(
  { snapshot, selector, dropSessions, blocks }: ConvertedContent,
  options: ReadSnapshotOptions,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  const writer = snapshotWriter(createSnapshotKernel(), (piece) => pieces.push(piece.slice()))
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
      for (const [from, to] of runs(part, selector)) writer.rawNodes(part.bytes.subarray(from, to))
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

/** Ranges of bytes of nodes that stay; neighbours are one. */
function* runs(batch: NodeBatch, selector: Selector): Generator<readonly [from: number, to: number]> {
  const { table, count } = batch
  const end = (row: number) => table[row * ROW_WORDS + ROW.aclAt]! + AFTER_DATA_BYTES
  if (!selector.selects) {
    yield [nodeIndex(batch, 0), end(count - 1)]
    return
  }
  let from = -1
  for (let row = 0; row < count; row++) {
    if (selector.stays(batch, row)) {
      if (from === -1) from = nodeIndex(batch, row)
    } else if (from !== -1) {
      yield [from, end(row - 1)]
      from = -1
    }
  }
  if (from !== -1) yield [from, end(count - 1)]
}
