/* The start of a server on a directory as it would be: a temporary folder of links, which the doctor looks at. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { FileChange } from '../../datadir/swap-files.ts'
import { temporaryFolder } from '../../datadir/temporary-folder.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import type { Examination } from '../doctor/doctor.ts'
import { readFolder } from '../doctor/listing.ts'
import { type Loss, lossesOf } from '../doctor/loss.ts'
import { predictStart } from '../doctor/predict.ts'
import type { Work } from './treated.ts'

export interface Simulated {
  readonly serves: boolean
  /** Code and file of what keeps it from starting. */
  readonly reason: string | null
  readonly file: string | null
  readonly lastZxid: bigint | null
  readonly nodes: number
  readonly losses: readonly Loss[]
}

export async function simulate(
  { places, settings }: Pick<Examination, 'places' | 'settings'>,
  changes: readonly FileChange[],
  { signal, progress }: Work,
): Promise<Simulated> {
  const stage = await staging(() => temporaryFolder('zkops-repair-'))
  try {
    const snapshots = join(stage.folder, 'data/version-2')
    const apart = places.logs !== places.snapshots
    const logs = apart ? join(stage.folder, 'logs/version-2') : snapshots
    await staging(() => lay(places.snapshots, snapshots, changes))
    if (apart) await staging(() => lay(places.logs, logs, changes))
    const judging = { settings, signal, progress }
    const start = await predictStart({ ...places, dataDir: dirname(snapshots), snapshots, logs }, judging)
    const losses = await lossesOf(start, judging)
    return {
      serves: start.refusal === null,
      reason: start.refusal?.code ?? null,
      file: start.refusal?.file === undefined ? null : basename(start.refusal.file),
      lastZxid: start.lastZxid,
      nodes: start.tree.counts().nodes + 1,
      losses,
    }
  } finally {
    await stage.remove()
  }
}

/** Temporary files take next to nothing, but even that may not be there. */
export async function staging<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    throw new ZkopsError('stopped.output', `${tmpdir()} cannot be written (${code})`, {
      file: tmpdir(),
      cause: error,
      hint: 'Nothing was changed: put it right, or name another directory for temporary files with TMPDIR.',
    })
  }
}

async function lay(folder: string, stage: string, changes: readonly FileChange[]): Promise<void> {
  const { names, state } = readFolder(folder)
  // a directory that is not there, or not to be listed, is the same for the server in the stage
  if (state === 'there') await mkdir(stage, { recursive: true })
  else await mkdir(dirname(stage), { recursive: true })
  const own = changes.filter(({ target }) => dirname(resolve(target)) === resolve(folder))
  const changed = new Set(own.map(({ target }) => basename(target)))
  for (const name of names ?? []) {
    if (!changed.has(name)) await symlink(resolve(folder, name), join(stage, name))
  }
  for (const change of own) {
    const to = join(stage, basename(change.target))
    if (change.kind === 'put') await symlink(resolve(change.source), to)
    if (change.kind === 'write') await writeFile(to, change.bytes)
  }
}
