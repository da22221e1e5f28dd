import { closeSync, constants, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { systemErrorCode } from '../support/errors.ts'

/** Linux only, and for the owner of a file only: reading leaves its access time alone. */
const NO_ATIME = constants.O_NOATIME ?? 0

/** Opens a file for reading without changing anything about it where that is permitted. */
export async function openQuietly(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDONLY | NO_ATIME)
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') throw error
    return open(file, 'r')
  }
}

/** The same with a plain descriptor, which is closed behind `use`. */
export function withQuietFile<T>(file: string, use: (descriptor: number) => T): T {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY | NO_ATIME)
  } catch (error) {
    if (systemErrorCode(error) !== 'EPERM') throw error
    descriptor = openSync(file, 'r')
  }
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
