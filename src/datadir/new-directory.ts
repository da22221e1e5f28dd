/*
 * A directory that is there as a whole or not at all: its files are written into a temporary one beside it, everything
 * is synced, then it gets its name. Killed at any point it leaves at most `.<name>.partial-…`, which no server reads.
 */
import { writeSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError, systemErrorCode, ZkopsError } from '../support/errors.ts'
import { obstacle, realPlace } from './new-place.ts'

/** Files that are being written; they get their place by `commit`, or nothing is left of them. */
export interface NewDirectory {
  /** Where they lie for now. */
  readonly temporary: string
  /** Writes a file, folders in its name are made; it may be read then, and is on its way to the disk until `commit`. */
  write(name: string, fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>): Promise<void>
  /**
   * Gives the directory its name, all of it on the disk. Throws `refused.target-exists` when there is something by now,
   * and when aborted.
   */
  commit(signal: AbortSignal): Promise<void>
  /** Removes what was written, unless it was committed. */
  dispose(): Promise<void>
}

/** Files that are being synced at once. */
const MOST_SYNCING = 4

/** Throws `refused.*` when it may not be made by now, `stopped.*` when it cannot be written. */
export async function newDirectory(directory: string): Promise<NewDirectory> {
  const blocked = await obstacle(directory)
  if (blocked !== undefined) throw new ZkopsError(blocked.code, blocked.why, { file: directory })
  const place = await realPlace(directory)
  const parent = dirname(place)
  const temporary = await writing(place, async () => {
    await mkdir(parent, { recursive: true })
    const made = await mkdtemp(join(parent, `.${basename(place)}.partial-`))
    try {
      // mkdtemp's own mode is for secrets
      await chmod(made, 0o777 & ~process.umask())
    } catch (error) {
      await rm(made, { recursive: true, force: true })
      throw error
    }
    return made
  })
  const folders = new Set([temporary])
  /** Syncing takes as long as writing: meanwhile the next file is written, or what was written is read again. */
  const syncing: Promise<void>[] = []
  let committed = false
  return {
    temporary,
    write: (name, fill) =>
      writing(join(directory, name), async () => {
        const file = join(temporary, name)
        await mkdir(dirname(file), { recursive: true })
        folders.add(dirname(file))
        const handle = await open(file, 'wx')
        try {
          await fill(async (bytes) => {
            for (let at = 0; at < bytes.length; ) at += writeSync(handle.fd, bytes, at)
          })
        } catch (error) {
          await handle.close()
          throw error
        }
        const synced = handle.sync().finally(() => handle.close())
        // looked at by who awaits it
        synced.catch(() => {})
        syncing.push(synced)
        if (syncing.length > MOST_SYNCING) await syncing.shift()
      }),
    commit: (signal) =>
      writing(place, async () => {
        await Promise.all(syncing)
        for (const folder of folders) await syncDirectory(folder)
        signal.throwIfAborted()
        try {
          // an empty directory is replaced, anything else is in the way
          await rename(temporary, place)
        } catch (error) {
          const code = systemErrorCode(error)
          if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error
          throw new ZkopsError('refused.target-exists', `${directory} exists already`, { file: directory })
        }
        committed = true
        await syncDirectory(parent).catch((error) => {
          throw new ZkopsError('stopped.sync', `${directory} is complete, but ${parent} could not be synced`, {
            file: directory,
            hint: 'It may be gone after a power failure: look at the device, then verify the directory.',
            cause: error,
          })
        })
      }),
    dispose: async () => {
      await Promise.allSettled(syncing)
      if (!committed) await rm(temporary, { recursive: true, force: true })
    },
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What keeps something from being written, in a sentence; nothing is left half-written, so it is safe to try again. */
async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const said = fileError(error, file)
    if (!(said instanceof ZkopsError) || !said.code.startsWith('input.')) throw said
    throw new ZkopsError('stopped.output', said.message, {
      file,
      cause: error,
      hint: 'Nothing was left half-written: put it right and run the command again.',
    })
  }
}
