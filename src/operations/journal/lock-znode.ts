/*
 * /zkops/lock: an ephemeral znode that says who changes the ensemble, so that nobody else does from another machine.
 * Advisory: it keeps nobody out who does not look. It goes with the session of whoever made it; /zkops is a container,
 * which servers take away when it has become empty.
 */

import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../../cluster/client/session.ts'
import { isCode, ZkopsError } from '../../support/errors.ts'
import { isRunning } from '../../support/process-identity.ts'
import { type JournalAuthor, journalAuthor } from './journal.ts'

export const LOCK_FOLDER = '/zkops'
export const LOCK_PATH = `${LOCK_FOLDER}/lock`

export interface LockHolder extends JournalAuthor {
  /** The words of the command. */
  readonly kind: string
  readonly since: string
}

/** Who has it; null when nobody does, `unknown` when what is there says nothing that can be read. */
export async function lockHolder(session: Session): Promise<LockHolder | 'unknown' | null> {
  try {
    return holderOf(await session.get(LOCK_PATH))
  } catch (error) {
    if (isCode(error, 'server.no-node')) return null
    if (isCode(error, 'server.no-auth')) return 'unknown'
    throw error
  }
}

function holderOf(data: Buffer | null): LockHolder | 'unknown' {
  try {
    const holder = JSON.parse(data?.toString() ?? '') as LockHolder
    return typeof holder.user === 'string' && typeof holder.host === 'string' ? holder : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** Its process was killed, and the servers wait for its session to come back. */
export function isLeft(holder: LockHolder | 'unknown' | null): boolean {
  return holder !== null && holder !== 'unknown' && holder.host === hostname() && !isRunning(holder)
}

export function holderText(holder: LockHolder | 'unknown'): string {
  if (holder === 'unknown') return `somebody who does not say who (${LOCK_PATH})`
  const { user, host, pid, kind, since } = holder
  return `${user} on ${host} (process ${pid}) since ${since}: ${kind}`
}

const TRIES = 5

/** Takes it for this session. Throws `refused.locked` when somebody has it, `server.no-auth` when it may not be made. */
export async function takeLock(session: Session, kind: string): Promise<void> {
  const data = Buffer.from(JSON.stringify({ ...journalAuthor(), kind, since: new Date().toISOString() }))
  for (let i = 1; ; i++) {
    try {
      await makeFolder(session)
      await session.create(LOCK_PATH, data, 'ephemeral')
      return
    } catch (error) {
      if (!isCode(error, 'server.node-exists', 'server.no-node', 'server.connection-loss')) throw error
      if (await hasLock(session)) return
      const holder = await lockHolder(session)
      if (isLeft(holder)) await session.delete(LOCK_PATH).catch(() => {})
      else if (holder !== null) throw locked(holder)
      if (i >= TRIES) throw error
      await sleep(100)
    }
  }
}

async function makeFolder(session: Session): Promise<void> {
  try {
    await session.create(LOCK_FOLDER, null, 'container')
  } catch (error) {
    if (!isCode(error, 'server.node-exists')) throw error
  }
}

/** Whether it is this session's. */
export async function hasLock(session: Session): Promise<boolean> {
  const stat = await session.exists(LOCK_PATH)
  return stat !== null && BigInt.asUintN(64, stat.ephemeralOwner) === session.id
}

export function locked(holder: LockHolder | 'unknown'): ZkopsError {
  return new ZkopsError('refused.locked', `The ensemble is being changed by ${holderText(holder)}`, {
    hint: 'Wait until that has ended, then look at the ensemble anew.',
  })
}
