import { rule } from '../rule.ts'

export const noAnswer = rule(
  {
    code: 'health.no-answer',
    summary: 'No member answers.',
    cause: 'All servers are down, or the way to them is shut: names, firewall, TLS, wrong ports.',
    evidence: 'What each source of each member said.',
    remedy: 'Look at one server on its own machine: is it running, and what do the last lines of its log say?',
    source: 'none of AdminServer, srvr, mntr or a session was answered',
    expectedInMaintenance: false,
    perMember: true,
  },
  function* ({ members }) {
    if (members.some(({ answer }) => answer !== null)) return
    const first = members[0]?.failures.at(-1)?.message ?? 'nobody was asked'
    yield { severity: 'error', message: `no member answers; ${first}`, evidence: { asked: members.length } }
  },
)
