/*
 * What the servers of a line read: formats/snapshot/writer.ts tells about the blocks.
 */

import { releaseOf } from '../../config/release.ts'
import type { Compression } from '../../datadir/byte-source.ts'
import type { Refusal } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { TreeCounts } from '../../tree/kernel/tree-kernel.ts'
import type { LoadedSnapshot } from '../../tree/load.ts'
import { FAITHFUL_RULES, RULE } from '../../tree/rules.ts'
import type { SnapshotContent } from './tree-bytes.ts'

/** Those of the line; else those of the snapshot that it comes from, whose writer's settings they tell. */
export function blocksOf(
  zookeeper: string | undefined,
  snapshot: Pick<LoadedSnapshot, 'digest' | 'lastZxid'> | null,
  digests: boolean,
  compression: Compression,
): SnapshotContent['blocks'] {
  if (zookeeper === undefined) {
    if (snapshot === null) return { digest: digests, lastZxid: false }
    return { digest: snapshot.digest !== null, lastZxid: snapshot.lastZxid !== null }
  }
  const minor = minorOf(zookeeper)
  if (compression !== 'none' && minor < 6) {
    throw new ZkopsError('usage', `Servers of ${zookeeper} read no compressed snapshots: they came with 3.6`)
  }
  return { digest: minor >= 6, lastZxid: minor >= 9 }
}

/** Znodes that the servers of a line would take for something else. */
export function lineRefusal(zookeeper: string | undefined, { containers, ttls }: TreeCounts): Refusal | null {
  if (zookeeper === undefined || minorOf(zookeeper) > 4 || containers + ttls === 0) return null
  return {
    code: 'refused.not-in-line',
    why: `${containers} containers and ${ttls} TTL znodes would be ephemerals of dead sessions to a server of ${zookeeper}, which removes them at its start`,
    counterexample: { containers, ttls },
  }
}

/** How transactions are replayed, and what a server of the line starts with when there is no snapshot. */
export function rulesFor(zookeeper: string | undefined): number {
  const old = zookeeper !== undefined && minorOf(zookeeper) < 5
  return old ? FAITHFUL_RULES & ~RULE.containers : FAITHFUL_RULES
}

function minorOf(zookeeper: string): number {
  const release = releaseOf(zookeeper)
  if (release === undefined) throw new ZkopsError('usage', `${zookeeper} is no release line from 3.4 to 3.9`)
  return release.minor
}
