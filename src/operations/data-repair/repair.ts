/*
 * data repair: does what data doctor proposed.
 *
 * 1. The doctor looks; a repair that was interrupted is finished before anything else.
 * 2. The remedy that was asked for, by rank or by code, or the first that this program can carry out, is worked out as
 *    changes to files. What loses something is refused without consent to exactly that.
 * 3. New files are written outside version-2 and a start on them is simulated; old ones go into an undo bundle; then all
 *    get their places (carry-out.ts), and the doctor looks again.
 */
import { type Alone, aloneIn } from '../../datadir/change-lock.ts'
import { bundleState, movedWhy, notMeant, undoCommand } from '../../datadir/undo-bundle.ts'
import {
  type Change,
  LOSES_NOTHING,
  type Loss,
  makePlan,
  type Plan,
  type Refusal,
  refusedChange,
} from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { serverOn } from '../data-dir/guard.ts'
import { type DoctorOptions, type Examination, examine } from '../doctor/doctor.ts'
import { findPlaces } from '../doctor/places.ts'
import type { Proposal, Treatment } from '../doctor/remedy.ts'
import { UNFINISHED, unfinishedBundles } from '../doctor/unfinished.ts'
import type { LiveOptions } from '../ensemble/observe-target.ts'
import { planEpochRepair } from '../epoch/repair.ts'
import { releaseFor } from '../zoo-cfg/lint.ts'
import { carryOut, finishBundle, noServer, workFolder } from './carry-out.ts'
import type { EnsembleProof } from './ensemble-proof.ts'
import { planSeed } from './seed.ts'
import { treatRebuild, treatResync } from './treat-all.ts'
import { treatMend, treatPatch, treatTruncate } from './treat-logs.ts'
import { treatNames } from './treat-names.ts'
import { onceMore, type Treated, type Work } from './treated.ts'

export interface RepairOptions extends DoctorOptions {
  /** Rank of a remedy of the doctor, from 1. */
  readonly plan?: number | undefined
  /** Or its code. */
  readonly remedy?: string | undefined
  readonly acceptLoss: boolean
  /** Whether the rest of the ensemble has everything; without it nobody knows. */
  readonly proof?: EnsembleProof | undefined
  /** Where that is to be asked. */
  readonly live?: LiveOptions | undefined
}

export interface RepairChange {
  readonly change: Change
  /** What has to be typed to accept the loss; null when nothing is lost. */
  readonly typed: string | null
}

/** Throws `usage` for what is not proposed, and `input.*`. */
export async function planRepair(options: RepairOptions): Promise<RepairChange> {
  const { dataDir, snapshots, logs } = findPlaces(options, releaseFor(options.server))
  const alone = await aloneIn(dataDir, [snapshots, logs])
  const examination = await examine(options)
  const unfinished = await planFinish(examination, options)
  if (unfinished !== undefined) return { change: { ...unfinished, apply: () => alone(unfinished.apply) }, typed: null }
  const chosen = choose(examination, options)
  if (chosen === undefined) return { change: nothing(examination), typed: null }
  if (chosen.does === null) return { change: elsewhere(chosen, examination), typed: null }
  const { places, settings } = examination
  const { juteMaxbuffer } = settings
  const work: Work = { juteMaxbuffer, signal: options.signal, progress: options.progress }
  if (chosen.does.kind === 'epochs') {
    const logDirs = places.logs === places.snapshots ? undefined : [places.logs]
    return { change: await planEpochRepair({ ...work, directories: [places.dataDir], logDirs }), typed: null }
  }
  if (chosen.does.kind === 'seed') {
    const { zookeeper } = chosen.does
    const place = { directory: places.dir, snapshots: places.snapshots, logs: places.logs }
    return { change: await planSeed({ ...work, place, zookeeper }), typed: null }
  }
  const treated = await treat(chosen.does, examination, work, options)
  return consented(chosen, treated, examination, options, { ...work, alone })
}

