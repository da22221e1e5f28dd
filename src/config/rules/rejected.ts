import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-S01',
    code: 'config.rejected',
    level: 'ERROR',
    summary: 'A server of this release does not start with this file.',
    cause: 'A value, line or combination that its parser refuses.',
    evidence: 'What the server says; --json gives the verdict of every release line.',
    remedy: 'Put right what the message names. With several faults a server names only the first that it comes upon.',
    source: 'QuorumPeerConfig.parse',
  },
  function* ({ release, verdicts }) {
    for (const [member, { accepted, serverError }] of verdicts) {
      if (accepted) continue
      const message = `a server of ${release.name} refuses this file: ${serverError}`
      yield { member, message, evidence: { serverError, zookeeper: release.name } }
    }
  },
)
