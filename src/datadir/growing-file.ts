import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { fileError, systemErrorCode } from '../support/errors.ts'

/** A file that someone else writes to while it is read, by positions. */
export interface GrowingFile {
  readonly file: string
  /** Fills the front of `into` with what lies at `position`; returns how many bytes came. */
  read(into: Uint8Array, position: number): number
  /** In bytes, now. */
  size(): number
  /** Whether its name still leads to it. */
  named(): 'same' | 'replaced' | 'removed'
  close(): void
}

/** Throws `input.missing` or `input.unreadable`, as its methods do. */
export function openGrowing(file: string): GrowingFile {
  const speaking = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      throw fileError(error, file)
    }
  }
  const fd = speaking(() => openSync(file, 'r'))
  const identity = identityOf(speaking(() => fstatSync(fd)))
  return {
    file,
    read: (into, position) => speaking(() => readSync(fd, into, 0, into.length, position)),
    size: () => speaking(() => fstatSync(fd).size),
    named() {
      const now = fileIdentity(file)
      return now === undefined ? 'removed' : now === identity ? 'same' : 'replaced'
    },
    close: () => closeSync(fd),
  }
}

/** Tells a file from another one that got its name later; undefined when there is none. */
export function fileIdentity(file: string): string | undefined {
  try {
    return identityOf(statSync(file))
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw fileError(error, file)
  }
}

/** The number alone is given to a new file as soon as the old one is gone. */
function identityOf({ dev, ino, birthtimeMs }: Stats): string {
  return `${dev}:${ino}:${birthtimeMs}`
}
