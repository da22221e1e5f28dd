/* What a member makes of its epoch files at its start: QuorumPeer.loadDataBase, after the data was loaded. */
import { isSince, type Release } from '../../config/release.ts'
import type { EpochFiles, EpochValue } from './files.ts'

/**
 * `tmp`: takes currentEpoch.tmp in the place of an epoch that is too low (3.5.10, 3.6.3, 3.7.1, 3.8.0 on).
 * `marker`: knows updatingEpoch (3.4.6 to 3.4.14). `plain`: neither.
 */
export type EpochRules = 'tmp' | 'marker' | 'plain'

export function epochRulesOf(release: Release): EpochRules {
  if (isSince(release, '3.5.10 3.6.3 3.7.1 3.8.0')) return 'tmp'
  return release.line === '3.4' && isSince(release, '3.4.6') ? 'marker' : 'plain'
}

export type EpochStart =
  | {
      readonly outcome: 'serves'
      readonly current: bigint
      readonly accepted: bigint
      /** What it says of values that it does not take from the files. */
      readonly notes: readonly string[]
    }
  | { readonly outcome: 'refuses'; readonly why: RefusedEpoch; readonly message: string; readonly file: string }

export type RefusedEpoch = 'unreadable' | 'hidden' | 'current-behind' | 'accepted-behind'

/** `folder`: as its message names it. */
export function startWith(files: EpochFiles, lastZxid: bigint, rules: EpochRules, folder: string): EpochStart {
  const ofZxid = epochOf(lastZxid)
  const notes: string[] = []
  const epochIn = (name: 'currentEpoch' | 'acceptedEpoch', epoch: Exclude<EpochValue, BadEpoch>): bigint => {
    if (epoch.state === 'value') return epoch.value
    notes.push(`${name} not found! Creating with a reasonable default of ${ofZxid}`)
    return ofZxid
  }
  if (files.current.state === 'bad') return unreadable(files.current, `${folder}/currentEpoch`)
  let current = epochIn('currentEpoch', files.current)
  if (ofZxid > current) {
    const tmp = rules === 'tmp' ? files.currentTmp : ({ state: 'missing' } as const)
    const file = `${folder}/currentEpoch.tmp`
    if (tmp.state === 'bad') return unreadable(tmp, file)
    if (tmp.state === 'hidden') return { outcome: 'refuses', why: 'hidden', message: `${file} (${tmp.why})`, file }
    if (tmp.state === 'value') {
      current = tmp.value
      notes.push(`currentEpoch.tmp found. Setting current epoch to ${current}.`)
    } else if (rules === 'marker' && files.updating) current = ofZxid
    else {
      const message = `The current epoch, ${javaHex(current)}, is older than the last zxid, ${BigInt.asIntN(64, lastZxid)}`
      return { outcome: 'refuses', why: 'current-behind', message, file: `${folder}/currentEpoch` }
    }
  }
  if (files.accepted.state === 'bad') return unreadable(files.accepted, `${folder}/acceptedEpoch`)
  const accepted = epochIn('acceptedEpoch', files.accepted)
  if (accepted >= current) return { outcome: 'serves', current, accepted, notes }
  const message = `The accepted epoch, ${javaHex(accepted)} is less than the current epoch, ${javaHex(current)}`
  return { outcome: 'refuses', why: 'accepted-behind', message, file: `${folder}/acceptedEpoch` }
}

/** The epoch of a zxid, signed as servers take it. */
export function epochOf(zxid: bigint): bigint {
  return BigInt.asIntN(64, zxid) >> 32n
}

type BadEpoch = EpochValue & { readonly state: 'bad' }

function unreadable({ text }: BadEpoch, file: string): EpochStart {
  return { outcome: 'refuses', why: 'unreadable', message: `Found ${text ?? 'null'} in ${file}`, file }
}

/** Long.toHexString. */
function javaHex(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16)
}
