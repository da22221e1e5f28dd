/* What to do, from what loses nothing to what loses most; each as one command. */
import { join } from 'node:path'
import { NEWEST_LINE } from '../../config/release.ts'
import { logsFrom } from '../../datadir/snapshot-files.ts'
import { quoted, UNDO_FOLDER } from '../../datadir/undo-bundle.ts'
import { snapshotsIn } from './listing.ts'
import type { Refusal } from './log-refusals.ts'
import type { Loss } from './loss.ts'
import { isMendable, isPatchable } from './mendable.ts'
import { continuing, misnamed, overclaiming, strayCopies } from './misnamed.ts'
import {
  type Case,
  epochs,
  isFolder,
  moveFolders,
  moveShort,
  moveSnapshots,
  oversized,
  own,
  permitted,
  rebuilt,
  resync,
  save,
  shell,
  truncated,
  unmixed,
} from './proposals.ts'
import { damagedLogs, lastShort } from './reached.ts'
import { NOTHING, type Proposal } from './remedy.ts'

/** Throws `input.*` of peers that cannot be read. */
export async function proposalsFor(one: Case): Promise<readonly Proposal[]> {
  const { refusal } = one.start
  return refusal === null ? forStart(one) : forRefusal(refusal, one)
}

const SHORT_LOGS: ReadonlySet<string> = new Set(['log.empty', 'log.header-short'])
const DAMAGED_LOGS: ReadonlySet<string> = new Set(['log.checksum', 'log.length', 'log.undecodable', 'log.magic'])

async function forRefusal(refusal: Refusal, one: Case): Promise<readonly Proposal[]> {
  const { start, places } = one
  const { code, file } = refusal
  if (code.startsWith('data.epoch-')) return [epochs(one)]
  if (SHORT_LOGS.has(code)) {
    const short = lastShort(start.logs)
    if (short.some((log) => log.file === file)) return [moveShort(one, code, short)]
    return [...(await patched(one)), ...resync(one), ...truncated(one)]
  }
  if (code === 'log.gap') {
    // a log that ends early hides what seems to be missing
    const hiding = damagedLogs(start)
    return [...(await mended(one, hiding)), ...(await patched(one)), ...resync(one), ...rebuilt(one), ...truncated(one)]
  }
  if (DAMAGED_LOGS.has(code)) {
    const larger = oversized(one, file)
    // its checksum is right: there is nothing to mend
    const mend = code === 'log.undecodable' ? [] : await mended(one, [file!])
    return [...larger, ...mend, ...(await patched(one)), ...resync(one), ...truncated(one)]
  }
  if (code === 'log.unknown-type') {
    const command = `zkops data doctor ${quoted(places.dir)} --server ${NEWEST_LINE}`
    return [shell(command, NOTHING, 'a newer release wrote the record: that one starts on it'), ...resync(one)]
  }
  if (code === 'data.snapshot-refused') return [moveSnapshots(one, code, [file!]), ...resync(one)]
  if (code === 'data.acl-missing') {
    const used = start.picked?.snapshot?.file
    return [...(used === undefined ? [] : [moveSnapshots(one, code, [used])]), ...resync(one)]
  }
  if (code === 'data.no-snapshot' || code === 'data.no-valid-snapshot') return withoutSnapshot(one)
  // a directory cannot be read either
  if (file !== undefined && start.logs.some((log) => log.file === file) && isFolder(file)) {
    return [moveFolders(one, 'log.directory', [file])]
  }
  if (code === 'data.mixed') return [unmixed(one, code, file!)]
  if (code === 'data.missing') {
    return [
      shell(`mkdir -p ${quoted(file!)}`, 'nothing that is there', 'only when it is to be empty: is the disk mounted?'),
    ]
  }
  if (code === 'data.not-writable' || code === 'data.unreadable') return [permitted(file!)]
  if (code === 'data.config') {
    const command = `zkops config lint ${quoted(places.config?.member.file ?? places.dir)} --check-files`
    return [shell(command, NOTHING, 'the configuration is wrong, not the data')]
  }
  return resync(one)
}

/** It serves; what is dropped, and what will go wrong later. */
async function forStart(one: Case): Promise<readonly Proposal[]> {
  const { start, losses } = one
  const failed = (start.picked?.passed ?? []).filter(({ how }) => how === 'fails').map(({ file }) => file)
  const folders = (start.picked?.passed ?? []).map(({ file }) => file).filter(isFolder)
  const hidden = damagedLogs(start).filter((file) => isLost(file, losses))
  const unlistable = losses.filter(({ firstZxid, file }) => firstZxid === null && isFolder(file))
  const lossless = [
    ...unlistable.map(({ file }) => permitted(file)),
    ...(failed.length === 0 ? [] : [moveSnapshots(one, 'data.snapshot-failed', failed)]),
    ...(folders.length === 0 ? [] : [moveFolders(one, 'snapshot.directory', folders)]),
    ...(await renamed(one)),
    ...(await mended(one, hidden)),
    ...(losses.length === 0 ? [] : await patched(one)),
  ]
  if (losses.length === 0 || unlistable.length > 0) return lossless
  return [
    ...lossless,
    ...resync(one),
    ...rebuilt(one),
    ...((start.replayed?.holes.length ?? 0) > 0 || hidden.length > 0 ? truncated(one) : []),
    ...(lossless.length === 0 ? [save(one.places)] : []),
  ]
}

