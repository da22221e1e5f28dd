import { stateOf } from '../../../cluster/observe/model.ts'
import { metric, rule } from '../rule.ts'

export const membersUnknown = rule(
  {
    code: 'health.members-unknown',
    summary: 'Nobody tells who all the members are.',
    cause: 'In 3.4 no server does; later conf, the voting view and /zookeeper/config do, and none of them may be read.',
    evidence: 'How many members were named, and how many learners the leader has.',
    remedy:
      'Name all members: --connect a:2181,b:2181,c:2181, or in the inventory; or allow conf in 4lw.commands.whitelist.',
    source: 'conf (3.5 on), voting_view (3.6 on), /zookeeper/config (3.5 on)',
  },
  function* ({ members, membership, leader, expected }) {
    const inEnsemble = members.some((member) =>
      ['leading', 'following', 'observing', 'serving'].includes(stateOf(member)),
    )
    if (!inEnsemble || membership !== null || expected.servers !== null) return
    const learners = leader === null ? null : metric(leader, 'learners')
    const missing = learners === null ? null : learners + 1 - members.length
    if (missing === 0) return
    const more = missing === null || missing < 0 ? 'there may be more members' : `the leader has ${missing} more`
    const named = members.length === 1 ? 'the one that was named' : `the ${members.length} that were named`
    const message = `no server tells who the members are: ${more} than ${named}`
    yield { severity: 'info', message, evidence: { named: members.length, learners } }
  },
)
