import { statSync } from 'node:fs'

const OTHERS_READ = 0o004

/** Whether every user of this machine can read the file. */
export function isReadByOthers(file: string): boolean {
  try {
    const stat = statSync(file)
    return stat.isFile() && (stat.mode & OTHERS_READ) !== 0
  } catch {
    return false
  }
}
