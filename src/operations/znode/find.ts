import { pooled } from '../../support/pool.ts'
import type { LiveContext, LiveOptions } from '../live/session.ts'
import { type FindCriteria, findZnodes } from '../look-into/find.ts'
import type { Znode } from '../look-into/look.ts'
import { type LiveLook, lookLive, type WalkOptions } from './look.ts'
import { IN_FLIGHT, readable, readZnode } from './znode.ts'

export interface FindLiveOptions extends Omit<WalkOptions, 'path' | 'acls'> {
  readonly criteria: FindCriteria
  /** Access lists of what is found are told. */
  readonly withAcls: boolean
  readonly onFound: (znode: Znode, look: LiveLook) => void
}

/** What is found in a subtree, sorted by path; what is gone by then is left out. Throws as lookLive and findZnodes do. */
export async function findLive(
  options: LiveOptions,
  context: LiveContext,
  { criteria, withAcls, onFound, ...walk }: FindLiveOptions,
): Promise<LiveLook['findings']> {
  const place = { ...walk, path: criteria.below, acls: criteria.acl !== undefined }
  return lookLive(options, context, place, async (look, { session, real }) => {
    let batch: Znode[] = []
    const tell = async () => {
      const read = (znode: Znode) => readable(readZnode(session, znode.path, real(znode.path), look.acls))
      const found = withAcls ? await pooled(batch, IN_FLIGHT, read) : batch
      for (const znode of found) if (znode != null) onFound(znode, look)
      batch = []
    }
    for await (const znode of findZnodes(look, criteria, context.signal)) {
      batch.push(znode)
      if (batch.length === IN_FLIGHT) await tell()
    }
    await tell()
    return look.findings
  })
}
