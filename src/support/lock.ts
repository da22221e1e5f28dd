/*
 * A lock between processes: a directory with its owner's pid and start time in its name. One whose owner is gone is
 * taken away.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ProcessIdentity, processIdentity } from './process-identity.ts'

const RETRY_MS = 30

/**
 * Runs `work` while no other process has the lock, and gives what it gives; `busy` when another one kept it for
 * `waitMs`. The lock's folder has to exist.
 */
export async function withLock<T>(
  lock: string,
  work: () => Promise<T>,
  waitMs = Number.POSITIVE_INFINITY,
): Promise<T | 'busy'> {
  const me = ownerName(processIdentity(process.pid)!)
  const until = performance.now() + waitMs
  while (!(await takeLock(lock, me))) {
    if (performance.now() >= until) return 'busy'
    await sleep(RETRY_MS)
  }
  try {
    await sweep(lock)
    return await work()
  } finally {
    await release(lock, me)
  }
}

/** In one step: a lock that is emptied first could be taken, and its new owner's would be removed. */
async function release(lock: string, owner: string): Promise<void> {
  const gone = `${lock}.${owner}.gone`
  await rename(lock, gone).catch(() => undefined)
  await rm(gone, { recursive: true, force: true })
}

function ownerRuns(owner: string): boolean {
  const runs = processIdentity(Number(owner.split('-')[0]))
  return runs !== undefined && ownerName(runs) === owner
}

/** A process as part of a file name. */
function ownerName({ pid, startedAt }: ProcessIdentity): string {
  return `${pid}-${startedAt.replaceAll(/\W/g, '_')}`
}

/** Takes away what was left by those that were killed while they took the lock. */
async function sweep(lock: string): Promise<void> {
  const prefix = `${basename(lock)}.`
  const left = (await readdir(dirname(lock))).filter(
    (name) => name.startsWith(prefix) && !ownerRuns(name.slice(prefix.length)),
  )
  for (const name of left) await rm(join(dirname(lock), name), { recursive: true, force: true })
}

async function takeLock(lock: string, owner: string): Promise<boolean> {
  // renaming a directory onto one that is not empty fails: whoever comes first has it
  const mine = `${lock}.${owner}`
  await mkdir(join(mine, owner), { recursive: true })
  try {
    await rename(mine, lock)
    return true
  } catch {
    await rm(mine, { recursive: true, force: true })
  }
  const [holder] = await readdir(lock).catch(() => [])
  if (holder !== undefined && !ownerRuns(holder)) await rm(join(lock, holder), { recursive: true, force: true })
  return false
}
