/*
 * A sandbox's life:
 *
 * up     1. Under the lock: name and ports are chosen and written down (state.ts). From here on `down` knows of it.
 *        2. Files are written (files.ts), all servers are started (process.ts).
 *        3. They are asked until all serve. A server that ends before that, or the end of the time: the reason is taken
 *           from its log, everything is taken down again, and the error says it.
 * down   Servers are stopped, files removed, the state last: an interrupted `down` can be repeated.
 *
 * Guarantees: a server runs only while its sandbox is written down; only processes whose pid and start time are known
 * are ever signalled; only files that a sandbox made are removed.
 */
import { rmSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { interrupted, ZkopsError } from '../support/errors.ts'
import type { Progress } from '../support/progress.ts'
import { removeFiles, serverFiles, writeFiles } from './files.ts'
import type { Installation } from './locate.ts'
import { isServing, observe, type SandboxStatus } from './observe.ts'
import { sandboxesFolder } from './places.ts'
import { freePorts } from './ports.ts'
import {
  forbidStart,
  isPaused,
  isRunning,
  type ProcessIdentity,
  readIdentity,
  signalProcess,
  spawnServer,
  waitForExit,
} from './process.ts'
import { findJava } from './programs.ts'
import { isAtLeast } from './releases.ts'
import { listSandboxes, removeState, type SandboxSpec, type ServerSpec, withLock, writeState } from './state.ts'

export interface UpOptions {
  readonly installation: Installation
  readonly name?: string | undefined
  /** Where it lies; must be new or empty. Default: in the state directory. */
  readonly dir?: string | undefined
  readonly members: number
  readonly observers: number
  readonly standalone: boolean
  /** Lines `key=value` of zoo.cfg. */
  readonly properties: readonly string[]
  readonly jvmFlags: readonly string[]
  readonly timeoutMs: number
  readonly progress: Progress
  readonly signal?: AbortSignal | undefined
}

const POLL_MS = 100
const STOP_TIMEOUT_MS = 15_000
/** Small and quick to start: these servers hold little. */
const JVM_FLAGS = ['-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true']

/** Throws `refused.*` for a name or folder that is taken, `server.start-failed`, `environment.*`. */
export async function up(options: UpOptions): Promise<SandboxStatus> {
  const java = findJava()
  const spec = await reserve(options)
  try {
    await writeFiles(spec)
    for (const server of spec.servers) launch(java, spec, server)
    return await untilServing(spec, options)
  } catch (error) {
    await down(spec, { keepData: false })
    throw error
  }
}

async function reserve(options: UpOptions): Promise<SandboxSpec> {
  const { installation, standalone } = options
  return withLock(async () => {
    const others = await listSandboxes()
    const name = options.name ?? freeName(others.map((other) => other.name))
    if (!/^[\w][\w.-]{0,62}$/.test(name)) throw new ZkopsError('usage', `${name} cannot be the name of a sandbox`)
    if (others.some((other) => other.name === name)) {
      throw new ZkopsError('refused.name-taken', `There is a sandbox ${name} already`, {
        hint: `Choose another name, or take it down: zkops sandbox down ${name}`,
      })
    }
    const dir = resolve(options.dir ?? join(sandboxesFolder(), name))
    // made only after the state is written: whatever exists of a sandbox is known to `down`
    if ((await readdir(dir).catch(() => [])).length > 0) {
      throw new ZkopsError('refused.not-empty', `${dir} is not empty`, {
        file: dir,
        hint: 'Name a new or empty folder.',
      })
    }
    const count = standalone ? 1 : options.members + options.observers
    const taken = new Set(others.flatMap((other) => other.servers.flatMap(portsOf)))
    const ports = await freePorts(count * 4, taken)
    const servers = Array.from({ length: count }, (_, i): ServerSpec => {
      const [clientPort, adminPort, quorumPort, electionPort] = ports.slice(i * 4, i * 4 + 4) as [
        number,
        number,
        number,
        number,
      ]
      return {
        id: i + 1,
        role: standalone ? 'standalone' : i < options.members ? 'participant' : 'observer',
        clientPort,
        adminPort: isAtLeast(installation.version, '3.5') ? adminPort : null,
        quorumPort: standalone ? null : quorumPort,
        electionPort: standalone ? null : electionPort,
      }
    })
    const spec: SandboxSpec = {
      name,
      dir,
      zookeeper: installation.version,
      location: installation.location,
      classPath: installation.classPath,
      jvmFlags: options.jvmFlags,
      properties: options.properties,
      createdAt: new Date().toISOString(),
      servers,
    }
    await writeState(spec)
    return spec
  })
}

function portsOf({ clientPort, adminPort, quorumPort, electionPort }: ServerSpec): readonly number[] {
  return [clientPort, adminPort, quorumPort, electionPort].filter((port) => port !== null)
}

function freeName(taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? 'sandbox' : `sandbox-${n}`
    if (!taken.includes(name)) return name
  }
}

