import { type ByteSource, type Compression, openSource, unpackingProblem } from '../datadir/byte-source.ts'
import type { SnapshotFile } from '../datadir/snapshot-files.ts'
import { giveBack, takeKernel } from '../formats/snapshot/kernel/idle.ts'
import { type SnapshotEnd, type SnapshotPart, scanSnapshot } from '../formats/snapshot/scan.ts'
import type { InputEnd } from '../formats/snapshot/server.ts'
import { payloadLimit } from '../formats/txnlog/scan.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Progress } from '../support/progress.ts'

/** What every command that reads a snapshot takes. */
export interface ReadSnapshotOptions {
  /** The servers' `jute.maxbuffer` in bytes. */
  readonly juteMaxbuffer: number
  /** Compute the tree digest. */
  readonly digest?: boolean
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** What is read as a snapshot. */
export interface ReadableSnapshot extends SnapshotFile {
  /** Its bytes, when they are not those of the file: the tree of a moment, which the file is where it begins. */
  readonly open?: (signal: AbortSignal) => ByteSource
}

/** A snapshot is over. */
export interface SnapshotDone {
  readonly kind: 'end'
  readonly compression: Compression
  readonly end: SnapshotEnd
  /** Why it could not be unpacked to its end. */
  readonly broken: ZkopsError | null
  readonly inputEnd: InputEnd
}

const INPUT_END = { short: 'eof', length: 'fatal', value: 'broken' } as const

/**
 * Everything that is in a snapshot, in file order, and a SnapshotDone at the end, whatever is wrong with it. Throws
 * `input.*` only when it cannot be opened or read. Memory is constant but for sessions and access lists.
 */
export async function* readSnapshot(
  { file, open }: ReadableSnapshot,
  { juteMaxbuffer, digest = false, signal, progress }: ReadSnapshotOptions,
): AsyncGenerator<SnapshotPart | SnapshotDone> {
  const source = open?.(signal) ?? (await openSource(file, signal))
  const kernel = takeKernel()
  try {
    // what a compressed file unpacks to is not known before
    progress.start(file, source.compression === 'none' ? source.sizeBytes : undefined, 'bytes')
    let bytesRead = 0
    let broken: ZkopsError | null = null
    const read = async (into: Uint8Array): Promise<number> => {
      if (broken !== null) return 0
      try {
        const count = await source.read(into)
        progress.update((bytesRead += count))
        return count
      } catch (error) {
        if (!(error instanceof ZkopsError) || error.code !== 'input.compression') throw error
        broken = error
        return 0
      }
    }
    const options = { limit: payloadLimit(juteMaxbuffer), digest, readAt: source.readAt }
    const parts = scanSnapshot(kernel, read, options)
    for (;;) {
      const next = await parts.next()
      if (!next.done) {
        yield next.value
        continue
      }
      const problem = broken as ZkopsError | null
      const inputEnd = problem === null ? 'eof' : INPUT_END[unpackingProblem(problem)]
      yield { kind: 'end', compression: source.compression, end: next.value, broken: problem, inputEnd }
      progress.finish()
      return
    }
  } finally {
    giveBack(kernel)
    await source.close()
  }
}
