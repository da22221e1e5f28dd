/*
 * What a salvaged snapshot is put together from, and its bytes: nodes as they lie in the damaged file, and nodes of a tree
 * that an older snapshot and logs give, in an order in which parents come first.
 */

import { rangesOf } from '../../datadir/range-reader.ts'
import { openSalvage } from '../../datadir/salvage-source.ts'
import type { SnapshotFile } from '../../datadir/snapshot-files.ts'
import { giveBack, takeKernel } from '../../formats/snapshot/kernel/idle.ts'
import { AFTER_DATA_BYTES } from '../../formats/snapshot/node.ts'
import type { Session } from '../../formats/snapshot/sessions.ts'
import { type SnapshotBlocks, snapshotWriter } from '../../formats/snapshot/writer.ts'
import type { AclList } from '../../formats/txnlog/types.ts'
import type { Tree } from '../../tree/tree.ts'
import { nodePieces } from '../snapshot-build/tree-bytes.ts'

export interface Range {
  readonly from: number
  readonly to: number
}

/** Nodes, whole ones; ranges of the damaged file ascend over all parts. */
export type Part =
  | ({ readonly kind: 'range' } & Range)
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Rows of the tree, or all of them. */
  | { readonly kind: 'rows'; readonly rows: readonly number[] | 'all' }

export interface SalvagedContent {
  readonly snapshot: SnapshotFile
  readonly sessions: readonly Session[]
  readonly lists: readonly (readonly [ref: bigint, list: AclList])[]
  readonly parts: readonly Part[]
  /** Where rows come from. */
  readonly older: OlderTree | null
  readonly blocks: SnapshotBlocks
}

export interface OlderTree {
  readonly tree: Tree
  readonly sources: readonly string[]
  aclOf(row: number): bigint
}

/** Pieces are good until the next is asked for. Throws `input.*`, `stopped.*`. */
export async function* contentBytes(content: SalvagedContent, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  const take = (): Uint8Array[] => {
    const taken = pieces
    pieces = []
    return taken
  }
  const { sessions, lists, blocks } = content
  const kernel = takeKernel()
  try {
    const writer = snapshotWriter(kernel, (piece) => pieces.push(piece))
    writer.begin({ sessions, sessionCount: sessions.length, acls: lists, aclCount: lists.length })
    for await (const nodes of partNodes(content, signal)) {
      writer.rawNodes(nodes)
      yield* take()
    }
    writer.end(blocks)
    yield* take()
  } finally {
    giveBack(kernel)
  }
}

async function* partNodes(
  { snapshot, parts, older }: SalvagedContent,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let ranges: Range[] = []
  const reader = await openRuns(snapshot, signal)
  try {
    for (const part of parts) {
      if (part.kind === 'range') {
        ranges.push(part)
        continue
      }
      for (const range of ranges) yield* reader.nodes(range)
      ranges = []
      if (part.kind === 'bytes') yield part.bytes
      else if (older !== null) {
        const { tree, sources } = older
        const rows = part.rows === 'all' ? tree.walkRows() : part.rows
        for await (const { bytes } of nodePieces(tree, rows, sources, signal, older.aclOf)) yield bytes
      }
    }
    for (const range of ranges) yield* reader.nodes(range)
  } finally {
    await reader.close()
  }
}

export interface RunReader {
  /** The nodes of a range that lies behind those before, some at a time; views. */
  nodes(range: Range): AsyncGenerator<Uint8Array>
  close(): Promise<void>
}

/** Throws `input.*` of the file. */
export async function openRuns({ file, namedForm }: SnapshotFile, signal: AbortSignal): Promise<RunReader> {
  const source = await openSalvage(file, namedForm, signal)
  const reader = rangesOf(file, source)
  let position = 0
  let last: Uint8Array = new Uint8Array()
  // one for all: garbage of this size is collected late
  let buffer = new Uint8Array(2 * STEP_BYTES)
  let fill = 0
  const append = async (bytes: Uint8Array): Promise<void> => {
    if (fill + bytes.length > buffer.length) {
      const larger = new Uint8Array(2 * (fill + bytes.length))
      larger.set(buffer.subarray(0, fill))
      buffer = larger
    }
    buffer.set(bytes, fill)
    fill += bytes.length
  }
  return {
    async *nodes({ from, to }) {
      // where bytes are cut out, two nodes may have some in common
      const common = Math.max(0, position - from)
      fill = 0
      await append(last.subarray(last.length - common))
      for (let at = from + common; at < to; ) {
        const until = Math.min(to, at + STEP_BYTES)
        await reader.copy(at, until, append)
        at = until
        position = at
        last = buffer.slice(Math.max(0, fill - AFTER_DATA_BYTES), fill)
        const whole = wholeNodes(buffer.subarray(0, fill))
        if (whole > 0) yield buffer.subarray(0, whole)
        buffer.copyWithin(0, whole, fill)
        fill -= whole
      }
      if (fill > 0) throw new Error(`${file} is not what it was`)
    },
    close: () => source.close(),
  }
}

const STEP_BYTES = 1 << 20

/** How many bytes at the front are whole nodes. */
function wholeNodes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  for (let end = endOfNode(view, at); end !== undefined; end = endOfNode(view, at)) at = end
  return at
}

/** Undefined when it is not whole. */
export function endOfNode(view: DataView, at: number): number | undefined {
  if (at + 4 > view.byteLength) return undefined
  const dataAt = at + 4 + view.getUint32(at)
  if (dataAt + 4 > view.byteLength) return undefined
  const end = dataAt + 4 + Math.max(0, view.getInt32(dataAt)) + AFTER_DATA_BYTES
  return end > view.byteLength ? undefined : end
}
