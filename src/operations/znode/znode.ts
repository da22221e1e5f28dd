/* Znodes as a live server shows them, in the shape of those of a snapshot. */
import type { Acl, Session, ZnodeStat } from '../../cluster/client/session.ts'
import type { AclTable } from '../../formats/snapshot/acls.ts'
import { nodeKind, ttlMs } from '../../formats/snapshot/owner.ts'
import type { AclList } from '../../formats/txnlog/types.ts'
import { isCode, ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import type { Znode } from '../look-into/look.ts'
import { ZNODE_FINDINGS } from './findings.ts'

/** Requests that are on their way at the same time. */
export const IN_FLIGHT = 100

/** Access lists that were read, by a reference that znodes carry. */
export interface LiveAcls extends AclTable {
  /** The reference of a list; of null where it may not be read. */
  ref(acl: readonly Acl[] | null): bigint
}

export function liveAcls(): LiveAcls {
  const refs = new Map<string, bigint>()
  const lists = new Map<bigint, AclList>()
  return {
    get count() {
      return lists.size
    },
    list: (ref) => lists.get(ref),
    refs: () => lists.keys(),
    ref(acl) {
      const key = JSON.stringify(acl)
      let ref = refs.get(key)
      if (ref === undefined) {
        ref = BigInt(refs.size + 1)
        refs.set(key, ref)
        lists.set(ref, acl === null ? null : acl.map(entryOf))
      }
      return ref
    },
  }
}

function entryOf({ perms, scheme, id }: Acl): { perms: number; scheme: Uint8Array; id: Uint8Array } {
  return { perms, scheme: Buffer.from(scheme), id: Buffer.from(id) }
}

/** Servers show containers and TTL nodes as persistent ones (DataNode.copyStat), and null data as 0 bytes. */
export function znodeOf(path: string, stat: ZnodeStat, aclRef: bigint): Znode {
  const type = nodeKind(stat.ephemeralOwner)
  return {
    path,
    type,
    ttlMs: type === 'ttl' ? ttlMs(stat.ephemeralOwner) : null,
    dataBytes: stat.dataLength,
    children: stat.numChildren,
    aclRef,
    stat,
  }
}

/** A znode with its access list, in one request; the list is null where it may not be read. Null: it is gone. */
export async function readZnode(session: Session, path: string, real: string, acls: LiveAcls): Promise<Znode | null> {
  try {
    const { acl, stat } = await session.acl(real)
    return znodeOf(path, stat, acls.ref(acl))
  } catch (error) {
    if (isCode(error, 'server.no-node')) return null
    if (!isCode(error, 'server.no-auth')) throw error
    const stat = await session.exists(real)
    return stat === null ? null : znodeOf(path, stat, acls.ref(null))
  }
}

/** Undefined for what may not be read. */
export async function readable<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (isCode(error, 'server.no-auth')) return undefined
    throw error
  }
}

/** How names are sorted. */
export const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

export function notReadable(paths: readonly string[]): readonly Finding[] {
  if (paths.length === 0) return []
  const code = 'znode.not-readable'
  const path = paths.toSorted(byBytes)[0]!
  const message = `${paths.length} ${paths.length === 1 ? 'znode' : 'znodes'} may not be read, the first is ${path}`
  return [{ code, severity: 'warning', message, path, remedy: ZNODE_FINDINGS[code]!.remedy }]
}

export function checkPath(path: string): void {
  if (/^\/$|^(\/[^/]+)+$/s.test(path)) return
  throw new ZkopsError('usage', `${path} is no path of a znode: it begins with / and does not end with it`)
}

export function noZnode(path: string): ZkopsError {
  return new ZkopsError('input.no-znode', `${path} does not exist on the servers`, {
    hint: 'zkops znode ls shows what is there.',
  })
}

/** What clients take of one answer unless they are told otherwise. */
const PACKET_BYTES = 1_048_575
/** A name of a lock or queue entry, with its length. */
const LIKELY_NAME_BYTES = 48

/** Said before such a list is asked for. */
export function wideFinding(path: string, { numChildren }: ZnodeStat): Finding | undefined {
  if (numChildren * LIKELY_NAME_BYTES <= PACKET_BYTES) return undefined
  const code = 'znode.wide'
  const message = `${path} has ${numChildren} children: the list may be longer than the packets that clients take`
  return {
    ...{ code, severity: 'warning', message, path, remedy: ZNODE_FINDINGS[code]!.remedy },
    evidence: { children: numChildren, jutemaxbuffer: PACKET_BYTES },
  }
}
