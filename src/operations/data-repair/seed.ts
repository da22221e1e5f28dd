/*
 * data seed: the first snapshot of a directory that has logs from the first transaction on, but no snapshot.
 *
 * 1. Refused when a whole snapshot is there, and when the logs do not begin with the first transaction of the first
 *    epoch, have a hole or damage, or digests that do not fit.
 * 2. The tree at the end of the logs is written as a snapshot and read again. Snapshots that no server can read go into
 *    the undo bundle, else a server would try them first.
 *
 * A server that is told to trust an empty directory (snapshot.trust.empty) would not notice that logs are missing.
 */
import { rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { aloneIn, type Unchanged } from '../../datadir/change-lock.ts'
import { applySwap, type FileChange, prepareSwap, removeLeftovers } from '../../datadir/swap-files.ts'
import { temporaryFolder } from '../../datadir/temporary-folder.ts'
import { undoCommand } from '../../datadir/undo-bundle.ts'
import {
  type Applied,
  type Change,
  LOSES_NOTHING,
  makePlan,
  type Plan,
  type Refusal,
  refusedChange,
} from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { serverOn } from '../data-dir/guard.ts'
import { type DataPlace, rootOf } from '../data-dir/place.ts'
import { reachOf } from '../data-dir/reach.ts'
import { readFolder, snapshotsIn } from '../doctor/listing.ts'
import { unfinishedRefusal } from '../doctor/unfinished.ts'
import { planBuild } from '../snapshot-build/build.ts'
import type { BuildProof } from '../snapshot-build/proof.ts'
import { examineSnapshot } from '../verify-snapshot.ts'
import { workFolder } from './carry-out.ts'
import { staging } from './simulate.ts'
import type { Work } from './treated.ts'

export interface SeedOptions extends Work {
  readonly place: DataPlace
  /** The release line that reads it. */
  readonly zookeeper?: string | undefined
}

/** Throws `input.*` of what cannot be read. */
export async function planSeed(options: SeedOptions): Promise<Change> {
  const { place } = options
  const root = rootOf(place.snapshots)
  const alone = await aloneIn(root, [place.snapshots, place.logs])
  const folder = readFolder(place.snapshots)
  if (folder.state === 'there' && folder.names === null) {
    throw new ZkopsError('input.unreadable', `${place.snapshots} cannot be listed`, { file: place.snapshots })
  }
  const snapshots = snapshotsIn(folder, true)
  const none = { kind: 'data seed', base: baseOf(place), steps: [], loses: LOSES_NOTHING, undo: 'Nothing is changed.' }
  const no = (refused: Refusal, findings: readonly Finding[] = []) => refusedChange(makePlan(none), refused, findings)
  const blocked = (await serverOn(place.directory, [place.snapshots, place.logs])) ?? (await unfinishedRefusal(root))
  if (blocked !== undefined) return no(blocked)
  for (const snapshot of snapshots) {
    const { whole } = await examineSnapshot(snapshot, { ...options, digest: false })
    if (!whole) continue
    const why = `${snapshot.file} is whole: there is nothing to seed`
    return no({ code: 'refused.has-snapshot', why, counterexample: { file: snapshot.file } })
  }
  const built = await build(options, join(workFolder(root), 'built'))
  if (built.refused !== null) return no(built.refused, built.findings)
  const { fromZxid } = built.plan.base.proof as BuildProof
  const incomplete = notComplete(place, fromZxid)
  if (incomplete !== undefined) return no(incomplete)
  const [step] = built.plan.steps
  const name = basename(step!.target)
  const away = snapshots.filter(({ file }) => basename(file) !== name).map(({ file }) => file)
  const plan = makePlan({
    kind: 'data seed',
    base: { ...baseOf(place), proof: built.plan.base.proof },
    steps: [
      { action: 'write', target: join(place.snapshots, name), detail: step!.detail, reversible: true },
      ...away.map((file) => ({
        action: 'move away',
        target: file,
        detail: 'no server can read it',
        reversible: true,
      })),
    ],
    loses: LOSES_NOTHING,
    undo: 'The logs are not changed; zkops data undo takes the snapshot away again.',
  })
  return {
    plan,
    refused: null,
    findings: built.findings,
    apply: () => alone((unchanged) => apply(plan, name, away, root, { ...options, unchanged })),
  }
}

function baseOf({ directory, snapshots, logs }: DataPlace): Plan['base'] {
  return { directory, snapshots, logs }
}

/** Of nothing but the logs. */
async function build({ place, zookeeper, ...work }: SeedOptions, output: string): Promise<Change> {
  const empty = await staging(() => temporaryFolder('zkops-seed-'))
  try {
    const at = { kind: 'at', at: {} } as const
    const common = { ...work, at, output, sessions: 'keep', zookeeper, compression: 'none', acceptLoss: false } as const
    return await planBuild({ ...common, place: empty.folder, logDir: place.logs })
  } finally {
    await empty.remove()
  }
}

/** Logs from the middle of a history would make a tree that never was. */
function notComplete({ logs }: DataPlace, fromZxid: bigint | null): Refusal | undefined {
  if (fromZxid === null) {
    return { code: 'refused.no-logs', why: `${logs} holds no transactions to make a snapshot of`, counterexample: null }
  }
  if (fromZxid >> 32n <= 1n && (fromZxid & 0xffffffffn) <= 1n) return undefined
  const why = `the logs begin with ${hex64(fromZxid)}, which is not the first transaction: what came before is missing`
  return { code: 'refused.incomplete', why, counterexample: { firstZxid: fromZxid } }
}

async function apply(
  plan: Plan,
  name: string,
  away: readonly string[],
  root: string,
  { unchanged, ...options }: SeedOptions & { readonly unchanged: Unchanged },
): Promise<Applied> {
  const { place, signal } = options
  const noServer = async () => {
    const server = await serverOn(place.directory, [place.snapshots, place.logs])
    if (server !== undefined) throw new ZkopsError('refused.running-server', server.why)
  }
  await noServer()
  const folder = workFolder(root)
  await removeLeftovers(dirname(folder))
  try {
    const output = join(folder, 'built')
    const { verified } = await (await build(options, output)).apply()
    const source = join(output, 'version-2', name)
    // building took its time
    await noServer()
    await unchanged()
    const bundle = await prepareSwap(
      root,
      'data seed',
      [
        { kind: 'put', target: join(place.snapshots, name), source, own: true },
        ...away.map((target): FileChange => ({ kind: 'remove', target })),
      ],
      signal,
    )
    await applySwap(bundle)
    const reach = await reachOf(place, { ...options, depth: 'whole' })
    const ok = reach.snapshot !== null && basename(reach.snapshot.file) === name
    const check = { check: 'the next start', ok, detail: `takes ${name} and reaches ${hex64(reach.lastZxid)}` }
    return {
      stepsDone: plan.steps.length,
      verified: [...verified, check],
      journal: bundle.directory,
      undo: undoCommand(bundle),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rmdir(dirname(folder)).catch(() => {})
  }
}
