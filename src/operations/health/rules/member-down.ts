import { stateOf } from '../../../cluster/observe/model.ts'
import { rule } from '../rule.ts'

export const memberDown = rule(
  {
    code: 'health.member-down',
    summary: 'A member does not answer.',
    cause: 'The server is down or hangs, its host is down, or the way to it is shut.',
    evidence: 'What each source said.',
    remedy: 'Look at the process and the end of its log on that host; is it this address that clients use?',
    source: 'none of AdminServer, srvr, mntr or a session was answered in time',
    perMember: true,
  },
  function* ({ members }) {
    if (!members.some(({ answer }) => answer !== null)) return
    for (const member of members) {
      if (stateOf(member) !== 'down') continue
      const why = member.failures.at(-1)?.message ?? 'it was not asked'
      const who = member.place.role === 'observer' ? 'the observer' : 'it'
      yield {
        severity: 'warning',
        member,
        message: `${who} does not answer: ${why}`,
        evidence: { sources: member.failures.map(({ source, message }) => ({ source, message })) },
      }
    }
  },
)
