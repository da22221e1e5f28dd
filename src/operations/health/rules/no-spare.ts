import { rule } from '../rule.ts'

export const noSpare = rule(
  {
    code: 'health.no-spare',
    summary: 'One more failure stops the ensemble.',
    cause: 'Voters are down or do not serve, and the others are only just enough.',
    evidence: 'Voters, how many serve and how many are needed.',
    remedy: 'Bring the missing voters back before anything else is restarted or changed.',
    source: 'synced voters and the leader against the majority',
  },
  function* ({ isEnsemble, hasQuorum, quorum, unseenVoters }) {
    const { voters, needed, serving } = quorum
    if (!isEnsemble || !hasQuorum || voters < 3 || serving + unseenVoters > needed || serving === voters) return
    const message = `${serving} of ${voters} voters serve and ${needed} are needed: none may be lost`
    yield { severity: 'error', message, evidence: { ...quorum } }
  },
)
