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
    // those who are not seen may serve as well
    const most = serving + unseenVoters
    if (!isEnsemble || voters < 3 || serving === voters || most > needed) return
    if (unseenVoters === 0 ? !hasQuorum : most < needed) return
    const message = `${serving} of ${voters} voters serve and ${needed} are needed: none may be lost`
    yield { severity: 'error', message, evidence: { ...quorum } }
  },
)
