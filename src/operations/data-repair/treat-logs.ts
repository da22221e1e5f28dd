/* Remedies that write logs anew: from their own valid records, with those of another member, or up to the damage. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { logFile } from '../../datadir/log-files.ts'
import type { FileChange } from '../../datadir/swap-files.ts'
import { maxOf } from '../../support/bigint.ts'
import { LOSES_NOTHING, type Loss } from '../../support/change.ts'
import { hex64 } from '../../support/hex.ts'
import type { Examination } from '../doctor/doctor.ts'
import { snapshotsIn } from '../doctor/listing.ts'
import { lastProven } from '../doctor/reached.ts'
import { planChop } from '../log-repair/chop.ts'
import { writeDrafts } from '../log-repair/drafts.ts'
import { planPatch } from '../log-repair/patch.ts'
import { addPaths } from '../log-repair/run-paths.ts'
import { draftsOf, salvageAll, salvageFindings, stepsOf } from '../log-repair/salvaged.ts'
import { namedZxids } from './named-zxids.ts'
import { lossOf, moveAway, refusedTreatment, type Treated, type Work } from './treated.ts'

/** New logs take the places of old ones; those that get another name go. */
function swapped(logs: readonly string[], names: readonly string[], from: string, folder: string): FileChange[] {
  return [
    ...names.map((name): FileChange => {
      return { kind: 'put', target: join(folder, name), source: join(from, name), own: true }
    }),
    ...logs.filter((file) => !names.includes(basename(file))).map((target): FileChange => ({ kind: 'remove', target })),
  ]
}

function taken(names: readonly string[], logs: readonly string[], folder: string): string | undefined {
  const own = new Set(logs.map((file) => basename(file)))
  return names.find((name) => !own.has(name) && existsSync(join(folder, name)))
}

function nameTaken(name: string): Treated {
  const why = `${name} is there already: two logs begin with the same zxid`
  return refusedTreatment({ code: 'refused.same-name', why, counterexample: { name } }, LOSES_NOTHING)
}

/** Only what lies around proven records is put right. */
export async function treatMend(logs: readonly string[], { places }: Examination, work: Work): Promise<Treated> {
  const salvaged = await salvageAll(logs.map(logFile), work)
  const drafts = draftsOf(salvaged)
  const names = drafts.map(({ name }) => name)
  const other = taken(names, logs, places.logs)
  if (other !== undefined) return nameTaken(other)
  return {
    steps: stepsOf(drafts, [], places.logs),
    loses: LOSES_NOTHING,
    findings: salvaged.flatMap(salvageFindings).filter(({ code }) => code === 'log.mended'),
    refused: null,
    reaches: drafts.at(-1)?.lastZxid ?? null,
    heals: true,
    writes: true,
    make: async (folder) => {
      const output = join(folder, 'logs')
      await writeDrafts(drafts, [], { ...work, output })
      return swapped(logs, names, output, places.logs)
    },
  }
}

/** Holes are filled with the records of another member. */
export async function treatPatch(
  logs: readonly string[],
  peers: readonly string[],
  { places }: Examination,
  work: Work,
  folder: string,
): Promise<Treated> {
  const plan = (output: string) => planPatch({ ...work, places: logs, peers, output })
  const change = await plan(join(folder, 'logs'))
  const written = change.plan.steps.filter(({ action }) => action === 'write')
  const names = written.map(({ target }) => basename(target))
  const other = taken(names, logs, places.logs)
  if (change.refused !== null) return refusedTreatment(change.refused, LOSES_NOTHING, change.findings)
  if (other !== undefined) return nameTaken(other)
  const whole = !change.findings.some(({ code }) => code === 'log.lost')
  const { loses } = change.plan
  return {
    steps: written.map(({ n: _, ...step }) => ({ ...step, target: join(places.logs, basename(step.target)) })),
    // bytes that are no records lose nothing
    loses: whole ? LOSES_NOTHING : loses,
    findings: change.findings.filter(({ code }) => code === 'log.patched' || code === 'log.lost'),
    refused: null,
    reaches: null,
    heals: whole,
    writes: true,
    make: async (made) => {
      const output = join(made, 'logs')
      await (await plan(output)).apply()
      return swapped(logs, names, output, places.logs)
    },
  }
}

