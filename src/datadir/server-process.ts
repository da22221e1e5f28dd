/* ZooKeeper servers among the processes of this machine, and who listens where. Without /proc none is seen. */
import { readFile } from 'node:fs/promises'
import { type ProcessIdentity, processIdentity } from '../support/process-identity.ts'
import { findOpenFile } from './open-files.ts'

const SERVER_MAIN = /^org\.apache\.zookeeper\.server\.(quorum\.QuorumPeerMain|ZooKeeperServerMain)$/

/** The words of a server's command line, its configuration file last if it has one; undefined for any other process. */
export async function serverCommand(pid: number): Promise<readonly string[] | undefined> {
  const words = (await text(`/proc/${pid}/cmdline`)).split('\0').filter((word) => word !== '')
  return words.some(isServerMain) ? words : undefined
}

export function isServerMain(word: string): boolean {
  return SERVER_MAIN.test(word)
}

/** The server of this machine that listens on a port; undefined when there is none, or it cannot be seen. */
export async function serverListening(port: number): Promise<ProcessIdentity | undefined> {
  const socket = (await listeningSockets()).get(port)
  const pid = socket === undefined ? undefined : holderOf(socket)
  return pid !== undefined && (await serverCommand(pid)) !== undefined ? processIdentity(pid) : undefined
}

/** The process that has a socket, by the socket's inode. */
export function holderOf(socket: string): number | undefined {
  return findOpenFile(({ file }) => file === `socket:[${socket}]`).found?.pid
}

const LISTEN = '0A'

/** By port, the inode of the socket that listens. */
export async function listeningSockets(): Promise<ReadonlyMap<number, string>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(text))
  const rows = tables.flatMap((table) => table.trim().split('\n').slice(1))
  const fields = rows.map((row) => row.trim().split(/\s+/))
  const listening = fields.filter(([, , , state]) => state === LISTEN)
  return new Map(
    listening.map(([, local, , , , , , , , inode]) => [
      Number.parseInt(local!.slice(local!.lastIndexOf(':') + 1), 16),
      inode!,
    ]),
  )
}

/** Empty when it is not there or may not be read. */
async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
