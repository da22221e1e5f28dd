/*
 * `--server ID=HOST…` as a server line. What a server line takes is taken as it is; left out ports are 2888 and 3888,
 * a left out client port is 2181, each a step higher for every further member on the same host.
 */
import { ZkopsError } from '../../support/errors.ts'
import { canonicalServer, readEnsemble, type ServerLine } from '../ensemble.ts'

/** A member as it was said. */
export interface GivenMember {
  /** `ID=HOST…` */
  readonly server: string
  /** Null: as for everybody. */
  readonly adminPort: number | null
  /** Directories of its own. */
  readonly own: { readonly confDir?: string; readonly dataDir?: string; readonly logDir?: string }
}

/** A member of which only the server line is said: `ID=HOST…`. */
export function memberLine(server: string): GivenMember {
  return { server, adminPort: null, own: {} }
}

export interface NewMember extends Pick<GivenMember, 'adminPort' | 'own'> {
  readonly id: bigint
  readonly line: ServerLine
  /** The value of its server line, role and client port stated. */
  readonly value: string
  /** Its own among the members on its host, from 0; null when it has the host for itself. */
  readonly onHost: number | null
}

const QUORUM_PORT = 2888
const ELECTION_PORT = 3888
const CLIENT_PORT = 2181

/** Throws `usage` for what no server takes. */
export function newMembers(servers: readonly GivenMember[]): readonly NewMember[] {
  const given = servers.map(({ server: text, adminPort, own }) => {
    const match = /^(\d+)=(.+)$/s.exec(text.trim())
    if (match === null) throw wrong(text, 'expected ID=HOST')
    return { text, id: match[1]!, value: match[2]!.trim(), host: hostOf(match[2]!.trim()), adminPort, own }
  })
  const sameHost = (host: string) => given.filter((one) => one.host === host)
  const members = given.map((one) => {
    const neighbours = sameHost(one.host)
    const step = neighbours.indexOf(one)
    const value = completed(one.value, step)
    const setting = { key: `server.${one.id}`, value, file: '--server', line: 0 }
    const line = readEnsemble([setting]).servers.get(BigInt(one.id))
    if (line === undefined) throw wrong(one.text, 'no server can read this')
    if (line.addresses.length === 0 || line.addresses.some(({ electionPort }) => electionPort === null)) {
      throw wrong(one.text, 'quorum and election port are both needed')
    }
    const { adminPort, own } = one
    return { id: BigInt(one.id), line, value, onHost: neighbours.length > 1 ? step : null, adminPort, own }
  })
  const twice = members.find(({ id }, i) => members.findIndex((other) => other.id === id) !== i)
  if (twice !== undefined) throw new ZkopsError('usage', `--server names the id ${twice.id} twice`)
  if (!members.some(({ line }) => line.role === 'participant')) {
    throw new ZkopsError('usage', 'there is no voter among the members', { hint: 'Give --server for the voters too.' })
  }
  return [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Every line once, whatever the order in which they were given. */
export function membership(members: readonly NewMember[]): string {
  return members.map(({ id, line }) => `${id}=${canonicalServer(line)}`).join(' ')
}

/** A line with what it leaves out; `clientPort`: the members' own, when it is another one. */
export function fullLine(value: string, clientPort = String(CLIENT_PORT)): string {
  return completed(value, 0, clientPort)
}

/** The line in full: ports, role, client part. */
function completed(value: string, step: number, clientPort = String(CLIENT_PORT + step)): string {
  const [peers, ...clients] = value.split(';')
  const full = peers!.split('|').map((peer) => {
    const ported = /^(\[[^\]]*\]|[^:[\]]+)$/.test(peer) ? `${peer}:${QUORUM_PORT + step}:${ELECTION_PORT + step}` : peer
    return /:(participant|observer)$/i.test(ported) ? ported : `${ported}:participant`
  })
  const client = clients.length === 0 ? clientPort : clients.join(';')
  return `${full.join('|')};${client}`
}

function hostOf(value: string): string {
  return (/^(\[[^\]]*\]|[^:;|]*)/.exec(value)?.[0] ?? '').toLowerCase()
}

function wrong(text: string, why: string): ZkopsError {
  return new ZkopsError('usage', `--server ${text} is no server line: ${why}`, {
    hint: "For example --server '1=zk1:2888:3888:participant;2181'.",
  })
}
