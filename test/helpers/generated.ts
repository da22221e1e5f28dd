/* Real servers that start from what config generate has made. */
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { locate } from '../../src/sandbox/locate.ts'
import { readIdentity, signalProcess, spawnServer, waitForExit } from '../../src/sandbox/process.ts'
import { findJava } from '../../src/sandbox/programs.ts'
import { noProgress } from '../../src/support/progress.ts'
import { run } from './cli.ts'

/** Memory that eight servers at once may have; the collector and every other flag are the generated ones. */
export const OVERRIDES = ['-Xms64m', '-Xmx192m', '-XX:MaxDirectMemorySize=64m', '-XX:-AlwaysPreTouch']

const MAIN = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'

export interface StartedServer {
  readonly id: number
  readonly pidFile: string
  readonly logFile: string
}

/** What install.sh does, into directories of this machine instead of the system's. Returns the configuration's. */
export function install(folder: string, id: number): string {
  const conf = join(folder, 'etc', String(id))
  const [data, log] = [join(folder, 'data', String(id)), join(folder, 'log', String(id))]
  for (const directory of [data, log]) mkdirSync(join(directory, 'version-2'), { recursive: true })
  cpSync(join(folder, 'out', String(id)), conf, { recursive: true })
  cpSync(join(conf, 'myid'), join(data, 'myid'))
  const text = readFileSync(join(conf, 'zoo.cfg'), 'utf8')
  const logDir = /^dataLogDir=(.*)$/m.exec(text)?.[1] ?? /^dataDir=(.*)$/m.exec(text)![1]!
  try {
    cpSync(join(conf, 'initialize'), join(logDir, 'initialize'))
  } catch (error) {
    // releases without db.autocreate have none
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return conf
}

/** Shell text that becomes the server whose files lie in `conf`, with the flags of its java.env. */
export async function serverCommand(version: string, conf: string, more: readonly string[] = []): Promise<string> {
  const { classPath } = await locate({ version, progress: noProgress })
  const flags = [...OVERRIDES, ...more, '-cp', `'${[conf, ...classPath].join(':')}'`].join(' ')
  return `. '${conf}/java.env'; exec '${findJava()}' $SERVER_JVMFLAGS ${flags} ${MAIN} '${conf}/zoo.cfg'`
}

/** Starts a server by a command that becomes it. */
export function start(folder: string, id: number, command: readonly string[]): StartedServer {
  const [pidFile, logFile] = [join(folder, `${id}.pid`), join(folder, `${id}.log`)]
  spawnServer({ cwd: folder, pidFile, logFile, command: [...command] })
  return { id, pidFile, logFile }
}

export async function stop({ pidFile }: StartedServer, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  const identity = readIdentity(pidFile)
  if (identity === undefined) return
  signalProcess(identity, signal)
  if (!(await waitForExit(identity, 15_000))) signalProcess(identity, 'SIGKILL')
}

/** What a server says it is; empty while it is nothing. */
export async function mode(port: number): Promise<string> {
  const answer = await fourLetterWord('127.0.0.1', port, 'srvr', { timeoutMs: 2000 }).catch(() => '')
  return /^Mode: ([\w-]+)$/m.exec(answer)?.[1] ?? ''
}

/** Until all of them serve; throws with the ends of their logs. */
export async function serving(servers: readonly StartedServer[], ports: readonly number[]): Promise<readonly string[]> {
  const deadline = performance.now() + 120_000
  for (;;) {
    const modes = await Promise.all(ports.map(mode))
    if (!modes.includes('')) return modes
    const log = () => servers.map(({ logFile }) => readFileSync(logFile, 'utf8').slice(-2000)).join('\n--\n')
    if (performance.now() > deadline) throw new Error(`not serving: ${modes.join(' ')}\n${log()}`)
    await sleep(500)
  }
}

/** A command of the stock client. */
export async function stockClient(port: number, ...command: readonly string[]): Promise<string> {
  // clients of 3.4 and 3.6 do not get along with newer Java
  const { classPath } = await locate({ version: '3.9.5', progress: noProgress })
  const main = ['-cp', classPath.join(':'), 'org.apache.zookeeper.ZooKeeperMain']
  return (await run(findJava(), [...main, '-server', `127.0.0.1:${port}`, ...command])).stdout
}
