/*
 * What a bundle holds is put back: contents, modes, owners and times of files, and the times of their folders.
 *
 * 1. Refused when anything is neither what it was nor what the change made of it, or something was added or written
 *    beside it since: a server has run, or somebody has worked there.
 * 2. Files get their old place by rename, then what the change made is unlinked: each is old or new at any time.
 * 3. The bundle goes last, so that all of this can be done again.
 */
import { link, rename, rm, rmdir, unlink, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'
import { syncFolder } from './replace-file.ts'
import { bring, cannotLink, removeLeftovers, stopped } from './swap-files.ts'
import {
  type Bundle,
  type BundleEntry,
  bundleState,
  changedBeside,
  contentOf,
  entryState,
  lstatOf,
  movedWhy,
  notMeant,
  sameContent,
} from './undo-bundle.ts'

export interface UndoObstacle {
  readonly why: string
  readonly file: string
}

/** What stands against it; undefined when nothing does. Reads everything that is put back. Throws `input.*`. */
export async function undoObstacle(bundle: Bundle): Promise<UndoObstacle | undefined> {
  const elsewhere = await notMeant(bundle)
  if (elsewhere !== undefined) return { why: movedWhy(bundle, elsewhere), file: elsewhere }
  const { other } = await bundleState(bundle)
  if (other !== undefined) return { why: `${other} is neither what it was nor what was made of it`, file: other }
  const beside = await changedBeside(bundle)
  if (beside !== undefined) return { why: `${beside} was made, written or removed since`, file: beside }
  for (const entry of bundle.entries) {
    const { old } = entry
    if (old === null || (await entryState(entry, bundle.directory)) === 'old') continue
    const saved = join(bundle.directory, old.name)
    if ((await lstatOf(saved)) === undefined || !sameContent(await contentOf(saved), old)) {
      return { why: `${saved} is not what was saved`, file: saved }
    }
  }
  return undefined
}

/** Throws `stopped.*` with the state safe: the same again goes on. */
export async function undoSwap(bundle: Bundle): Promise<number> {
  let done = 0
  try {
    for (const { folder } of bundle.folders) await removeLeftovers(folder)
    const back = bundle.entries.filter(({ old }) => old !== null)
    for (const entry of [...back, ...bundle.entries.filter(({ old }) => old === null)]) {
      const state = await entryState(entry, bundle.directory)
      if (state === 'other') {
        const { target } = entry
        throw new ZkopsError('stopped.moved', `${target} changed meanwhile: stopped after ${done} files`, {
          file: target,
        })
      }
      if (state === 'new') await takeBack(entry, bundle.directory)
      done++
    }
    for (const { folder, mtimeMs } of bundle.folders) {
      await utimes(folder, mtimeMs / 1000, mtimeMs / 1000)
      await syncFolder(folder)
    }
  } catch (error) {
    throw stopped(error, bundle, done)
  }
  return done
}

async function takeBack({ target, old }: BundleEntry, directory: string): Promise<void> {
  if (old === null) return unlink(target)
  const saved = join(directory, old.name)
  if (old.kind === 'directory') return rename(saved, target)
  const near = join(dirname(target), `.zkops-${basename(target)}`)
  try {
    // the saved one stays in the bundle
    await link(saved, near)
  } catch (error) {
    if (!cannotLink(error)) throw error
    return bring(saved, target)
  }
  await rename(near, target)
}

/** The bundle of a change that was taken back; with the last one the directory of all of them. */
export async function removeBundle({ directory, id }: Bundle): Promise<void> {
  const folder = dirname(directory)
  const aside = join(folder, `.${id}.removed`)
  try {
    await rename(directory, aside)
    await syncFolder(folder)
    await rm(aside, { recursive: true, force: true })
    await rmdir(folder)
  } catch (error) {
    const code = systemErrorCode(error)
    // others are there
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return
    if (code === undefined) throw error
    throw new ZkopsError('stopped.change', `${directory} cannot be removed (${code})`, {
      file: directory,
      cause: error,
      hint: 'Everything is as it was before the change: remove the bundle by hand, or run the command again.',
    })
  }
}
