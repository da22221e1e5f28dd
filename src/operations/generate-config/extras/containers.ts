/* What Compose and Kubernetes share: image, limits and the scripts inside a container. */
import { openFiles } from '../../../config/profiles/sizing.ts'
import type { Places } from '../../../config/profiles/values.ts'
import { confFileNames, type NewFile } from '../files.ts'
import { rendered } from '../templates.ts'
import { type ExtraInputs, isEveryAddress, type MadeMember, valueFor } from './extra.ts'

/** Beside the heap and its buffers. */
const JVM_MIB = 512

/** The official image, by the release that was asked for. */
export function imageOf({ release }: ExtraInputs): string {
  return `zookeeper:${release.name}`
}

/** What a container must be allowed: heap, buffers (as much again when nothing limits them) and the JVM itself. */
export function memoryMib(made: MadeMember): number {
  const heap = Number.parseInt(valueFor(made, '-Xmx')!, 10)
  const direct = Number.parseInt(valueFor(made, '-XX:MaxDirectMemorySize=') ?? String(heap), 10)
  return heap + direct + JVM_MIB
}

/** How long a member may take to fetch the data before it serves. */
export function startSeconds(made: MadeMember): number {
  return Math.ceil((Number(valueFor(made, 'initLimit')) * Number(valueFor(made, 'tickTime'))) / 1000)
}

export function fileLimit({ profile, facts }: ExtraInputs): number {
  return openFiles(profile, facts)
}

export function startScript({ confDir, dataDir, logDir }: Places, { release }: ExtraInputs): string {
  const confFiles = confFileNames(release).join(' ')
  return rendered('container/start.sh', { confDir, dataDir, logDir: logDir ?? dataDir, confFiles })
}

export function probeScript({ member }: MadeMember): string {
  const { host, port } = member.line.client!
  return rendered('container/probe.sh', {
    clientHost: isEveryAddress(host) ? '127.0.0.1' : host,
    clientPort: port,
  })
}

/** Volumes of a member and where they lie in it. */
export function volumesIn({ confDir, dataDir, logDir }: Places) {
  return [
    { volume: 'conf', path: confDir },
    { volume: 'data', path: dataDir },
    ...(logDir === null ? [] : [{ volume: 'log', path: logDir }]),
  ] as const
}

/** Lines joined without an end of their own, to stand in a template. */
export function block(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/\n$/, '')).join('\n')
}

export function file(name: string, text: string): NewFile {
  return { name, text }
}