/** The logs end at the last proven record; snapshots above it go too, else what was cut lives on in them. */
export async function treatTruncate(examination: Examination, work: Work, folder: string): Promise<Treated> {
  const { start, places } = examination
  const cut = lastProven(start)
  const read = new Map((start.replayed?.logs ?? []).map((one) => [one.log.file, one]))
  const chopped: string[] = []
  const gone: string[] = []
  for (const { file, nameZxid } of start.logs) {
    const one = read.get(file)
    if (one === undefined ? nameZxid > cut : one.firstZxid === null || one.firstZxid > cut) {
      // an old log that nobody opens may be empty
      if (one !== undefined || nameZxid > cut) gone.push(file)
    } else if (one !== undefined && (one.lastZxid! > cut || (one.tail === 'damaged' && one.lastZxid === cut))) {
      chopped.push(file)
    }
  }
  const snapshots = snapshotsIn(start.folders.snapshots, true).filter(({ nameZxid }) => nameZxid > cut)
  const plan = (places: readonly string[], output: string) => planChop({ ...work, places, toZxid: cut, output })
  const touched = [...chopped, ...gone].sort(
    (a, b) => start.logs.findIndex(({ file }) => file === a) - start.logs.findIndex(({ file }) => file === b),
  )
  const { loses } = (await plan(touched, join(folder, 'all'))).plan
  const cuts = chopped.length === 0 ? undefined : await plan(chopped, join(folder, 'logs'))
  if (cuts?.refused) return refusedTreatment(cuts.refused, loses, cuts.findings)
  const written = (cuts?.plan.steps ?? []).map(({ n: _, ...step }) => step)
  const names = written.map(({ target }) => basename(target))
  const all = [...chopped, ...gone]
  const other = taken(names, all, places.logs)
  if (other !== undefined) return nameTaken(other)
  return {
    steps: [
      ...written.map((step) => ({ ...step, target: join(places.logs, basename(step.target)) })),
      ...gone.map((file) => moveAway(file, `it begins behind ${hex64(cut)}`)),
      ...snapshots.map(({ file }) => moveAway(file, `it holds what comes behind ${hex64(cut)}`)),
    ],
    loses: cutLoss(
      cut,
      { ...loses, znodes: await namedIn(chopped, cut, loses.znodes, work) },
      await namedZxids(examination),
    ),
    findings: [],
    refused: null,
    reaches: cut,
    heals: true,
    writes: true,
    make: async (made) => {
      const output = join(made, 'logs')
      if (chopped.length > 0) await (await plan(chopped, output)).apply()
      return [
        ...swapped(all, names, output, places.logs),
        ...snapshots.map(({ file }): FileChange => ({ kind: 'remove', target: file })),
      ]
    },
  }
}

/** With the znodes that records behind the damage name. */
async function namedIn(logs: readonly string[], cut: bigint, known: readonly string[], work: Work): Promise<string[]> {
  const znodes = new Set(known)
  for (const { survey, chain } of await salvageAll(logs.map(logFile), work)) {
    for (const run of chain) {
      if (run.firstZxid > cut && znodes.size < MOST_ZNODES)
        await addPaths(znodes, MOST_ZNODES, survey.log.file, run, work)
    }
  }
  return [...znodes]
}

const MOST_ZNODES = 1000

/** Everything behind the cut that is known to have been. */
function cutLoss(cut: bigint, known: Loss, named: readonly bigint[]): Loss {
  const zxids = [known.lastZxid ?? 0n, ...named, cut + 1n]
  const last = zxids.reduce(maxOf)
  const { txns, znodes, bytes } = known
  const all = lossOf(cut + 1n, last, { znodes, bytes })
  return { ...all, txns: Math.max(all.txns, txns) }
}
