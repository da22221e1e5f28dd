/* A repair that was interrupted: some files are old, some new. */
import { type Bundle, bundleState, changedBeside, listBundles, quoted, undoCommand } from '../../datadir/undo-bundle.ts'
import type { Refusal } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import type { Places } from './places.ts'
import { type Given, NOTHING, type Proposal, repairCommand } from './remedy.ts'

/** Oldest first: changes that were begun and are neither done nor taken back, while nothing else was changed there. */
export async function unfinishedBundles(root: string): Promise<readonly Bundle[]> {
  const unfinished: Bundle[] = []
  for (const bundle of await listBundles(root).catch(() => [])) {
    const { state } = await bundleState(bundle)
    if (state !== 'half' && state !== 'old') continue
    if ((await changedBeside(bundle)) === undefined) unfinished.push(bundle)
  }
  return unfinished
}

/** Why no other change is begun in a data directory: one has to be finished or taken back first. */
export async function unfinishedRefusal(root: string): Promise<Refusal | undefined> {
  const [bundle] = await unfinishedBundles(root)
  if (bundle === undefined) return undefined
  const why = `a ${bundle.kind} was interrupted here: zkops data repair ${quoted(root)} finishes it, ${undoCommand(bundle)} takes it back`
  return { code: 'refused.unfinished', why, counterexample: { bundle: bundle.id } }
}

/** The code that `data repair --remedy` finishes them by. */
export const UNFINISHED = 'data.repair-unfinished'

export async function unfinishedRepairs(
  { dataDir }: Places,
  given: Given,
): Promise<{ findings: readonly Finding[]; proposals: readonly Proposal[] }> {
  const bundles = await unfinishedBundles(dataDir)
  const findings = bundles.map((bundle): Finding => {
    return {
      code: UNFINISHED,
      severity: 'error',
      message: `a ${bundle.kind} was interrupted: some of its ${bundle.entries.length} files may be changed, some not`,
      file: bundle.directory,
      remedy: `zkops data repair ${quoted(given.dir)} goes on, ${undoCommand(bundle)} takes it back.`,
    }
  })
  if (bundles.length === 0) return { findings, proposals: [] }
  const command = repairCommand(given, UNFINISHED)
  const why = 'it finishes what was begun; zkops data undo takes it back instead'
  return { findings, proposals: [{ code: UNFINISHED, command, loses: NOTHING, why, does: null }] }
}
