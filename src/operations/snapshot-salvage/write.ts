import { join } from 'node:path'
import { newDirectory } from '../../datadir/new-directory.ts'
import type { Check } from '../../support/change.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import type { MemberText } from '../snapshot-build/member-texts.ts'
import { verifyWritten } from '../snapshot-build/verify-written.ts'
import type { VerifySnapshotResult } from '../verify-snapshot.ts'
import { contentBytes, type SalvagedContent } from './content.ts'
import { openQuarantined, type Quarantined } from './quarantine.ts'

/** A data directory to be written. */
export interface SalvageDraft {
  readonly content: SalvagedContent
  /** Of the snapshot in version-2. */
  readonly name: string
  readonly nodes: number
  readonly zxid: bigint
  readonly texts: readonly MemberText[]
  readonly quarantined: readonly Quarantined[]
  /** Intact nodes whose parents are lost, as a snapshot that no server loads. */
  readonly orphans: { readonly name: string; readonly content: SalvagedContent } | null
}

export interface WriteOptions extends ReadSnapshotOptions {
  readonly output: string
}

/** Reads what it wrote before the directory gets its name. Throws `input.*`, `stopped.*` with nothing left behind. */
export async function writeSalvaged(draft: SalvageDraft, options: WriteOptions): Promise<readonly Check[]> {
  const { content, name, texts, quarantined, orphans } = draft
  const { output, signal, progress } = options
  const directory = await newDirectory(output)
  try {
    const snapshot = join('version-2', name)
    progress.start(join(output, snapshot), undefined, 'bytes')
    let bytes = 0
    const writeContent = (file: string, what: SalvagedContent) =>
      directory.write(file, async (write) => {
        for await (const piece of contentBytes(what, signal)) {
          await write(piece)
          progress.update((bytes += piece.length))
        }
      })
    await writeContent(snapshot, content)
    if (orphans !== null) await writeContent(orphans.name, orphans.content)
    progress.finish()
    for (const { name: file, text } of texts) await directory.write(file, (write) => write(Buffer.from(text)))
    const source = await openQuarantined(content.snapshot, signal)
    try {
      for (const one of quarantined) await directory.write(one.name, (write) => source.copy(one, write))
    } finally {
      await source.close()
    }
    const isAsPlanned = ({ digest, nodes, nameZxid }: VerifySnapshotResult) =>
      nodes === draft.nodes && nameZxid === draft.zxid && digest?.match !== false
    const checks = await verifyWritten(join(directory.temporary, snapshot), isAsPlanned, options)
    await directory.commit(signal)
    return checks
  } finally {
    await directory.dispose()
  }
}
