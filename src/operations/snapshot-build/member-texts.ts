import { readMemberFiles } from '../../datadir/member-files.ts'

/** Another file of a data directory, by its name there. */
export interface MemberText {
  readonly name: string
  readonly text: string
}

/** myid and epoch files for a tree as of `zxid`, from those beside what it was made of; `given`: another myid. */
export async function memberTexts(
  place: string,
  given: number | undefined,
  zxid: bigint,
): Promise<readonly MemberText[]> {
  const source = await readMemberFiles(place)
  const myid = given ?? source.myid
  const texts = myid === null ? [] : [{ name: 'myid', text: `${myid}\n` }]
  if (given === undefined && source.acceptedEpoch === null && source.currentEpoch === null) return texts
  const epoch = BigInt.asUintN(64, zxid) >> 32n
  // an accepted epoch is a promise: it never goes back
  const accepted = source.acceptedEpoch !== null && source.acceptedEpoch > epoch ? source.acceptedEpoch : epoch
  return [
    ...texts,
    { name: 'version-2/acceptedEpoch', text: String(accepted) },
    { name: 'version-2/currentEpoch', text: String(epoch) },
  ]
}