async function treat(
  does: Exclude<Treatment, { readonly kind: 'epochs' | 'seed' }>,
  examination: Examination,
  work: Work,
  options: RepairOptions,
): Promise<Treated> {
  const proof = await proofOf(options, work)
  const folder = workFolder(examination.places.dataDir)
  switch (does.kind) {
    case 'quarantine':
    case 'rename':
      return treatNames(does, examination, work)
    case 'mend':
      return treatMend(does.logs, examination, work)
    case 'patch':
      return treatPatch(does.logs, does.peers, examination, work, folder)
    case 'truncate':
      return proven(await treatTruncate(examination, work, folder), examination, proof)
    case 'rebuild':
      return treatRebuild(examination, work, folder)
    case 'resync':
      return treatResync(examination, proof)
  }
}

/** Loaded only when somebody is to be asked: everything else works without a network. */
async function proofOf({ proof, live }: RepairOptions, work: Work): Promise<EnsembleProof | undefined> {
  if (live === undefined) return proof
  return (await import('./ensemble-proof.ts')).ensembleProof(live, work)
}

/** Nothing is lost that a quorum of the others has. */
async function proven(treated: Treated, examination: Examination, proof: EnsembleProof | undefined): Promise<Treated> {
  const { loses, findings } = treated
  if (proof === undefined || !isLoss(loses) || loses.lastZxid === null) return treated
  const member = { lastZxid: loses.lastZxid, examination }
  const { safe, evidence: message } = await proof(member)
  const { dir: file } = examination.places
  const finding: Finding = { code: 'data.ensemble', severity: safe ? 'info' : 'warning', message, file }
  const told = { ...treated, findings: [...findings, finding] }
  return safe ? { ...told, loses: LOSES_NOTHING, stillSafe: onceMore(proof, member) } : told
}

/** A plan; refused while it loses something that was not agreed to. */
async function consented(
  { code, command }: Proposal,
  treated: Treated,
  examination: Examination,
  options: RepairOptions,
  { alone, ...work }: Work & { readonly alone: Alone },
): Promise<RepairChange> {
  const { steps, loses, findings } = treated
  const typed = isLoss(loses) ? rangeOf(loses, examination) : null
  const plan = makePlan({
    kind: 'data repair',
    base: baseOf(examination, code, treated),
    steps,
    loses,
    undo: 'The old files stay in zkops-undo beside version-2; zkops data undo puts them back.',
  })
  const { places } = examination
  const refused = treated.refused ?? (await serverOn(places.dir, [places.snapshots, places.logs])) ?? null
  if (refused !== null) return { change: refusedChange(plan, refused, findings), typed }
  // what would be done is shown, so that it can be agreed to
  const asked = typed === null || options.acceptLoss ? null : needsConsent(loses, typed, command)
  const apply = () => {
    if (asked !== null) throw new ZkopsError('refused.loss', asked.why)
    return alone((unchanged) => carryOut(treated, examination, options, { ...work, unchanged }))
  }
  return { change: { plan, refused: asked, findings, apply }, typed }
}

function isLoss({ txns, firstZxid, znodes }: Loss): boolean {
  return txns > 0 || firstZxid !== null || znodes.length > 0
}

/** The zxids that go, as they are to be typed. */
function rangeOf({ firstZxid, lastZxid }: Loss, { places }: Examination): string {
  return firstZxid === null || lastZxid === null ? places.dir : `${hex64(firstZxid)}..${hex64(lastZxid)}`
}

function needsConsent(loses: Loss, typed: string, command: string): Refusal {
  const { txns, firstZxid, lastZxid, bytes } = loses
  const count = txns === 0 ? '' : ` (${txns} ${txns === 1 ? 'transaction' : 'transactions'})`
  const why = `it may lose ${typed}${count}, and nothing here proves that another server has it; with that accepted: ${command} --accept-loss --confirm ${typed}`
  return { code: 'refused.loss', why, counterexample: { txns, firstZxid, lastZxid, bytes } }
}

