/*
 * Whom a member takes for the members of its ensemble: what its zoo.cfg says, or, from 3.5 on, what its snapshots do. It
 * tells the ensemble that a directory belongs to from another one, which has servers of the same ids.
 */
import { type Membership, membershipOf } from '../../cluster/observe/membership.ts'
import type { Ensemble } from '../../config/ensemble.ts'
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import type { Examination } from '../doctor/doctor.ts'
import { snapshotFilesIn } from '../doctor/listing.ts'
import { type ReadableSnapshot, readSnapshot } from '../read-snapshot.ts'
import type { Work } from './treated.ts'

const CONFIG = Buffer.from('/zookeeper/config')

/** Null when nothing tells. Throws `input.*` when a snapshot cannot be read. */
export async function ownMembership({ places, start }: Examination, work: Work): Promise<Ensemble | null> {
  const said = places.config?.member.ensemble
  if (said !== undefined && said.servers.size > 0) return said
  for (const snapshot of snapshotFilesIn(start.folders.snapshots)) {
    const found = await configIn(snapshot, work)
    if (found !== null) return found
  }
  return null
}

/** The newest configuration that a snapshot holds, damaged or not. */
async function configIn(snapshot: ReadableSnapshot, work: Work): Promise<Membership | null> {
  for await (const part of readSnapshot(snapshot, work)) {
    if (part.kind !== 'nodes') continue
    const { bytes, table, count } = part
    for (let row = 0; row < count; row++) {
      const pathAt = table[row * ROW_WORDS + ROW.at]! + 4
      const dataAt = table[row * ROW_WORDS + ROW.dataAt]!
      if (CONFIG.compare(bytes, pathAt, dataAt) !== 0) continue
      const text = Buffer.from(bytes.subarray(dataAt + 4, table[row * ROW_WORDS + ROW.aclAt]!)).toString()
      return membershipOf(text.split('\n'), 'config-znode')
    }
  }
  return null
}
