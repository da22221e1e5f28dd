/*
 * The value of a server line as each release line parses it (3.4: QuorumPeerConfig.parseProperties; later:
 * QuorumPeer.QuorumServer and ConfigUtils.getHostAndPort).
 *
 *   3.4    host:quorumPort[:electionPort[:role]]
 *   3.5    host:quorumPort:electionPort[:role][;[clientHost:]clientPort]
 *   3.6 on the part before ; may be several of these, joined by |
 *
 * A host may be an IPv6 literal in brackets.
 */
import { checkPort, type Resolved, socketAddress } from '../java/inet.ts'
import { configError, type JavaError, javaSplit, javaTrim, parseInt32, part } from '../java/values.ts'
import type { Release } from '../release.ts'

export type Role = 'participant' | 'observer'

export interface MemberAddress {
  readonly host: string
  readonly quorumPort: number
  /** Null where 3.4 has none. */
  readonly electionPort: number | null
}

/** Where a member serves clients; `0.0.0.0` when only a port is given. Not looked up here. */
export interface ClientPart {
  readonly host: string
  readonly port: number
}

export interface ServerSpec {
  readonly id: bigint
  /** Several from 3.6 on; none when the value was only bars. */
  readonly addresses: readonly MemberAddress[]
  readonly role: Role
  readonly roleGiven: boolean
  readonly client: ClientPart | null
}

export interface LineContext {
  readonly release: Release
  readonly lookup: (host: string) => Resolved
  /** The JVM flag; the key in zoo.cfg does not count. */
  readonly multiAddress: boolean
  readonly canonicalize: boolean
}

/** Throws what the server's parser throws. */
export function parseServerLine(id: bigint, value: string, context: LineContext): ServerSpec {
  return context.release.minor === 4 ? parseOld(id, value) : parseNew(id, value, context)
}

function parseOld(id: bigint, value: string): ServerSpec {
  const parts = bracketed(value, ']:') ?? javaSplit(value, ':')
  const host = part(parts, 0)
  const quorumPort = parseInt32(part(parts, 1))
  const electionPort = parts.length > 2 ? parseInt32(parts[2]!) : null
  let role: Role = 'participant'
  if (parts.length > 3) {
    const known = roleOf(parts[3]!)
    if (known === undefined) throw configError(`Unrecognised peertype: ${value}`)
    role = known
  }
  checkPort(quorumPort)
  const hasElection = electionPort !== null && electionPort > 0
  if (hasElection) checkPort(electionPort)
  const addresses = [{ host, quorumPort, electionPort: hasElection ? electionPort : null }]
  return { id, addresses, role, roleGiven: parts.length > 3, client: null }
}

function parseNew(id: bigint, value: string, context: LineContext): ServerSpec {
  const { minor } = context.release
  const several = minor >= 6
  const halves = javaSplit(value, ';')
  const servers = part(halves, 0)
  const list = several ? javaSplit(servers, '|') : [servers]
  const wrongForm = () => configError(`${value}${several ? WRONG_FORM : WRONG_FORM_35}`)
  const checkForm = (parts: readonly string[]) => {
    if (halves.length > 2 || parts.length < 3 || parts.length > 4) throw wrongForm()
  }
  if (!several) checkForm(hostAndPorts(servers, minor))
  const client = halves.length === 2 ? clientPart(halves[1]!, wrongForm, context) : null
  if (several && !context.multiAddress && list.length > 1) {
    throw configError(`Multiple address feature is disabled, but multiple addresses were specified for sid ${id}`)
  }
  const addresses: MemberAddress[] = []
  let role: Role | undefined
  for (const one of list) {
    const parts = hostAndPorts(one, minor)
    checkForm(parts)
    const host = parts[0]!
    const quorumPort = portOf(parts[1]!, host)
    checkPort(quorumPort)
    const electionPort = portOf(parts[2]!, host)
    checkPort(electionPort)
    if (quorumPort === electionPort && !(minor === 5 && context.release.patch < 5)) {
      throw configError(
        `Client and election port must be different! Please update the configuration file on server.${id}`,
      )
    }
    if (context.canonicalize && minor >= 7 && socketAddress(host, 0, context.lookup).address === null) {
      throw configError(`Unable to canonicalize address ${host} because it's not resolvable`)
    }
    if (parts.length === 4) {
      const text = parts[3]!
      const own = roleOf(several ? javaTrim(text) : text)
      if (own === undefined) throw configError(`Unrecognised peertype: ${text}`)
      role ??= own
      if (role !== own) {
        throw configError(`Multiple addresses should have similar roles: PARTICIPANT vs ${own.toUpperCase()}`)
      }
    }
    addresses.push({ host, quorumPort, electionPort })
  }
  return { id, addresses, role: role ?? 'participant', roleGiven: role !== undefined, client }
}

function clientPart(text: string, wrongForm: () => JavaError, { release }: LineContext): ClientPart {
  const parts = hostAndPorts(text, release.minor)
  if (parts.length > 2) throw wrongForm()
  const host = parts.length === 2 ? parts[0]! : '0.0.0.0'
  // from 3.7 on the message names a field that is not set yet
  const port = portOf(part(parts, parts.length - 1), release.minor >= 7 ? 'null' : host)
  checkPort(port)
  return { host, port }
}

function portOf(text: string, host: string): number {
  try {
    return parseInt32(text)
  } catch {
    throw configError(`Address unresolved: ${host}:${text}`)
  }
}

/** ConfigUtils.getHostAndPort. */
function hostAndPorts(text: string, minor: number): readonly string[] {
  if (!text.startsWith('[')) return javaSplit(text, ':')
  if (minor === 5) return bracketed(text, ']:')!
  if (text.indexOf(']') + 2 === text.length) throw configError(`${text} doesn't have a port after colon`)
  if (text.endsWith(']') && text.indexOf(']') === text.length - 1) return [text.replace(/[[\]]/g, '')]
  return bracketed(text, ']')!
}

/** The parts of `[host]` and what follows the bracket and one more character; undefined when it starts otherwise. */
function bracketed(text: string, close: ']' | ']:'): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined
  const at = text.indexOf(close)
  if (at < 0) throw configError(`${text} starts with '[' but has no matching ']:'`)
  return [text.slice(1, at), ...javaSplit(text.slice(at + 2), ':')]
}

function roleOf(text: string): Role | undefined {
  const role = text.toLowerCase()
  return role === 'participant' || role === 'observer' ? role : undefined
}

const WRONG_FORM =
  ' does not have the form server_config or server_config;client_config where server_config is the pipe separated list of host:port:port or host:port:port:type and client_config is port or host:port'
const WRONG_FORM_35 =
  ' does not have the form server_config or server_config;client_config where server_config is host:port:port or host:port:port:type and client_config is port or host:port'