function baseOf({ places, result }: Examination, remedy: string | null, { reaches }: Pick<Treated, 'reaches'>) {
  const { server, role, outcome, reason, lastZxid } = result.prediction
  return {
    directory: places.dir,
    snapshots: places.snapshots,
    logs: places.logs,
    server,
    role,
    remedy,
    before: { outcome, reason, lastZxid },
    reaches,
  }
}

/** Undefined when there is nothing to repair. */
function choose({ proposals }: Examination, { plan, remedy }: RepairOptions): Proposal | undefined {
  const known = proposals.map(({ code }, i) => `${i + 1} (${code ?? 'another command'})`).join(', ')
  const hint = known === '' ? 'It proposes nothing.' : `It proposes: ${known}.`
  if (plan !== undefined) {
    const found = proposals[plan - 1]
    if (found === undefined) throw new ZkopsError('usage', `The doctor proposes no remedy ${plan} here`, { hint })
    return found
  }
  if (remedy !== undefined) {
    // what was proposed before and is done is nothing to do
    const found = proposals.find(({ code }) => code === remedy)
    if (found === undefined && proposals.length > 0) {
      throw new ZkopsError('usage', `The doctor does not propose ${remedy} here`, { hint })
    }
    return found
  }
  return proposals.find(({ does }) => does !== null) ?? proposals[0]
}

function nothing(examination: Examination): Change {
  const plan = makePlan({ ...empty(examination, null), undo: 'Nothing is changed.' })
  return { plan, refused: null, findings: examination.result.findings, apply: notApplied }
}

const notApplied = () => Promise.resolve({ stepsDone: 0, verified: [], journal: null, undo: null })

function empty(examination: Examination, code: string | null): Omit<Plan, 'id' | 'undo' | 'steps'> & { steps: [] } {
  return { kind: 'data repair', base: baseOf(examination, code, { reaches: null }), steps: [], loses: LOSES_NOTHING }
}

/** A remedy that is the work of another program. */
function elsewhere({ command, why }: Proposal, examination: Examination): Change {
  const plan = makePlan({ ...empty(examination, null), undo: 'Nothing is changed.' })
  return refusedChange(plan, {
    code: 'refused.other-command',
    why: `that is another command's work: ${command} (${why})`,
    counterexample: null,
  })
}

/** The rest of a change that was interrupted. */
async function planFinish(examination: Examination, options: RepairOptions): Promise<Change | undefined> {
  const { places } = examination
  const [bundle] = await unfinishedBundles(places.dataDir)
  if (bundle === undefined) return undefined
  const { state } = await bundleState(bundle)
  const plan = makePlan({
    kind: 'data repair',
    base: { ...baseOf(examination, UNFINISHED, { reaches: null }), bundle: bundle.id, state },
    steps: bundle.entries.map(({ target, fresh }) => ({
      action: fresh === null ? 'move away' : 'write',
      target,
      detail: `of the ${bundle.kind} that was interrupted`,
      reversible: true,
    })),
    loses: LOSES_NOTHING,
    undo: undoCommand(bundle),
  })
  const finding: Finding = {
    code: UNFINISHED,
    severity: 'warning',
    message: `a ${bundle.kind} was interrupted and is finished now; ${undoCommand(bundle)} takes it back instead`,
    file: bundle.directory,
  }
  const elsewhere = await notMeant(bundle)
  const refused =
    elsewhere === undefined
      ? await serverOn(places.dir, [places.snapshots, places.logs])
      : { code: 'refused.changed', why: movedWhy(bundle, elsewhere), counterexample: { file: elsewhere } }
  if (refused !== undefined) return refusedChange(plan, refused, [finding])
  const apply = async () => {
    await noServer(places)
    return finishBundle(bundle, { reaches: null, heals: false }, options)
  }
  return { plan, refused: null, findings: [finding], apply }
}
