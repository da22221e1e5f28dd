/*
 * The use cases of `zkops sandbox`: names and ids as typed are resolved, the work is sandbox/'s.
 */
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { down, kill, pause, start, stop, up } from '../sandbox/ensemble.ts'
import { installRelease } from '../sandbox/install.ts'
import { listInstallations, locate } from '../sandbox/locate.ts'
import { observe, type SandboxStatus } from '../sandbox/observe.ts'
import { NEWEST, resolveRelease } from '../sandbox/releases.ts'
import { findSandbox, listSandboxes, type SandboxSpec, upgradeServer } from '../sandbox/state.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Progress } from '../support/progress.ts'

export type { SandboxServer, SandboxStatus } from '../sandbox/observe.ts'

export interface SandboxContext {
  readonly progress: Progress
  readonly signal: AbortSignal
}

export interface InstalledVersion {
  readonly version: string
  readonly source: 'cache' | 'home' | 'debian'
  readonly location: string
  readonly installed: true
}

export interface VersionsResult {
  readonly versions: readonly InstalledVersion[]
}

/** Installs each of `versions` (the newest release when there are none) that is not there yet. */
export async function installVersions(versions: readonly string[], context: SandboxContext): Promise<VersionsResult> {
  const wanted = (versions.length === 0 ? [NEWEST] : versions).map(resolveRelease)
  const installed: InstalledVersion[] = []
  for (const version of wanted) {
    installed.push({ version, source: 'cache', location: await installRelease(version, context), installed: true })
  }
  return { versions: installed }
}

/** What can be run here, and where it lies. */
export async function listVersions(): Promise<VersionsResult> {
  const found = await listInstallations()
  return { versions: found.map(({ version, source, location }) => ({ version, source, location, installed: true })) }
}

export interface SandboxUpOptions extends SandboxContext {
  readonly name: string | undefined
  readonly dir: string | undefined
  readonly members: number
  readonly observers: number
  readonly standalone: boolean
  readonly zookeeper: string | undefined
  readonly zookeeperHome: string | undefined
  readonly properties: readonly string[]
  readonly jvmFlags: readonly string[]
  readonly timeoutMs: number
}

export async function sandboxUp(options: SandboxUpOptions): Promise<SandboxStatus> {
  const wrong = options.properties.find((property) => !/^[^=\s]+=/.test(property))
  if (wrong !== undefined) throw new ZkopsError('usage', `${wrong} is no property: expected key=value`)
  const { zookeeper: version, zookeeperHome: home, progress, signal } = options
  const installation = await locate({ version, home, progress, signal })
  return up({ ...options, installation })
}

export interface SandboxList {
  readonly sandboxes: readonly SandboxStatus[]
}

export async function sandboxLs({ signal }: SandboxContext): Promise<SandboxList> {
  const specs = await listSandboxes()
  return { sandboxes: await Promise.all(specs.map((spec) => observe(spec, signal))) }
}

export async function sandboxStatus(name: string | undefined, { signal }: SandboxContext): Promise<SandboxStatus> {
  return observe(await findSandbox(name), signal)
}

export type ServerAction = 'stop' | 'start' | 'kill' | 'pause' | 'resume'

export interface SandboxActOptions extends SandboxContext {
  /** The name, then ids; the name may be left out when there is one sandbox only. */
  readonly words: readonly string[]
  readonly timeoutMs: number
  /** A release or line for `start`; undefined: the one of before. */
  readonly zookeeper: string | undefined
}

/** Does it to the named servers, to all when none is named; tells how the sandbox is then. */
export async function sandboxAct(action: ServerAction, options: SandboxActOptions): Promise<SandboxStatus> {
  const { spec, ids } = await addressed(options.words)
  if (action === 'start') return start(await withRelease(spec, ids, options), ids, options)
  if (action === 'stop') await stop(spec, ids)
  else if (action === 'kill') await kill(spec, ids)
  else await pause(spec, ids, action === 'pause')
  return observe(spec, options.signal)
}

async function withRelease(
  spec: SandboxSpec,
  ids: readonly number[],
  { zookeeper, progress, signal }: SandboxActOptions,
): Promise<SandboxSpec> {
  if (zookeeper === undefined) return spec
  const { version, location, classPath } = await locate({ version: zookeeper, progress, signal })
  let upgraded = spec
  for (const id of ids) upgraded = await upgradeServer(spec.name, id, { zookeeper: version, location, classPath })
  return upgraded
}

export interface SandboxDownResult {
  readonly name: string
  readonly dir: string
  /** The files are still there. */
  readonly kept: boolean
}

export async function sandboxDown(name: string | undefined, keepData: boolean): Promise<SandboxDownResult> {
  const spec = await findSandbox(name)
  await down(spec, { keepData })
  return { name: spec.name, dir: spec.dir, kept: keepData }
}

const PIECE = 1 << 16
const FOLLOW_MS = 200

/** A server's log from its beginning; with `follow` what is appended too, until the signal fires. */
export async function* sandboxLogs(
  words: readonly string[],
  { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const { spec, ids } = await addressed(words)
  if (ids.length !== 1) throw new ZkopsError('usage', `Name one server of ${spec.name}: ${ids.join(', ')}`)
  const logFile = (await observe(spec, signal)).servers.find(({ id }) => id === ids[0])!.logFile
  const handle = await open(logFile, 'r')
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE)
      const { bytesRead } = await handle.read(piece, 0, PIECE, null)
      if (bytesRead > 0) yield piece.subarray(0, bytesRead)
      else if (!follow || signal.aborted) return
      else await sleep(FOLLOW_MS, undefined, { signal }).catch(() => {})
    }
  } finally {
    await handle.close()
  }
}

async function addressed(words: readonly string[]): Promise<{ spec: SandboxSpec; ids: readonly number[] }> {
  const serverWord = /^(?:server\.)?(\d+)$/
  const names = (await listSandboxes()).map(({ name }) => name)
  const named = words[0] !== undefined && (names.includes(words[0]) || !serverWord.test(words[0]))
  const spec = await findSandbox(named ? words[0] : undefined)
  const ids = words.slice(named ? 1 : 0).map((word) => {
    const id = Number(serverWord.exec(word)?.[1] ?? Number.NaN)
    if (spec.servers.some((server) => server.id === id)) return id
    const known = spec.servers.map((server) => server.id).join(', ')
    throw new ZkopsError('usage', `${spec.name} has no server ${word}`, { hint: `Its servers: ${known}.` })
  })
  return { spec, ids: ids.length > 0 ? ids : spec.servers.map(({ id }) => id) }
}
