import { metric, namesOf, rounded, rule, severityOf } from '../rule.ts'

export const clockOffset = rule(
  {
    code: 'health.clock-offset',
    summary: 'The clocks of members differ.',
    cause: 'NTP does not run on one of them, or cannot reach its servers.',
    evidence: 'By how much at least, and whose clocks.',
    remedy:
      'Let chrony or another NTP client run on all members. Sessions are safe, but TTLs, containers and logs are not.',
    source: 'the Date of answers of AdminServers, which tells seconds: less than two seconds are not seen',
    limits: { warn: 100, critical: 1000, unit: 'ms' },
  },
  function* ({ members }, limits) {
    const clocks = members.flatMap((member) => {
      const [low, high] = [metric(member, 'clock_low'), metric(member, 'clock_high')]
      return low === null || high === null ? [] : [{ member, low, high }]
    })
    if (clocks.length < 2) return
    const ahead = clocks.reduce((a, b) => (b.low > a.low ? b : a))
    const behind = clocks.reduce((a, b) => (b.high < a.high ? b : a))
    const offsetMs = ahead.low - behind.high
    const severity = offsetMs <= 0 ? null : severityOf(offsetMs, limits)
    if (severity === null) return
    const names = [namesOf([ahead.member]), namesOf([behind.member])] as const
    const message = `the clock of ${names[0]} is at least ${rounded(offsetMs)} ms ahead of that of ${names[1]}`
    yield { severity, message, evidence: { offsetMs, ahead: names[0], behind: names[1] } }
  },
)
