import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where zkops keeps what one run leaves for the next: `zkops/…` in XDG_STATE_HOME. */
export function stateFolder(name: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'zkops', name)
}
