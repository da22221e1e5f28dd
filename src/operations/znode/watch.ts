/*
 * What happens to a znode and, when wanted, to its children, as a server's watches tell it. A watch is told once, so it
 * is set again with each look; changes that come between two looks are seen as one.
 */
import type { Session, WatchEvent, ZnodeStat } from '../../cluster/client/session.ts'
import { isCode } from '../../support/errors.ts'
import { type LiveContext, type LiveOptions, type LiveSession, withLiveSession } from '../live/session.ts'
import { checkPath } from './znode.ts'

export interface WatchOptions {
  readonly path: string
  readonly children: boolean
  /** Ends behind so many sightings. */
  readonly count: number | undefined
  readonly onSighting: (sighting: Sighting) => void
}

export interface Sighting {
  readonly at: Date
  /** `is`: the first look. */
  readonly event: 'is' | WatchEvent['type']
  readonly path: string
  /** Null when it does not exist. */
  readonly stat: ZnodeStat | null
  /** Undefined when it does not exist or may not be read. */
  readonly data: Buffer | null | undefined
  /** Names that came and went; only with `children`. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** Until the signal fires or the session is lost. Throws as withLiveSession does. */
export async function watchZnode(options: LiveOptions, context: LiveContext, watch: WatchOptions): Promise<void> {
  checkPath(watch.path)
  let left = watch.count ?? Number.POSITIVE_INFINITY
  await withLiveSession(options, context, async (live) => {
    for await (const sighting of sightings(live, watch, context.signal)) {
      watch.onSighting(sighting)
      if (--left <= 0) return
    }
  })
}

async function* sightings(
  { session, real }: LiveSession,
  { path, children }: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<Sighting> {
  const queue: WatchEvent['type'][] = []
  let wake = () => {}
  const told = ({ type }: WatchEvent) => {
    queue.push(type)
    wake()
  }
  // a deletion is told to both watches; that of the znode is enough
  const toldOfChildren = (event: WatchEvent) => {
    if (event.type === 'deleted') armed.children = false
    else told(event)
  }
  const lost = session.lost.then((error) => {
    throw error
  })
  lost.catch(() => {})
  const stopped = new Promise<'stopped'>((resolve) => signal.addEventListener('abort', () => resolve('stopped')))
  const armed = { node: false, children: false }
  let names: readonly string[] = []
  let event: Sighting['event'] = 'is'
  for (;;) {
    const { stat, data } = armed.node ? await look(session, real(path)) : await look(session, real(path), told)
    armed.node = true
    const now =
      children && stat !== null ? await list(session, real(path), armed.children ? undefined : toldOfChildren) : []
    if (stat !== null) armed.children = children
    const [old, current] = [new Set(names), new Set(now)]
    const [added, removed] = [now.filter((name) => !old.has(name)), names.filter((name) => !current.has(name))]
    names = now
    yield { at: new Date(), event, path, stat, data, added, removed }
    while (queue.length === 0) {
      const next = new Promise<void>((resolve) => {
        wake = resolve
      })
      if ((await Promise.race([next, stopped, lost])) === 'stopped') return
    }
    event = queue.shift()!
    if (event === 'child') armed.children = false
    else armed.node = false
  }
}

async function look(session: Session, path: string, onEvent?: (event: WatchEvent) => void) {
  // the watch of exists tells of creation, change and deletion alike
  const stat = await session.exists(path, onEvent)
  if (stat === null) return { stat, data: undefined }
  try {
    const { data, stat: read } = await session.read(path)
    return { stat: read, data }
  } catch (error) {
    if (isCode(error, 'server.no-node')) return { stat: null, data: undefined }
    if (isCode(error, 'server.no-auth')) return { stat, data: undefined }
    throw error
  }
}

async function list(session: Session, path: string, onEvent?: (event: WatchEvent) => void): Promise<readonly string[]> {
  try {
    return (await session.children(path, onEvent)).names.toSorted()
  } catch (error) {
    if (isCode(error, 'server.no-node') || isCode(error, 'server.no-auth')) return []
    throw error
  }
}
