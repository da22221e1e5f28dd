/* Only one process of this machine changes an ensemble at a time; what keeps other machines out lies in the ensemble. */
import { createHash } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkopsError } from '../../support/errors.ts'
import { withLock } from '../../support/lock.ts'
import { journalsFolder } from './journal.ts'

/** Long enough to take one away whose owner was killed. */
const TAKE_MS = 200

/** `name`: of the ensemble. Throws `refused.locked` when another process changes it. */
export async function withEnsembleLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = journalsFolder()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = join(folder, `.lock-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`)
  const result = await withLock(lock, async () => ({ given: await work() }), TAKE_MS)
  if (result !== 'busy') return result.given
  const [holder = ''] = await readdir(lock).catch(() => [])
  const who = /^\d+/.exec(holder)?.[0]
  throw new ZkopsError('refused.locked', `${name} is being changed${who === undefined ? '' : ` by process ${who}`}`, {
    hint: 'Wait until it has ended, then run the command again.',
  })
}
