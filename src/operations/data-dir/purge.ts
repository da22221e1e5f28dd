/*
 * data purge: what is not needed to restore any moment of a window goes.
 *
 * 1. The window begins with a snapshot, the anchor: with --keep N the N-th newest one that counts, with --keep-for the
 *    newest one that counts and holds nothing of the first log that reaches into the time (so the anchor may be older
 *    than needed, never younger).
 * 2. A snapshot counts when it is read in full, is valid, and a server loads it. The logs from the anchor on must be
 *    readable and without a hole: then any snapshot between counts as well.
 * 3. Older snapshots go first, then the logs that no snapshot left needs, each oldest first: stopped anywhere, no
 *    snapshot is left that lacks a log. Only files that servers named go.
 *
 * A running server is no obstacle, it purges itself like this: it neither writes nor needs anything below the anchor. A
 * file that some process has open is left. Repairs wait, and one that was interrupted comes first.
 */
import { realpath, stat, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { aloneIn } from '../../datadir/change-lock.ts'
import { type LogFile, listLogs } from '../../datadir/log-files.ts'
import { findOpenFile } from '../../datadir/open-files.ts'
import { syncFolder } from '../../datadir/replace-file.ts'
import { logsFrom, type SnapshotFile } from '../../datadir/snapshot-files.ts'
import { maxOf } from '../../support/bigint.ts'
import { type Applied, type Change, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { readFolder, snapshotsIn } from '../doctor/listing.ts'
import { unfinishedRefusal } from '../doctor/unfinished.ts'
import { holeBetween } from '../log-repair/chain.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { type VerifyLogResult, verifyLogs } from '../verify-log.ts'
import { examineSnapshot } from '../verify-snapshot.ts'
import { HOLES } from '../zxid-findings.ts'
import { type DataPlace, dataPlace, type PlaceOptions, rootOf } from './place.ts'
import { windowStart } from './purge-window.ts'

export interface PurgeOptions extends Omit<ReadLogsOptions, 'places'>, PlaceOptions {
  /** Snapshots that count; or the time. One of the two. */
  readonly keep?: number | undefined
  readonly keepForMs?: number | undefined
}

interface Going {
  readonly file: string
  readonly bytes: number
  readonly inode: number
  readonly changedMs: number
}

/** Throws `input.*` when a directory cannot be read. */
export async function planPurge(options: PurgeOptions): Promise<Change> {
  const place = await dataPlace(options)
  if (options.keep === undefined && options.keepForMs === undefined) {
    throw new ZkopsError('usage', 'How much is to be kept? Give --keep N or --keep-for 7d')
  }
  const root = rootOf(place.snapshots)
  const alone = await aloneIn(root)
  const snapshots = snapshotsIn(readFolder(place.snapshots), true)
  const { logs } = await listLogs(place.logs)
  const findings: Finding[] = []
  const since = options.keepForMs === undefined ? undefined : await windowStart(logs, Date.now() - options.keepForMs)
  const { anchor, wholeFrom, counted } = await anchorOf(snapshots, { ...options, since: since?.zxid }, findings)
  const base = {
    directory: place.directory,
    snapshots: snapshots.length,
    logs: logs.length,
    anchor: anchor?.file ?? null,
  }
  const nothing = { kind: 'data purge', base, steps: [], loses: lossOf([], undefined), undo: 'Nothing is changed.' }
  const unfinished = await unfinishedRefusal(root)
  if (unfinished !== undefined) return refusedChange(makePlan(nothing), unfinished)
  if (logs.length === 0 && snapshots.length > 0) return refusedChange(makePlan(nothing), noLogs(place), findings)
  const unchanged = (why: string): Change => {
    const plan = makePlan(nothing)
    const finding: Finding = { code: 'purge.keeps-all', severity: 'warning', message: why, file: place.directory }
    return { plan, refused: null, findings: [...findings, finding], apply: () => Promise.resolve(applied(0)) }
  }
  if (anchor === undefined) return unchanged(keepsAll(options, counted))
  const needed = logsFrom(logs, anchor.nameZxid! + 1n)
  const chain = await verifyLogs({ ...options, places: needed.map(({ file }) => file) })
  const broken = brokenBy(anchor.nameZxid!, chain)
  if (broken?.kind === 'damage')
    return refusedChange(makePlan(nothing), broken.refusal, [...findings, ...chain.findings])
  if (broken !== undefined) return unchanged(`${basename(anchor.file)} does not count: ${broken.why}; nothing goes`)

  const oldSnapshots = snapshots.filter(({ nameZxid }) => nameZxid! < anchor.nameZxid!)
  const oldLogs = logs.filter((log) => !needed.includes(log))
  findings.push(...foreignFindings([...oldSnapshots, ...oldLogs]))
  const own = [...oldSnapshots.reverse(), ...oldLogs].filter(({ stray }) => stray === false)
  const going: Going[] = []
  for (const { file } of own) {
    const { size, ino, mtimeMs } = await stat(file)
    going.push({ file, bytes: size, inode: ino, changedMs: mtimeMs })
  }
  const gone = oldLogs.filter(({ stray }) => stray === false).map(({ file }) => file)
  const dropped = gone.length === 0 ? undefined : await verifyLogs({ ...options, places: gone })
  const plan = makePlan({
    kind: 'data purge',
    base,
    steps: going.map(({ file, bytes }) => {
      return { action: 'delete', target: file, detail: `${bytes} bytes`, reversible: false }
    }),
    loses: lossOf(going, dropped),
    undo: `None. Every moment from ${hex64(wholeFrom ?? anchor.nameZxid!)} on can still be restored (${basename(anchor.file)} and ${needed.length} logs).`,
  })
  return { plan, refused: null, findings, apply: () => alone(() => apply(going, anchor, place)) }
}

interface AnchorOptions extends PurgeOptions {
  /** The anchor must hold nothing behind this zxid; null when no log reaches back that far. */
  readonly since: bigint | null | undefined
}

/** Newest first, each one read in full until there are enough. */
async function anchorOf(
  snapshots: readonly SnapshotFile[],
  { keep, since, ...options }: AnchorOptions,
  findings: Finding[],
): Promise<{ anchor?: SnapshotFile; wholeFrom?: bigint; counted: number }> {
  let counted = 0
  if (since === null) return { counted }
  for (const snapshot of snapshots) {
    if (snapshot.stray || (since !== undefined && snapshot.nameZxid! > since)) continue
    const { result, whole } = await examineSnapshot(snapshot, { ...options, digest: true })
    if (!whole || result.verdict !== 'valid' || !result.serverAccepts) {
      findings.push({
        code: 'purge.bad-snapshot',
        severity: 'warning',
        message: `does not count: ${result.findings[0]?.message ?? 'a server does not load it'}`,
        file: snapshot.file,
        remedy: `zkops snapshot verify ${snapshot.file} tells more.`,
      })
      continue
    }
    // a fuzzy one holds transactions behind its name: it is a tree that was from the last of them on
    const wholeFrom = maxOf(snapshot.nameZxid!, result.fuzzy?.toZxid ?? 0n)
    if (since !== undefined && wholeFrom > since) continue
    counted++
    if (since !== undefined || counted === keep) return { anchor: snapshot, wholeFrom, counted }
  }
  return { counted }
}

function keepsAll({ keep, keepForMs }: PurgeOptions, counted: number): string {
  return keepForMs === undefined
    ? `${counted} snapshots count, ${keep} are to be kept: nothing goes`
    : 'no snapshot that counts is older than the time to be kept: nothing goes'
}

type Broken =
  | { readonly kind: 'hole'; readonly why: string }
  | { readonly kind: 'damage'; readonly refusal: Refusal }
  | undefined

/** What keeps a restore from going from `zxid` to the end of the logs. */
function brokenBy(zxid: bigint, { files, findings }: VerifyLogResult): Broken {
  const damage = findings.find(({ code, severity }) => severity === 'error' && !HOLES.has(code))
  if (damage !== undefined) {
    const why = `${damage.file} is damaged (${damage.message}): what is older may be needed to mend it`
    const counterexample = { finding: damage.code, file: damage.file ?? null, offset: damage.offset ?? null }
    return { kind: 'damage', refusal: { code: 'refused.damaged', why, counterexample } }
  }
  const gap = findings.find(({ code, severity }) => severity === 'error' && HOLES.has(code))
  if (gap !== undefined) return { kind: 'hole', why: gap.message }
  const next = files.find(({ lastZxid }) => lastZxid !== null && lastZxid > zxid)?.firstZxid ?? null
  const hole = next === null || next <= zxid ? undefined : holeBetween(zxid, next)
  if (hole === undefined) return undefined
  return { kind: 'hole', why: `transactions between ${hex64(zxid)} and ${hex64(next!)} are missing behind it` }
}

function noLogs({ logs }: DataPlace): Refusal {
  const why = `${logs} holds no logs, so nothing shows that a snapshot is enough: name the directory of the logs with --log-dir or --config`
  return { code: 'refused.no-logs', why, counterexample: null }
}

function foreignFindings(files: readonly (SnapshotFile | LogFile)[]): Finding[] {
  return files.flatMap(({ file, stray }) => {
    if (stray === false) return []
    return [{ code: 'purge.foreign', severity: 'info', message: 'is left: no server gave it this name', file } as const]
  })
}

function lossOf(going: readonly Going[], dropped: VerifyLogResult | undefined) {
  const zxids = dropped?.files.flatMap(({ firstZxid, lastZxid }) => (firstZxid === null ? [] : [firstZxid, lastZxid!]))
  return {
    txns: dropped?.files.reduce((sum, { records }) => sum + records, 0) ?? 0,
    firstZxid: zxids?.[0] ?? null,
    lastZxid: zxids?.at(-1) ?? null,
    znodes: [],
    bytes: going.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function applied(stepsDone: number, verified: Applied['verified'] = []): Applied {
  return { stepsDone, verified, journal: null, undo: null }
}

async function apply(going: readonly Going[], anchor: SnapshotFile, place: DataPlace): Promise<Applied> {
  if ((await stat(anchor.file).catch(() => undefined)) === undefined) {
    throw new ZkopsError('refused.moved', `${anchor.file} is gone meanwhile: nothing was deleted`, {
      file: anchor.file,
    })
  }
  let done = 0
  for (const { file, inode, changedMs } of going) {
    const now = await stat(file).catch(() => undefined)
    if (now !== undefined && (now.ino !== inode || now.mtimeMs !== changedMs)) stopped(file, 'changed meanwhile', done)
    const real = await realpath(file).catch(() => file)
    // a server that sends old transactions to a learner reads them
    if (findOpenFile((one) => one.file === real).found !== undefined) {
      stopped(file, 'is open in another process', done)
    }
    try {
      await unlink(file)
    } catch (error) {
      // the server purges as well
      if (systemErrorCode(error) !== 'ENOENT')
        stopped(file, `cannot be deleted (${systemErrorCode(error)})`, done, error)
    }
    done++
  }
  for (const folder of new Set(going.map(({ file }) => dirname(file)))) {
    await syncFolder(folder).catch((error) => {
      const code = systemErrorCode(error)
      if (code === undefined) throw error
      stopped(folder, `cannot be written through (${code}): after a power failure some may be back`, done, error)
    })
  }
  const there = snapshotsIn(readFolder(place.snapshots), true).some(({ file }) => file === anchor.file)
  const detail = `${basename(anchor.file)} and the logs behind it were read in full before, and are there`
  return applied(done, [{ check: 'the window', ok: there, detail }])
}

function stopped(file: string, why: string, done: number, cause?: unknown): never {
  throw new ZkopsError('stopped.purge', `${file} ${why}; ${done} files were deleted, nothing that is needed`, {
    file,
    cause,
    hint: 'Run the command again: it goes on with what is there.',
  })
}
