/*
 * The snapshot that a server starts from (FileSnap.deserialize):
 *
 * 1. Newest name first, at most 100 that pass a look at their last or first bytes; what fails that is skipped.
 * 2. Each is read. An IOException goes on to the next older one, with sessions and ephemerals of this one still in
 *    memory; anything else ends the start.
 *
 * A whole snapshot is read once; only one that is not simply whole is looked at a second time.
 */
import { basename } from 'node:path'
import { openSource } from '../../datadir/byte-source.ts'
import { notACandidate } from '../../datadir/candidate-snapshot.ts'
import type { SnapshotFile } from '../../datadir/snapshot-files.ts'
import { FormatError } from '../../formats/errors.ts'
import { juteReader } from '../../formats/jute/reader.ts'
import { readAcls } from '../../formats/txnlog/txn/acl.ts'
import { ZkopsError } from '../../support/errors.ts'
import { type LoadedSnapshot, loadSnapshot } from '../../tree/load.ts'
import type { Tree } from '../../tree/tree.ts'
import { isInvalid, type JudgeOptions, judgeSnapshot, type Leak } from './judge-snapshot.ts'
import type { LoaderSettings } from './settings.ts'

export type PickedSnapshot = SnapshotFile & { readonly nameZxid: bigint } & LoadedSnapshot

/** A snapshot that is not the one. */
export interface Passed {
  readonly file: string
  readonly nameZxid: bigint
  readonly how: 'skips' | 'fails' | 'refuses' | 'unreadable'
  readonly why: string
  /** Nodes read before it failed. */
  readonly nodes: number
  /** What the server's log says of it. */
  readonly message: string | null
}

export interface Picked {
  /** Null: there is none. */
  readonly snapshot: PickedSnapshot | null
  readonly passed: readonly Passed[]
  /** The last of `passed` ends the start, or all that were read failed. */
  readonly refused: 'snapshot' | 'all-failed' | null
  readonly leak: Leak
}

const MOST_CANDIDATES = 100

export async function pickSnapshot(
  tree: Tree,
  snapshots: readonly (SnapshotFile & { readonly nameZxid: bigint })[],
  options: JudgeOptions,
): Promise<Picked> {
  const passed: Passed[] = []
  const leak: Leak = { sessions: new Map(), paths: new Map(), touched: false }
  let candidates = 0
  for (const snapshot of snapshots) {
    if (candidates === MOST_CANDIDATES) break
    const { file, nameZxid } = snapshot
    const pass = (how: Passed['how'], why: string, message: string | null, nodes = 0) =>
      passed.push({ file, nameZxid, how, why, nodes, message })
    const skipped = notACandidate(snapshot)
    if (skipped !== undefined) {
      const called = options.settings.longNames ? basename(file) : file
      pass(skipped.how, skipped.why, skipped.isLogged ? `Invalid snapshot ${called}` : null)
      continue
    }
    candidates++
    const loaded = await tryLoad(tree, snapshot, leak, options)
    if (loaded !== undefined && isOrdinary(tree, loaded, options.settings)) {
      return { snapshot: { ...snapshot, ...loaded }, passed, refused: null, leak }
    }
    const verdict = await judgeSnapshot(snapshot, options)
    if (verdict.accepts) {
      const judged = { digest: options.settings.digests }
      const again = await tryLoad(tree, snapshot, leak, options, judged)
      if (again !== undefined) return { snapshot: { ...snapshot, ...again }, passed, refused: null, leak }
    }
    const { how, why, exception, nodes } = verdict
    pass(how ?? 'fails', why ?? 'it cannot be read', exception ?? `problem reading snap file ${file}`, nodes)
    if (how === 'refuses') return { snapshot: null, passed, refused: 'snapshot', leak }
    for (const [session, timeoutMs] of verdict.leak.sessions) leak.sessions.set(session, timeoutMs)
    for (const [session, paths] of verdict.leak.paths) {
      leak.paths.set(session, new Set([...(leak.paths.get(session) ?? []), ...paths]))
    }
  }
  tree.kernel.reset()
  return { snapshot: null, passed, refused: candidates === 0 ? null : 'all-failed', leak }
}

/** Undefined when it is not whole. */
async function tryLoad(
  tree: Tree,
  { file }: SnapshotFile,
  leak: Leak,
  { signal, progress }: JudgeOptions,
  judged?: { readonly digest: boolean },
): Promise<LoadedSnapshot | undefined> {
  tree.kernel.reset()
  for (const [session, timeoutMs] of leak.sessions) tree.kernel.addSession(session, timeoutMs)
  const source = await openSource(file, signal)
  try {
    progress.start(file, source.compression === 'none' ? source.sizeBytes : undefined, 'bytes')
    let done = 0
    const read = async (into: Uint8Array) => {
      try {
        const count = await source.read(into)
        progress.update((done += count))
        return count
      } catch (error) {
        // how it ends was judged
        if (judged !== undefined && error instanceof ZkopsError && error.code === 'input.compression') return 0
        throw error
      }
    }
    return await loadSnapshot(tree, read, 0, judged)
  } catch (error) {
    if (error instanceof FormatError || (error instanceof ZkopsError && error.code === 'input.compression')) return
    throw error
  } finally {
    progress.finish()
    await source.close()
  }
}

/** A whole snapshot in which nothing is that some server takes otherwise. */
function isOrdinary(tree: Tree, { digest, lastZxid }: LoadedSnapshot, settings: LoaderSettings): boolean {
  if (settings.longNames) {
    if (settings.digests ? lastZxid !== null && digest === null : settings.lastZxidBlock && digest !== null)
      return false
    if (!settings.digests && digest === null && lastZxid !== null && !settings.lastZxidBlock) return true
  }
  if (tree.lookup('/zookeeper/quota/zookeeper_limits') !== undefined) return false
  for (const list of tree.acls().values()) {
    if ((readAcls(juteReader(list, 0, list.length)) ?? []).some(({ scheme, id }) => scheme === null || id === null))
      return false
  }
  if (!settings.extendedTypes || tree.counts().ephemerals === 0) return true
  for (const row of tree.kernel.rows()) if (isInvalid(tree.kernel.ownerOf(row), settings)) return false
  return true
}
