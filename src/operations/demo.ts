import { spawn } from 'node:child_process'
import { access, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { withSession } from '../cluster/client/session.ts'
import { ZkopsError } from '../support/errors.ts'

/*
 * The tour:
 * 1. Logs and a snapshot of a real server, from the samples in the package, are read and verified: no JVM needed. The
 *    tree is looked at as it was at a moment, and built anew with the proof. A copy is broken, and repaired by what the
 *    doctor says. A configuration is made from two facts, and checked.
 * 2. Where Java and Maven are there: a real three-server ensemble comes up, something is written to it, its state and
 *    health are shown, the log that was just written is dumped and verified, and the ensemble goes down again.
 *
 * Every step is the command that a user would type, run as a child process with the same output.
 * Guarantees: the ensemble is taken down whatever happens, within the time limit; what cannot run is skipped and said.
 */

export interface DemoOptions {
  /** The package's folder: bin/run.js and templates/samples lie there. */
  readonly root: string
  /** Where the steps' own output goes: the standard stream 1 or 2 of this process. */
  readonly outputTo: 1 | 2
  readonly signal: AbortSignal
  /** Called before a step runs. */
  readonly onStep: (step: { readonly title: string; readonly command: string }) => void
}

export interface DemoResult {
  readonly steps: readonly {
    readonly title: string
    readonly command: string
    readonly exitCode: number
    readonly elapsedMs: number
  }[]
  readonly skipped: readonly { readonly what: string; readonly why: string }[]
}

/** All of it, downloads included. */
const TIME_LIMIT_MS = 370_000
const WRITE_TIMEOUT_MS = 15_000

/** Throws `stopped.demo` when a step fails; everything is cleaned up then. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TIME_LIMIT_MS)])
  const steps: DemoResult['steps'][number][] = []
  const skipped: DemoResult['skipped'][number][] = []
  const step = async (title: string, command: string, run: () => Promise<number>, ...expected: number[]) => {
    options.onStep({ title, command })
    const startedAt = performance.now()
    const exitCode = await run()
    steps.push({ title, command, exitCode, elapsedMs: Math.round(performance.now() - startedAt) })
    options.signal.throwIfAborted()
    if (!expected.includes(exitCode))
      throw new ZkopsError('stopped.demo', `The demo stopped: ${command} exited with ${exitCode}`)
  }
  const exiting = (expected: readonly number[], title: string, args: readonly string[]) =>
    step(
      title,
      ['zkops', ...args].map(quoted).join(' '),
      () => run(process.execPath, [join(options.root, 'bin/run.js'), ...args], signal, ['ignore', options.outputTo, 2]),
      ...expected,
    )
  const zkops = (title: string, ...args: string[]) => exiting([0], title, args)

  const samples = relative(process.cwd(), join(options.root, 'templates/samples/version-2'))
  await zkops('The log of a real server, as a person reads it', 'log', 'dump', '--limit', '12', samples)
  await zkops(
    'What happened below one path, for scripts',
    'log',
    'dump',
    '--path',
    '/app/locks/**',
    '--format',
    'jsonl',
    samples,
  )
  await zkops('Is the log whole?', 'log', 'verify', samples)
  await zkops('Why is this znode gone?', 'log', 'history', '/app/members/expiring', samples)
  await zkops('Is the snapshot whole, and would a server load it?', 'snapshot', 'verify', samples)

  const deleted = '/more/n-0000000020'
  await zkops('A value that was deleted since', 'snapshot', 'cat', samples, deleted, '--at', '0x6b')
  const moments = ['--at-a', '0x6b', '--at-b', 'latest']
  await exiting([1], 'What has changed since that moment?', ['snapshot', 'diff', samples, samples, ...moments])
  await inTemporary(async (folder) => {
    const build = ['snapshot', 'build', samples, '--at', `before delete ${deleted}`]
    await zkops('Back to it, with the proof', ...build, '--output', join(folder, 'restored'), '--execute')
    const broken = join(folder, 'broken')
    const tooShort = join(broken, 'version-2', 'log.f0')
    await step(
      'A copy is broken',
      `printf 'too short' > ${tooShort}`,
      async () => {
        await cp(samples, join(broken, 'version-2'), { recursive: true })
        await writeFile(tooShort, 'too short')
        return 0
      },
      0,
    )
    await exiting([1], 'Why does the server not start?', ['data', 'doctor', broken])
    await zkops('What the doctor printed', 'data', 'repair', broken, '--remedy', 'log.header-short', '--execute')
    await generated(zkops, folder)
  })

  const missing = await missingPrograms(['java', 'mvn'])
  if (missing.length > 0) {
    skipped.push({
      what: 'the real ensemble',
      why: `${missing.join(' and ')} not found; install Java and Maven to see it`,
    })
    return { steps, skipped }
  }

  const name = `demo-${process.pid}`
  try {
    await zkops('A real ensemble of three servers', 'sandbox', 'up', '--members', '3', '--name', name)
    const sandbox = await sandboxState(options.root, name, signal)
    const writes = await writer(options.root, sandbox, signal, skipped)
    await step('Something is written to it', writes.command, writes.run, 0)
    // a slow machine may be a finding
    await exiting([0, 1], 'How it is', ['ensemble', 'status', '--connect', sandbox.connect])
    await exiting([0, 1], 'One verdict, for cron and monitoring', ['health', 'check', '--connect', sandbox.connect])
    const { logDir } = sandbox.servers[0]!
    await zkops('The log that was just written', 'log', 'dump', '--path', '/demo**', logDir)
    await zkops('Is it whole, with the server still running?', 'log', 'verify', logDir)
  } catch (error) {
    await takeDown(options.root, name)
    throw error
  }
  await zkops('Down it goes', 'sandbox', 'down', name)
  return { steps, skipped }
}

/** Files of three members from two facts, and what lint says to them. */
async function generated(zkops: (title: string, ...args: string[]) => Promise<void>, folder: string): Promise<void> {
  const output = join(folder, 'members')
  const facts = ['--profile', 'medium', '--ram', '8GiB', '--log-dir', '/ssd/zookeeper', '--log-device', 'ssd']
  const servers = ['--server', '1=zk1:2888:3888', '2=zk2:2888:3888', '3=zk3:2888:3888']
  const generate = ['config', 'generate', ...facts, ...servers, '--output', output, '--execute']
  await zkops('From 8 GB of memory and an SSD: the files of three members', ...generate)
  await zkops('What would servers say to them?', 'config', 'lint', output, '--zookeeper', '3.9')
}

async function inTemporary(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zkops-demo-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface SandboxState {
  readonly zookeeper: string
  readonly connect: string
  readonly servers: readonly { readonly logDir: string }[]
}

async function sandboxState(root: string, name: string, signal: AbortSignal): Promise<SandboxState> {
  return (await zkopsJson(root, ['sandbox', 'status', name], signal)) as SandboxState
}

const WRITES: readonly (readonly [path: string, first: string, second: string])[] = [
  ['/demo', 'made by zkops demo', 'changed by zkops demo'],
  ['/demo/config', '{"replicas":2}', '{"replicas":3}'],
]

/** How the demo writes: the native client where it is built, else the client in the servers' own jars. */
async function writer(
  root: string,
  sandbox: SandboxState,
  signal: AbortSignal,
  skipped: { what: string; why: string }[],
): Promise<{ command: string; run: () => Promise<number> }> {
  try {
    await withSession({ connect: sandbox.connect, timeoutMs: WRITE_TIMEOUT_MS, signal }, async () => {})
  } catch (error) {
    if (!(error instanceof ZkopsError) || error.code !== 'environment.native-client') throw error
    skipped.push({ what: 'writing through the native client', why: error.message })
    return writeWithJava(root, sandbox, signal)
  }
  return {
    command: `(native client on ${sandbox.connect}) create and set ${WRITES.map(([path]) => path).join(', ')}`,
    run: () =>
      withSession({ connect: sandbox.connect, timeoutMs: WRITE_TIMEOUT_MS, signal }, async (session) => {
        for (const [path, first, second] of WRITES) {
          await session.create(path, Buffer.from(first))
          await session.set(path, Buffer.from(second))
        }
        return 0
      }),
  }
}

async function writeWithJava(
  root: string,
  sandbox: SandboxState,
  signal: AbortSignal,
): Promise<{ command: string; run: () => Promise<number> }> {
  const { versions } = (await zkopsJson(root, ['sandbox', 'versions'], signal)) as {
    versions: readonly { version: string; location: string }[]
  }
  const location = versions.find(({ version }) => version === sandbox.zookeeper)?.location ?? ''
  const lines = WRITES.flatMap(([path, first, second]) => [`create ${path} '${first}'`, `set ${path} '${second}'`])
  const main = ['org.apache.zookeeper.ZooKeeperMain', '-server', sandbox.connect]
  return {
    command: `zkCli.sh -server ${sandbox.connect}   # create and set ${WRITES.map(([path]) => path).join(', ')}`,
    run: () =>
      run(
        'java',
        ['-cp', join(location, 'lib/*'), ...main],
        signal,
        ['pipe', 'ignore', 'ignore'],
        `${lines.join('\n')}\nquit\n`,
      ),
  }
}

/** Also after an interruption or at the end of the time limit, so it has no signal of its own. */
async function takeDown(root: string, name: string): Promise<void> {
  await run(process.execPath, [join(root, 'bin/run.js'), 'sandbox', 'down', name], undefined, [
    'ignore',
    'ignore',
    'ignore',
  ])
}

async function zkopsJson(root: string, args: readonly string[], signal: AbortSignal): Promise<unknown> {
  const chunks: Buffer[] = []
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), ...args, '--json'], {
    signal,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** Exit code of a child; an interruption gives it the time to clean up. */
function run(
  program: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  stdio: ['ignore' | 'pipe', number | 'ignore', number | 'ignore'],
  input?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio })
    const stop = () => child.kill('SIGTERM')
    signal?.addEventListener('abort', stop)
    child.on('error', reject)
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop)
      resolve(code ?? 1)
    })
    if (input !== undefined) child.stdin?.end(input)
  })
}

async function missingPrograms(programs: readonly string[]): Promise<readonly string[]> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = await Promise.all(
    programs.map(async (program) => {
      const hits = await Promise.allSettled(folders.map((folder) => access(join(folder, program))))
      return hits.some(({ status }) => status === 'fulfilled')
    }),
  )
  return programs.filter((_, i) => !found[i])
}

/** As a shell would need it typed. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
