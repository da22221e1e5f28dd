/*
 * Whether a server has a directory, told from what it leaves for all to see; nobody is asked and nothing is changed:
 *
 * 1. zookeeper_server.pid beside version-2, and its process lives;
 * 2. files below version-2 that some process has open (a server opens its log with the first write only, so none of
 *    them alone is proof of a stopped one);
 * 3. a zoo.cfg near by that names the directory, and its client port is listened on.
 *
 * Where there is no /proc only the first can be told. Processes of other users are seen by root only.
 */
import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { systemErrorCode } from '../support/errors.ts'
import { findOpenFile } from './open-files.ts'

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
  const place = await realpath(directory).catch(() => resolve(directory))
  const root = basename(place) === 'version-2' ? dirname(place) : place
  return (await byPidFile(root)) ?? byOpenFiles(root) ?? (await byPort(root))
}

async function byPidFile(root: string): Promise<RunningServer | undefined> {
  const file = join(root, 'zookeeper_server.pid')
  const pid = Number.parseInt((await text(file)).trim(), 10)
  if (!(pid > 0) || pid === process.pid || !(await isAlive(pid))) return undefined
  return { evidence: 'pid-file', pid, why: `${file} names process ${pid}, which runs` }
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'
  }
  const stat = await text(`/proc/${pid}/stat`)
  // the second field is the program's name in brackets and may hold anything
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
}

function byOpenFiles(root: string): RunningServer | undefined {
  const inside = join(root, 'version-2') + sep
  const { found } = findOpenFile((file) => file.startsWith(inside))
  if (found === undefined) return undefined
  const { pid, file } = found
  return { evidence: 'open-files', pid, why: `process ${pid} has ${file} open` }
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
    const listening = await listeningPorts()
    const port = ports.find((one) => one > 0 && listening.has(one))
    if (port !== undefined) return { evidence: 'port', pid: null, why: `port ${port} of ${file} is listened on` }
  }
  return undefined
}

function properties(config: string): Map<string, string> {
  const lines = config.split('\n').map((line) => /^\s*([^#!=:\s]+)\s*[=:\s]\s*(.*?)\s*$/.exec(line))
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[1]!, line[2]!] as const])))
}

const LISTEN = '0A'

async function listeningPorts(): Promise<Set<number>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(text))
  const rows = tables.flatMap((table) => table.trim().split('\n').slice(1))
  const fields = rows.map((row) => row.trim().split(/\s+/))
  const listening = fields.filter(([, , , state]) => state === LISTEN)
  return new Set(listening.map(([, local]) => Number.parseInt(local!.slice(local!.lastIndexOf(':') + 1), 16)))
}

/** Empty when it is not there or may not be read. */
async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
