import { runningServer } from '../../datadir/running-server.ts'
import type { Refusal } from '../../support/change.ts'

/** Why nothing may be written: a server has one of the folders. `directory`: as it was named. */
export async function serverOn(directory: string, folders: readonly string[]): Promise<Refusal | undefined> {
  for (const folder of new Set(folders)) {
    const server = await runningServer(folder)
    if (server === undefined) continue
    const why = `A server has ${directory}: ${server.why}`
    return { code: 'refused.running-server', why, counterexample: { ...server } }
  }
  return undefined
}
