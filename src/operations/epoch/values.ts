/*
 * The values that a repair may write, by what is proven (E: the epoch of the last zxid that a start reaches):
 *
 *     currentEpoch    below E and no currentEpoch.tmp that stands in, or no number   E
 *                     above acceptedEpoch, not E, in no other member's past          E
 *     acceptedEpoch   below currentEpoch, no number, or missing below currentEpoch   the highest of E, currentEpoch and
 *                                                                                    what other members accepted
 *
 * currentEpoch is never raised above E, acceptedEpoch never lowered: it is a promise.
 */
import { maxOf } from '../../support/bigint.ts'
import { numberIn } from './files.ts'
import { highestOf, type MemberEpochs } from './inspect.ts'
import { epochOf } from './start.ts'

export interface EpochWrite {
  readonly name: 'currentEpoch' | 'acceptedEpoch'
  readonly value: bigint
  readonly why: string
}

export function epochWrites({ files, reach }: MemberEpochs, others: readonly MemberEpochs[]): readonly EpochWrite[] {
  const own = epochOf(reach.lastZxid)
  const writes: EpochWrite[] = []
  const [found, tmp, accepted] = [files.current, files.currentTmp, files.accepted].map(numberIn)
  const write = (name: EpochWrite['name'], value: bigint, why: string) => writes.push({ name, value, why })
  // a missing one is made by the server
  let current = found ?? own
  if (files.current.state === 'bad') {
    write('currentEpoch', own, 'it holds no number; the epoch of the last zxid is what the data proves')
  } else if (current < own) {
    // the server takes it by itself
    if (tmp != null && tmp >= own && tmp <= (accepted ?? own)) current = tmp
    else {
      current = own
      write('currentEpoch', own, `it is ${found}, below the epoch of the last zxid`)
    }
  } else if (accepted != null && accepted < current && current > own) {
    const known = current === own + 1n && others.some((other) => highestOf(other) >= current)
    if (!known) {
      current = own
      write('currentEpoch', own, `it is ${found}, above acceptedEpoch, and nothing shows that this epoch ever was`)
    }
  }
  if (files.accepted.state === 'bad') {
    const promised = others.reduce(
      (most, other) => maxOf(most, numberIn(other.files.accepted) ?? 0n),
      maxOf(own, current),
    )
    write('acceptedEpoch', promised, 'it holds no number; the highest epoch that is known breaks no promise')
  } else if ((accepted ?? own) < current) {
    const was = accepted === null ? `missing, and a server would make it ${own}` : `${accepted}`
    write('acceptedEpoch', current, `it is ${was}, below currentEpoch ${current}`)
  }
  return writes
}
