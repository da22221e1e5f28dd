/* What a server's parser would see on this machine: files, and names by the system resolver. */
import { accessSync, closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Resolved } from '../../config/java/inet.ts'
import { type PropertiesFile, parseProperties } from '../../config/java/properties.ts'
import type { Problem, ServerView } from '../../config/verdict/verdict.ts'
import { systemErrorCode } from '../../support/errors.ts'

/** No configuration is this long; what is would only fill the memory. */
const MAX_BYTES = 16 * 1024 * 1024
const MYID_BYTES = 64 * 1024

export interface DiskViewOptions {
  readonly flags: ReadonlyMap<string, string>
  /** Files to read in the place of others. */
  readonly instead?: ReadonlyMap<string, string>
  /** Contents that were read already, e.g. from standard input. */
  readonly known?: ReadonlyMap<string, Uint8Array>
}

/** A view of the disk that asks for names without waiting: what is not known yet is collected in `unresolved`. */
export interface DiskView extends ServerView {
  readonly unresolved: ReadonlySet<string>
  learn(host: string, resolved: Resolved): void
}

export function diskView({ flags, instead, known }: DiskViewOptions): DiskView {
  const files = new Map<string, PropertiesFile | Problem>()
  const names = new Map<string, Resolved>()
  const unresolved = new Set<string>()
  return {
    flags,
    unresolved,
    properties(path) {
      let file = files.get(path)
      if (file === undefined) {
        const bytes = known?.get(path) ?? readBytes(instead?.get(path) ?? path)
        file = typeof bytes === 'string' ? bytes : parseProperties(bytes)
        files.set(path, file)
      }
      return file
    },
    myid(dataDir) {
      const path = `${dataDir}/myid`
      return readFirstLine(instead?.get(path) ?? path)
    },
    lookup(host) {
      const found = names.get(host)
      if (found === undefined) unresolved.add(host)
      return found ?? { error: host }
    },
    learn(host, resolved) {
      names.set(host, resolved)
      unresolved.delete(host)
    },
    writable(path) {
      try {
        accessSync(dirname(path), constants.W_OK)
        return true
      } catch {
        return false
      }
    },
  }
}

/** A regular file's bytes, or why there are none. */
export function readBytes(path: string): Uint8Array | Problem {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return 'directory'
    if (!stat.isFile() || stat.size > MAX_BYTES) return 'special'
    return readFileSync(path)
  } catch (error) {
    return problemOf(error)
  }
}

function readFirstLine(path: string): { readonly line: string | null } | Problem {
  let descriptor: number | undefined
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return 'directory'
    if (!stat.isFile()) return 'special'
    descriptor = openSync(path, 'r')
    const bytes = Buffer.alloc(Math.min(MYID_BYTES, stat.size))
    const text = bytes.toString('utf8', 0, readSync(descriptor, bytes))
    return { line: text === '' ? null : text.split(/\r\n|\r|\n/, 1)[0]! }
  } catch (error) {
    return problemOf(error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Whatever keeps a file from being read looks like one of these to a server. */
function problemOf(error: unknown): Problem {
  const code = systemErrorCode(error)
  if (code === undefined) throw error
  if (code !== 'EACCES' && code !== 'EPERM') return 'missing'
  // a folder on the way that may not be entered: Java's File.exists says no
  return (error as NodeJS.ErrnoException).syscall === 'stat' ? 'hidden' : 'denied'
}