function launch(java: string, spec: SandboxSpec, server: ServerSpec): void {
  const { folder, config, pidFile, logFile } = serverFiles(spec, server)
  // that of an earlier run says nothing about this one
  rmSync(pidFile, { force: true })
  spawnServer({
    cwd: folder,
    pidFile,
    logFile,
    command: [
      java,
      ...JVM_FLAGS,
      // each finds its own; which logger is there depends on release and origin
      `-Dlog4j.configuration=file:${join(folder, 'log4j.properties')}`,
      `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`,
      ...spec.jvmFlags,
      '-cp',
      (server.upgraded ?? spec).classPath.join(':'),
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      config,
    ],
  })
}

/** Asks until all serve. Throws `server.start-failed` with the reason from the log of the server that stands in the way. */
async function untilServing(
  spec: SandboxSpec,
  { timeoutMs, progress, signal }: Pick<UpOptions, 'timeoutMs' | 'progress' | 'signal'>,
): Promise<SandboxStatus> {
  const deadline = performance.now() + timeoutMs
  progress.start(`waiting for ${spec.servers.length} servers`, spec.servers.length)
  for (;;) {
    if (signal?.aborted) throw interrupted()
    const status = await observe(spec, signal)
    if (isServing(status)) {
      progress.finish()
      return status
    }
    const late = performance.now() > deadline
    // a pid file that is not written yet is no end
    const ended = status.servers.find(({ state }, i) => {
      const identity = readIdentity(serverFiles(spec, spec.servers[i]!).pidFile)
      return state === 'down' && identity !== undefined && !isRunning(identity)
    })
    const culprit =
      ended ?? (late ? status.servers.find(({ state }) => state === 'starting' || state === 'looking') : undefined)
    if (culprit !== undefined || late) {
      const server = culprit ?? status.servers[0]!
      const what = ended ? 'ended while it started' : `did not serve within ${timeoutMs / 1000} s (${server.state})`
      throw new ZkopsError('server.start-failed', `Server ${server.id} of ${spec.name} ${what}`, {
        hint: await logReason(server.logFile),
      })
    }
    progress.update(status.servers.filter(({ state }) => state !== 'starting' && state !== 'down').length)
    await sleep(POLL_MS)
  }
}

/** The last lines of a server's log that tell why. */
async function logReason(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n')
  const telling = lines.filter((line) => / (ERROR|FATAL) |Exception|Caused by|Error:|Unrecognized|Invalid/.test(line))
  return (telling.length > 0 ? telling.slice(-4) : lines.slice(-4)).join('\n')
}

/** Starts a server without waiting for anything; one that runs is left alone. */
export function begin(spec: SandboxSpec, id: number): void {
  if (processOf(spec, id) !== undefined) return
  for (const server of selected(spec, [id])) launch(findJava(), spec, server)
}

