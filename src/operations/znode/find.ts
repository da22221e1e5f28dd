import type { LiveContext, LiveOptions } from '../live/session.ts'
import { type FindCriteria, findZnodes } from '../look-into/find.ts'
import type { Znode } from '../look-into/look.ts'
import { type LiveLook, lookLive, type WalkOptions } from './look.ts'
import { readable, readZnode } from './znode.ts'

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
    for await (const znode of findZnodes(look, criteria, context.signal)) {
      const found = withAcls ? await readable(readZnode(session, znode.path, real(znode.path), look.acls)) : znode
      if (found != null) onFound(found, look)
    }
    return look.findings
  })
}
