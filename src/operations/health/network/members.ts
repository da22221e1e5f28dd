/* Members with their ports: as the ensemble itself knows them, else as the inventory or the zoo.cfg has them. */
import { clientPlaceOf } from '../../../cluster/observe/membership.ts'
import { idOf, type ObservedMember, stateOf } from '../../../cluster/observe/model.ts'
import type { Target, TargetServer } from '../../../config/inventory/target.ts'
import type { Overview } from '../../ensemble/overview.ts'
import { memberKey } from '../../ensemble/overview.ts'
import type { NetworkMember, PeerAddress } from './model.ts'

export function networkMembers({ members, membership }: Overview, { servers }: Target): readonly NetworkMember[] {
  return members.map((member): NetworkMember => {
    const id = idOf(member)
    const line = id === null ? undefined : membership?.servers.get(BigInt(id))
    const server = servers.find((one) => one.id === id)
    const { host, clientPort, securePort, role } = member.place
    const port = clientPort ?? securePort ?? (line === undefined ? null : clientPlaceOf(line).port)
    return {
      ...{ name: memberKey(member), id, role: line?.role ?? role, state: stateOf(member) },
      client: port === null ? null : { host, port },
      peers: line?.addresses ?? (server === undefined ? [] : peersOf(server)),
      silent: silenceOf(member),
    }
  })
}

function peersOf({ host, ports, addresses }: TargetServer): readonly PeerAddress[] {
  const first = { host, quorumPort: ports.quorum, electionPort: ports.election }
  return [
    first,
    ...addresses.map((address) => {
      const [, other, quorum, election] = /^(.*):(\d+):(\d+)$/.exec(address)!
      return { host: other!, quorumPort: Number(quorum), electionPort: Number(election) }
    }),
  ]
}

/** Its words were not answered; a port that is shut fails in another way. */
function silenceOf({ answer, failures }: ObservedMember): string | null {
  if (answer !== null) return null
  const failed = failures.find(
    ({ source, code }) => source === '4lw' && ['server.timeout', 'server.answer'].includes(code),
  )
  return failed?.message ?? null
}
