/* What a member makes of its epoch files at its start: QuorumPeer.loadDataBase, after the data was loaded. */
import type { EpochFiles, EpochValue } from './files.ts'

/**
 * `tmp`: takes currentEpoch.tmp in the place of an epoch that is too low (3.5.10, 3.6.3, 3.7.1, 3.8.0 on).
 * `marker`: knows updatingEpoch (3.4.6 to 3.4.14). `plain`: neither.
 */
export type EpochRules = 'tmp' | 'marker' | 'plain'

export type EpochStart =
  | { readonly outcome: 'serves'; readonly current: bigint; readonly accepted: bigint }
  | { readonly outcome: 'refuses'; readonly why: RefusedEpoch; readonly message: string }

export type RefusedEpoch = 'unreadable' | 'current-behind' | 'accepted-behind'

/** `folder`: as its message names it. */
export function startWith(files: EpochFiles, lastZxid: bigint, rules: EpochRules, folder: string): EpochStart {
  const ofZxid = epochOf(lastZxid)
  if (files.current.state === 'bad') return unreadable(files.current, `${folder}/currentEpoch`)
  let current = files.current.state === 'value' ? files.current.value : ofZxid
  if (ofZxid > current) {
    const tmp = rules === 'tmp' ? files.currentTmp : ({ state: 'missing' } as const)
    if (tmp.state === 'bad') return unreadable(tmp, `${folder}/currentEpoch.tmp`)
    if (tmp.state === 'value') current = tmp.value
    else if (rules === 'marker' && files.updating) current = ofZxid
    else {
      const message = `The current epoch, ${javaHex(current)}, is older than the last zxid, ${lastZxid}`
      return { outcome: 'refuses', why: 'current-behind', message }
    }
  }
  if (files.accepted.state === 'bad') return unreadable(files.accepted, `${folder}/acceptedEpoch`)
  const accepted = files.accepted.state === 'value' ? files.accepted.value : ofZxid
  if (accepted >= current) return { outcome: 'serves', current, accepted }
  const message = `The accepted epoch, ${javaHex(accepted)} is less than the current epoch, ${javaHex(current)}`
  return { outcome: 'refuses', why: 'accepted-behind', message }
}

/** The epoch of a zxid, signed as servers take it. */
export function epochOf(zxid: bigint): bigint {
  return BigInt.asIntN(64, zxid) >> 32n
}

function unreadable({ text }: EpochValue & { readonly state: 'bad' }, file: string): EpochStart {
  return { outcome: 'refuses', why: 'unreadable', message: `Found ${text ?? 'null'} in ${file}` }
}

/** Long.toHexString. */
function javaHex(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16)
}
