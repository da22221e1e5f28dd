/*
 * Whether a server has a directory, told from what it leaves for all to see; nobody is asked and nothing is changed:
 *
 * 1. zookeeper_server.pid beside version-2, and its process lives;
 * 2. files below version-2, wherever that leads, that some process has open: for writing, or a JVM for reading (a server
 *    opens its log with the first write only, so none of them alone is proof of a stopped one);
 * 3. a zoo.cfg near by that names the directory, and its client port is listened on; not by a JVM that was started
 *    with a configuration of other directories.
 *
 * Where there is no /proc only the first can be told. Processes of other users are seen by root only.
 */
import { constants, readFileSync } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { systemErrorCode } from '../support/errors.ts'
import { hasEnded, procStat } from '../support/process-identity.ts'
import { findOpenFile, type OpenFile } from './open-files.ts'
import { holderOf, listeningSockets, serverCommand } from './server-process.ts'

export interface RunningServer {
  readonly evidence: 'pid-file' | 'open-files' | 'port'
  /** Null when it is told by its port. */
  readonly pid: number | null
  /** In a sentence, about the directory: `… has it open`. */
  readonly why: string
}

/**
 * The server that has `directory` (a data directory, its `version-2`, or a directory for logs); undefined when none is
 * seen. Takes some milliseconds.
 */
export async function runningServer(directory: string): Promise<RunningServer | undefined> {
  const named = resolve(directory)
  const place = await realPath(named)
  // a version-2 may be a link to a directory of any name; and a data directory one to a version-2
  const roots = new Set([
    basename(place) === 'version-2' ? dirname(place) : place,
    ...(basename(named) === 'version-2' ? [await realPath(dirname(named))] : []),
  ])
  for (const root of roots) {
    const folders = [place, await realPath(join(root, 'version-2'))]
    const server = (await byPidFile(root)) ?? byOpenFiles(folders) ?? (await byPort(root))
    if (server !== undefined) return server
  }
  return undefined
}

function realPath(place: string): Promise<string> {
  return realpath(place).catch(() => place)
}

async function byPidFile(root: string): Promise<RunningServer | undefined> {
  const file = join(root, 'zookeeper_server.pid')
  const pid = Number.parseInt((await text(file)).trim(), 10)
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return undefined
  return { evidence: 'pid-file', pid, why: `${file} names process ${pid}, which runs` }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'
  }
  const stat = procStat(pid)
  return stat === undefined || !hasEnded(stat)
}

const ACCESS_MODE = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR

/** Below a version-2, whatever it is called; in any other directory only what has the name of a log or a snapshot. */
function byOpenFiles([place, versions]: readonly string[]): RunningServer | undefined {
  const isInside = (file: string) =>
    file.startsWith(versions + sep) || (dirname(file) === place && /^(log|snapshot)\./.test(basename(file)))
  const { found } = findOpenFile((one) => isInside(one.file) && couldBeServer(one))
  if (found === undefined) return undefined
  const { pid, file } = found
  return { evidence: 'open-files', pid, why: `process ${pid} has ${file} open` }
}

/** What another program reads (a backup, a check) it has not. */
function couldBeServer({ pid, descriptor }: OpenFile): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(textNow(`/proc/${pid}/fdinfo/${descriptor}`))?.[1]
  if (flags === undefined || (Number.parseInt(flags, 8) & ACCESS_MODE) !== constants.O_RDONLY) return true
  const maps = textNow(`/proc/${pid}/maps`)
  return maps === '' || maps.includes('/libjvm.so')
}

/** Where a zoo.cfg lies, seen from the data directory that it names. */
const CONFIGS = ['zoo.cfg', 'conf/zoo.cfg', '../zoo.cfg', '../conf/zoo.cfg']

async function byPort(root: string): Promise<RunningServer | undefined> {
  for (const place of CONFIGS) {
    const file = join(root, place)
    const settings = properties(await text(file))
    const directories = [settings.get('dataDir'), settings.get('dataLogDir')]
    const named = directories.some((one) => one !== undefined && resolve(dirname(file), one) === root)
    if (!named) continue
    const dynamic = settings.get('dynamicConfigFile')
    const members = dynamic === undefined ? settings : properties(await text(resolve(dirname(file), dynamic)))
    const myid = (await text(join(resolve(dirname(file), settings.get('dataDir') ?? root), 'myid'))).trim()
    // other members may run on this machine, too
    const own = /;(?:.*:)?(\d+)$/.exec(members.get(`server.${myid}`) ?? '')?.[1]
    const ports = [settings.get('clientPort'), settings.get('secureClientPort'), own].map(Number)
    const listening = await listeningSockets()
    const port = ports.find((one) => one > 0 && listening.has(one))
    if (port !== undefined && !(await isAnotherServer(listening.get(port)!, root)))
      return { evidence: 'port', pid: null, why: `port ${port} of ${file} is listened on` }
  }
  return undefined
}

function properties(config: string): Map<string, string> {
  const lines = config.split('\n').map((line) => /^\s*([^#!=:\s]+)\s*[=:\s]\s*(.*?)\s*$/.exec(line))
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[1]!, line[2]!] as const])))
}

/** Whether the process behind a socket is seen, and is a server that was started with other directories. */
async function isAnotherServer(socket: string, root: string): Promise<boolean> {
  const pid = holderOf(socket)
  const words = pid === undefined ? undefined : await serverCommand(pid)
  if (words === undefined) return false
  // as the process sees it: it may live in a container
  const seen = (path: string) => join('/proc', String(pid), path.startsWith('/') ? 'root' : 'cwd', path)
  const settings = properties(await text(seen(words.at(-1)!)))
  const named = [settings.get('dataDir'), settings.get('dataLogDir')].filter((one) => one !== undefined)
  if (named.length === 0) return false
  const own = await identity(root)
  for (const one of named) {
    const directory = await identity(seen(one))
    if (directory === undefined || directory === own) return false
  }
  return true
}

/** Two names of one directory have one; undefined when it cannot be looked at. */
async function identity(directory: string): Promise<string | undefined> {
  return stat(directory).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  )
}

function textNow(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Empty when it is not there or may not be read. */
async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
