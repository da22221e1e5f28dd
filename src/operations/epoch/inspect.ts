/*
 * epoch show, epoch check: the epoch files of members beside the epoch of their data, and what a server makes of them.
 *
 * A server demands: epoch of the last zxid <= currentEpoch <= acceptedEpoch. What it takes but will go wrong later is
 * suspicious: an election prefers the higher currentEpoch, whatever the data (FastLeaderElection), and a member whose
 * acceptedEpoch lies above the leader's does not join it.
 */
import { maxOf } from '../../support/bigint.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { type DataPlace, dataPlaces } from '../data-dir/place.ts'
import { type Reach, type ReachOptions, reachOf } from '../data-dir/reach.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { type EpochFiles, numberIn, readEpochFiles } from './files.ts'
import { epochOf, startWith } from './start.ts'

export interface EpochOptions extends Omit<ReadLogsOptions, 'places'> {
  readonly directories: readonly string[]
  readonly config?: string | undefined
  readonly logDirs?: readonly string[] | undefined
}

export interface EpochRow {
  readonly directory: string
  /** Null when it is missing or no number. */
  readonly currentEpoch: number | null
  readonly acceptedEpoch: number | null
  readonly lastZxid: bigint
  readonly lastZxidEpoch: number
  readonly leftovers: readonly string[]
  readonly verdict: 'consistent' | 'refuses' | 'suspicious'
  /** What the log of a server of the newest line says when it refuses. */
  readonly message: string | null
}

export interface EpochResult {
  readonly directories: readonly EpochRow[]
  readonly findings: readonly Finding[]
}

/** A member's epochs and data. */
export interface MemberEpochs {
  readonly place: DataPlace
  readonly files: EpochFiles
  readonly reach: Reach
}

/** Throws `input.*` when a directory or a log cannot be opened. */
export async function showEpochs(options: EpochOptions): Promise<EpochResult> {
  const members = await readMembers(options, 'quick')
  const rows = members.map((member, i) =>
    rowOf(
      member,
      members.filter((_, other) => other !== i),
    ),
  )
  return { directories: rows.map(({ row }) => row), findings: rows.flatMap(({ findings }) => findings) }
}

export async function readMembers(
  { directories, config, logDirs, ...options }: EpochOptions,
  depth: ReachOptions['depth'],
): Promise<MemberEpochs[]> {
  const members: MemberEpochs[] = []
  for (const place of await dataPlaces(directories, { config, logDirs })) {
    const files = await readEpochFiles(place.snapshots)
    members.push({ place, files, reach: await reachOf(place, { ...options, depth }) })
  }
  return members
}

export function rowOf(
  member: MemberEpochs,
  others: readonly MemberEpochs[],
): { row: EpochRow; findings: readonly Finding[] } {
  const { place, files, reach } = member
  const start = startWith(files, reach.lastZxid, 'tmp', place.snapshots)
  const findings = [
    ...reach.findings.filter(({ severity }) => severity === 'error'),
    ...(start.outcome === 'refuses' ? [refusal(member, start.why, start.message)] : doubts(member, others)),
    ...leftovers(member),
  ]
  const verdict =
    start.outcome === 'refuses' ? 'refuses' : findings.some(isDoubt) ? ('suspicious' as const) : ('consistent' as const)
  const number = (value: bigint | null) => (value === null ? null : Number(value))
  const row = {
    directory: place.directory,
    currentEpoch: number(numberIn(files.current)),
    acceptedEpoch: number(numberIn(files.accepted)),
    lastZxid: reach.lastZxid,
    lastZxidEpoch: Number(epochOf(reach.lastZxid)),
    leftovers: files.leftovers,
    verdict,
    message: start.outcome === 'refuses' ? start.message : null,
  } as const
  return { row, findings }
}

function isDoubt({ severity }: Finding): boolean {
  return severity !== 'info'
}

