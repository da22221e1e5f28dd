/*
 * data doctor: predicts what a server of a release does with a data directory at its next start, from the files alone;
 * what the start drops without a word, what is wrong, and what to do. Changes nothing.
 *
 * 1. The configuration, as the server's parser takes it.
 * 2. The start (predict.ts): directories, snapshot, replay, epoch files, dead sessions.
 * 3. Losses and who else has them, findings, remedies.
 */
import { basename } from 'node:path'
import { settingOf } from '../../config/member.ts'
import { isSince, releaseOf } from '../../config/release.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { Progress } from '../../support/progress.ts'
import { judgeAll, releaseFor } from '../zoo-cfg/lint.ts'
import { findingsOf } from './judge-findings.ts'
import type { Refusal } from './log-refusals.ts'
import { type Loss, lossesOf } from './loss.ts'
import { peerFolders } from './peer-folders.ts'
import { withPeers } from './peers.ts'
import { findPlaces, type PlaceOptions, type Places } from './places.ts'
import { predictStart, type Start } from './predict.ts'
import { proposalsFor } from './remedies.ts'
import type { Proposal, Remedy } from './remedy.ts'
import { type LoaderSettings, loaderSettings, type Role } from './settings.ts'
import { unfinishedRepairs } from './unfinished.ts'

