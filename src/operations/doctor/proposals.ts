/* Each remedy by itself: its command, what it loses, and why. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sameBytes } from '../../datadir/same-bytes.ts'
import { quoted } from '../../datadir/undo-bundle.ts'
import { LOG_HEADER_BYTES } from '../../formats/txnlog/header.ts'
import { hex64 } from '../../support/hex.ts'
import type { JudgeOptions } from './judge-snapshot.ts'
import type { NamedLog } from './listing.ts'
import type { Loss } from './loss.ts'
import type { Places } from './places.ts'
import type { Start } from './predict.ts'
import { damagedLogs, lastProven } from './reached.ts'
import {
  doctorCommand,
  type Given,
  type Move,
  NOTHING,
  type Proposal,
  repairCommand,
  type Treatment,
} from './remedy.ts'

/** A start that was predicted, and how the directory was named. */
export interface Case {
  readonly start: Start
  readonly losses: readonly Loss[]
  readonly places: Places
  readonly given: Given & { readonly peers: readonly string[] }
  readonly options: JudgeOptions
}

/** A remedy that data repair carries out. */
export function own({ given }: Case, code: string, does: Treatment, loses: string, why: string): Proposal {
  return { code, command: repairCommand(given, code, does.kind === 'patch' ? does.peers : []), loses, why, does }
}

export function shell(command: string, loses: string, why: string): Proposal {
  return { code: null, command, loses, why, does: null }
}

export function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
}

export function permitted(file: string): Proposal {
  const why = 'no file is changed; the owner must be the user of the service'
  return shell(`chmod -R u+rwX ${quoted(file)}`, NOTHING, why)
}

export function moveShort(one: Case, code: string, short: readonly NamedLog[]): Proposal {
  const why = 'it moves it away: nothing can have been in a newest log without a header'
  return own(one, code, { kind: 'quarantine', files: short.map(({ file }) => file) }, NOTHING, why)
}

export function moveSnapshots(one: Case, code: string, files: readonly string[]): Proposal {
  const why = 'it moves the snapshot away, so that the next older one and the logs are used'
  return own(one, code, { kind: 'quarantine', files }, 'nothing, when the logs reach back to it without a gap', why)
}

export function moveFolders(one: Case, code: string, files: readonly string[]): Proposal {
  const why = 'it moves the directory away: no file of a server'
  return own(one, code, { kind: 'quarantine', files }, NOTHING, why)
}

/** The record is whole, and only too long for this server. */
export function oversized({ start, given }: Case, file: string | undefined): readonly Proposal[] {
  const end = start.replayed?.logs.find(({ log }) => log.file === file)?.end
  if (end?.kind !== 'records' || !end.rest.oversized) return []
  const flag = `-Djute.maxbuffer=${end.rest.head!.length}`
  const why = `no file is changed: a server that is started with ${flag} reads the record, and so must all members`
  return [shell(doctorCommand(given, flag), NOTHING, why)]
}

export function epochs({ places, given }: Case): Proposal {
  const { dataDir, snapshots, logs } = places
  const apart = snapshots === logs ? [] : ['--log-dir', quoted(given.logDir ?? logs)]
  const command = ['zkops epoch repair', quoted(dataDir), ...apart].join(' ')
  const why = 'it writes the value that the data proves, and keeps the old one'
  return { code: 'epoch.repair', command, loses: NOTHING, why, does: { kind: 'epochs' } }
}

/** Files in the directory of the other kind; where the name is taken, one that is empty or the same goes. */
export function unmixed(one: Case, code: string, wrong: string): Proposal {
  const { snapshots, logs } = one.places
  const { folders } = one.start
  const [kind, from, to] = wrong === logs ? ['snapshot', folders.logs, snapshots] : ['log', folders.snapshots, logs]
  const names = (from.names ?? []).filter((name) => name.startsWith(`${kind}.`))
  const all = names.map((name): Move => ({ from: join(from.path, name), to: join(to, name) }))
  const taken = all.filter((move) => existsSync(move.to))
  const other = taken.find(({ from, to }) => statSync(from).size >= LOG_HEADER_BYTES && !sameBytes(from, to))
  if (other !== undefined) {
    const command = `zkops ${kind} diff ${quoted(other.from)} ${quoted(other.to)}`
    return shell(command, NOTHING, 'two files of one name differ: find out which of them belongs to this history')
  }
  const moves = all.filter((move) => !taken.includes(move))
  const does = { kind: 'rename', moves, away: taken.map((move) => move.from) } as const
  return own(one, code, does, NOTHING, 'files of one kind belong together, where the configuration says')
}

export function resync(one: Case): readonly Proposal[] {
  if (one.places.role !== 'quorum') return []
  const loses =
    'nothing, when a majority without this member is in sync and at or past its last zxid; what only this member has otherwise'
  const why = 'the member starts without data and gets all of it from the leader'
  return [own(one, 'data.resync', { kind: 'resync' }, loses, why)]
}

export function truncated(one: Case): readonly Proposal[] {
  const { picked } = one.start
  // without a snapshot to begin with, nothing would be left
  if (picked?.snapshot == null && lastProven(one.start) === 0n) return []
  const why = 'the logs end in front of the damage then, and snapshots behind it go too: an older moment, without holes'
  const loses = `every transaction after ${hex64(lastProven(one.start))}`
  return [own(one, 'log.truncate', { kind: 'truncate' }, loses, why)]
}

export function rebuilt(one: Case): readonly Proposal[] {
  // what lies behind damage inside a log is not reached by a replay: an older moment without holes is better then
  if (one.start.picked?.snapshot == null || damagedLogs(one.start).length > 0) return []
  const spans = one.losses.map(({ firstZxid, lastZxid }) =>
    firstZxid === null ? 'unknown' : `${hex64(firstZxid)}..${hex64(lastZxid!)}`,
  )
  const loses =
    spans.length === 0 ? 'the missing transactions' : `${spans.slice(0, 3).join(', ')}${spans.length > 3 ? ', …' : ''}`
  const why = 'one snapshot of what is there in the place of the broken chain, with the loss made known'
  return [own(one, 'snapshot.rebuild', { kind: 'rebuild' }, loses, why)]
}

export function save({ dataDir, snapshots, logs }: Places): Proposal {
  const sources = snapshots === logs ? [snapshots] : [snapshots, logs]
  let file = join(dirname(dataDir), `${basename(dataDir)}-before-start.tar`)
  while (existsSync(file)) file += '.1'
  const command = `tar -cf ${quoted(file)} ${sources.map(quoted).join(' ')}`
  return shell(command, NOTHING, 'the first start writes over the evidence; this repairs nothing')
}
