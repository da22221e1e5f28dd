/*
 * A treatment carried out: new files are written outside version-2 and looked at as a server would, then they get their
 * places together (datadir/swap-files.ts).
 */
import { rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Unchanged } from '../../datadir/change-lock.ts'
import { applySwap, prepareSwap, removeLeftovers } from '../../datadir/swap-files.ts'
import { type Bundle, UNDO_FOLDER, undoCommand } from '../../datadir/undo-bundle.ts'
import { removeBundle } from '../../datadir/undo-files.ts'
import { type Applied, type Check, LOSES_NOTHING } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import { serverOn } from '../data-dir/guard.ts'
import { type DoctorOptions, type Examination, examine } from '../doctor/doctor.ts'
import type { Places } from '../doctor/places.ts'
import { heldUpTo } from '../doctor/reached.ts'
import { simulate } from './simulate.ts'
import type { Treated, Work } from './treated.ts'

/** Where new files are made. */
export function workFolder(root: string): string {
  return join(root, UNDO_FOLDER, `.zkops-work-${process.pid}`)
}

/** Throws `stopped.*`, `refused.*` with nothing changed, or with the way on and back. */
export async function carryOut(
  treated: Treated,
  examination: Examination,
  options: DoctorOptions,
  { unchanged, ...work }: Work & { readonly unchanged: Unchanged },
): Promise<Applied> {
  const { places } = examination
  await noServer(places)
  const unsafe = await treated.stillSafe?.()
  if (unsafe !== undefined) {
    const hint = 'Nothing was changed. Run the command again when they are.'
    throw new ZkopsError('refused.loss', `The others are not as they were when this was planned: ${unsafe}`, { hint })
  }
  const folder = workFolder(places.dataDir)
  // of runs that were killed
  await removeLeftovers(dirname(folder))
  let bundle: Bundle
  try {
    const changes = await treated.make(folder)
    if (treated.writes) {
      const after = await simulate(examination, changes, work)
      // what was not agreed to lose must be reached
      const least = treated.loses === LOSES_NOTHING ? heldUpTo(examination.start) : (treated.reaches ?? 0n)
      if (treated.heals && (!after.serves || after.losses.length > 0 || after.lastZxid! < least)) {
        const why = !after.serves
          ? `a server would still not start (${after.reason})`
          : after.losses.length > 0
            ? `a start would still drop transactions (${after.losses[0]!.why})`
            : `it would reach ${hex64(after.lastZxid!)} only`
        throw new ZkopsError('refused.no-help', `With the new files ${why}: nothing was changed`, {
          hint: 'zkops data doctor tells what else is wrong; another remedy may help.',
        })
      }
    }
    bundle = await prepareSwap(places.dataDir, 'data repair', changes, options.signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rmdir(dirname(folder)).catch(() => {})
  }
  try {
    // all of that may have taken long
    await noServer(places)
    await unchanged()
  } catch (error) {
    await removeBundle(bundle)
    throw error
  }
  return finishBundle(bundle, treated, options)
}

/** Throws `refused.running-server`. */
export async function noServer({ dir, snapshots, logs }: Places): Promise<void> {
  const server = await serverOn(dir, [snapshots, logs])
  if (server !== undefined) throw new ZkopsError('refused.running-server', server.why)
}

/** What is left to do of a bundle, and the proof that it helped. */
export async function finishBundle(
  bundle: Bundle,
  promised: Pick<Treated, 'reaches' | 'heals'>,
  options: DoctorOptions,
): Promise<Applied> {
  const stepsDone = await applySwap(bundle)
  const { result } = await examine(options)
  return { stepsDone, verified: checksOf(result, promised), journal: bundle.directory, undo: undoCommand(bundle) }
}

function checksOf(
  { prediction, loss, remedies }: Examination['result'],
  { reaches, heals }: Pick<Treated, 'reaches' | 'heals'>,
): readonly Check[] {
  const { server, role, outcome, message, lastZxid, nodes } = prediction
  const serves = outcome === 'serves'
  const tree = nodes === null ? '' : ` with ${nodes} znodes`
  const next = remedies[0] === undefined ? '' : `; next: ${remedies[0].command}`
  const detail = serves
    ? `${server}, ${role}, serves at ${hex64(lastZxid ?? 0n)}${tree}`
    : `${server} does not start yet: ${message}${next}`
  const reached = reaches === null || (lastZxid !== null && lastZxid >= reaches)
  return [
    { check: 'the next start', ok: heals ? serves && reached : serves ? true : null, detail },
    ...(serves
      ? [
          {
            check: 'what it drops',
            ok: loss.length === 0 ? true : heals ? false : null,
            detail: loss.length === 0 ? 'nothing' : `${loss[0]!.why}${next}`,
          },
        ]
      : []),
  ]
}
