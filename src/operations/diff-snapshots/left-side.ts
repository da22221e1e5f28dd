/*
 * The snapshot that another one is held against: where each node lies, and its bytes when they are asked for. Those are
 * read again in their place; of a compressed file, standard input or the tree of a moment the nodes are kept in a
 * temporary file.
 */
import { writeSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openSource } from '../../datadir/byte-source.ts'
import { type CachedFile, openCached } from '../../datadir/cached-file.ts'
import { temporaryFolder } from '../../datadir/temporary-folder.ts'
import { type AclTable, aclTable } from '../../formats/snapshot/acls.ts'
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { AFTER_DATA_BYTES, nodeIn, nodeIndex, type SnapshotNode } from '../../formats/snapshot/node.ts'
import { NodeIndex } from '../../formats/snapshot/node-index.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'
import { type ReadableSnapshot, type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'
import { requireWhole } from '../whole-snapshot.ts'

export interface LeftSide {
  readonly index: NodeIndex
  readonly acls: AclTable
  /** Bytes of a node, by its offset; fewer at the end of the file. Valid until the next call. */
  bytes(offset: number, length: number): Buffer
  /** Views, valid until the next call. */
  node(offset: number): SnapshotNode
  close(): Promise<void>
}

/** More than the record of an ordinary node. */
const NODE_BYTES = 1 << 10
/** More than any that was read: a length is a claim again when the file may have been changed. */
const MOST_BYTES = 256 << 20

/** Reads the whole snapshot. Throws `input.damaged` when it is not whole, and `input.*` of the file. */
export async function openLeftSide(snapshot: ReadableSnapshot, options: ReadSnapshotOptions): Promise<LeftSide> {
  const { file } = snapshot
  const plain = snapshot.open === undefined && (await liesPlain(file, options.signal))
  const copy = plain ? undefined : await temporaryCopy()
  let cached: CachedFile | undefined
  const close = async () => {
    await cached?.close()
    await copy?.remove()
  }
  try {
    // opened first: what is read below is still there then
    cached = await openCached(copy?.file ?? file)
    const index = new NodeIndex()
    let acls = aclTable([])
    for await (const part of readSnapshot(snapshot, options)) {
      if (part.kind === 'acls') acls = part.acls
      else if (part.kind === 'nodes') {
        index.add(part)
        copy?.add(part)
      } else if (part.kind === 'end') requireWhole(part, file)
    }
    index.finish()
    const shift = copy?.begins() ?? 0
    return { index, acls, ...nodeReader(cached, shift, file), close }
  } catch (error) {
    await close()
    throw error
  }
}

function nodeReader(cached: CachedFile, shift: number, file: string): Pick<LeftSide, 'bytes' | 'node'> {
  return {
    bytes: (offset, length) => cached.bytes(offset - shift, length),
    node(offset) {
      let length = NODE_BYTES
      for (;;) {
        const bytes = cached.bytes(offset - shift, length)
        const node = nodeIn(bytes)
        if (node !== undefined) return node
        const wanted = bytes.length < 4 ? 0 : lengthOf(bytes)
        if (wanted <= bytes.length || bytes.length < length || wanted > MOST_BYTES) throw changed(file, offset)
        length = wanted
      }
    },
  }
}

/** How long the node at the front is, as far as that is known. */
function lengthOf(bytes: Buffer): number {
  const dataAt = 4 + bytes.readUInt32BE(0)
  if (bytes.length < dataAt + 4) return dataAt + 4
  return dataAt + 4 + Math.max(0, bytes.readInt32BE(dataAt)) + AFTER_DATA_BYTES
}

export function changed(file: string, offset: number): ZkopsError {
  return new ZkopsError('input.changed', `${file} was changed while it was read`, {
    file,
    offset,
    hint: 'Run the command again on a copy.',
  })
}

async function liesPlain(file: string, signal: AbortSignal): Promise<boolean> {
  if (file === '-') return false
  const found = await stat(file).catch((error) => {
    throw fileError(error, file)
  })
  // a pipe is read once
  if (!found.isFile() && !found.isDirectory()) return false
  const source = await openSource(file, signal)
  await source.close()
  return source.compression === 'none'
}

interface Copy {
  readonly file: string
  add(batch: NodeBatch): void
  /** Offset of its first byte in the snapshot. */
  begins(): number
  remove(): Promise<void>
}

async function temporaryCopy(): Promise<Copy> {
  const temporary = await temporaryFolder('zkops-diff-')
  const file = join(temporary.folder, 'nodes')
  const handle = await open(file, 'wx', 0o600)
  let begins: number | undefined
  return {
    file,
    add(batch) {
      const from = nodeIndex(batch, 0)
      const to = batch.table[(batch.count - 1) * ROW_WORDS + ROW.aclAt]! + AFTER_DATA_BYTES
      begins ??= from + batch.base
      try {
        for (let at = from; at < to; ) at += writeSync(handle.fd, batch.bytes, at, to - at)
      } catch (error) {
        throw fileError(error, file)
      }
    },
    begins: () => begins ?? 0,
    async remove() {
      await handle.close()
      await temporary.remove()
    },
  }
}
