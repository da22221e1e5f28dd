/* One side of a comparison as a snapshot file: that of a moment is written into a temporary one. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { isDirectory } from '../../datadir/log-files.ts'
import type { SnapshotFile } from '../../datadir/snapshot-files.ts'
import { temporaryFolder } from '../../datadir/temporary-folder.ts'
import { fileError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import type { Moment } from '../../support/moment.ts'
import { openTree } from '../open-tree.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import { treeBytes } from '../snapshot-build/tree-bytes.ts'
import { usableSnapshot } from '../usable-snapshot.ts'

/** What is compared. */
export interface SidePlace {
  /** A snapshot, `-`, or a directory: its newest usable snapshot and the logs behind it. */
  readonly place: string
  /** The latest when not given. */
  readonly at?: Moment | undefined
  readonly logDir?: string | undefined
}

export interface Side {
  /** What is read. */
  readonly snapshot: SnapshotFile
  /** The snapshot it comes from, and the logs behind it. */
  readonly file: string
  readonly logs: readonly string[]
  readonly zxid: bigint | null
  readonly findings: readonly Finding[]
  close(): Promise<void>
}

/** Throws `input.*`, and `usage` for a moment of a snapshot alone. */
export async function openSide({ place, at, logDir }: SidePlace, options: ReadSnapshotOptions): Promise<Side> {
  const alone = at === undefined && logDir === undefined && (place === '-' || !(await isDirectory(place)))
  if (alone) {
    const { snapshot, findings } = await usableSnapshot(place, options)
    const { file, nameZxid } = snapshot
    return { snapshot, file, logs: [], zxid: nameZxid, findings, close: async () => {} }
  }
  const { tree, sources, zxid, snapshot, logs, findings } = await openTree({ ...options, place, at, logDir })
  const temporary = await temporaryFolder('zkops-diff-')
  const file = join(temporary.folder, 'snapshot')
  try {
    const content = {
      tree,
      sources,
      sessions: tree.sessions(),
      zxid: zxid ?? 0n,
      blocks: { digest: false, lastZxid: false },
    }
    const handle = await open(file, 'wx', 0o600)
    try {
      for await (const piece of treeBytes(content, options.signal, () => {})) await handle.writeFile(piece)
    } finally {
      await handle.close()
    }
  } catch (error) {
    await temporary.remove()
    throw fileError(error, file)
  }
  const written = { file, nameZxid: zxid, namedForm: null, stray: false } as const
  return { snapshot: written, file: snapshot.file, logs, zxid, findings, close: temporary.remove }
}