const SUMMARIES = {
  unreadable: 'an epoch file holds no number',
  hidden: 'currentEpoch.tmp is there but cannot be opened',
  'current-behind': 'currentEpoch lies below the epoch of the last zxid',
  'accepted-behind': 'acceptedEpoch lies below currentEpoch',
} as const

function refusal({ place, reach }: MemberEpochs, why: keyof typeof SUMMARIES, message: string): Finding {
  return {
    code: `epoch.${why}`,
    severity: 'error',
    message: `${SUMMARIES[why]}: a member refuses to start ("${message}")`,
    file: place.directory,
    zxid: reach.lastZxid,
    remedy: `zkops epoch repair ${place.directory} writes what the data proves.`,
  }
}

/** What a server takes without a word, and what will come of it. */
function doubts({ place, files, reach }: MemberEpochs, others: readonly MemberEpochs[]): Finding[] {
  const file = place.directory
  const own = epochOf(reach.lastZxid)
  const [current, accepted, tmp] = [files.current, files.accepted, files.currentTmp].map(numberIn)
  const findings: Finding[] = []
  if (current != null && current < own) {
    // it starts all the same, so a temporary file stands in
    const old = { '3.4-3.5.9': 'refuses (The current epoch, … is older than the last zxid)', '3.5.10+': 'takes it' }
    const low = tmp! < own
    findings.push({
      code: low ? 'epoch.tmp-too-low' : 'epoch.tmp-taken',
      severity: low ? 'warning' : 'info',
      message: low
        ? `currentEpoch.tmp holds ${tmp}, which a server takes though the data is of epoch ${own}: this start works, the next one does not`
        : `currentEpoch ${current} lies below epoch ${own} of the data, and a server takes ${tmp} of currentEpoch.tmp instead`,
      file,
      zxid: reach.lastZxid,
      evidence: { servers: old },
      ...(low ? { remedy: `zkops epoch repair ${file} writes ${own}.` } : {}),
    })
  }
  const known = others.some((other) => highestOf(other) >= (current ?? 0n))
  if (current != null && current > own + 1n && !known) {
    findings.push({
      code: reach.empty ? 'epoch.without-data' : 'epoch.current-ahead',
      severity: 'warning',
      message: reach.empty
        ? `currentEpoch is ${current}, but there is no data: this member would win an election against members of lower epochs, which then drop what they have`
        : `currentEpoch ${current} lies ${current - own} above epoch ${own} of the last zxid ${hex64(reach.lastZxid)}: an election prefers it to newer data`,
      file,
      zxid: reach.lastZxid,
      remedy: 'Compare with the other members before it is started: zkops epoch show with all directories.',
    })
  }
  const highest = others.reduce((most, other) => maxOf(most, numberIn(other.files.accepted) ?? 0n), 0n)
  if (others.length > 0 && accepted != null && accepted > highest + 1n) {
    findings.push({
      code: 'epoch.accepted-ahead',
      severity: 'warning',
      message: `acceptedEpoch ${accepted} lies above that of all others (${highest}): it does not join a leader that they elect without it ("Leaders epoch, … is less than accepted epoch, ${accepted}")`,
      file,
      remedy:
        'Were the others wiped or restored? Then this member is the one to keep. Otherwise restart the leader while this one runs: the next epoch lies above it.',
    })
  }
  return findings
}

function leftovers({ place, files, reach }: MemberEpochs): Finding[] {
  const current = numberIn(files.current)
  if (files.leftovers.length === 0 || (current !== null && current < epochOf(reach.lastZxid))) return []
  const names = files.leftovers.join(', ')
  const message = `${names} left behind by an interrupted write: servers do not look at it`
  return [{ code: 'epoch.leftover', severity: 'info', message, file: place.directory }]
}

/** The highest epoch that a member is known to have been in. */
export function highestOf({ files, reach }: MemberEpochs): bigint {
  return maxOf(numberIn(files.current) ?? 0n, epochOf(reach.lastZxid))
}
