import { rule } from '../rule.ts'

export const evenVoters = rule(
  {
    code: 'health.even-voters',
    summary: 'An even number of voters.',
    cause: 'The last voter adds load but no tolerance: four can lose one, as three can; of two, none may be lost.',
    evidence: 'How many.',
    remedy: 'Remove one, add one, or make one an observer.',
    source: 'QuorumMaj',
  },
  function* ({ isEnsemble, quorum, membership }) {
    const { voters } = quorum
    if (!isEnsemble || voters === 0 || voters % 2 !== 0 || (membership?.groups.size ?? 0) > 0) return
    const message = `${voters} voters can lose ${voters / 2 - 1}, as ${voters - 1} can`
    yield { severity: 'warning', message, evidence: { voters } }
  },
)
