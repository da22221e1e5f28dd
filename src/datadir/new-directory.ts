/*
 * A directory that is there as a whole or not at all: its files are written into a temporary one beside it, everything
 * is synced, then it gets its name. Killed at any point it leaves at most `.<name>.partial-…`, which no server reads.
 */
import { writeSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileError, systemErrorCode, ZkopsError } from '../support/errors.ts'
import { zxidFromName } from './names.ts'

/** Why a directory cannot be made at a place; undefined when it can. Throws `input.unreadable`. */
export async function obstacle(
  directory: string,
): Promise<{ readonly code: string; readonly why: string; readonly place: string } | undefined> {
  const place = resolve(directory)
  const entries = await entriesOf(place)
  if (entries === 'file' || (entries !== undefined && entries.length > 0)) {
    return { code: 'refused.target-exists', why: `${directory} exists already`, place: directory }
  }
  for (let above = dirname(place), name = basename(place); ; name = basename(above), above = dirname(above)) {
    const siblings = await entriesOf(above)
    if (Array.isArray(siblings) && isServerPlace(above, name, siblings)) {
      const why = `${directory} would lie in ${above}, where a server keeps its files`
      return { code: 'refused.server-directory', why, place: above }
    }
    if (above === dirname(above)) return undefined
  }
}

/** A directory with logs or snapshots in it, and a `version-2` that is being made in a data directory. */
function isServerPlace(directory: string, name: string, entries: readonly string[]): boolean {
  if (basename(directory) === 'version-2') return true
  const isData = (entry: string) =>
    zxidFromName(entry, 'log') !== undefined || zxidFromName(entry, 'snapshot') !== undefined
  if (entries.some((entry) => entry !== name && isData(entry)) && isData(name)) return true
  return name === 'version-2' && entries.some((entry) => entry === 'myid' || entry === 'zookeeper_server.pid')
}

async function entriesOf(place: string): Promise<readonly string[] | 'file' | undefined> {
  try {
    if (!(await stat(place)).isDirectory()) return 'file'
    return await readdir(place)
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    // what may not be listed cannot be judged; making something in it will say so
    if (code === 'EACCES') return []
    throw fileError(error, place)
  }
}

/** Files that are being written; they get their place by `commit`, or nothing is left of them. */
export interface NewDirectory {
  /** Where they lie for now. */
  readonly temporary: string
  /** Writes a file, folders in its name are made; it may be read then, and is on its way to the disk until `commit`. */
  write(name: string, fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>): Promise<void>
  /** Gives the directory its name, all of it on the disk. Throws `refused.target-exists` when there is something by now. */
  commit(): Promise<void>
  /** Removes what was written, unless it was committed. */
  dispose(): Promise<void>
}

/** Files that are being synced at once. */
const MOST_SYNCING = 4

/** Throws `stopped.*` when it cannot be written. */
export async function newDirectory(directory: string): Promise<NewDirectory> {
  const place = resolve(directory)
  const parent = dirname(place)
  const temporary = await writing(place, async () => {
    await mkdir(parent, { recursive: true })
    const made = await mkdtemp(join(parent, `.${basename(place)}.partial-`))
    // mkdtemp's own mode is for secrets
    await chmod(made, 0o777 & ~process.umask())
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
    commit: () =>
      writing(place, async () => {
        await Promise.all(syncing)
        for (const folder of folders) await syncDirectory(folder)
        try {
          // an empty directory is replaced, anything else is in the way
          await rename(temporary, place)
        } catch (error) {
          const code = systemErrorCode(error)
          if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error
          throw new ZkopsError('refused.target-exists', `${directory} exists already`, { file: directory })
        }
        committed = true
        await syncDirectory(parent)
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
