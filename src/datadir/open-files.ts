import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { systemErrorCode } from '../support/errors.ts'

export interface OpenFile {
  readonly pid: number
  readonly file: string
  readonly descriptor: number
}

export interface OpenFiles {
  /** A file that another process has open and that was looked for. */
  readonly found: OpenFile | undefined
  /** False where there is no /proc, or when other users' processes could not be looked at. */
  readonly complete: boolean
}

/**
 * Looks through all processes but this one for an open file that `matches`; sockets are files by the name of
 * `socket:[INODE]`. Takes some milliseconds.
 */
export function findOpenFile(matches: (one: OpenFile) => boolean): OpenFiles {
  let complete = true
  /** What went meanwhile is nothing. */
  const quietly = <T>(look: () => T, otherwise: T): T => {
    try {
      return look()
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') complete = false
      return otherwise
    }
  }
  const pids = quietly(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name)), [])
  for (const pid of pids) {
    if (Number(pid) === process.pid) continue
    const descriptors = join('/proc', pid, 'fd')
    for (const fd of quietly(() => readdirSync(descriptors), [])) {
      const file = quietly(() => readlinkSync(join(descriptors, fd)), '')
      const one = { pid: Number(pid), file, descriptor: Number(fd) }
      if (matches(one)) return { found: one, complete }
    }
  }
  return { found: undefined, complete: complete && pids.length > 0 }
}

/** Whether another process has this very file open; undefined when that cannot be told. */
export function isOpenElsewhere(file: string): boolean | undefined {
  let place: string
  try {
    place = realpathSync(file)
  } catch {
    return undefined
  }
  const { found, complete } = findOpenFile(({ file }) => file === place)
  return found !== undefined ? true : complete ? false : undefined
}
