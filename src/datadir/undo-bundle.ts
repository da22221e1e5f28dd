/*
 * The way back of a change to files, in a directory of its own outside version-2, complete on the disk before the first
 * of them is touched:
 *
 *     <data directory>/zkops-undo/<id>/bundle.json      what is changed, with content hashes
 *     <data directory>/zkops-undo/<id>/old-<n>-<name>   a file as it was: the very one where a link can be made, else a copy
 *     <data directory>/zkops-undo/<id>/new-<n>-<name>   one that waits to get its place
 *
 * It is the journal as well: every file is old or new at any time, so what is left to do, or to take back, can be told by
 * looking at them.
 *
 * In bundle.json paths are relative to the data directory, so a bundle stays one of the directory that it lies in when
 * that is moved, or copied. Only of what lies outside (a log directory apart) the path is absolute: it may belong to
 * another data directory once this one lies elsewhere, so nothing is done then. Version 2 had absolute paths only.
 */
import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileError, systemErrorCode } from '../support/errors.ts'
import { realPlace } from './new-place.ts'
import { isWithin, placed, withPaths } from './undo-paths.ts'

/** What a file is, so that it can be told from any other. */
export interface Content {
  readonly kind: 'file' | 'link' | 'directory'
  readonly bytes: number
  /** Of a link: that of where it leads; of a directory: empty. */
  readonly sha256: string
}

export interface OldFile extends Content {
  /** In the bundle; a directory gets there when it is taken away. */
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeMs: number
}

export interface NewFile extends Content {
  readonly name: string
}

/** A file that is changed: made, replaced or taken away. */
export interface BundleEntry {
  readonly target: string
  readonly old: OldFile | null
  readonly fresh: NewFile | null
}

/** A directory in which something is changed, and what else lies in it. */
export interface BundleFolder {
  readonly folder: string
  readonly mtimeMs: number
  readonly others: readonly { readonly name: string; readonly bytes: number; readonly mtimeMs: number }[]
}

export interface Bundle {
  readonly directory: string
  /** Where the data directory really lay when it was made; null in one of version 2. */
  readonly root: string | null
  /** The name of its directory: when, and what for. */
  readonly id: string
  /** The words of the command that made it. */
  readonly kind: string
  readonly time: string
  readonly entries: readonly BundleEntry[]
  readonly folders: readonly BundleFolder[]
}

export const UNDO_FOLDER = 'zkops-undo'
export const BUNDLE_FILE = 'bundle.json'
/** A file on its way to its place, or a folder of new ones: nothing to a server. */
export const LEFTOVER = /^\.zkops-/
/** A bundle that was interrupted while it was made or removed. */
export const HALF_MADE = /^\.\d{4}-\d\d-\d\dT.*\.(partial-|removed)/

/** Those of a data directory, oldest first; what cannot be understood is none. Throws `input.*`. */
export async function listBundles(root: string): Promise<readonly Bundle[]> {
  const folder = join(root, UNDO_FOLDER)
  let names: readonly string[]
  try {
    names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort()
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return []
    throw fileError(error, folder)
  }
  const bundles: Bundle[] = []
  for (const name of names) {
    const bundle = await readBundle(join(folder, name), name)
    if (bundle !== undefined) bundles.push(bundle)
  }
  return bundles
}

async function readBundle(directory: string, id: string): Promise<Bundle | undefined> {
  try {
    const { zkopsUndo, root = null, ...bundle } = JSON.parse(await readFile(join(directory, BUNDLE_FILE), 'utf8'))
    if (zkopsUndo !== 2 && zkopsUndo !== 3) return undefined
    return withPaths({ ...bundle, root, directory, id }, (path) => placed(resolve(dirname(dirname(directory))), path))
  } catch {
    return undefined
  }
}

/** As it is written. */
export function bundleText(bundle: Omit<Bundle, 'directory' | 'id'>, root: string): string {
  const within = (path: string): string => {
    const from = [resolve(root), bundle.root ?? root].map((one) => relative(one, path)).find(isWithin)
    return from ?? path
  }
  return `${JSON.stringify({ zkopsUndo: 3, ...withPaths(bundle, within) }, null, 2)}\n`
}

/**
 * A file outside the data directory that may not be meant any more, as the data directory lies elsewhere than when the
 * bundle was made: it was moved, or is a copy. Undefined when all of them are meant.
 */
export async function notMeant(bundle: Bundle): Promise<string | undefined> {
  const { root, entries } = bundle
  if (root === null || root === (await realPlace(rootOfBundle(bundle)))) return undefined
  const now = resolve(rootOfBundle(bundle))
  return entries.find(({ target }) => !isWithin(relative(now, target)))?.target
}

