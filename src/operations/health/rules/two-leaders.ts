import { epochOf, stateOf } from '../../../cluster/observe/model.ts'
import { idsOf, namesOf, rule } from '../rule.ts'

export const twoLeaders = rule(
  {
    code: 'health.two-leaders',
    summary: 'More than one member says that it leads.',
    cause:
      'Members with different server lists or the same id have formed two ensembles; or an old leader has not noticed yet that it was replaced.',
    evidence: 'The leaders and their epochs.',
    remedy: 'Compare the server lists and the myid files of all members before anything is written.',
    source: 'two members in state leading, seen twice',
    expectedInMaintenance: false,
  },
  function* ({ members }) {
    const leaders = members.filter((member) => stateOf(member) === 'leading')
    if (leaders.length < 2) return
    const epochs = leaders.map(({ answer }) => (answer?.zxid == null ? null : Number(epochOf(answer.zxid))))
    const same = new Set(epochs).size < epochs.length
    const message = `${namesOf(leaders)} all say that they lead${same ? ', in the same epoch' : ''}`
    yield { severity: 'error', message, evidence: { leaders: idsOf(leaders), epochs } }
  },
)
