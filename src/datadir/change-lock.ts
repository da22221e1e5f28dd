/*
 * Changes to a data directory come one after the other: the lock lies beside the undo bundles. A change that was planned
 * before another one was made, or taken back, is refused.
 */
import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'
import { withLock } from '../support/lock.ts'
import { listBundles, UNDO_FOLDER } from './undo-bundle.ts'

/** The lock of one that was killed is found within that. */
const WAIT_MS = 300

/** Carries out a change to a directory alone. Throws `refused.busy`, `refused.moved`, `stopped.output`. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>

/** To be asked before the change is planned. */
export async function aloneIn(root: string): Promise<Alone> {
  const folder = join(root, UNDO_FOLDER)
  const bundles = () => listBundles(root).then((all) => all.map(({ id }) => id).join())
  const before = await bundles().catch(() => '')
  return async (work) => {
    let begun = false
    try {
      await mkdir(folder, { recursive: true })
      const begin = async () => {
        begun = true
        if ((await bundles()) === before) return { done: await work() }
        const message = `Another change was made to ${root} since this one was planned: nothing was changed`
        throw new ZkopsError('refused.moved', message, { file: root, hint: 'Run the command again.' })
      }
      const outcome = await withLock(join(folder, '.lock'), begin, WAIT_MS)
      if (outcome !== 'busy') return outcome.done
      const message = `Another zkops is changing ${root}: nothing was changed`
      throw new ZkopsError('refused.busy', message, { file: root, hint: 'Wait until it is done, then look again.' })
    } catch (error) {
      const code = systemErrorCode(error)
      if (begun || code === undefined || error instanceof ZkopsError) throw error
      throw new ZkopsError('stopped.output', `${folder} cannot be written (${code})`, {
        file: folder,
        cause: error,
        hint: 'Nothing was changed: put it right and run the command again.',
      })
    } finally {
      // it stays when a bundle is in it
      await rmdir(folder).catch(() => {})
    }
  }
}
