/* What running members tell for an inventory. */
import type { Ensemble } from '../../config/ensemble.ts'
import { addressText, parseConnect } from '../../config/inventory/connect.ts'
import { INVENTORY_FINDINGS } from '../../config/inventory/findings.ts'
import { serversOf } from '../../config/inventory/from-config.ts'
import { DEFAULT_PORTS, type InventoryServer } from '../../config/inventory/inventory.ts'
import type { KnownEnsemble } from '../../config/inventory/merge.ts'
import type { Finding } from '../../support/finding.ts'
import { type RunningConfig, type RunningMember, runningConfig } from '../ensemble/running-config.ts'
import type { LiveOptions } from './target.ts'

export interface KnownLive {
  readonly known: KnownEnsemble
  readonly findings: readonly Finding[]
}

/** Throws `usage.*`, `server.refused`. */
export async function knownLive(live: LiveOptions, name: string, signal: AbortSignal): Promise<KnownLive> {
  const running = await runningConfig(live, signal)
  const { membership, members, zookeeper } = running
  const servers = membership === null ? oldServers(members) : serversFrom(membership, members)
  const connect = servers.length > 0 ? null : parseConnect(live.connect!).addresses.map(addressText).join(',')
  return { known: { name, zookeeper, connect, servers }, findings: [...notSeen(running)] }
}

/** The agreed server lines, with what each member says of itself. */
function serversFrom(membership: Ensemble, members: readonly RunningMember[]): readonly InventoryServer[] {
  const nothing = { clientPort: null, secure: null, admin: undefined, dataDir: null, dataLogDir: null }
  return serversOf(membership, { ...nothing, clientHost: null, ownId: null }).map((server) => {
    const member = members.find(({ id }) => id === server.id)
    return member === undefined ? server : withOwn(server, member)
  })
}

function withOwn(server: InventoryServer, { settings, adminPort }: RunningMember): InventoryServer {
  const { ports } = server
  return {
    ...server,
    ports: {
      ...ports,
      client: ports.client ?? portOf(settings.get('clientPort')),
      secure: portOf(settings.get('secureClientPort')),
      admin: adminPort ?? undefined,
    },
    dataDir: directoryOf(settings.get('dataDir')),
    dataLogDir: otherThan(directoryOf(settings.get('dataLogDir')), directoryOf(settings.get('dataDir'))),
  }
}

/** Servers of 3.4 know the others and do not tell; each is a member that was named. */
function oldServers(members: readonly RunningMember[]): readonly InventoryServer[] {
  return members.flatMap((member): InventoryServer[] => {
    const { id, host, settings } = member
    const [quorum, election] = [portOf(settings.get('quorumPort')), portOf(settings.get('electionPort'))]
    if (id === null || quorum === null) return []
    const server: InventoryServer = {
      ...{ id, host, addresses: [], clientHost: host, zone: null, group: null, weight: null },
      ports: { quorum, election: election ?? DEFAULT_PORTS.election, client: null, secure: null, admin: undefined },
      role: settings.get('peerType') === '1' ? 'observer' : 'participant',
      ...{ dataDir: null, dataLogDir: null, config: null, exec: null, restart: null, stop: null, start: null },
    }
    return [withOwn(server, member)]
  })
}

function portOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,4}$/.test(text) ? Number(text) : null
}

/** A server names the folder inside. */
function directoryOf(text: string | undefined): string | null {
  return text?.replace(/\/version-2\/?$/, '') ?? null
}

function otherThan(text: string | null, other: string | null): string | null {
  return text === other ? null : text
}

function* notSeen({ votersOnly, silent, members }: RunningConfig): Generator<Finding> {
  const one = (message: string, evidence: Readonly<Record<string, unknown>>): Finding => {
    const code = 'inventory.not-seen'
    return { code, severity: 'info', message, evidence, remedy: INVENTORY_FINDINGS[code]!.remedy }
  }
  if (votersOnly) yield one('observers could not be seen', {})
  if (silent.length > 0) yield one(`${silent.join(', ')} did not answer: directories and ports are missing`, { silent })
  const blind = members.filter((member) => member.blind !== null)
  if (blind.length === 0) return
  const names = blind.map(({ name }) => name).join(', ')
  yield one(`${names} may not say where its data lie`, { setting: blind[0]!.blind })
}
