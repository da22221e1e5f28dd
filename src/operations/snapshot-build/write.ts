import { join } from 'node:path'
import type { Compression } from '../../datadir/byte-source.ts'
import { newDirectory } from '../../datadir/new-directory.ts'
import { findSnapshots } from '../../datadir/snapshot-files.ts'
import type { Check } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import { examineSnapshot } from '../verify-snapshot.ts'
import type { MemberText } from './member-texts.ts'
import { packed } from './packed.ts'
import { type SnapshotContent, treeBytes } from './tree-bytes.ts'

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
    const checks = await verify(join(directory.temporary, 'version-2', name), nodes, content, options)
    await directory.commit(signal)
    return checks
  } finally {
    await directory.dispose()
  }
}

async function verify(
  file: string,
  nodes: number,
  { tree, zxid, blocks }: SnapshotContent,
  options: WriteDirectoryOptions,
): Promise<readonly Check[]> {
  const [snapshot] = await findSnapshots(file)
  const { result, whole } = await examineSnapshot(snapshot!, { ...options, digest: true })
  const { digest, serverAccepts, findings } = result
  const asPlanned =
    result.nodes === nodes && result.nameZxid === zxid && (digest !== null || !blocks.digest || zxid === 0n)
  // servers whose JVM has that charset have another digest than can be told from the file alone
  const otherDigest = digest?.match === false && tree.kernel.charset() !== 'latin1'
  if (!whole || !asPlanned || otherDigest) {
    const what = findings.find(({ severity }) => severity === 'error')?.message ?? `it holds ${result.nodes} znodes`
    throw new ZkopsError('stopped.verify', `What was written does not verify: ${what}. It was removed`, {
      hint: 'Did the input change meanwhile? Run the command again.',
    })
  }
  const said = digest?.match === true ? 'seals and tree digest right' : 'seals right'
  return [
    { check: 'snapshot verify', ok: true, detail: `${nodes} znodes, ${said}` },
    {
      check: 'loads',
      ok: serverAccepts,
      detail: serverAccepts
        ? 'a server with default settings loads it'
        : 'needs the settings of the servers that wrote the files',
    },
  ]
}
