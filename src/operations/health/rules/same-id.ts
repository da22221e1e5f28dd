import { groupMembers, namesOf, rule } from '../rule.ts'

export const sameId = rule(
  {
    code: 'health.same-id',
    summary: 'Two addresses answer as the same server.',
    cause: 'One server is named twice (an alias, a load balancer), or two servers share a myid.',
    evidence: 'The id and where it was met.',
    remedy: 'Name each member once; if these are two processes, stop one and give it its own id.',
    source: 'conf and the AdminServer tell serverId',
  },
  function* ({ members }) {
    // a server that runs alone has no id, and says 0
    const groups = groupMembers(members, ({ answer }) =>
      answer?.id == null || answer.state === 'standalone' ? undefined : String(answer.id),
    )
    for (const [id, same] of groups) {
      if (same.length < 2) continue
      const places = same.map(({ place }) => `${place.host}:${place.clientPort ?? place.securePort}`)
      const message = `${places.join(' and ')} both answer as server ${id}`
      yield { severity: 'warning', member: same[1], message, evidence: { id, places, members: namesOf(same) } }
    }
  },
)