/** How far a change, or taking it back, has come: `other` when a file is neither what it was nor what it was to be. */
export type BundleState = 'old' | 'half' | 'new' | 'other'

export async function bundleState({ entries, directory }: Bundle): Promise<{ state: BundleState; other?: string }> {
  let old = 0
  let fresh = 0
  for (const entry of entries) {
    const state = await entryState(entry, directory)
    if (state === 'other') return { state, other: entry.target }
    if (state === 'old') old++
    else fresh++
  }
  return { state: fresh === 0 ? 'old' : old === 0 ? 'new' : 'half' }
}

/** `directory`: of the bundle. */
export async function entryState(
  { target, old, fresh }: BundleEntry,
  directory: string,
): Promise<'old' | 'new' | 'other'> {
  const found = await lstatOf(target)
  if (found === undefined) return fresh === null ? 'new' : old === null ? 'old' : 'other'
  if (old !== null && old.kind !== 'directory') {
    const saved = await lstatOf(join(directory, old.name))
    // a link to the very file
    if (saved?.ino === found.ino && saved.dev === found.dev) return 'old'
  }
  // a file is read only when its size is right
  const could = [old, fresh].some((one) => one !== null && kindOf(found) === one.kind && sizeOf(found) === one.bytes)
  if (!could) return 'other'
  const now = await contentOf(target)
  if (sameContent(now, old)) return 'old'
  return sameContent(now, fresh) ? 'new' : 'other'
}

export function sameContent(now: Content, then: Content | null): boolean {
  return then !== null && now.kind === then.kind && now.bytes === then.bytes && now.sha256 === then.sha256
}

/** Of what `notMeant` finds. */
export function movedWhy(bundle: Bundle, file: string): string {
  return `the change was made when the data directory was ${bundle.root}, and ${file} lies outside it: it may belong to another one now`
}

/** What has been added, removed or written beside the files of a bundle since; undefined when nothing. */
export async function changedBeside({ entries, folders }: Bundle): Promise<string | undefined> {
  const own = new Set(entries.map(({ target }) => target))
  for (const { folder, others } of folders) {
    if ((await lstatOf(folder)) === undefined) return folder
    const now = await othersIn(folder, own)
    const known = new Map(others.map((one) => [one.name, one]))
    for (const { name, bytes, mtimeMs } of now) {
      const then = known.get(name)
      if (then?.bytes !== bytes || !isTime(mtimeMs, then.mtimeMs)) return join(folder, name)
      known.delete(name)
    }
    for (const name of known.keys()) return join(folder, name)
  }
  return undefined
}

/** The same time, or what a copy leaves of it: microseconds, milliseconds or seconds. */
function isTime(now: number, then: number): boolean {
  const differ = Math.abs(now - then)
  const isWhole = (unit: number) => Math.abs(now - Math.round(now / unit) * unit) < 0.001
  return differ < 0.001 || (differ < 1 && isWhole(1)) || (differ < 1000 && now <= then && isWhole(1000))
}

export async function othersIn(folder: string, own: ReadonlySet<string>): Promise<BundleFolder['others']> {
  const others: { name: string; bytes: number; mtimeMs: number }[] = []
  const names = await readdir(folder).catch((error) => {
    throw fileError(error, folder)
  })
  for (const name of names.sort()) {
    if (own.has(join(folder, name)) || LEFTOVER.test(name)) continue
    const stat = await lstatOf(join(folder, name))
    // of a directory the times change with what is in it
    if (stat !== undefined) others.push({ name, bytes: sizeOf(stat), mtimeMs: stat.isDirectory() ? 0 : stat.mtimeMs })
  }
  return others
}

/** Throws `input.*`. */
export async function contentOf(file: string): Promise<Content> {
  try {
    const stat = await lstat(file)
    const kind = kindOf(stat)
    if (kind === 'directory') return { kind, bytes: 0, sha256: '' }
    const hash = createHash('sha256')
    if (kind === 'link') hash.update(await readlink(file))
    else for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer)
    return { kind, bytes: sizeOf(stat), sha256: hash.digest('hex') }
  } catch (error) {
    throw fileError(error, file)
  }
}

/** Undefined when there is nothing. */
export async function lstatOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw fileError(error, file)
  }
}

function kindOf(stat: Stats): Content['kind'] {
  return stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'file'
}

function sizeOf(stat: Stats): number {
  return stat.isDirectory() ? 0 : stat.size
}

/** The data directory that a bundle belongs to. */
export function rootOfBundle({ directory }: Bundle): string {
  return dirname(dirname(directory))
}

/** The command that takes it back. */
export function undoCommand(bundle: Bundle): string {
  return `zkops data undo ${bundle.id} ${quoted(rootOfBundle(bundle))}`
}

/** For a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
