import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that goes with its user, or with the process at the latest. */
export interface TemporaryFolder {
  readonly folder: string
  remove(): Promise<void>
}

export async function temporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const folder = await mkdtemp(join(tmpdir(), prefix))
  const removeNow = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeNow)
  return {
    folder,
    async remove() {
      process.off('exit', removeNow)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
