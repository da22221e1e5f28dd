import type { UsageOfTree } from '../operations/du-snapshot.ts'
import type { Usage } from '../operations/look-into/disk-usage.ts'
import type { Listing, TreeBranch } from '../operations/look-into/listing.ts'
import type { Look, Znode } from '../operations/look-into/look.ts'
import type { ShownTree } from '../operations/show-snapshot.ts'
import { hex64 } from '../support/hex.ts'
import { nodeAclJson } from './snapshot-json.ts'
import { timeText } from './txn-json.ts'

type Json = Record<string, unknown>

/** Which tree a result is about. */
export function momentJson({ zxid, timeMs, findings }: Pick<Look, 'zxid' | 'timeMs' | 'findings'>): Json {
  return { zxid, time: timeMs === null ? null : timeText(BigInt(timeMs)), findings }
}

/** All that is known about a znode but its value. */
export function znodeJson(
  { path, type, ttlMs, dataBytes, children, aclRef, stat }: Znode,
  { acls }: Pick<Look, 'acls'>,
): Json {
  return {
    path,
    type,
    ...(ttlMs === null ? {} : { ttlMs }),
    dataBytes,
    ...nodeAclJson(acls, aclRef),
    stat: {
      czxid: hex64(stat.czxid),
      mzxid: hex64(stat.mzxid),
      pzxid: hex64(stat.pzxid),
      ctime: timeText(stat.ctime),
      mtime: timeText(stat.mtime),
      version: stat.version,
      cversion: stat.cversion,
      aversion: stat.aversion,
      ephemeralOwner: hex64(stat.ephemeralOwner),
      dataLength: dataBytes ?? 0,
      numChildren: children,
    },
  }
}

/** Which tree, and the access lists of its znodes. */
export type LookedAt = Pick<Look, 'zxid' | 'timeMs' | 'findings' | 'acls'>

export function listingJson({ path, children }: Listing, look: LookedAt): Json {
  return { path, ...momentJson(look), children: children.map((child) => znodeJson(child, look)) }
}

export function branchJson(branch: TreeBranch): Json {
  const { path, nodes, dataBytes, children, omitted } = branch
  return { path, nodes, dataBytes, children: children.map(branchJson), omittedChildren: omitted.children }
}

/** Bounded by its depth, as branchJson is. */
function prefixJson({ path, nodes, dataBytes, children, omitted }: Usage): Json {
  return { path, nodes, dataBytes, children: children.map(prefixJson), omittedChildren: omitted.children }
}

export function usageJson({ usage, ...moment }: UsageOfTree): Json {
  const { levels, largest, widest } = usage
  return { ...prefixJson(usage), levels, largest, widest, ...momentJson(moment) }
}

/** What `snapshot show --json` prints. */
export function shownJson(shown: ShownTree): Json {
  const { source, zxid, nodes, kinds, sessions, dataBytes, digest, proof, findings } = shown
  const { file, fileBytes, compression, format, dbId, acls, parents } = shown
  return {
    source,
    zxid,
    time: momentJson(shown).time,
    nodes,
    kinds,
    sessions,
    dataBytes,
    digest,
    proof,
    snapshot: { file, bytes: fileBytes ?? null, compression, format, dbId },
    acls,
    parents,
    findings,
  }
}
