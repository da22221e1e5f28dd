/*
 * A file that gets a new content as a whole: written beside it, synced, renamed. The old one is kept under another
 * name. Killed at any point, the old or the new content is there, and at most a hidden temporary file is left.
 */
import type { Stats } from 'node:fs'
import { link, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'

/** `keep`: the old file's new name, in the same folder. Throws `stopped.*`, `refused.target-exists`. */
export async function replaceFile(file: string, bytes: Uint8Array, keep: string): Promise<void> {
  // what a link points to is replaced, not the link
  const place = await realpath(file)
  const kept = join(dirname(place), keep)
  await putFile(place, bytes, await stat(place), async () => {
    try {
      await link(place, kept)
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error
      throw new ZkopsError('refused.target-exists', `${kept} exists already`, { file })
    }
  })
}

/**
 * Gives `place` a new content as a whole, whether it is there or not. `like`: owner and mode; `before`: just before it
 * appears. Throws `stopped.*`.
 */
export async function putFile(
  place: string,
  bytes: Uint8Array,
  { mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>,
  before: () => Promise<void> = async () => {},
): Promise<void> {
  const folder = dirname(place)
  const temporary = join(folder, `.${basename(place)}.zkops-new`)
  try {
    const handle = await open(temporary, 'w', mode)
    try {
      await handle.writeFile(bytes)
      await handle.chmod(mode & 0o7777)
      // only root may give files away, and only then they differ
      await handle.chown(uid, gid).catch(() => {})
      await handle.sync()
    } finally {
      await handle.close()
    }
    await before()
    await rename(temporary, place)
    await syncFolder(folder)
  } catch (error) {
    await rm(temporary, { force: true })
    const code = systemErrorCode(error)
    if (code === undefined || error instanceof ZkopsError) throw error
    throw new ZkopsError('stopped.output', `${place} cannot be written (${code})`, {
      file: place,
      cause: error,
      hint: 'The file is as it was: put it right and run the command again.',
    })
  }
}

/** What was renamed or made in it is on the disk then. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