function isLost(file: string, losses: readonly Loss[]): boolean {
  return losses.some((loss) => loss.file === file && (loss.bytes ?? 0) > 0)
}

function withoutSnapshot(one: Case): readonly Proposal[] {
  const { start, places, given, options } = one
  const short = lastShort(start.logs)
  if (short.length === start.logs.length && short.length > 0 && start.refusal?.code === 'data.no-snapshot') {
    return [...resync(one), moveShort(one, 'log.empty', short)]
  }
  const { digests, lastZxidBlock } = options.settings
  if (lastZxidBlock && !digests && start.refusal?.code === 'data.no-valid-snapshot') {
    const command = `zkops data doctor ${quoted(places.dir)} --server ${options.settings.release.name}`
    const why = 'with digest.enabled=false alone this release cannot read its own snapshots: start it without'
    return [shell(command, NOTHING, why), ...resync(one)]
  }
  // a server reads a hundred at most, and gives up though an older one may be whole
  const passed = (start.picked?.passed ?? []).map(({ file }) => file)
  if (snapshotsIn(start.folders.snapshots, true).length > passed.length && passed.length > 0) {
    return [moveSnapshots(one, 'data.snapshot-failed', passed), ...resync(one)]
  }
  const first = start.logs[0]?.nameZxid
  const complete = first !== undefined && (first & 0xffffffffn) <= 1n && first >> 32n <= 1n
  if (!complete) return resync(one)
  const { line } = options.settings.release
  const flags = [
    ...(given.config === undefined ? [] : ['--config', quoted(given.config)]),
    ...(given.logDir === undefined ? [] : ['--log-dir', quoted(given.logDir)]),
    ...['--zookeeper', line],
  ]
  const command = `zkops data seed ${[quoted(places.dir), ...flags].join(' ')}`
  const why = 'the logs begin with the first transaction: they make a snapshot'
  const seed = { code: 'data.seed', command, loses: NOTHING, why, does: { kind: 'seed', zookeeper: line } } as const
  return [seed, ...resync(one)]
}

/** Files whose names put them in the wrong place of the chain, or in the chain at all. */
async function renamed(one: Case): Promise<readonly Proposal[]> {
  const copies = strayCopies(one.start)
  const logs = [...misnamed(one.start, one.places), ...(await continuing(one))]
  const claims = overclaiming(one.start)
  const files = copies.map(({ log }) => log.file)
  return [
    ...(claims.moves.length === 0
      ? []
      : [
          own(
            one,
            'data.snapshot-name',
            { kind: 'rename', moves: claims.moves, away: [] },
            NOTHING,
            'it gives the snapshot the name of what it holds, so that no transaction is skipped',
          ),
        ]),
    ...(claims.blocked.length === 0 ? [] : [moveSnapshots(one, 'data.snapshot-name', claims.blocked)]),
    ...(files.length === 0
      ? []
      : [
          own(
            one,
            'log.stray-copy',
            { kind: 'quarantine', files },
            NOTHING,
            'it moves the copy away: its records are in the log that it was made of',
          ),
        ]),
    ...(logs.length === 0
      ? []
      : [
          own(
            one,
            'log.name-mismatch',
            { kind: 'rename', moves: logs, away: [] },
            NOTHING,
            'it gives the log the name of its first record: servers read by name',
          ),
        ]),
  ]
}

async function mended(one: Case, files: readonly string[]): Promise<readonly Proposal[]> {
  const { settings, signal, progress } = one.options
  if (files.length === 0) return []
  if (!(await isMendable(files, { juteMaxbuffer: settings.juteMaxbuffer, signal, progress }))) return []
  const why = 'the checksums prove every record: only what lies around them is put right'
  return [own(one, 'log.mend', { kind: 'mend', logs: files }, NOTHING, why)]
}

async function patched(one: Case): Promise<readonly Proposal[]> {
  const { start, places, given, options } = one
  const { settings, signal, progress } = options
  const from = start.picked?.snapshot?.nameZxid ?? 0n
  const logs = logsFrom(start.logs, from + 1n).map(({ file }) => file)
  const output = join(places.dataDir, UNDO_FOLDER, '.work')
  const common = { juteMaxbuffer: settings.juteMaxbuffer, signal, progress }
  for (const peer of given.peers) {
    if (!(await isPatchable(logs, [peer], output, common))) continue
    const why = 'the missing records come from a copy of the same history, each proven'
    return [own(one, 'log.patch', { kind: 'patch', logs, peers: [peer] }, NOTHING, why)]
  }
  return []
}
