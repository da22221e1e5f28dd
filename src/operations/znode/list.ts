import { decodePayload } from '../../formats/payload/decode.ts'
import { isCode } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { pooled } from '../../support/pool.ts'
import { type LiveContext, type LiveOptions, withLiveSession } from '../live/session.ts'
import type { Listing } from '../look-into/listing.ts'
import type { Znode } from '../look-into/look.ts'
import type { ValueAt } from '../look-into/value.ts'
import {
  byBytes,
  checkPath,
  IN_FLIGHT,
  type LiveAcls,
  liveAcls,
  notReadable,
  noZnode,
  readable,
  readZnode,
  wideFinding,
  znodeOf,
} from './znode.ts'

export interface ListOptions {
  readonly path: string
  /** What was committed before is seen. */
  readonly sync: boolean
  /** Names only, stats, or access lists as well: one request for each child. */
  readonly depth: 'names' | 'stats' | 'all'
  /** Told before a long list is asked for. */
  readonly onFinding: (finding: Finding) => void
}

/** A server does not tell at which zxid it answers. */
export interface Answered<T> {
  readonly value: T
  readonly zxid: null
  readonly timeMs: number
  readonly acls: LiveAcls
  readonly findings: readonly Finding[]
}

/** The children of a znode, sorted by name. Throws `input.no-znode`, and as withLiveSession does. */
export async function listZnode(
  options: LiveOptions,
  context: LiveContext,
  { path, sync, depth, onFinding }: ListOptions,
): Promise<Answered<Listing>> {
  checkPath(path)
  return withLiveSession(options, context, async ({ session, real, findings }) => {
    if (sync) await session.sync(real(path))
    for (const finding of findings) onFinding(finding)
    const stat = await session.exists(real(path))
    if (stat === null) throw noZnode(path)
    const wide = wideFinding(path, stat)
    if (wide !== undefined) onFinding(wide)
    const { names } = await session.children(real(path))
    const paths = names.toSorted(byBytes).map((name) => (path === '/' ? `/${name}` : `${path}/${name}`))
    const acls = liveAcls()
    const read = async (child: string) => {
      if (depth === 'all') return readable(readZnode(session, child, real(child), acls))
      const found = depth === 'names' ? stat : await readable(session.exists(real(child)))
      return found && znodeOf(child, found, acls.ref(null))
    }
    const looks = await pooled(paths, IN_FLIGHT, read)
    const closed = notReadable(paths.filter((_, i) => looks[i] === undefined))
    for (const finding of closed) onFinding(finding)
    const children = looks.filter((child) => child != null)
    const all = [...findings, ...(wide === undefined ? [] : [wide]), ...closed]
    return { value: { path, children }, zxid: null, timeMs: Date.now(), acls, findings: all }
  })
}

export interface ReadOptions {
  readonly path: string
  readonly sync: boolean
}

/** One znode. Throws the same. */
export async function statZnode(
  options: LiveOptions,
  context: LiveContext,
  { path, sync }: ReadOptions,
): Promise<Answered<Znode>> {
  checkPath(path)
  return withLiveSession(options, context, async ({ session, real, findings }) => {
    if (sync) await session.sync(real(path))
    const acls = liveAcls()
    const value = await readZnode(session, path, real(path), acls)
    if (value === null) throw noZnode(path)
    return { value, zxid: null, timeMs: Date.now(), acls, findings }
  })
}

/** Its value; null for null data. Throws the same. */
export async function getZnode(
  options: LiveOptions,
  context: LiveContext,
  { path, sync, decode }: ReadOptions & { readonly decode: boolean },
): Promise<Omit<Answered<ValueAt>, 'acls'>> {
  checkPath(path)
  return withLiveSession(options, context, async ({ session, real, findings }) => {
    if (sync) await session.sync(real(path))
    const bytes = await session.get(real(path)).catch((error) => {
      throw isCode(error, 'server.no-node') ? noZnode(path) : error
    })
    const value = { path, bytes, decoded: decode ? decodePayload(Buffer.from(path), bytes) : undefined }
    return { value, zxid: null, timeMs: Date.now(), findings }
  })
}
