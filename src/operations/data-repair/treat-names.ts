/* Remedies that only move files: out of the way, or to the name or directory where they belong. */
import { existsSync, lstatSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { FileChange } from '../../datadir/swap-files.ts'
import { maxOf } from '../../support/bigint.ts'
import { LOSES_NOTHING } from '../../support/change.ts'
import type { Examination } from '../doctor/doctor.ts'
import { snapshotFilesIn } from '../doctor/listing.ts'
import type { Loss } from '../doctor/loss.ts'
import type { Treatment } from '../doctor/remedy.ts'
import { movedAway } from './named-zxids.ts'
import { type Simulated, simulate } from './simulate.ts'
import { lossOf, moveAway, refusedTreatment, type Step, type Treated, type Work } from './treated.ts'

type Moving = Treatment & { readonly kind: 'quarantine' | 'rename' }

/** What they would bring is seen before: the start on the files at their new places is simulated. */
export async function treatNames(given: Moving, examination: Examination, work: Work): Promise<Treated> {
  const { does, after } = await withNext(given, examination, work)
  const taken = does.kind === 'rename' ? does.moves.find(({ to }) => existsSync(to)) : undefined
  if (taken !== undefined) {
    const refused = { code: 'refused.target-exists', why: `${taken.to} exists already`, counterexample: null }
    return refusedTreatment(refused, LOSES_NOTHING)
  }
  const changes = changesOf(does)
  const { start } = examination
  const wanted = await reachedBy(does, examination)
  const solved = after.serves || after.reason !== start.refusal?.code || after.file !== nameOf(start.refusal.file)
  const last = after.lastZxid ?? wanted
  const away = does.kind === 'quarantine' ? does.files : does.away
  const moves = does.kind === 'rename' ? does.moves.map(renameStep) : []
  const steps = [...moves, ...away.map((file) => moveAway(file, sizeOf(file)))]
  const common = { steps, findings: [], writes: false, make: () => Promise.resolve(changes) }
  if (!solved) {
    const why = `a server would not start then either: ${after.reason}${after.file === null ? '' : ` (${after.file})`}`
    const refused = { code: 'refused.no-help', why, counterexample: { reason: after.reason, file: after.file } }
    return { ...common, loses: LOSES_NOTHING, refused, reaches: null, heals: false }
  }
  // something else keeps it from starting, and that is told afterwards
  if (!after.serves) return { ...common, loses: LOSES_NOTHING, refused: null, reaches: null, heals: false }
  const before = examination.result.loss
  const isNew = (loss: Loss) =>
    !before.some((one) => one.firstZxid === loss.firstZxid && one.lastZxid === loss.lastZxid)
  const added = after.losses.filter(isNew)
  const worst = added.flatMap(({ firstZxid, lastZxid }) => (firstZxid === null ? [] : [firstZxid, lastZxid!]))
  const short = last < wanted ? [last + 1n, wanted] : []
  const gone = [...worst, ...short].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const lossless = gone.length === 0 && added.length === 0
  const loses = lossless ? LOSES_NOTHING : lossOf(gone[0] ?? 0n, gone.at(-1) ?? wanted)
  return { ...common, loses, refused: null, reaches: after.lastZxid, heals: lossless && after.losses.length === 0 }
}

/** The next older snapshot may end the start just so: all of them go together, so that their loss is one. */
async function withNext(
  does: Moving,
  examination: Examination,
  work: Work,
): Promise<{ does: Moving; after: Simulated }> {
  const after = await simulate(examination, changesOf(does), work)
  const next = join(examination.places.snapshots, after.file ?? '')
  const again = after.reason === 'data.snapshot-refused' && examination.start.refusal?.code === after.reason
  if (does.kind !== 'quarantine' || !again || does.files.includes(next)) return { does, after }
  return withNext({ ...does, files: [...does.files, next] }, examination, work)
}

function changesOf(does: Moving): readonly FileChange[] {
  if (does.kind === 'quarantine') return does.files.map((target) => ({ kind: 'remove', target }))
  return [
    ...does.moves.flatMap(({ from, to }): FileChange[] => [
      { kind: 'put', target: to, source: from, own: false },
      { kind: 'remove', target: from },
    ]),
    ...does.away.map((target): FileChange => ({ kind: 'remove', target })),
  ]
}

/** The zxid that a start must reach, so that nothing is lost: what it reaches now, and what the moved snapshots hold. */
async function reachedBy(does: Moving, examination: Examination): Promise<bigint> {
  const { start } = examination
  const now = start.lastZxid !== null && start.lastZxid > 0n ? start.lastZxid : 0n
  if (does.kind === 'rename') return does.moves.some(({ from }) => from === start.picked?.snapshot?.file) ? 0n : now
  const moved = snapshotFilesIn(start.folders.snapshots).filter(({ file }) => does.files.includes(file))
  const overclaims = moved.some(({ file }) => file === start.picked?.snapshot?.file && start.refusal === null)
  if (overclaims) return 0n
  const zxids = [...moved.map(({ nameZxid }) => nameZxid), ...(await movedAway(examination))]
  return zxids.reduce(maxOf, now)
}

function renameStep({ from, to }: { from: string; to: string }): Step {
  return { action: 'rename', target: from, detail: `to ${to}`, reversible: true }
}

function sizeOf(file: string): string {
  const stat = lstatSync(file, { throwIfNoEntry: false })
  return stat === undefined || stat.isDirectory() ? 'directory' : `${stat.size} B`
}

function nameOf(file: string | undefined): string | null {
  return file === undefined ? null : basename(file)
}
