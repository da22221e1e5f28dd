/*
 * Where a new directory may be made: at a place that is free, where no server reads, and below no directory that a
 * running server has.
 */
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileError, systemErrorCode } from '../support/errors.ts'
import { zxidFromName } from './names.ts'
import { runningServer } from './running-server.ts'

export interface Obstacle {
  readonly code: 'refused.target-exists' | 'refused.server-directory' | 'refused.running-server'
  readonly why: string
}

/** Why a directory cannot be made at a place; undefined when it can. Throws `input.unreadable`. */
export async function obstacle(directory: string): Promise<Obstacle | undefined> {
  const place = await realPlace(directory)
  const entries = await entriesOf(place)
  if (entries === 'file' || (entries !== undefined && entries.length > 0)) {
    return { code: 'refused.target-exists', why: `${directory} exists already` }
  }
  for (let above = dirname(place), name = basename(place); ; name = basename(above), above = dirname(above)) {
    const siblings = await entriesOf(above)
    if (siblings === 'file') return { code: 'refused.target-exists', why: `${above} is no directory` }
    if (isServerPlace(above, name, siblings ?? [])) {
      const why = `${directory} would lie in ${above}, where a server keeps its files`
      return { code: 'refused.server-directory', why }
    }
    const server = siblings?.some((entry) => OF_A_SERVER.has(entry)) ? await runningServer(above) : undefined
    if (server !== undefined) {
      const why = `${directory} would lie in ${above}, which a running server has: ${server.why}`
      return { code: 'refused.running-server', why }
    }
    if (above === dirname(above)) return undefined
  }
}

const OF_A_SERVER: ReadonlySet<string> = new Set(['version-2', 'myid', 'zookeeper_server.pid'])

/** A directory with logs or snapshots in it, and a `version-2` that is being made in a data directory. */
function isServerPlace(directory: string, name: string, entries: readonly string[]): boolean {
  if (basename(directory) === 'version-2') return true
  const isData = (entry: string) =>
    zxidFromName(entry, 'log') !== undefined || zxidFromName(entry, 'snapshot') !== undefined
  if (entries.some((entry) => entry !== name && isData(entry)) && isData(name)) return true
  return name === 'version-2' && entries.some((entry) => entry === 'myid' || entry === 'zookeeper_server.pid')
}

/**
 * Where a path that may not exist yet really lies: symbolic links in it are followed, the last name too where it leads
 * somewhere.
 */
export async function realPlace(directory: string): Promise<string> {
  const place = resolve(directory)
  try {
    return await realpath(place)
  } catch {
    const parent = dirname(place)
    return parent === place ? place : join(await realPlace(parent), basename(place))
  }
}

async function entriesOf(place: string): Promise<readonly string[] | 'file' | undefined> {
  try {
    if (!(await stat(place)).isDirectory()) return 'file'
    return await readdir(place)
  } catch (error) {
    const code = systemErrorCode(error)
    // a link to nothing is something that is there
    if (code === 'ENOENT') return (await lstat(place).catch(() => undefined)) === undefined ? undefined : 'file'
    if (code === 'ENOTDIR') return undefined
    // what may not be listed cannot be judged; making something in it will say so
    if (code === 'EACCES') return []
    throw fileError(error, place)
  }
}
