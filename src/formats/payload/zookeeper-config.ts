/*
 * config  => line*                                                   QuorumMaj.toString, QuorumHierarchical.toString
 *   line    => 'server.' id '=' address ('|' address)* [';' client]
 *            | 'group.' gid '=' id (':' id)*
 *            | 'weight.' id '=' weight
 *            | 'version=' hex
 *   address => host ':' quorumPort ':' electionPort [':' role]        the role stands behind the last one
 *   client  => [host ':'] port
 *   host    => name | IPv4 | '[' IPv6 ']'
 */
import { hex64 } from '../../support/hex.ts'
import { printableText } from './text.ts'
import type { ConfigMember, Decoded } from './types.ts'

const PATH = '/zookeeper/config'
const LINE = /^(?:(server|group|weight)\.(\d{1,10})|version) *= *(.*)$/
const ADDRESS = /^(\[[^\]]*\]|[^:]+):(\d{1,5}):(\d{1,5})(?::(participant|observer))?$/i
const CLIENT = /^(?:(\[[^\]]*\]|[^:]*):)?(\d{1,5})$/

export function readZookeeperConfig(path: string, bytes: Uint8Array): Decoded | null {
  const text = path === PATH ? printableText(bytes) : null
  if (text === null) return null
  const members: ConfigMember[] = []
  const groups = new Map<number, number>()
  const weights = new Map<number, number>()
  let version: string | null = null
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const [, key, number, value] = LINE.exec(line) ?? []
    if (value === undefined) return null
    const id = Number(number)
    if (key === 'server') {
      const member = configMember(id, value)
      if (member === null) return null
      members.push(member)
    } else if (key === 'group' && /^\d+(:\d+)*$/.test(value)) {
      for (const one of value.split(':')) groups.set(Number(one), id)
    } else if (key === 'weight' && /^\d{1,10}$/.test(value)) {
      weights.set(id, Number(value))
    } else if (key === undefined && /^[0-9a-f]{1,16}$/i.test(value)) {
      version = hex64(BigInt(`0x${value}`))
    } else return null
  }
  if (members.length === 0) return null
  return { kind: 'zookeeper-config', members: members.map((one) => withGroup(one, groups, weights)), version }
}

function configMember(id: number, value: string): ConfigMember | null {
  const [servers, client, ...more] = value.split(';')
  const addresses = servers!.split('|').map((address) => ADDRESS.exec(address.trim()))
  const at = client === undefined ? undefined : CLIENT.exec(client.trim())
  if (more.length > 0 || at === null || !addresses.every((address) => address !== null)) return null
  const all = addresses.map(([, host, quorumPort, electionPort]) => ({
    host: bare(host!),
    quorumPort: Number(quorumPort),
    electionPort: Number(electionPort),
  }))
  const role = addresses.map(([, , , , one]) => one?.toLowerCase()).find((one) => one !== undefined)
  return {
    id,
    ...all[0]!,
    role: role === 'observer' ? 'observer' : 'participant',
    clientAddress: at === undefined ? null : bare(at[1] || '0.0.0.0'),
    clientPort: at === undefined ? null : Number(at[2]),
    ...(all.length > 1 ? { addresses: all } : {}),
  }
}

function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

function withGroup(member: ConfigMember, groups: Map<number, number>, weights: Map<number, number>): ConfigMember {
  const group = groups.get(member.id)
  return group === undefined ? member : { ...member, group, weight: weights.get(member.id) ?? 1 }
}
