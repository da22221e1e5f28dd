/*
 * The look that a server takes at a snapshot before it reads one (SnapStream.isValidSnapshot, Util.isValidSnapshot): the
 * end of a plain file, the beginning of a compressed one.
 */
import { fstatSync, readSync } from 'node:fs'
import { systemErrorCode } from '../support/errors.ts'
import { withQuietFile } from './quiet-open.ts'
import type { SnapshotFile } from './snapshot-files.ts'

/** Why a server passes a snapshot over without reading it: by what is in it, or because it cannot be opened. */
export interface NoCandidate {
  readonly how: 'skips' | 'unreadable'
  readonly why: string
  /** The server's log has a line "Invalid snapshot". */
  readonly isLogged: boolean
}

const LEAST_BYTES = 10
/** The path "/" that closes every plain snapshot. */
const CLOSING = '000000012f'
const MAGICS = { gzip: '1f8b', snappy: '82534e4150505900' } as const

/** Undefined for one that a server reads. */
export function notACandidate({ file, namedForm }: SnapshotFile): NoCandidate | undefined {
  try {
    return withQuietFile(file, (descriptor) => {
      const stat = fstatSync(descriptor)
      const skipped = (why: string, isLogged = false): NoCandidate => ({ how: 'skips', why, isLogged })
      if (stat.isDirectory()) return skipped('it is a directory')
      const hasBytes = (hex: string, position: number) => {
        const into = Buffer.alloc(hex.length / 2)
        const count = readSync(descriptor, into, 0, into.length, position)
        return into.toString('hex', 0, count) === hex
      }
      if (namedForm === 'gzip' || namedForm === 'snappy') {
        return hasBytes(MAGICS[namedForm], 0) ? undefined : skipped(`it is not ${namedForm}`)
      }
      if (stat.size >= LEAST_BYTES && hasBytes(CLOSING, stat.size - CLOSING.length / 2)) return undefined
      return skipped(`it does not end in 00 00 00 01 2f (${stat.size} bytes)`, stat.size >= LEAST_BYTES)
    })
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    const why = code === 'EACCES' ? 'permission denied' : `it cannot be opened (${code})`
    return { how: 'unreadable', why, isLogged: false }
  }
}
