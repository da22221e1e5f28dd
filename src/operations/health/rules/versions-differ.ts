import { groupMembers, namesOf, rule } from '../rule.ts'

export const versionsDiffer = rule(
  {
    code: 'health.versions-differ',
    summary: 'Members run different releases.',
    cause: 'An upgrade is under way or was left half done.',
    evidence: 'Which members run which release.',
    remedy: 'Finish the upgrade; digests of different releases cannot be compared until then.',
    source: 'srvr, mntr',
  },
  function* ({ members }) {
    const groups = groupMembers(members, ({ answer }) => answer?.version ?? undefined)
    if (groups.size < 2) return
    const said = [...groups].map(([version, some]) => `${version} on ${namesOf(some)}`)
    yield {
      severity: 'warning',
      message: `releases differ: ${said.join('; ')}`,
      evidence: { versions: [...groups.keys()] },
    }
  },
)
