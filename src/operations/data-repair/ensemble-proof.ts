/*
 * Whether a member may lose what it has: a quorum of the whole ensemble, this member not counted, leads or follows at or
 * past its last zxid. That a quorum is up is not enough: it may count this member, or one that is behind. And it has to be
 * the ensemble of this member: another one has servers of the same ids, and may well have higher zxids. So whom they take
 * for their members is held against whom this member does, one by one.
 */
import { idOf, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import { type Ensemble, isQuorum, likeness, plainHost, votersOf } from '../../config/ensemble.ts'
import { readMemberFiles } from '../../datadir/member-files.ts'
import { hex64 } from '../../support/hex.ts'
import type { Examination } from '../doctor/doctor.ts'
import { type LiveOptions, observeTarget } from '../ensemble/observe-target.ts'
import { memberName } from '../ensemble/overview.ts'
import { ownMembership } from './own-membership.ts'
import type { Work } from './treated.ts'

/** Whether the rest of the ensemble has all that a member has. */
export type EnsembleProof = (member: {
  /** The last zxid that the member knows of. */
  readonly lastZxid: bigint
  readonly examination: Examination
}) => Promise<EnsembleEvidence>

export interface EnsembleEvidence {
  readonly safe: boolean
  readonly evidence: string
}

/** Asks the running members, anew each time. The proof throws `usage.*` and `input.*` of the inventory. */
export function ensembleProof(live: LiveOptions, work: Work): EnsembleProof {
  return async ({ lastZxid, examination }) => {
    const { dataDir, dir } = examination.places
    const { myid } = await readMemberFiles(dataDir)
    const { name, overview } = await observeTarget(live, work.signal)
    const no = (evidence: string) => ({ safe: false, evidence })
    if (myid === null) return no(`which member of ${name} this is cannot be told: ${dataDir} has no myid`)
    const { membership, members } = overview
    const known = await ownMembership(examination, work)
    if (known === null) {
      return no(`nothing shows that ${dir} belongs to ${name}: name its zoo.cfg with --config`)
    }
    const voters = membership ?? known
    const stranger = members.find((member) => belongs(member, known) === false)
    if (stranger !== undefined || likeness(voters, known) <= 0) {
      const who = stranger === undefined ? name : memberName(stranger)
      return no(`${who} belongs to another ensemble than ${dir}, which knows other addresses of its members`)
    }
    if (voters.servers.get(BigInt(myid)) === undefined) return no(`server ${myid} is no member of ${name}`)
    const current = members.filter(
      (member) =>
        idOf(member) !== myid &&
        belongs(member, known) === true &&
        (member.answer?.id ?? idOf(member)) === idOf(member) &&
        ['leading', 'following'].includes(stateOf(member)) &&
        (member.answer?.zxid ?? -1n) >= lastZxid,
    )
    const ids = current.map((member) => BigInt(idOf(member) ?? -1)).sort((a, b) => (a < b ? -1 : 1))
    const safe = isQuorum(voters, new Set(ids))
    const who = ids.length === 0 ? 'nobody' : `server ${ids.join(', ')}`
    return {
      safe,
      evidence: `of ${votersOf(voters).length} voters of ${name}, ${who} without server ${myid} leads or follows at or past ${hex64(lastZxid)}: ${safe ? 'a quorum' : 'no quorum'}`,
    }
  }
}

/**
 * Whether it is of the ensemble that is known: it tells whom it takes for its members, in 3.4 its own port for them; who
 * tells nothing must have the host that is known. Undefined: that is not known.
 */
function belongs(member: ObservedMember, known: Ensemble): boolean | undefined {
  const { answer, place } = member
  if (answer === null) return undefined
  if (answer.membership !== null) return likeness(answer.membership, known) > 0
  const addresses = known.servers.get(BigInt(idOf(member) ?? -1))?.addresses ?? []
  const port = answer.settings.get('quorumPort')
  if (port !== undefined) return addresses.some(({ quorumPort }) => quorumPort === Number(port))
  return addresses.some(({ host }) => plainHost(host) === plainHost(place.host)) || undefined
}
