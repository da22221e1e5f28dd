/*
 * The epoch files of a member, as QuorumPeer.loadDataBase takes them behind its data. A file that cannot be opened counts
 * as missing and is written anew.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { JavaError, parseInt64 } from '../../config/java/values.ts'
import { isSince, type Release } from '../../config/release.ts'
import { withQuietFile } from '../../datadir/quiet-open.ts'
import { systemErrorCode } from '../../support/errors.ts'
import type { Refusal } from './log-refusals.ts'

export interface Epochs {
  readonly refusal: Refusal | null
  /** What the member starts with; null where it does not get so far. */
  readonly current: bigint | null
  readonly accepted: bigint | null
  /** What the server takes from elsewhere than the file. */
  readonly notes: readonly string[]
}

export const EPOCH_FILES = ['currentEpoch', 'acceptedEpoch'] as const

/** `folder`: the version-2 of the dataDir. */
export function judgeEpochs(folder: string, lastZxid: bigint, release: Release): Epochs {
  // the sign is kept, as by a shift in Java
  const ofData = BigInt.asIntN(64, lastZxid) >> 32n
  const notes: string[] = []
  let current: bigint | null = null
  let accepted: bigint | null = null
  const refuse = (code: string, message: string, file: string): Epochs => {
    return {
      refusal: { code, message: `java.io.IOException: ${message}`, file: join(folder, file) },
      current,
      accepted,
      notes,
    }
  }
  const read = readEpoch(folder, 'currentEpoch')
  if (read.bad !== undefined) return refuse('data.epoch-unreadable', read.bad, 'currentEpoch')
  current = read.epoch ?? ofData
  if (read.epoch === null) notes.push(`currentEpoch not found! Creating with a reasonable default of ${ofData}`)
  if (ofData > current) {
    const tmp = readEpoch(folder, 'currentEpoch.tmp')
    const takesTmp = isSince(release, '3.5.0') && tmp.present
    if (!takesTmp) {
      const message = `The current epoch, ${current}, is older than the last zxid, ${BigInt.asIntN(64, lastZxid)}`
      return refuse('data.epoch-behind', message, 'currentEpoch')
    }
    if (tmp.bad !== undefined) return refuse('data.epoch-unreadable', tmp.bad, 'currentEpoch.tmp')
    if (tmp.epoch === null) {
      const file = join(folder, 'currentEpoch.tmp')
      return refuse('data.unreadable', `java.io.FileNotFoundException: ${file} (Permission denied)`, 'currentEpoch.tmp')
    }
    current = tmp.epoch
    notes.push(`currentEpoch.tmp found. Setting current epoch to ${current}.`)
  }
  const promised = readEpoch(folder, 'acceptedEpoch')
  if (promised.bad !== undefined) return refuse('data.epoch-unreadable', promised.bad, 'acceptedEpoch')
  accepted = promised.epoch ?? ofData
  if (promised.epoch === null) notes.push(`acceptedEpoch not found! Creating with a reasonable default of ${ofData}`)
  if (accepted < current) {
    const message = `The accepted epoch, ${accepted} is less than the current epoch, ${current}`
    return refuse('data.epoch-accepted', message, 'acceptedEpoch')
  }
  return { refusal: null, current, accepted, notes }
}

function readEpoch(
  folder: string,
  name: string,
): { readonly epoch: bigint | null; readonly bad?: string; readonly present: boolean } {
  const file = join(folder, name)
  let text: string
  try {
    text = withQuietFile(file, (descriptor) => readFileSync(descriptor, 'latin1').slice(0, 256))
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return { epoch: null, present: systemErrorCode(error) === 'EACCES' }
  }
  const line = text === '' ? null : text.split(/\r\n|\r|\n/, 1)[0]!
  try {
    return { epoch: parseInt64(line ?? ''), present: true }
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    return { epoch: null, bad: `Found ${line} in ${file}`, present: true }
  }
}
