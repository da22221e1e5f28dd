/*
 * What makes a data directory that of a member: myid in the data directory, the epoch files in its version-2.
 */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isDirectory, versionFolder } from './log-files.ts'

export interface MemberFiles {
  /** Null: there is none, or it is no number. */
  readonly myid: number | null
  readonly acceptedEpoch: bigint | null
  readonly currentEpoch: bigint | null
}

const NONE: MemberFiles = { myid: null, acceptedEpoch: null, currentEpoch: null }

/** `place`: a data directory or its version-2; of anything else nothing is known. Throws `input.missing`. */
export async function readMemberFiles(place: string): Promise<MemberFiles> {
  if (place === '-' || !(await isDirectory(place))) return NONE
  const folder = resolve(await versionFolder(place))
  const root = basename(folder) === 'version-2' ? dirname(folder) : folder
  const myid = await numberIn(join(root, 'myid'))
  return {
    myid: myid === null ? null : Number(myid),
    acceptedEpoch: await numberIn(join(folder, 'acceptedEpoch')),
    currentEpoch: await numberIn(join(folder, 'currentEpoch')),
  }
}

async function numberIn(file: string): Promise<bigint | null> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim()
  return /^\d{1,18}$/.test(text) ? BigInt(text) : null
}
