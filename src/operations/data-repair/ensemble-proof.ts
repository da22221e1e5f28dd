/*
 * Whether a member may lose what it has: a quorum of the whole ensemble, this member not counted, leads or follows at or
 * past its last zxid. That a quorum is up is not enough: it may count this member, or one that is behind.
 */
import { idOf, stateOf } from '../../cluster/observe/model.ts'
import { isQuorum, votersOf } from '../../config/ensemble.ts'
import { readMemberFiles } from '../../datadir/member-files.ts'
import { hex64 } from '../../support/hex.ts'
import { type LiveOptions, observeTarget } from '../ensemble/observe-target.ts'

/** Whether the rest of the ensemble has all that a member has. */
export type EnsembleProof = (member: {
  /** The last zxid that the member knows of. */
  readonly lastZxid: bigint
  /** Its dataDir. */
  readonly directory: string
}) => Promise<EnsembleEvidence>

export interface EnsembleEvidence {
  readonly safe: boolean
  readonly evidence: string
}

/** Asks the running members, anew each time. The proof throws `usage.*` and `input.*` of the inventory. */
export function ensembleProof(live: LiveOptions, signal: AbortSignal): EnsembleProof {
  return async ({ lastZxid, directory }) => {
    const { myid } = await readMemberFiles(directory)
    const { name, overview } = await observeTarget(live, signal)
    const no = (evidence: string) => ({ safe: false, evidence })
    if (myid === null) return no(`which member of ${name} this is cannot be told: ${directory} has no myid`)
    const { membership, members } = overview
    if (membership === null) return no(`nobody says who the members of ${name} are`)
    const own = membership.servers.get(BigInt(myid))
    if (own === undefined) return no(`server ${myid} is no member of ${name}`)
    if (own.role === 'observer' && overview.hasQuorum) {
      return { safe: true, evidence: `server ${myid} is an observer, and ${name} has a quorum without it` }
    }
    const current = members.filter(
      (member) =>
        idOf(member) !== Number(myid) &&
        ['leading', 'following'].includes(stateOf(member)) &&
        (member.answer?.zxid ?? -1n) >= lastZxid,
    )
    const ids = current.map((member) => BigInt(idOf(member) ?? -1)).sort((a, b) => (a < b ? -1 : 1))
    const safe = isQuorum(membership, new Set(ids))
    const who = ids.length === 0 ? 'nobody' : `server ${ids.join(', ')}`
    const voters = votersOf(membership).length
    return {
      safe,
      evidence: `of ${voters} voters of ${name}, ${who} without server ${myid} leads or follows at or past ${hex64(lastZxid)}: ${safe ? 'a quorum' : 'no quorum'}`,
    }
  }
}
