import { piecesSource } from '../datadir/byte-source.ts'
import { snapshotFile } from '../datadir/snapshot-files.ts'
import { openTree } from './open-tree.ts'
import type { ReadSnapshotOptions } from './read-snapshot.ts'
import { treeBytes } from './snapshot-build/tree-bytes.ts'
import type { TreePlace } from './tree-place.ts'
import type { UsableSnapshot } from './usable-snapshot.ts'

/** The tree of a moment, to be read as if it were a snapshot, as often as is wanted. Throws as openTree does. */
export async function momentSnapshot(place: TreePlace, options: ReadSnapshotOptions): Promise<UsableSnapshot> {
  const { tree, sources, zxid, snapshot, logs, digests, findings, replay } = await openTree({ ...options, ...place })
  const { file } = snapshot
  // nothing behind it: the file itself says more of places and form
  if (replay.txns === 0) return { snapshot: snapshotFile(file), logs, findings }
  const content = {
    tree,
    sources,
    sessions: tree.sessions(),
    zxid: zxid!,
    blocks: { digest: digests, lastZxid: snapshot.lastZxid !== null },
  }
  const open = (signal: AbortSignal) => piecesSource(treeBytes(content, signal, () => {}))
  return { snapshot: { file, nameZxid: zxid, namedForm: null, stray: false, open }, logs, findings }
}
