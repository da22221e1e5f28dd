import { rule } from '../rule.ts'

export const noQuorum = rule(
  {
    code: 'health.no-quorum',
    summary: 'Fewer voters serve than are needed: nothing can be written.',
    cause: 'Too many voters are down, cut off, or cannot agree on a leader.',
    evidence: 'Voters, how many serve and how many are needed.',
    remedy: 'Start the voters that are down, those that ran last first. Do not wipe a data directory to get one going.',
    source: 'QuorumMaj.containsQuorum, QuorumHierarchical.containsQuorum',
    expectedInMaintenance: false,
  },
  function* ({ isEnsemble, hasQuorum, quorum, unseenVoters, members }) {
    if (!isEnsemble || hasQuorum || !members.some(({ answer }) => answer !== null)) return
    const { serving, voters, needed } = quorum
    // who cannot be looked at may well serve
    if (serving + unseenVoters >= needed) return
    // without a leader no member tells who the others are
    const message =
      voters === 1
        ? 'quorum is lost: the voter that is known here does not serve'
        : `quorum is lost: ${serving} of ${voters} voters serve, ${needed} are needed`
    yield { severity: 'error', message, evidence: { ...quorum } }
  },
)
