import { groupBy } from '../../support/group.ts'
import { memberId } from '../member.ts'
import { isEnsembleMember } from '../topology.ts'
import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-S07',
    code: 'config.myid',
    level: 'ERROR',
    summary: 'The myid file does not fit.',
    cause:
      "It is missing, holds more than a bare number, names an id that is not in the list, or is a copy of another member's.",
    evidence: 'What was read, and the ids of the list.',
    remedy:
      'Put the id of this host alone into dataDir/myid. Never give a server an id that another one has or had: the two would push each other out of elections.',
    source: 'QuorumPeerConfig.setupMyId, QuorumPeer.start',
  },
  function* ({ members }) {
    for (const member of members) {
      if (!isEnsembleMember(member)) continue
      const { myid, ensemble } = member
      const ids = [...ensemble.servers.keys()].map(String)
      if (myid.state === 'missing') {
        yield { member, key: 'myid', message: 'the myid file is missing', evidence: { ids } }
      } else if (myid.state === 'bad') {
        yield {
          member,
          key: 'myid',
          message: `myid holds ${JSON.stringify(myid.text)}, not a bare number`,
          evidence: { text: myid.text, ids },
        }
      } else if (!ensemble.servers.has(myid.id)) {
        yield {
          member,
          key: 'myid',
          message: `the id ${myid.id} is not in the list of members`,
          evidence: { id: String(myid.id), ids },
        }
      }
    }
    const byId = groupBy(members.filter(isEnsembleMember), (member) => memberId(member)?.toString())
    for (const [id, [first, ...others]] of byId) {
      for (const member of others) {
        yield {
          member,
          key: 'myid',
          message: `the id ${id} is taken by ${first!.file}`,
          evidence: { id, files: [first!.file, member.file] },
        }
      }
    }
  },
)
