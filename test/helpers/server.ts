import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { locate } from '../../src/sandbox/locate.ts'
import { isRunning, readIdentity, signalProcess, spawnServer, waitForExit } from '../../src/sandbox/process.ts'
import { findJava } from '../../src/sandbox/programs.ts'
import { noProgress } from '../../src/support/progress.ts'
import { run } from './cli.ts'

export interface ServerOptions {
  readonly version: string
  /** java.env beside it counts. */
  readonly config: string
  readonly clientPort: number
}

/** A real server that runs from a zoo.cfg; `await using` stops it. */
export interface RealServer extends AsyncDisposable {
  log(): string
  isRunning(): boolean
  /** Waits until srvr says one of these; at most a minute unless it begins with milliseconds. */
  reach(...modes: readonly (string | number)[]): Promise<void>
}

const PATIENCE_MS = 60_000

export async function startServer({ version, config, clientPort }: ServerOptions): Promise<RealServer> {
  const { classPath } = await locate({ version, progress: noProgress })
  const conf = dirname(config)
  const env = join(conf, 'java.env')
  const sourced = await run('sh', [
    '-euc',
    `SERVER_JVMFLAGS=; [ ! -e '${env}' ] || . '${env}'; printf %s "$SERVER_JVMFLAGS"`,
  ])
  const [pidFile, logFile] = [join(conf, 'server.pid'), join(conf, 'server.log')]
  const flags = [...sourced.stdout.split(' ').filter((flag) => flag !== ''), '-Xmx192m']
  rmSync(pidFile, { force: true })
  const started = performance.now()
  spawnServer({
    ...{ cwd: conf, pidFile, logFile },
    command: [
      ...[findJava(), ...flags, '-cp', [conf, ...classPath].join(':')],
      ...['org.apache.zookeeper.server.quorum.QuorumPeerMain', config],
    ],
  })
  // written by the process itself
  let identity = readIdentity(pidFile)
  while (identity === undefined || !isRunning(identity)) {
    if (performance.now() > started + PATIENCE_MS) throw new Error(`${config} does not start`)
    await sleep(20)
    identity = readIdentity(pidFile)
  }
  const running = identity
  const log = () => readFileSync(logFile, 'utf8')
  return {
    log,
    isRunning: () => isRunning(running),
    async reach(...modes) {
      const patience = typeof modes[0] === 'number' ? modes[0] : PATIENCE_MS
      const deadline = performance.now() + patience
      for (;;) {
        const now = await modeOf(clientPort)
        if (modes.includes(now)) return
        if (performance.now() > deadline || !isRunning(running)) {
          throw new Error(`${config} is ${now || 'not serving'}, not ${modes.join(' or ')}:\n${log().slice(-4000)}`)
        }
        await sleep(300)
      }
    },
    async [Symbol.asyncDispose]() {
      signalProcess(running, 'SIGTERM')
      if (!(await waitForExit(running, 15_000))) signalProcess(running, 'SIGKILL')
    },
  }
}

/** What srvr says; empty when it does not answer. */
export async function modeOf(port: number): Promise<string> {
  const answer = await fourLetterWord('127.0.0.1', port, 'srvr', { timeoutMs: 2000 }).catch(() => '')
  return /^Mode: (\w+)$/m.exec(answer)?.[1] ?? ''
}

/** Commands of zkCli.sh, one after the other in one session, of the newest release; what it prints. */
export async function zkCli(port: number, ...commands: readonly string[]): Promise<string> {
  const { classPath } = await locate({ version: '3.9.5', progress: noProgress })
  const main = ['-cp', classPath.join(':'), 'org.apache.zookeeper.ZooKeeperMain', '-server', `127.0.0.1:${port}`]
  const { stdout, stderr } = await run(findJava(), main, { input: `${[...commands, 'quit'].join('\n')}\n` })
  return `${stdout}${stderr}`
}
