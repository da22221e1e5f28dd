/*
 * The files of a sandbox:
 *
 *     DIR/superuser.password                 clear text, mode 0600
 *     DIR/server.N/zoo.cfg                   mode 0600: holds the superuser's digest
 *     DIR/server.N/zoo.cfg.dynamic           the members (3.5 on; in 3.4 they stand in zoo.cfg)
 *     DIR/server.N/logback.xml, log4j.properties
 *     DIR/server.N/server.log, pid           output of the JVM; its pid and start time
 *     DIR/server.N/data, datalog             dataDir with myid, dataLogDir
 */
import { createHash, randomBytes } from 'node:crypto'
import { copyFile, mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../support/package-root.ts'
import { isAtLeast } from './releases.ts'
import type { SandboxSpec, ServerSpec } from './state.ts'

const HOST = '127.0.0.1'

export interface ServerFiles {
  readonly folder: string
  readonly config: string
  readonly dataDir: string
  readonly logDir: string
  readonly logFile: string
  readonly pidFile: string
}

export function serverFiles(spec: SandboxSpec, { id }: ServerSpec): ServerFiles {
  const folder = join(spec.dir, `server.${id}`)
  return {
    folder,
    config: join(folder, 'zoo.cfg'),
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'datalog'),
    logFile: join(folder, 'server.log'),
    pidFile: join(folder, 'pid'),
  }
}

export const passwordFile = (spec: SandboxSpec): string => join(spec.dir, 'superuser.password')

/** Writes all files; the superuser's password is made here. */
export async function writeFiles(spec: SandboxSpec): Promise<void> {
  await mkdir(spec.dir, { recursive: true, mode: 0o700 })
  const password = randomBytes(18).toString('base64url')
  await writeFile(passwordFile(spec), password, { mode: 0o600 })
  const digest = `super:${createHash('sha1').update(`super:${password}`).digest('base64')}`
  const templates = join(packageRoot(), 'templates/sandbox')
  for (const server of spec.servers) {
    const files = serverFiles(spec, server)
    await mkdir(files.dataDir, { recursive: true })
    await mkdir(files.logDir, { recursive: true })
    if (server.role !== 'standalone') await writeFile(join(files.dataDir, 'myid'), `${server.id}\n`)
    await writeFile(files.config, configText(spec, server, digest), { mode: 0o600 })
    if (isDynamic(spec, server)) await writeFile(`${files.config}.dynamic`, memberLines(spec))
    for (const name of ['logback.xml', 'log4j.properties'])
      await copyFile(join(templates, name), join(files.folder, name))
  }
}

/** Takes away what writeFiles and the servers made, and the folder itself if nothing else is in it. */
export async function removeFiles(spec: SandboxSpec): Promise<void> {
  for (const server of spec.servers) await rm(serverFiles(spec, server).folder, { recursive: true, force: true })
  await rm(passwordFile(spec), { force: true })
  await rmdir(spec.dir).catch(() => {})
}

function isDynamic(spec: SandboxSpec, server: ServerSpec): boolean {
  return server.role !== 'standalone' && isAtLeast(spec.zookeeper, '3.5')
}

/** Properties of the user come last: the last line of a key counts. */
function configText(spec: SandboxSpec, server: ServerSpec, superDigest: string): string {
  const files = serverFiles(spec, server)
  const modern = isAtLeast(spec.zookeeper, '3.5')
  const dynamic = isDynamic(spec, server)
  const lines = [
    'tickTime=2000',
    'initLimit=10',
    'syncLimit=5',
    `dataDir=${files.dataDir}`,
    `dataLogDir=${files.logDir}`,
    '4lw.commands.whitelist=*',
    `DigestAuthenticationProvider.superDigest=${superDigest}`,
    ...(modern ? ['admin.serverAddress=127.0.0.1', `admin.serverPort=${server.adminPort}`] : []),
    ...(dynamic
      ? ['standaloneEnabled=false', 'reconfigEnabled=true', `dynamicConfigFile=${files.config}.dynamic`]
      : [`clientPort=${server.clientPort}`, `clientPortAddress=${HOST}`]),
    ...(server.role === 'observer' && !modern ? ['peerType=observer'] : []),
    ...spec.properties,
  ]
  const members = server.role === 'standalone' || dynamic ? '' : memberLines(spec)
  return `${lines.join('\n')}\n${members}`
}

function memberLines(spec: SandboxSpec): string {
  const modern = isAtLeast(spec.zookeeper, '3.5')
  return spec.servers
    .map(({ id, role, quorumPort, electionPort, clientPort }) => {
      const peer = `server.${id}=${HOST}:${quorumPort}:${electionPort}`
      return modern ? `${peer}:${role};${HOST}:${clientPort}\n` : `${peer}${role === 'observer' ? ':observer' : ''}\n`
    })
    .join('')
}
