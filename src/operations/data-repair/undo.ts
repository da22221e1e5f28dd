/*
 * data undo: takes back what a change to a data directory did, byte for byte, with modes, owners and times; and lists
 * what can be taken back.
 */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { aloneIn } from '../../datadir/change-lock.ts'
import {
  type Bundle,
  bundleState,
  changedBeside,
  listBundles,
  notMeant,
  rootOfBundle,
  UNDO_FOLDER,
  undoCommand,
} from '../../datadir/undo-bundle.ts'
import { removeBundle, undoObstacle, undoSwap } from '../../datadir/undo-files.ts'
import { type Change, LOSES_NOTHING, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'
import { serverOn } from '../data-dir/guard.ts'
import { directoriesOf } from '../data-dir/place.ts'

export interface UndoPlace {
  /** A bundle's id, its directory, or the data directory; in any order. */
  readonly words: readonly string[]
  readonly config?: string | undefined
}

export interface UndoListing {
  readonly directory: string
  readonly bundles: readonly {
    readonly id: string
    readonly kind: string
    readonly time: string
    readonly files: number
    /** `changed`: it cannot be taken back, because files were changed since. */
    readonly state: 'done' | 'unfinished' | 'changed'
    readonly undo: string
  }[]
}

/** Throws `input.*`. */
export async function listUndo(place: UndoPlace): Promise<UndoListing> {
  const { directory } = await placeOf(place)
  const bundles: UndoListing['bundles'][number][] = []
  for (const bundle of await listBundles(directory)) {
    const { state } = await bundleState(bundle)
    const changed = state === 'other' || ((await notMeant(bundle)) ?? (await changedBeside(bundle))) !== undefined
    bundles.push({
      id: bundle.id,
      kind: bundle.kind,
      time: bundle.time,
      files: bundle.entries.length,
      state: changed ? 'changed' : state === 'new' ? 'done' : 'unfinished',
      undo: undoCommand(bundle),
    })
  }
  return { directory, bundles }
}

/** Throws `usage` for an id that is not there, `input.*`. */
export async function planUndo(place: UndoPlace): Promise<Change> {
  const { directory, id } = await placeOf(place)
  const alone = await aloneIn(directory)
  const bundles = await listBundles(directory)
  const bundle = id === undefined ? bundles.at(-1) : bundles.find((one) => one.id === id)
  if (bundle === undefined) {
    if (id === undefined) {
      const plan = makePlan({
        kind: 'data undo',
        base: { directory },
        steps: [],
        loses: LOSES_NOTHING,
        undo: 'Nothing is changed.',
      })
      return {
        plan,
        refused: null,
        findings: [],
        apply: () => Promise.reject(new ZkopsError('bug', 'nothing to undo')),
      }
    }
    throw new ZkopsError('usage', `There is no ${id} in ${join(directory, UNDO_FOLDER)}`, {
      hint: `zkops data undo --list ${directory} lists what can be taken back.`,
    })
  }
  const plan = makePlan({
    kind: 'data undo',
    base: { directory, bundle: bundle.id, of: bundle.kind, time: bundle.time },
    steps: bundle.entries.map(({ target, old }) => ({
      action: old === null ? 'remove' : 'put back',
      target,
      detail: old === null ? `the ${bundle.kind} made it` : `${old.bytes} B, sha256 ${old.sha256.slice(0, 16)}`,
      reversible: false,
    })),
    loses: LOSES_NOTHING,
    undo: `The same ${bundle.kind} again.`,
  })
  const refused = await refusalOf(bundle)
  if (refused !== undefined) return refusedChange(plan, refused)
  return { plan, refused: null, findings: [], apply: () => alone(() => apply(bundle)) }
}

async function refusalOf(bundle: Bundle): Promise<Refusal | undefined> {
  const folders = bundle.folders.map(({ folder }) => folder)
  const server = await serverOn(rootOfBundle(bundle), folders)
  if (server !== undefined) return server
  const obstacle = await undoObstacle(bundle)
  if (obstacle === undefined) return undefined
  const why = `${obstacle.why}: what was saved stays in ${bundle.directory}`
  return { code: 'refused.changed', why, counterexample: { file: obstacle.file } }
}

async function apply(bundle: Bundle) {
  const again = await refusalOf(bundle)
  if (again !== undefined) throw new ZkopsError(again.code as 'refused.changed', again.why)
  const stepsDone = await undoSwap(bundle)
  const { state } = await bundleState(bundle)
  const detail = `${bundle.entries.length} files as they were, by their sha256`
  await removeBundle(bundle)
  return { stepsDone, verified: [{ check: 'contents', ok: state === 'old', detail }], journal: null, undo: null }
}

/** A data directory, and which of its bundles; undefined for the newest. */
async function placeOf({ words, config }: UndoPlace): Promise<{ directory: string; id?: string }> {
  let directory = config === undefined ? undefined : (await directoriesOf(config)).dataDir
  let id: string | undefined
  const places = words.filter((word) => !isId(word))
  if (places.length > 1 || words.length - places.length > 1) {
    throw new ZkopsError('usage', `One bundle and one data directory at most are taken: ${words.join(' ')}`, {
      hint: 'zkops data undo --list DIR lists what can be taken back.',
    })
  }
  for (const word of words) {
    if (isId(word)) id = word
    else if (basename(dirname(resolve(word))) === UNDO_FOLDER && isId(basename(resolve(word)))) {
      id = basename(resolve(word))
      directory = dirname(dirname(resolve(word)))
    } else directory = word
  }
  const place = directory ?? '.'
  try {
    if (!(await stat(place)).isDirectory()) {
      throw new ZkopsError('input.not-a-directory', `${place} is no directory`, { file: place })
    }
  } catch (error) {
    throw fileError(error, place)
  }
  const root = basename(resolve(place)) === 'version-2' ? dirname(resolve(place)) : place
  return { directory: root, ...(id === undefined ? {} : { id }) }
}

/** `2026-11-22T10-00-00-123Z-data-repair` */
function isId(word: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d-]+Z-[a-z-]+$/.test(word)
}
