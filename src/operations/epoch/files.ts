/*
 * The epoch files of a member, read as QuorumPeer.readLongFromFile reads them: the first line, a Java long, untrimmed.
 * What cannot be opened is missing for a server (FileNotFoundException).
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { JavaError, parseInt64 } from '../../config/java/values.ts'
import { openQuietly } from '../../datadir/quiet-open.ts'
import { systemErrorCode } from '../../support/errors.ts'

export type EpochValue =
  | { readonly state: 'missing' }
  /** It is there and cannot be opened: missing for a server, but for currentEpoch.tmp. */
  | { readonly state: 'hidden'; readonly why: string }
  /** `text`: the line; null in an empty file. */
  | { readonly state: 'bad'; readonly text: string | null }
  | { readonly state: 'value'; readonly value: bigint }

export interface EpochFiles {
  readonly current: EpochValue
  readonly accepted: EpochValue
  readonly currentTmp: EpochValue
  /** The marker of 3.4.6 to 3.4.14. */
  readonly updating: boolean
  /** Names of temporary files that writes of the two left. */
  readonly leftovers: readonly string[]
}

/** What a member has of its own; a standalone server has none. */
export const EPOCH_FILES = ['currentEpoch', 'acceptedEpoch'] as const

const LEFTOVERS = ['acceptedEpoch.tmp', 'currentEpoch.tmp', 'updatingEpoch']

export async function readEpochFiles(folder: string): Promise<EpochFiles> {
  // a server does not list the folder for them
  const names: readonly string[] = await readdir(folder).catch(() => [])
  return {
    current: await readEpoch(join(folder, 'currentEpoch')),
    accepted: await readEpoch(join(folder, 'acceptedEpoch')),
    currentTmp: await readEpoch(join(folder, 'currentEpoch.tmp')),
    updating: names.includes('updatingEpoch'),
    leftovers: names.filter((name) => LEFTOVERS.includes(name)),
  }
}

async function readEpoch(file: string): Promise<EpochValue> {
  let bytes: Uint8Array
  try {
    bytes = await front(file)
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    const why = REASONS[code]
    return why === undefined ? { state: 'missing' } : { state: 'hidden', why }
  }
  const text =
    bytes.length === 0
      ? null
      : Buffer.from(bytes)
          .toString('utf8')
          .split(/\r\n|\r|\n/, 1)[0]!
  try {
    return { state: 'value', value: parseInt64(text ?? '') }
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    return { state: 'bad', text }
  }
}

const REASONS: Readonly<Record<string, string>> = { EACCES: 'Permission denied', EISDIR: 'Is a directory' }

/** More than any number takes. */
const MOST_BYTES = 4096

async function front(file: string): Promise<Uint8Array> {
  const handle = await openQuietly(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The value, when there is one. */
export function numberIn(epoch: EpochValue): bigint | null {
  return epoch.state === 'value' ? epoch.value : null
}
