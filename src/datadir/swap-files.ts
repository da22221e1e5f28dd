/*
 * Files that get another content, come or go, together:
 *
 * 1. Each old file is linked (where that is possible, else copied) into an undo bundle, new ones are laid beside it; the
 *    bundle is complete on the disk before anything is touched.
 * 2. New files get their places by rename, then what goes is unlinked: each file is old or new at any time.
 *
 * Killed at any point, the bundle tells what is left to do (finish) or to take back (undo-files.ts).
 */
import { createReadStream, type Stats } from 'node:fs'
import {
  chmod,
  chown,
  copyFile,
  link,
  lstat,
  open,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'
import { type NewDirectory, newDirectory } from './new-directory.ts'
import { realPlace } from './new-place.ts'
import { syncFolder } from './replace-file.ts'
import {
  BUNDLE_FILE,
  type Bundle,
  type BundleEntry,
  type BundleFolder,
  bundleText,
  contentOf,
  entryState,
  HALF_MADE,
  LEFTOVER,
  lstatOf,
  othersIn,
  quoted,
  rootOfBundle,
  sameContent,
  UNDO_FOLDER,
  undoCommand,
} from './undo-bundle.ts'

export type FileChange =
  | { readonly kind: 'remove'; readonly target: string }
  /** `source`: a file that gets the place; itself it stays. `own`: it is ours, and gets owner and mode of its place. */
  | { readonly kind: 'put'; readonly target: string; readonly source: string; readonly own: boolean }
  | { readonly kind: 'write'; readonly target: string; readonly bytes: Uint8Array }

/** `root`: the data directory. Nothing is changed yet. Throws `refused.*`, `stopped.*`, `input.*`. */
export async function prepareSwap(
  root: string,
  kind: string,
  given: readonly FileChange[],
  signal: AbortSignal,
): Promise<Bundle> {
  const changes = given.map((change) => ({ ...change, target: resolve(change.target) }))
  await removeLeftovers(join(root, UNDO_FOLDER), HALF_MADE)
  const time = new Date().toISOString()
  const id = `${time.replace(/[:.]/g, '-')}-${kind.replaceAll(' ', '-')}`
  const directory = await newDirectory(join(root, UNDO_FOLDER, id))
  try {
    const entries: BundleEntry[] = []
    for (const [i, change] of changes.entries()) {
      const entry = await prepare(change, i + 1, directory)
      const { old, fresh } = entry
      if (old === null || fresh === null || !sameContent(fresh, old)) entries.push(entry)
    }
    const targets = new Set(changes.map(({ target }) => target))
    const folders: BundleFolder[] = []
    for (const folder of new Set(changes.map(({ target }) => dirname(target)))) {
      const { mtimeMs } = await stat(folder)
      folders.push({ folder, mtimeMs, others: await othersIn(folder, targets) })
    }
    const bundle = { root: await realPlace(root), kind, time, entries, folders }
    await directory.write(BUNDLE_FILE, (write) => write(Buffer.from(bundleText(bundle, root))))
    await directory.commit(signal)
    return { ...bundle, id, directory: await realPlace(join(root, UNDO_FOLDER, id)) }
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined || error instanceof ZkopsError) throw error
    throw new ZkopsError('stopped.output', `${join(root, UNDO_FOLDER)} cannot be written (${code})`, {
      file: join(root, UNDO_FOLDER),
      cause: error,
      hint: 'Nothing was changed: put it right and run the command again.',
    })
  } finally {
    await directory.dispose()
  }
}

async function prepare(change: FileChange, n: number, directory: NewDirectory): Promise<BundleEntry> {
  const { target } = change
  const stat = await lstatOf(target)
  await mayKeepOwner(target, stat)
  const name = `old-${n}-${basename(target)}`
  const old =
    stat === undefined
      ? null
      : {
          ...(await contentOf(target)),
          name,
          mode: stat.mode & 0o7777,
          uid: stat.uid,
          gid: stat.gid,
          mtimeMs: stat.mtimeMs,
        }
  if (old?.kind === 'directory') await sameDevice(target, stat!, directory)
  else if (old !== null) await linkOrCopy(target, stat!, name, directory)
  if (change.kind === 'remove') {
    if (old === null) throw moved(target)
    return { target, old, fresh: null }
  }
  const freshName = `new-${n}-${basename(target)}`
  const staged = join(directory.temporary, freshName)
  if (change.kind === 'put') await linkOrCopy(change.source, await stats(change.source), freshName, directory)
  else await directory.write(freshName, (write) => write(change.bytes))
  if (change.kind === 'write' || change.own) await likePlace(staged, target, stat)
  return { target, old, fresh: { ...(await contentOf(staged)), name: freshName } }
}

