/*
 * Writes a snapshot as FileSnap.serialize does, in pieces:
 *
 *   snapshot => header sessions acls nodes seal [digest seal] [lastZxid seal]
 *
 * What is given last is known last, so the trailer's values are asked for when the nodes are through; the digest of the
 * nodes is computed on the way. Nodes must come parents first. Whether servers of a line read a trailer depends on what
 * is in it: all of them read one without blocks; all default ones from 3.6 on read a digest, with or without a last
 * zxid; a last zxid alone is read by none of these.
 *
 * Compression is a matter of the stream: gzip (any) and SnappyOutputStream's (../compression/snappy.ts).
 */
import { type JuteWriter, juteWriter } from '../jute/writer.ts'
import { writeAcls } from '../txnlog/txn/acl.ts'
import type { AclList } from '../txnlog/types.ts'
import { type SnapshotHeader, writeSnapshotHeader } from './header.ts'
import { FIRST_FREE, type SnapshotKernel } from './kernel/kernel.ts'
import { type SnapshotNode, writeNode } from './node.ts'
import type { Session } from './sessions.ts'
import type { DigestBlock } from './trailer.ts'

export interface SnapshotStart {
  /** Version 2 and database -1 when not given, as every server writes. */
  readonly header?: Pick<SnapshotHeader, 'version' | 'dbId'>
  readonly sessions: Iterable<Session>
  readonly sessionCount: number
  readonly acls: Iterable<readonly [ref: bigint, list: AclList]>
  readonly aclCount: number
}

/** Null leaves a block out. */
export interface SnapshotBlocks {
  readonly digest: DigestBlock | null
  readonly lastZxid: bigint | null
}

export interface SnapshotWriter {
  /** Must be called before the first node. */
  begin(start: SnapshotStart): void
  node(node: SnapshotNode): void
  /** Nodes as they lie in a snapshot, one or many. */
  rawNodes(bytes: Uint8Array): void
  /** The digest of all nodes so far, version 2. */
  digest(): bigint
  end(blocks: SnapshotBlocks): void
}

const PIECE = 1 << 20
/** More are handed on where they lie. */
const MANY = 64 << 10
const END_PATH = Buffer.from('/')
/** Strings of any length are written. */
const FRAME = { limit: 2 ** 31 - 1, most: 2 ** 31 - 1, digest: true } as const

/** `write` gets the pieces: their own memory, or the caller's that rawNodes got. */
export function snapshotWriter(kernel: SnapshotKernel, write: (piece: Uint8Array) => void): SnapshotWriter {
  let output = juteWriter()
  let adler = 1
  let nodesBegun = false
  kernel.begin()

  /** Hands out what was written; seals count it, and so does the digest when it is nodes. */
  const flush = (): void => {
    const bytes = output.result()
    if (bytes.length === 0) return
    output = juteWriter()
    put(bytes)
  }
  const put = (bytes: Uint8Array): void => {
    kernel.reserve(FIRST_FREE + bytes.length)
    kernel.bytes().set(bytes, FIRST_FREE)
    adler = kernel.adler32(FIRST_FREE, bytes.length, adler)
    if (nodesBegun) countNodes(kernel, bytes.length)
    write(bytes)
  }
  const seal = (): void => {
    flush()
    output.long(BigInt(adler))
    output.buffer(END_PATH)
    flush()
  }
  return {
    begin({ header = { version: 2, dbId: -1n }, sessions, sessionCount, acls, aclCount }) {
      output.bytes(writeSnapshotHeader(header))
      output.int(sessionCount)
      for (const { id, timeoutMs } of sessions) {
        output.long(id)
        output.int(timeoutMs)
      }
      output.int(aclCount)
      for (const [ref, list] of acls) {
        output.long(ref)
        writeAcls(output, list)
      }
      flush()
      nodesBegun = true
    },
    node(node) {
      writeNode(output, node)
      if (isFull(output)) flush()
    },
    rawNodes(bytes) {
      if (bytes.length < MANY) output.bytes(bytes)
      else {
        flush()
        put(bytes)
      }
      if (isFull(output)) flush()
    },
    digest() {
      flush()
      return kernel.summary().digest
    },
    end({ digest, lastZxid }) {
      flush()
      nodesBegun = false
      output.buffer(END_PATH)
      seal()
      if (digest !== null) {
        output.long(digest.zxid)
        output.int(digest.version)
        output.long(BigInt.asIntN(64, digest.value))
        seal()
      }
      if (lastZxid !== null) {
        output.long(lastZxid)
        seal()
      }
    },
  }
}

function isFull(output: JuteWriter): boolean {
  return output.result().length >= PIECE
}

/** Adds the nodes at the front of the kernel's memory to its digest. */
function countNodes(kernel: SnapshotKernel, length: number): void {
  const to = FIRST_FREE + length
  for (let at = FIRST_FREE; at < to; at = kernel.stopAt()) {
    if (kernel.frame(at, to, 0, FRAME) === 0) return
  }
}
