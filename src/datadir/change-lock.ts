/*
 * Changes to a data directory come one after the other: the lock lies beside the undo bundles. A change that was planned
 * before another one was made, or taken back, is refused, and so is one whose files are not what they were: a server that
 * was started meanwhile takes no lock.
 */
import { mkdir, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'
import { withLock } from '../support/lock.ts'
import { LEFTOVER, listBundles, lstatOf, UNDO_FOLDER } from './undo-bundle.ts'

/** The lock of one that was killed is found within that. */
const WAIT_MS = 300

/** Carries out a change to a directory alone. Throws `refused.busy`, `refused.moved`, `stopped.output`. */
export type Alone = <T>(work: (unchanged: Unchanged) => Promise<T>) => Promise<T>

/** To be asked before anything is touched. Throws `refused.moved` when the folders are not what they were. */
export type Unchanged = () => Promise<void>

/** To be asked before the change is planned; `folders`: what it is planned from, unless a server may write there. */
export async function aloneIn(root: string, folders: readonly string[] = []): Promise<Alone> {
  const folder = join(root, UNDO_FOLDER)
  const bundles = () => listBundles(root).then((all) => all.map(({ id }) => id).join())
  const before = await bundles().catch(() => '')
  const seen = await filesIn(folders)
  const unchanged = async () => {
    const now = await filesIn(folders)
    const other = [...new Map([...seen, ...now])].find(([file]) => seen.get(file) !== now.get(file))
    if (other !== undefined) throw moved(root, `${other[0]} was made, written or removed`)
  }
  return async (work) => {
    let begun = false
    try {
      await mkdir(folder, { recursive: true })
      const begin = async () => {
        begun = true
        if ((await bundles()) !== before) throw moved(root, `Another change was made to ${root}`)
        await unchanged()
        return { done: await work(unchanged) }
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

function moved(file: string, what: string): ZkopsError {
  const message = `${what} since this was planned: nothing was changed`
  return new ZkopsError('refused.moved', message, { file, hint: 'Run the command again.' })
}

/** Everything in the folders, by its path: which file it is, its size, and when it was written. */
async function filesIn(folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  for (const folder of folders) {
    // what cannot be listed is planned as an empty one
    for (const name of await readdir(folder).catch(() => [])) {
      if (name === UNDO_FOLDER || LEFTOVER.test(name)) continue
      const stat = await lstatOf(join(folder, name)).catch(() => undefined)
      const said = stat?.isDirectory() ? '' : `${stat?.size} ${stat?.mtimeMs}`
      files.set(join(folder, name), `${stat?.ino} ${said}`)
    }
  }
  return files
}
