import { fourLetterWord } from '../cluster/admin/four-letter.ts'
import { passwordFile, serverFiles } from './files.ts'
import { isPaused, isRunning, readIdentity } from './process.ts'
import type { SandboxSpec, ServerSpec } from './state.ts'

export type ServerState =
  | 'leading'
  | 'following'
  | 'observing'
  | 'standalone'
  | 'looking'
  | 'starting'
  | 'paused'
  | 'down'

export interface SandboxServer extends ServerSpec {
  readonly pid: number | null
  readonly state: ServerState
  readonly dataDir: string
  readonly logDir: string
  readonly config: string
  readonly logFile: string
}

/** What `sandbox up`, `status` and `ls` tell. */
export interface SandboxStatus {
  readonly name: string
  readonly dir: string
  readonly zookeeper: string
  /** `host:port,…` of the clients' ports. */
  readonly connect: string
  readonly passwordFile: string
  readonly servers: readonly SandboxServer[]
}

const ASK_TIMEOUT_MS = 2000

const MODES: Readonly<Record<string, ServerState>> = {
  leader: 'leading',
  follower: 'following',
  observer: 'observing',
  standalone: 'standalone',
}

/** Asks all servers at the same time. */
export async function observe(spec: SandboxSpec, signal?: AbortSignal): Promise<SandboxStatus> {
  const servers = await Promise.all(spec.servers.map((server) => observeServer(spec, server, signal)))
  const connect = spec.servers.map(({ clientPort }) => `127.0.0.1:${clientPort}`).join(',')
  const { name, dir, zookeeper } = spec
  return { name, dir, zookeeper, connect, passwordFile: passwordFile(spec), servers }
}

async function observeServer(spec: SandboxSpec, server: ServerSpec, signal?: AbortSignal): Promise<SandboxServer> {
  const { dataDir, logDir, config, logFile, pidFile } = serverFiles(spec, server)
  const identity = readIdentity(pidFile)
  const running = identity !== undefined && isRunning(identity)
  const state = !running ? 'down' : isPaused(identity) ? 'paused' : await askState(server, signal)
  return { ...server, pid: running ? identity.pid : null, state, dataDir, logDir, config, logFile }
}

async function askState({ clientPort }: ServerSpec, signal?: AbortSignal): Promise<ServerState> {
  try {
    const answer = await fourLetterWord('127.0.0.1', clientPort, 'srvr', { timeoutMs: ASK_TIMEOUT_MS, signal })
    const mode = /^Mode: (\w+)/m.exec(answer)?.[1]
    // "This ZooKeeper instance is not currently serving requests"
    return (mode === undefined ? undefined : MODES[mode]) ?? 'looking'
  } catch {
    return 'starting'
  }
}

/** Whether all of it serves: a lone server, or one leader whom all the others follow or observe. */
export function isServing({ servers }: SandboxStatus): boolean {
  if (servers.length === 1 && servers[0]!.role === 'standalone') return servers[0]!.state === 'standalone'
  const leaders = servers.filter(({ state }) => state === 'leading').length
  const learners = servers.filter(({ state }) => state === 'following' || state === 'observing').length
  return leaders === 1 && leaders + learners === servers.length
}
