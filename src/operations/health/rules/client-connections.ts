import { memberKey } from '../../ensemble/overview.ts'
import { memberRule, rounded, severityOf } from '../rule.ts'

export const clientConnections = memberRule(
  {
    code: 'health.client-connections',
    summary: 'One client comes near the limit of connections for an address.',
    cause: 'It leaks connections, or many clients come through one address (NAT, a host with many processes).',
    evidence: 'The address, its connections, and maxClientCnxns.',
    remedy: 'Find out why it needs so many; raise maxClientCnxns only if it does. At the limit new ones are refused.',
    source: 'the list of connections (AdminServer, cons), asked for only when there are enough of them',
    limits: { warn: 80, critical: 95, unit: '%' },
  },
  function* (member, view, limits) {
    const top = view.clients.get(memberKey(member))
    const most = Number(member.answer?.settings.get('maxClientCnxns') ?? 0)
    if (top === undefined || most <= 0) return
    const percent = (top.connections * 100) / most
    const severity = severityOf(percent, limits)
    if (severity === null) return
    const message = `${top.address} has ${top.connections} of ${most} connections`
    yield { severity, message, evidence: { ...top, limit: most, percent: rounded(percent) } }
  },
)