/** The process of a server; undefined when it does not run. */
export function processOf(spec: SandboxSpec, id: number): ProcessIdentity | undefined {
  const [server] = selected(spec, [id])
  const identity = server === undefined ? undefined : readIdentity(serverFiles(spec, server).pidFile)
  return identity !== undefined && isRunning(identity) ? identity : undefined
}

/** Starts the servers of `ids` that do not run, and waits until all that run serve. */
export async function start(
  spec: SandboxSpec,
  ids: readonly number[],
  options: Pick<UpOptions, 'timeoutMs' | 'progress' | 'signal'>,
): Promise<SandboxStatus> {
  const java = findJava()
  const before = await observe(spec, options.signal)
  for (const server of selected(spec, ids)) {
    if (before.servers.find(({ id }) => id === server.id)?.state === 'down') launch(java, spec, server)
  }
  const running = spec.servers.filter(
    ({ id }) => ids.includes(id) || before.servers.some((one) => one.id === id && one.state !== 'down'),
  )
  const voters = spec.servers.filter(({ role }) => role !== 'observer').length
  // without a quorum nobody can serve: the processes are all there is to wait for
  if (running.filter(({ role }) => role !== 'observer').length * 2 > voters) {
    await untilServing({ ...spec, servers: running }, options)
  }
  return observe(spec, options.signal)
}

/** SIGTERM and wait; SIGKILL for one that does not go. */
export async function stop(spec: SandboxSpec, ids: readonly number[]): Promise<void> {
  await Promise.all(
    selected(spec, ids).map(async (server) => {
      const identity = readIdentity(serverFiles(spec, server).pidFile)
      if (identity === undefined || !signalProcess(identity, 'SIGTERM')) return
      // a paused process sees the signal only when it goes on
      signalProcess(identity, 'SIGCONT')
      if (!(await waitForExit(identity, STOP_TIMEOUT_MS))) await kill(spec, [server.id])
    }),
  )
}

/** SIGKILL, and wait until they are gone. */
export async function kill(spec: SandboxSpec, ids: readonly number[]): Promise<void> {
  await Promise.all(
    selected(spec, ids).map(async (server) => {
      const identity = readIdentity(serverFiles(spec, server).pidFile)
      if (identity !== undefined && signalProcess(identity, 'SIGKILL')) await waitForExit(identity, STOP_TIMEOUT_MS)
    }),
  )
}

/** SIGSTOP or SIGCONT, and wait until it has taken effect. */
export async function pause(spec: SandboxSpec, ids: readonly number[], on: boolean): Promise<void> {
  for (const server of selected(spec, ids)) {
    const identity = readIdentity(serverFiles(spec, server).pidFile)
    if (identity === undefined || !signalProcess(identity, on ? 'SIGSTOP' : 'SIGCONT')) continue
    for (let tries = 0; tries < 100 && isRunning(identity) && isPaused(identity) !== on; tries++) await sleep(20)
  }
}

/** Ends all servers and removes what the sandbox made; with `keepData` the files stay and the servers end in order. */
export async function down(spec: SandboxSpec, { keepData }: { readonly keepData: boolean }): Promise<void> {
  const ids = spec.servers.map(({ id }) => id)
  await Promise.all(spec.servers.map((server) => forbidStart(serverFiles(spec, server).pidFile)))
  await (keepData ? stop(spec, ids) : kill(spec, ids))
  if (keepData) await Promise.all(spec.servers.map((server) => removePids(serverFiles(spec, server).pidFile)))
  else await removeFiles(spec)
  await removeState(spec.name)
}

async function removePids(pidFile: string): Promise<void> {
  await rm(pidFile, { force: true })
  await rm(`${pidFile}.stop`, { force: true })
}

function selected(spec: SandboxSpec, ids: readonly number[]): readonly ServerSpec[] {
  return spec.servers.filter(({ id }) => ids.includes(id))
}