export interface DoctorOptions extends PlaceOptions {
  /** A release or a line; undefined: the newest line. */
  readonly server: string | undefined
  readonly peers: readonly string[]
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface Prediction {
  readonly server: string
  readonly role: Role
  readonly outcome: 'serves' | 'refuses'
  /** Code of the finding that keeps it from starting. */
  readonly reason: string | null
  /** What the server's log will say. */
  readonly message: string
  readonly snapshot: string | null
  readonly logs: readonly string[]
  readonly lastZxid: bigint | null
  /** As srvr counts; null for a member. */
  readonly nodes: number | null
  readonly digest: bigint | null
  readonly digestMatches: boolean | null
}

export interface ChainLink {
  readonly file: string
  readonly kind: 'snapshot' | 'log'
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  readonly records: number
  readonly state: 'used' | 'passed' | 'ends-early'
}

export interface DoctorResult {
  readonly prediction: Prediction
  readonly loss: readonly Loss[]
  readonly findings: readonly Finding[]
  readonly remedies: readonly Remedy[]
  /** What was looked at, in the order of the start. */
  readonly chain: readonly ChainLink[]
}

/** What the diagnosis stands on. */
export interface Examination {
  readonly result: DoctorResult
  readonly start: Start
  readonly places: Places
  readonly settings: LoaderSettings
  readonly proposals: readonly Proposal[]
}

/** Throws `usage` for an unknown release, `input.missing` for a directory or configuration that is not there. */
export async function diagnose(options: DoctorOptions): Promise<DoctorResult> {
  return (await examine(options)).result
}

/** The same with what it stands on. */
export async function examine(given: DoctorOptions): Promise<Examination> {
  const options = { ...given, peers: await peerFolders(given.peers) }
  const { signal, progress } = options
  const release = releaseFor(options.server)
  const places = findPlaces(options, release)
  const settings = loaderSettings(release, places.role, places.properties)
  const judging = { settings, signal, progress }
  const started = await predictStart(places, judging)
  const refusal = (await configRefusal(places, release.name, signal)) ?? started.refusal
  const start: Start = refusal === null ? started : { ...started, refusal, lastZxid: null }
  const { loss, findings } = await withPeers(await lossesOf(start, judging), options.peers, judging)
  const unfinished = await unfinishedRepairs(places, options)
  const proposals = [
    ...unfinished.proposals,
    ...(await proposalsFor({ start, losses: loss, places, given: options, options: judging })),
  ]
  const result = {
    prediction: predictionOf(start, settings),
    loss,
    findings: [...unfinished.findings, ...findingsOf(start, loss, places, settings), ...findings],
    remedies: proposals.map(({ does: _, ...remedy }, i) => ({ rank: i + 1, ...remedy })),
    chain: chainOf(start),
  }
  return { result, start, places, settings, proposals }
}

/** What the parser, or the member itself, says to the configuration. */
async function configRefusal({ config, role }: Places, release: string, signal: AbortSignal): Promise<Refusal | null> {
  if (config === null) return null
  const { member } = config
  const at = { code: 'data.config', file: member.file }
  const verdicts = await judgeAll([config], [releaseOf(release)!], signal)
  const { accepted, serverError } = verdicts.get(member)!.get(release)!
  if (!accepted) return { ...at, message: serverError ?? 'Invalid config, exiting abnormally' }
  const own = member.myid.state === 'id' ? member.myid.id : null
  if (role !== 'quorum' || own === null || member.ensemble.servers.has(own)) return null
  if (settingOf(member, 'dataDir') === undefined) return null
  return { ...at, message: `java.lang.RuntimeException: My id ${own} not in the peer list` }
}

function predictionOf(start: Start, settings: LoaderSettings): Prediction {
  const { release, role } = settings
  const { refusal, picked, replayed, lastZxid, tree } = start
  const serves = refusal === null
  const compared = replayed?.digests.compared ?? 0
  const wrong = (replayed?.digests.mismatches ?? 0) > 0 || replayed?.snapshotDigest === 'wrong'
  const known = compared > 0 || replayed?.snapshotDigest != null
  return {
    server: release.name,
    role,
    outcome: serves ? 'serves' : 'refuses',
    reason: refusal?.code ?? null,
    message: messageOf(start, settings),
    snapshot: picked?.snapshot ? basename(picked.snapshot.file) : null,
    logs: (replayed?.logs ?? []).map(({ log }) => basename(log.file)),
    lastZxid,
    nodes: serves && role === 'standalone' ? tree.counts().nodes + 1 : null,
    digest: serves ? start.digest : null,
    digestMatches: serves && known ? !wrong : null,
  }
}

/** The line of the server's log that tells most of what happened. */
export function messageOf(
  { refusal, picked, replayed, epochs, lastZxid }: Start,
  { release, role }: LoaderSettings,
): string {
  if (refusal !== null) return refusal.message
  const mismatch = replayed?.digests.firstMismatch ?? null
  if (mismatch !== null) return `First digest mismatch on txn: ${mismatch.header}`
  const ofSnapshot = replayed?.snapshotDigest === 'wrong' ? picked?.snapshot?.digest : undefined
  if (ofSnapshot) return `Digests are not matching. Value is Zxid. Value:${ofSnapshot.zxid}`
  const passed = picked?.passed ?? []
  const told = passed.find(({ how }) => how === 'fails') ?? passed.find(({ message }) => message !== null)
  if (told?.message) return told.message
  const note = epochs?.outcome === 'serves' ? epochs.notes[0] : undefined
  if (note !== undefined) return note
  if (isSince(release, '3.6.0')) return `highest zxid is ${hex64(lastZxid!)}`
  if (isSince(release, '3.5.0') && role === 'standalone') return `Snapshotting: ${hex64(lastZxid!)}`
  // without a snapshot it logs nothing
  return picked?.snapshot ? `Reading snapshot ${picked.snapshot.file}` : ''
}

function chainOf({ picked, replayed }: Start): readonly ChainLink[] {
  const snapshot = picked?.snapshot
  const link = (file: string, zxid: bigint, state: ChainLink['state']): ChainLink => {
    return { file, kind: 'snapshot', firstZxid: zxid, lastZxid: zxid, records: 0, state }
  }
  return [
    ...(picked?.passed ?? []).map(({ file, nameZxid }) => link(file, nameZxid, 'passed')),
    ...(snapshot ? [link(snapshot.file, snapshot.nameZxid, 'used')] : []),
    ...(replayed?.logs ?? []).map(({ log, tail, records, firstZxid, lastZxid }): ChainLink => {
      const state = tail === 'damaged' ? 'ends-early' : 'used'
      return { file: log.file, kind: 'log', firstZxid, lastZxid, records, state }
    }),
  ]
}
