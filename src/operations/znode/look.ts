/*
 * The subtree of a live server as a tree to look around in: it is walked level by level, one request for each znode,
 * many of them on their way at the same time. It is no moment: what changes while it is walked may be seen or not.
 */
import type { ZnodeStat } from '../../cluster/client/session.ts'
import { isCode } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { pooled } from '../../support/pool.ts'
import type { Progress } from '../../support/progress.ts'
import { type Family, weightsOf } from '../../tree/family.ts'
import { type LiveContext, type LiveOptions, type LiveSession, withLiveSession } from '../live/session.ts'
import type { Look } from '../look-into/look.ts'
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
} from './znode.ts'

export interface WalkOptions {
  readonly path: string
  readonly sync: boolean
  /** Access lists of all znodes are read: as many requests again. */
  readonly acls: boolean
  readonly progress: Progress
}

export interface LiveLook extends Look {
  readonly acls: LiveAcls
}

/** Of a znode that is known by its parent only. */
const HIDDEN: ZnodeStat = {
  ...{ czxid: 0n, mzxid: 0n, pzxid: 0n, ctime: 0n, mtime: 0n, ephemeralOwner: 0n },
  ...{ version: 0, cversion: 0, aversion: 0, dataLength: 0, numChildren: 0 },
}

interface Seen {
  readonly path: string
  readonly parent: number
  readonly stat: ZnodeStat
  readonly children: readonly string[]
}

/** Opens a session, walks, and hands the tree on while the session lasts. Throws as withLiveSession and walkZnodes do. */
export async function lookLive<T>(
  options: LiveOptions,
  context: LiveContext,
  walk: WalkOptions,
  work: (look: LiveLook, live: LiveSession) => T | Promise<T>,
): Promise<T> {
  checkPath(walk.path)
  return withLiveSession(options, context, async (live) => {
    const { session, real, findings } = live
    if (walk.sync) await session.sync(real(walk.path))
    const look = await walkZnodes(live, walk, context.signal)
    return work({ ...look, findings: [...findings, ...look.findings] }, live)
  })
}

/** Throws `input.no-znode`, `server.*`. */
async function walkZnodes(live: LiveSession, options: WalkOptions, signal: AbortSignal): Promise<LiveLook> {
  const { session, real } = live
  const { path: top, progress } = options
  const nodes: Seen[] = []
  const findings: Finding[] = []
  const closed: string[] = []
  const look = async ({ path, parent }: Pick<Seen, 'path' | 'parent'>): Promise<Seen | undefined> => {
    signal.throwIfAborted()
    try {
      const { names, stat } = await session.children(real(path))
      return { path, parent, stat, children: names.toSorted(byBytes) }
    } catch (error) {
      if (isCode(error, 'server.no-node')) return undefined
      if (!isCode(error, 'server.no-auth')) throw error
      closed.push(path)
      return { path, parent, stat: HIDDEN, children: [] }
    }
  }
  progress.start(`znodes below ${top}`)
  let level: readonly Pick<Seen, 'path' | 'parent'>[] = [{ path: top, parent: 0 }]
  while (level.length > 0) {
    const seen = (await pooled(level, IN_FLIGHT, look)).filter((one) => one !== undefined)
    const first = nodes.length
    for (const one of seen) nodes.push(one)
    progress.update(nodes.length)
    level = seen.flatMap(({ path, children }, i) =>
      children.map((name) => ({ path: path === '/' ? `/${name}` : `${path}/${name}`, parent: first + i })),
    )
  }
  progress.finish()
  if (nodes.length === 0) throw noZnode(top)
  findings.push(...nodes.flatMap(({ path, stat }) => wideFinding(path, stat) ?? []), ...notReadable(closed))
  return lookAt(live, nodes, findings, options.acls, signal)
}

async function lookAt(
  { session, real }: LiveSession,
  nodes: readonly Seen[],
  findings: readonly Finding[],
  wanted: boolean,
  signal: AbortSignal,
): Promise<LiveLook> {
  const acls = liveAcls()
  const refs = wanted
    ? await pooled(nodes, IN_FLIGHT, async ({ path }) => {
        const znode = await readable(readZnode(session, path, real(path), acls))
        return znode?.aclRef ?? acls.ref(null)
      })
    : undefined
  const at = (row: number) => nodes[row - 1]!
  const bytes = (text: string) => Buffer.from(text === '/' ? '' : text)
  const kernel: Look['tree']['kernel'] = {
    find: (path) => (Buffer.compare(path, bytes(nodes[0]!.path)) === 0 ? 1 : 0),
    pathOf: (row) => bytes(at(row).path),
    nameOf: (row) => Buffer.from(at(row).path.slice(at(row).path.lastIndexOf('/') + 1)),
    // clients see twice the stored one minus the number of children
    stat: (row) => ({ ...at(row).stat, cversion: (at(row).stat.cversion + at(row).children.length) / 2 }),
    value: (row) => ({ length: at(row).stat.dataLength, source: 0, offset: 0 }),
    aclId: (row) => refs?.[row - 1] ?? 0n,
    ownerOf: (row) => at(row).stat.ephemeralOwner,
  }
  const family = familyOf(nodes)
  return {
    ...{ tree: { kernel }, acls, zxid: null, timeMs: Date.now(), findings },
    family: () => family,
    weights: () => weightsOf({ kernel }, family),
    async *values(numbers) {
      for (let from = 0; from < numbers.length; from += IN_FLIGHT) {
        const some = numbers.slice(from, from + IN_FLIGHT)
        const read = await pooled(some, IN_FLIGHT, (number) => {
          signal.throwIfAborted()
          return session.get(real(nodes[number]!.path)).catch((error) => {
            if (isCode(error, 'server.no-node') || isCode(error, 'server.no-auth')) return null
            throw error
          })
        })
        for (const [i, value] of read.entries()) yield { index: from + i, bytes: value }
      }
    },
  }
}

/** Children of a znode lie next to each other, in the order of their parents. */
function familyOf(nodes: readonly Seen[]): Family {
  const firsts = new Uint32Array(nodes.length + 1)
  const counts = new Uint32Array(nodes.length)
  for (const { parent } of nodes.slice(1)) counts[parent]!++
  firsts[0] = 1
  for (let i = 0; i < nodes.length; i++) firsts[i + 1] = firsts[i]! + counts[i]!
  return {
    rows: Uint32Array.from(nodes.keys(), (i) => i + 1),
    parents: Uint32Array.from(nodes, ({ parent }) => parent),
    firsts,
    numberOf: (row) => row - 1,
  }
}
