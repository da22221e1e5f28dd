/*
 * What is known of the sandboxes: one JSON file each in the state directory, written before anything of the sandbox
 * exists, so that `down` can clean up whatever an interrupted `up` has begun. Pids are not in it: each server's shell
 * writes its own (process.ts).
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../support/did-you-mean.ts'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'
import { withLock as waitForLock } from '../support/lock.ts'
import { sandboxesFolder } from './places.ts'

export interface ServerSpec {
  readonly id: number
  readonly role: 'participant' | 'observer' | 'standalone'
  readonly clientPort: number
  readonly adminPort: number | null
  readonly quorumPort: number | null
  readonly electionPort: number | null
  /** What it runs when that is not what the sandbox was made with. */
  readonly upgraded?: Pick<SandboxSpec, 'zookeeper' | 'location' | 'classPath'>
}

export interface SandboxSpec {
  readonly name: string
  /** Absolute. */
  readonly dir: string
  readonly zookeeper: string
  readonly location: string
  readonly classPath: readonly string[]
  readonly jvmFlags: readonly string[]
  /** Lines of zoo.cfg. */
  readonly properties: readonly string[]
  readonly createdAt: string
  readonly servers: readonly ServerSpec[]
}

const stateFile = (name: string): string => join(sandboxesFolder(), `${name}.json`)

export async function listSandboxes(): Promise<readonly SandboxSpec[]> {
  const names = await readdir(sandboxesFolder()).catch(() => [])
  const specs = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readState(name.slice(0, -'.json'.length))),
  )
  return specs.filter((spec) => spec !== undefined).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
}

/** The sandbox `name`, or the only one there is. Throws `input.no-sandbox`, `usage` when it is not clear which. */
export async function findSandbox(name: string | undefined): Promise<SandboxSpec> {
  const all = await listSandboxes()
  if (name === undefined) {
    if (all.length === 1) return all[0]!
    if (all.length === 0) {
      throw new ZkopsError('input.no-sandbox', 'There is no sandbox', { hint: 'zkops sandbox up makes one.' })
    }
    throw new ZkopsError('usage', `There are ${all.length} sandboxes: ${all.map((one) => one.name).join(', ')}`, {
      hint: 'Name one of them.',
    })
  }
  const spec = all.find((one) => one.name === name)
  if (spec !== undefined) return spec
  const nearest = didYouMean(
    name,
    all.map((one) => one.name),
  )
  throw new ZkopsError('input.no-sandbox', `There is no sandbox ${name}`, {
    hint: nearest === undefined ? 'zkops sandbox ls lists them.' : `Did you mean ${nearest}?`,
  })
}

export async function writeState(spec: SandboxSpec): Promise<void> {
  await mkdir(sandboxesFolder(), { recursive: true })
  const temporary = `${stateFile(spec.name)}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify(spec, null, 2)}\n`, { mode: 0o600 })
  await rename(temporary, stateFile(spec.name))
}

/** From its next start on a server runs another release; once all do, the sandbox is of that release. */
export async function upgradeServer(
  name: string,
  id: number,
  upgraded: NonNullable<ServerSpec['upgraded']>,
): Promise<SandboxSpec> {
  return withLock(async () => {
    const spec = await findSandbox(name)
    const servers = spec.servers.map((server) => (server.id === id ? { ...server, upgraded } : server))
    const whole = servers.every((server) => server.upgraded?.zookeeper === upgraded.zookeeper)
    const plain = servers.map(({ upgraded: _, ...server }) => server)
    const changed = whole ? { ...spec, ...upgraded, servers: plain } : { ...spec, servers }
    await writeState(changed)
    return changed
  })
}

export async function removeState(name: string): Promise<void> {
  await rm(stateFile(name), { force: true })
}

async function readState(name: string): Promise<SandboxSpec | undefined> {
  try {
    return JSON.parse(await readFile(stateFile(name), 'utf8')) as SandboxSpec
  } catch (error) {
    // just taken down by somebody else
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Runs `work` while no other process chooses names and ports. */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const folder = sandboxesFolder()
  await mkdir(folder, { recursive: true })
  return (await waitForLock(join(folder, '.lock'), work)) as T
}
