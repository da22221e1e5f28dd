import type { TopLook, TopMember } from '../../src/operations/ensemble/top/watch.ts'

export function topMember(member: Partial<TopMember> = {}): TopMember {
  return {
    ...{ id: 1, host: '10.0.0.1', clientPort: 2181, role: 'participant', state: 'following', version: '3.9.5' },
    ...{ zxid: 0x3_0000_0123n, lag: 0, latencyMs: 0.4, answerMs: 3, via: 'admin', reason: null, outstanding: 0 },
    ...{ connections: 12, znodes: 1234, ephemerals: 5, watches: 77, dataBytes: 123_456, uptimeMs: 3_600_000 },
    ...{ configVersion: 0n, requestsPerS: 120, writesPerS: 3, recentLatencyMs: 0.5, ageMs: 3 },
    ...member,
  }
}

/** Three members that are well, unless said otherwise. */
export function topLook(look: Partial<TopLook> = {}): TopLook {
  return {
    ...{ ensemble: 'prod', at: '2026-11-26T12:03:44.000Z', tookMs: 12, leader: 2, leaderUptimeMs: 3 * 86_400_000 },
    quorum: { voters: 3, needed: 2, serving: 3, canLose: 1 },
    ...{ unseenVoters: 0, hasQuorum: true, standalone: false, configVersion: 0n, findings: [] },
    members: [
      topMember(),
      topMember({ id: 2, host: '10.0.0.2', state: 'leading' }),
      topMember({ id: 3, host: '10.0.0.3' }),
    ],
    ...{ requestsPerS: 360, writesPerS: 3, latencyMs: 0.5, connections: 36 },
    clients: [
      { address: '10.1.0.7', connections: 20, members: ['1', '2'], queued: 0, requestsPerS: 300.4 },
      { address: '10.1.0.8', connections: 16, members: ['3'], queued: 2, requestsPerS: null },
    ],
    ...{ clientsLeftOut: 0, clientsMissing: [] },
    ...look,
  }
}
