/*
 * epoch repair:
 *
 * 1. What values the data and the other members prove (values.ts); nothing to write is nothing to do.
 * 2. Before currentEpoch gets the epoch of the data, the data is proved: the snapshot and the logs behind it are restored
 *    as a server does, without damage, gaps or digests that do not fit, and end at the zxid that was seen.
 * 3. Old files go into an undo bundle; each new one appears as a whole; then the server's rules are asked again.
 */
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type Alone, aloneIn } from '../../datadir/change-lock.ts'
import { applySwap, type FileChange, prepareSwap } from '../../datadir/swap-files.ts'
import { type Bundle, undoCommand } from '../../datadir/undo-bundle.ts'
import { type Change, type Check, LOSES_NOTHING, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import { serverOn } from '../data-dir/guard.ts'
import { dataPlaces, rootOf } from '../data-dir/place.ts'
import { unfinishedRefusal } from '../doctor/unfinished.ts'
import { restore } from '../restore.ts'
import { verifyLogs } from '../verify-log.ts'
import { readEpochFiles } from './files.ts'
import { type EpochOptions, type MemberEpochs, readMembers } from './inspect.ts'
import { startWith } from './start.ts'
import { type EpochWrite, epochWrites } from './values.ts'

interface Target extends EpochWrite {
  readonly member: MemberEpochs
  readonly file: string
}

/** Throws `input.*` when a directory or a log cannot be opened. */
export async function planEpochRepair(options: EpochOptions): Promise<Change> {
  const alones: Alone[] = []
  for (const { snapshots, logs } of await dataPlaces(options.directories, options)) {
    alones.push(await aloneIn(rootOf(snapshots), [snapshots, logs]))
  }
  const members = await readMembers(options, 'whole')
  const targets = members.flatMap((member) => {
    const others = members.filter((other) => other !== member)
    return epochWrites(member, others).map((write): Target => {
      return { ...write, member, file: join(member.place.snapshots, write.name) }
    })
  })
  const plan = makePlan({
    kind: 'epoch repair',
    base: {
      directories: members.map(({ place, reach }) => ({ directory: place.directory, lastZxid: reach.lastZxid })),
    },
    steps: targets.map(({ file, value, why }) => ({
      action: 'write',
      target: file,
      detail: `${value}: ${why}`,
      reversible: true,
    })),
    loses: LOSES_NOTHING,
    undo: 'The old files are kept in zkops-undo in the data directory; zkops data undo puts them back.',
  })
  const touched = members.filter((member) => targets.some((target) => target.member === member))
  const turns: Turn[] = []
  for (const member of touched) {
    const root = rootOf(member.place.snapshots)
    turns.push({ member, alone: alones[members.indexOf(member)]! })
    const refused = (await guard(member)) ?? (await unfinishedRefusal(root)) ?? (await unproven(member, options))
    if (refused !== undefined) return refusedChange(plan, refused)
  }
  return { plan, refused: null, findings: [], apply: () => apply(targets, turns, options.signal) }
}

function guard({ place }: MemberEpochs): Promise<Refusal | undefined> {
  return serverOn(place.directory, [place.snapshots, place.logs])
}

/** Why the last zxid, and so its epoch, cannot be trusted. */
async function unproven({ place, reach }: MemberEpochs, options: EpochOptions): Promise<Refusal | undefined> {
  const { juteMaxbuffer, signal, progress } = options
  const common = { juteMaxbuffer, signal, progress }
  const no = (why: string, counterexample: Refusal['counterexample'] = null): Refusal => {
    return { code: 'refused.unproven', why: `${place.directory}: ${why}`, counterexample }
  }
  if (reach.empty) return no('there is no data, so nothing proves an epoch')
  const logs = reach.logs.map(({ file }) => file)
  if (logs.length > 0) {
    const { findings } = await verifyLogs({ ...common, places: logs })
    const problem = findings.find(({ severity }) => severity === 'error')
    if (problem !== undefined)
      return no(`${problem.message}: mend the data first`, { finding: problem.code, file: problem.file })
  }
  try {
    const restored = await restore({ ...common, snapshots: [place.snapshots], logs, trustEmpty: true })
    const { rejected, proof } = restored
    if (rejected.length > 0) return no(`${rejected[0]!.file} is damaged: move it away first`, { ...rejected[0]! })
    if (proof.firstMismatch !== null) {
      const { zxid } = proof.firstMismatch
      return no(`digests do not fit from ${hex64(zxid)} on: the logs may be of another history`, { zxid })
    }
    if (proof.toZxid !== reach.lastZxid) return no(`a restore ends at ${hex64(proof.toZxid)}`)
  } catch (error) {
    if (error instanceof ZkopsError && error.code.startsWith('input.')) return no(error.message)
    throw error
  }
  return undefined
}

interface Turn {
  readonly member: MemberEpochs
  readonly alone: Alone
}

async function apply(targets: readonly Target[], turns: readonly Turn[], signal: AbortSignal) {
  const undo: string[] = []
  let journal: string | null = null
  for (const { member, alone } of turns) {
    const own = targets.filter((target) => target.member === member)
    const bundle = await alone(() => write(member, own, signal))
    undo.push(undoCommand(bundle))
    journal = bundle.directory
  }
  const verified: Check[] = []
  for (const { file, value } of targets) {
    verified.push({ check: file, ok: (await readFile(file, 'utf8')) === String(value), detail: `holds ${value}` })
  }
  for (const { place, reach } of turns.map(({ member }) => member)) {
    const start = startWith(await readEpochFiles(place.snapshots), reach.lastZxid, 'tmp', place.snapshots)
    const detail = start.outcome === 'serves' ? `a member starts with epoch ${start.current}` : start.message
    verified.push({ check: `rules of a server for ${place.directory}`, ok: start.outcome === 'serves', detail })
  }
  return { stepsDone: targets.length, verified, journal, undo: undo.join(' && ') }
}

async function write(member: MemberEpochs, targets: readonly Target[], signal: AbortSignal): Promise<Bundle> {
  const again = await guard(member)
  if (again !== undefined) throw new ZkopsError('refused.running-server', again.why)
  const changes: FileChange[] = []
  for (const { file, value } of targets) {
    // what a link points to is replaced, not the link
    const target = await realpath(file).catch(() => file)
    changes.push({ kind: 'write', target, bytes: Buffer.from(String(value)) })
  }
  const bundle = await prepareSwap(rootOf(member.place.snapshots), 'epoch repair', changes, signal)
  await applySwap(bundle)
  return bundle
}
