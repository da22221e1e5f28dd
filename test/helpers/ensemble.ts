import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { down, kill, pause, start, stop, up } from '../../src/sandbox/ensemble.ts'
import { locate } from '../../src/sandbox/locate.ts'
import { observe, type SandboxStatus } from '../../src/sandbox/observe.ts'
import { findSandbox, type SandboxSpec } from '../../src/sandbox/state.ts'
import { noProgress } from '../../src/support/progress.ts'

export interface EnsembleOptions {
  readonly zookeeper?: string
  /** 0: standalone. */
  readonly members?: number
  readonly observers?: number
  readonly properties?: Readonly<Record<string, string | number>>
  readonly jvmFlags?: readonly string[]
}

/** Real servers in a temporary folder; `await using` takes them down. */
export interface TestEnsemble extends AsyncDisposable {
  readonly status: SandboxStatus
  readonly connect: string
  password(): Promise<string>
  observe(): Promise<SandboxStatus>
  stop(...ids: number[]): Promise<void>
  kill(...ids: number[]): Promise<void>
  start(...ids: number[]): Promise<SandboxStatus>
  pause(...ids: number[]): Promise<void>
  resume(...ids: number[]): Promise<void>
  down(): Promise<void>
}

const TIMEOUT_MS = 120_000

/** Starts real servers of any release and waits until they serve. */
export async function startEnsemble(options: EnsembleOptions = {}): Promise<TestEnsemble> {
  const members = options.members ?? 3
  const installation = await locate({ version: options.zookeeper ?? '3.9', progress: noProgress })
  const folder = await mkdtemp(join(tmpdir(), 'zkops-ensemble-'))
  const name = `test-${process.pid}-${folder.slice(-6)}`
  const status = await up({
    installation,
    name,
    dir: folder,
    members,
    observers: options.observers ?? 0,
    standalone: members === 0,
    properties: Object.entries(options.properties ?? {}).map(([key, value]) => `${key}=${value}`),
    jvmFlags: options.jvmFlags ?? [],
    timeoutMs: TIMEOUT_MS,
    progress: noProgress,
  })
  const spec: SandboxSpec = await findSandbox(name)
  const all = spec.servers.map(({ id }) => id)
  const orAll = (ids: number[]) => (ids.length === 0 ? all : ids)
  const takeDown = async () => {
    await down(spec, { keepData: false })
    await rm(folder, { recursive: true, force: true })
  }
  return {
    status,
    connect: status.connect,
    password: () => readFile(status.passwordFile, 'utf8'),
    observe: () => observe(spec),
    stop: (...ids) => stop(spec, orAll(ids)),
    kill: (...ids) => kill(spec, orAll(ids)),
    start: (...ids) => start(spec, orAll(ids), { timeoutMs: TIMEOUT_MS, progress: noProgress }),
    pause: (...ids) => pause(spec, orAll(ids), true),
    resume: (...ids) => pause(spec, orAll(ids), false),
    down: takeDown,
    [Symbol.asyncDispose]: takeDown,
  }
}