/** Only root may give files away: what others own would not come back as theirs, and the server's user could not write it. */
async function mayKeepOwner(target: string, old: Stats | undefined): Promise<void> {
  const own = process.geteuid?.() ?? 0
  const { uid } = old ?? (await stat(dirname(target)))
  if (own === 0 || own === uid) return
  throw new ZkopsError('refused.other-user', `${target} belongs to user ${uid}: nothing was changed`, {
    file: target,
    hint: 'Run the command as the user of the server, or as root.',
  })
}

async function stats(file: string): Promise<Stats> {
  const found = await lstatOf(file)
  if (found === undefined) throw moved(file)
  return found
}

function moved(file: string): ZkopsError {
  return new ZkopsError('refused.moved', `${file} is gone meanwhile: nothing was changed`, { file })
}

/** A directory cannot be linked, and is moved as it is. */
async function sameDevice(target: string, { dev }: Stats, { temporary }: NewDirectory): Promise<void> {
  if ((await stat(temporary)).dev === dev) return
  const why = `${target} is a directory on another file system than ${temporary}: move it away by hand`
  throw new ZkopsError('refused.other-device', why, { file: target })
}

async function linkOrCopy(file: string, from: Stats, name: string, directory: NewDirectory): Promise<void> {
  const to = join(directory.temporary, name)
  try {
    await link(file, to)
  } catch (error) {
    if (!cannotLink(error)) throw error
    if (from.isSymbolicLink()) return symlink(await readlink(file), to)
    await directory.write(name, async (write) => {
      for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) await write(piece as Buffer)
    })
    await like(to, from)
  }
}

/** Another file system, one without links, or a file of somebody else. */
export function cannotLink(error: unknown): boolean {
  return ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(systemErrorCode(error) ?? '')
}

/** Owner, mode and times. */
async function like(file: string, { mode, uid, gid, atimeMs, mtimeMs }: Stats): Promise<void> {
  await chmod(file, mode & 0o7777)
  // only root may give files away
  await chown(file, uid, gid).catch(() => {})
  await utimes(file, atimeMs / 1000, mtimeMs / 1000)
}

/** What the old file is, or what the server makes in this folder. */
async function likePlace(file: string, target: string, old: Stats | undefined): Promise<void> {
  const { uid, gid } = old ?? (await stat(dirname(target)))
  await chmod(file, old === undefined ? 0o644 : old.mode & 0o7777)
  await chown(file, uid, gid).catch(() => {})
}

/** Carries a bundle out, or what is left of it. Throws `stopped.*` with the way on and back. */
export async function applySwap(bundle: Bundle): Promise<number> {
  let done = 0
  try {
    for (const { folder } of bundle.folders) await removeLeftovers(folder)
    const puts = bundle.entries.filter(({ fresh }) => fresh !== null)
    for (const entry of [...puts, ...bundle.entries.filter(({ fresh }) => fresh === null)]) {
      const state = await entryState(entry, bundle.directory)
      if (state === 'other') {
        const message = `${entry.target} changed meanwhile: stopped after ${done} of ${bundle.entries.length} files`
        throw new ZkopsError('stopped.moved', message, { file: entry.target, hint: wayBack(bundle) })
      }
      if (state === 'old') await carryOut(entry, bundle.directory)
      done++
    }
    for (const { folder } of bundle.folders) await syncFolder(folder)
    await syncFolder(bundle.directory)
  } catch (error) {
    throw stopped(error, bundle, done)
  }
  return done
}

async function carryOut({ target, old, fresh }: BundleEntry, directory: string): Promise<void> {
  if (fresh !== null) await bring(join(directory, fresh.name), target)
  else if (old?.kind === 'directory') await rename(target, join(directory, old.name))
  else await unlink(target)
}

/** Gives a file its place as a whole; from another file system it is copied there first, under a name that no server reads. */
export async function bring(file: string, target: string): Promise<void> {
  try {
    await rename(file, target)
  } catch (error) {
    if (systemErrorCode(error) !== 'EXDEV') throw error
    const near = join(dirname(target), `.zkops-${basename(target)}`)
    const from = await lstat(file)
    if (from.isSymbolicLink()) {
      await symlink(await readlink(file), near)
      return rename(near, target)
    }
    await copyFile(file, near)
    await like(near, from)
    const handle = await open(near, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(near, target)
  }
}

/** What the way on and the way back are. */
function wayBack(bundle: Bundle): string {
  return `zkops data repair ${quoted(rootOfBundle(bundle))} goes on, ${undoCommand(bundle)} takes it back.`
}

export function stopped(error: unknown, bundle: Bundle, done: number): unknown {
  const code = systemErrorCode(error)
  if (code === undefined || error instanceof ZkopsError) return error
  const message = `Stopped after ${done} of ${bundle.entries.length} files (${code}): ${(error as Error).message}`
  return new ZkopsError('stopped.change', message, { cause: error, hint: wayBack(bundle) })
}

/** What an interrupted change left half-made. */
export async function removeLeftovers(folder: string, which = LEFTOVER): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (which.test(name)) await rm(join(folder, name), { recursive: true, force: true })
  }
}
