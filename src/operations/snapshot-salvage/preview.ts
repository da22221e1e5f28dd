/*
 * What a salvaged snapshot will be, read from its bytes before any of it is written.
 */
import { fromPieces } from '../../datadir/byte-source.ts'
import { OPEN_ACL_REF } from '../../formats/snapshot/acls.ts'
import { giveBack, takeKernel } from '../../formats/snapshot/kernel/idle.ts'
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { STAT } from '../../formats/snapshot/node.ts'
import { nodeKind } from '../../formats/snapshot/owner.ts'
import { scanSnapshot } from '../../formats/snapshot/scan.ts'
import type { SessionTable } from '../../formats/snapshot/sessions.ts'
import { payloadLimit } from '../../formats/txnlog/scan.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import { contentBytes, type SalvagedContent } from './content.ts'

export interface Preview {
  readonly nodes: number
  /** Of the tree, and as a server in a locale without UTF-8 computes it. */
  readonly digests: readonly bigint[]
  /** The highest czxid, mzxid or pzxid. */
  readonly maxZxid: bigint
  readonly ephemerals: number
  /** Access lists that nodes name and none defines, with the number of nodes. */
  readonly undefinedLists: ReadonlyMap<bigint, number>
  /** Sessions that own nodes and are in no table, with the number of nodes; at most 1000. */
  readonly unknownSessions: ReadonlyMap<bigint, number>
}

const MOST_SESSIONS = 1000

export async function previewOf(content: SalvagedContent, options: ReadSnapshotOptions): Promise<Preview> {
  const { signal, juteMaxbuffer } = options
  const read = fromPieces(contentBytes(content, signal))
  const undefinedLists = new Map<bigint, number>()
  const unknownSessions = new Map<bigint, number>()
  const known = new Set([OPEN_ACL_REF, ...content.lists.map(([ref]) => ref)])
  let sessions: SessionTable | undefined
  let ephemerals = 0
  const kernel = takeKernel()
  const parts = scanSnapshot(kernel, read, { limit: payloadLimit(juteMaxbuffer), digest: true })
  for (;;) {
    const next = await parts.next()
    if (next.done) {
      const { nodes, summary } = next.value
      giveBack(kernel)
      const digests = [summary.digest, summary.asciiDigest]
      return { nodes, digests, maxZxid: summary.maxZxid ?? 0n, ephemerals, undefinedLists, unknownSessions }
    }
    const part = next.value
    if (part.kind === 'sessions') sessions = part.sessions
    if (part.kind !== 'nodes') continue
    const { view, table, count } = part
    let lastRef = OPEN_ACL_REF
    for (let row = 0; row < count; row++) {
      const aclAt = table[row * ROW_WORDS + ROW.aclAt]!
      const ref = view.getBigInt64(aclAt)
      if (ref !== lastRef && !known.has(ref)) undefinedLists.set(ref, (undefinedLists.get(ref) ?? 0) + 1)
      else lastRef = ref
      const high = view.getUint32(aclAt + STAT.ephemeralOwner)
      const low = view.getUint32(aclAt + STAT.ephemeralOwner + 4)
      if (high === 0 && low === 0) continue
      const owner = view.getBigInt64(aclAt + STAT.ephemeralOwner)
      if (nodeKind(owner) !== 'ephemeral') continue
      ephemerals++
      if (sessions?.has(high, low)) continue
      const seen = unknownSessions.get(owner)
      if (seen !== undefined || unknownSessions.size < MOST_SESSIONS) unknownSessions.set(owner, (seen ?? 0) + 1)
    }
  }
}
