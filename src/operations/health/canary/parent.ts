/*
 * The znode below which canaries live.
 *
 * One that a canary has made holds a mark. It is a container where servers know them (3.5 on), so that the leader takes
 * it away when a killed run could not; the last run that leaves an empty one deletes it. Without the mark it belongs to
 * somebody else and stays. Of what lies below it only what a canary wrote whose process is proved to be dead is deleted.
 */
import type { Session } from '../../../cluster/client/session.ts'
import { isCode } from '../../../support/errors.ts'
import { isOfDeadCanary, PARENT_MARK } from './note.ts'

export interface CanaryParent {
  readonly path: string
  /** Servers of 3.4 know no containers. */
  readonly container: boolean
}

/** Another run may delete an empty parent, or make it, at the same time. */
const TRIES = 5

/** Throws `server.*`. */
export async function makeParent(session: Session, { path, container }: CanaryParent): Promise<void> {
  try {
    await session.create(path, PARENT_MARK, container ? 'container' : 'persistent')
  } catch (error) {
    if (!isCode(error, 'server.node-exists')) throw error
  }
}

/** An ephemeral below it, which is made again when another run has taken it away. Throws `server.*`. */
export async function createCanary(session: Session, parent: CanaryParent, path: string, data: Buffer): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await session.create(path, data, 'ephemeral')
      return
    } catch (error) {
      if (!isCode(error, 'server.no-node') || tries === TRIES) throw error
      await makeParent(session, parent)
    }
  }
}

/** `left`: it holds something of another run, or of somebody. `not-ours`: it has no mark, or may not be read. */
export type ParentEnd = 'gone' | 'left' | 'not-ours'

/** Throws `server.*`. */
export async function removeParent(session: Session, { path }: CanaryParent): Promise<ParentEnd> {
  try {
    await session.sync(path)
    const { data, stat } = await session.read(path)
    if (data === null || !data.equals(PARENT_MARK)) return 'not-ours'
    await session.delete(path, stat.version)
    return 'gone'
  } catch (error) {
    if (isCode(error, 'server.no-node')) return 'gone'
    if (isCode(error, 'server.not-empty')) return 'left'
    if (isCode(error, 'server.no-auth')) return 'not-ours'
    throw error
  }
}

/** Of a znode of somebody's that has more children, none is looked at. */
const MOST_CHILDREN = 1000

/** How many znodes of dead canaries were deleted. Throws `server.*`, but not for what may not be read or deleted. */
export async function removeLeftOvers(session: Session, { path }: CanaryParent): Promise<number> {
  try {
    await session.sync(path)
    const stat = await session.exists(path)
    if (stat === null || stat.numChildren > MOST_CHILDREN) return 0
    const { names } = await session.children(path)
    const removed = await Promise.all(
      names.filter(isCanaryName).map((name) => removeDead(session, `${path === '/' ? '' : path}/${name}`)),
    )
    return removed.filter(Boolean).length
  } catch (error) {
    if (isCode(error, 'server.no-auth') || isCode(error, 'server.no-node')) return 0
    throw error
  }
}

async function removeDead(session: Session, path: string): Promise<boolean> {
  try {
    const { data, stat } = await session.read(path)
    if (!isOfDeadCanary(data)) return false
    await session.delete(path, stat.version)
    return true
  } catch (error) {
    if (['no-node', 'no-auth', 'bad-version'].some((code) => isCode(error, `server.${code}`))) return false
    throw error
  }
}

/** Of the znodes of a run. */
export const canaryName = (run: string, member: string): string => `canary-${run}-${member}`

const isCanaryName = (name: string): boolean => /^canary-[0-9a-f]{12}-/.test(name)
