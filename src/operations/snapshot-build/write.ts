import { join } from 'node:path'
import type { Compression } from '../../datadir/byte-source.ts'
import { newDirectory } from '../../datadir/new-directory.ts'
import type { Check } from '../../support/change.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import type { VerifySnapshotResult } from '../verify-snapshot.ts'
import type { MemberText } from './member-texts.ts'
import { packed } from './packed.ts'
import { type SnapshotContent, treeBytes } from './tree-bytes.ts'
import { verifyWritten } from './verify-written.ts'

/** A data directory to be written. */
export interface DirectoryDraft {
  readonly content: SnapshotContent
  /** Of the snapshot. */
  readonly name: string
  /** Other files, by their names in the directory. */
  readonly texts: readonly MemberText[]
}

export interface WriteDirectoryOptions extends ReadSnapshotOptions {
  readonly output: string
  readonly compression: Compression
}

/**
 * Writes a data directory with one snapshot and reads that again before the directory gets its name. Throws `input.*`,
 * `stopped.*` with nothing left behind.
 */
export async function writeDirectory(draft: DirectoryDraft, options: WriteDirectoryOptions): Promise<readonly Check[]> {
  const { output, compression, signal, progress } = options
  const { content, name, texts } = draft
  const directory = await newDirectory(output)
  try {
    let nodes = 0
    progress.start(join(output, name), undefined, 'bytes')
    await directory.write(join('version-2', name), async (write) => {
      const pieces = treeBytes(content, signal, (count) => {
        nodes = count
      })
      let bytes = 0
      for await (const piece of packed(pieces, compression)) {
        await write(piece)
        progress.update((bytes += piece.length))
      }
    })
    progress.finish()
    for (const { name, text } of texts) await directory.write(name, (write) => write(Buffer.from(text)))
    const { tree, zxid, blocks } = content
    const isAsPlanned = (found: VerifySnapshotResult) => {
      const counted = found.nodes === nodes && found.nameZxid === zxid
      const digested = found.digest !== null || !blocks.digest || zxid === 0n
      // servers whose JVM has that charset have another digest than can be told from the file alone
      return counted && digested && (found.digest?.match !== false || tree.kernel.charset() === 'latin1')
    }
    const file = join(directory.temporary, 'version-2', name)
    const checks = await verifyWritten(file, isAsPlanned, options)
    await directory.commit(signal)
    return checks
  } finally {
    await directory.dispose()
  }
}
