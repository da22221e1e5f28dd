import { stat } from 'node:fs/promises'
import { isOpenElsewhere } from './open-files.ts'

const JUST_NOW_MS = 5000

/** Whether somebody may be writing the file now: it changed in the last seconds, and nothing says that nobody has it. */
export async function mayBeWritten(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  const changedNow = found?.isFile() === true && Math.abs(Date.now() - found.mtimeMs) < JUST_NOW_MS
  return changedNow && isOpenElsewhere(file) !== false
}
