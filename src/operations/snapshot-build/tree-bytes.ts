/*
 * A tree as the bytes of a snapshot: formats/snapshot/writer.ts fed from rows, without an object for each znode.
 */
import { juteReader } from '../../formats/jute/reader.ts'
import { createSnapshotKernel } from '../../formats/snapshot/kernel/create.ts'
import { snapshotWriter } from '../../formats/snapshot/writer.ts'
import { readAcls } from '../../formats/txnlog/txn/acl.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Tree } from '../../tree/tree.ts'
import { ValueList } from './values.ts'

export interface SnapshotContent {
  readonly tree: Tree
  /** File by the number that places of values carry. */
  readonly sources: readonly string[]
  readonly sessions: ReadonlyMap<bigint, number>
  readonly zxid: bigint
  readonly blocks: { readonly digest: boolean; readonly lastZxid: boolean }
}

/** Of values that are in memory at a time. */
const MOST_VALUE_BYTES = 32 << 20
const PIECE_BYTES = 1 << 20
/** Lengths of path and value, access list, stat. */
const FIXED_BYTES = 4 + 4 + 8 + 60

/** The snapshot in pieces, each of use until the next is asked for; `nodes` gets how many were written. Throws `input.*`, `stopped.*`. */
export async function* treeBytes(
  { tree, sources, sessions, zxid, blocks }: SnapshotContent,
  signal: AbortSignal,
  nodes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  const take = (): Uint8Array[] => {
    const taken = pieces
    pieces = []
    return taken
  }
  const acls = [...tree.acls()].map(([ref, list]) => [ref, readAcls(juteReader(list))] as const)
  const writer = snapshotWriter(createSnapshotKernel(), (piece) => pieces.push(piece))
  writer.begin({
    sessions: [...sessions].map(([id, timeoutMs]) => ({ id, timeoutMs })),
    sessionCount: sessions.size,
    acls,
    aclCount: acls.length,
  })
  let count = 0
  for await (const piece of nodePieces(tree, tree.walkRows(), sources, signal)) {
    writer.rawNodes(piece.bytes)
    count += piece.nodes
    yield* take()
  }
  // a server hashes paths in the charset of its JVM; the tree is known to be what its digest says
  const sameWay = tree.kernel.charset() === 'utf8' && count === tree.counts().nodes
  const digest = writer.digest()
  if (sameWay && BigInt.asIntN(64, digest) !== tree.digest()) {
    throw new ZkopsError('stopped.verify', 'What was read from the files again is not what the tree was made of', {
      hint: 'Did the input change meanwhile? Nothing was left behind: run the command again.',
    })
  }
  const value = count === tree.counts().nodes ? tree.digest() : digest
  writer.end({ digest: blocks.digest ? { zxid, version: 2, value } : null, lastZxid: blocks.lastZxid ? zxid : null })
  yield* take()
  nodes(count)
}

interface NodePiece {
  readonly bytes: Uint8Array
  readonly nodes: number
}

/** These rows as they lie in a snapshot; `aclOf` gives the reference of each, that of the tree when not given. */
export async function* nodePieces(
  tree: Tree,
  wanted: Iterable<number>,
  sources: readonly string[],
  signal: AbortSignal,
  aclOf: (row: number) => bigint = (row) => tree.kernel.aclId(row),
): AsyncGenerator<NodePiece> {
  const values = new ValueList()
  let rows: number[] = []
  for (const row of wanted) {
    const place = tree.kernel.value(row)
    if (!values.add(place, MOST_VALUE_BYTES)) {
      yield* written(tree, rows, aclOf, await values.read(sources, signal))
      values.clear()
      rows = []
      values.add(place, MOST_VALUE_BYTES)
    }
    rows.push(row)
  }
  yield* written(tree, rows, aclOf, await values.read(sources, signal))
}

/** `values` holds those of the rows, one behind the other. */
function* written(
  { kernel }: Tree,
  rows: readonly number[],
  aclOf: (row: number) => bigint,
  values: Uint8Array,
): Generator<NodePiece> {
  let output = new Uint8Array(PIECE_BYTES)
  let view = new DataView(output.buffer)
  let at = 0
  let nodes = 0
  let valueAt = 0
  for (const row of rows) {
    const path = kernel.pathOf(row)
    const { length } = kernel.value(row)
    const bytes = Math.max(0, length)
    const size = FIXED_BYTES + path.length + bytes
    if (at + size > output.length) {
      if (nodes > 0) yield { bytes: output.subarray(0, at), nodes }
      if (size > output.length) {
        output = new Uint8Array(size)
        view = new DataView(output.buffer)
      }
      at = 0
      nodes = 0
    }
    view.setInt32(at, path.length)
    output.set(path, at + 4)
    at += 4 + path.length
    view.setInt32(at, length)
    if (bytes > 0) output.set(values.subarray(valueAt, valueAt + bytes), at + 4)
    valueAt += bytes
    at += 4 + bytes
    view.setBigInt64(at, aclOf(row))
    output.set(kernel.statBytes(row), at + 8)
    at += 68
    nodes++
  }
  if (nodes > 0) yield { bytes: output.subarray(0, at), nodes }
}
