import type { SandboxDownResult, SandboxList, SandboxStatus, VersionsResult } from '../operations/sandbox.ts'
import type { Style } from './style.ts'
import { tableText } from './table.ts'

const GOOD = ['leading', 'following', 'observing', 'standalone']

/** One sandbox: its servers, how to connect and how to end it. */
export async function sandboxText(status: SandboxStatus, style: Style): Promise<string> {
  const rows = status.servers.map(({ id, role, state, pid, clientPort, adminPort, logDir }) => [
    `server.${id}`,
    role,
    state,
    pid === null ? '-' : String(pid),
    String(clientPort),
    adminPort === null ? '-' : String(adminPort),
    logDir,
  ])
  const paint = (text: string, column: number) =>
    column !== 2 ? text : GOOD.includes(text) ? style.color.green(text) : style.color.red(text)
  const head = ['server', 'role', 'state', 'pid', 'client', 'admin', 'transaction logs']
  return [
    `${style.color.bold(status.name)}: ZooKeeper ${status.zookeeper} in ${status.dir}\n`,
    await tableText(head, rows, style, paint),
    `connect   ${status.connect}\n`,
    `superuser super, password in ${status.passwordFile}\n`,
    `stop      zkops sandbox down ${status.name}\n`,
  ].join('')
}

export async function sandboxListText({ sandboxes }: SandboxList, style: Style): Promise<string> {
  if (sandboxes.length === 0) return 'There is no sandbox; zkops sandbox up makes one.\n'
  const rows = sandboxes.map(({ name, zookeeper, servers, connect }) => [
    name,
    zookeeper,
    `${servers.filter(({ state }) => GOOD.includes(state)).length} of ${servers.length} serve`,
    connect,
  ])
  return tableText(['name', 'zookeeper', 'servers', 'connect'], rows, style)
}

export async function versionsText({ versions }: VersionsResult, style: Style): Promise<string> {
  if (versions.length === 0) return 'No ZooKeeper is installed here; zkops sandbox install fetches one.\n'
  const rows = versions.map(({ version, source, location }) => [version, source, location])
  return tableText(['version', 'source', 'location'], rows, style)
}

export function sandboxDownText({ name, dir, kept }: SandboxDownResult): string {
  return kept ? `${name} is down; its files stay in ${dir}\n` : `${name} is down and gone\n`
}
