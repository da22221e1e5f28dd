import { homedir } from 'node:os'
import { join } from 'node:path'
import { stateFolder } from '../support/state-folder.ts'

/** Where installed servers lie: ZKOPS_CACHE, else `zkops` in the user's cache directory (XDG). */
export function cacheFolder(env = process.env): string {
  return env.ZKOPS_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zkops')
}

/** Where the sandboxes are written down, and lie unless --dir says otherwise: `zkops/sandboxes` in XDG_STATE_HOME. */
export function sandboxesFolder(env = process.env): string {
  return stateFolder('sandboxes', env)
}
