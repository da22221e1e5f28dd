/*
 * data ls: what lies in a data directory, which zxids it covers, and which files a server will load.
 *
 * Without --verify nothing is read in full: of logs the header and both ends (datadir/log-ends.ts), of snapshots the
 * bytes that a server looks at before it reads one. A log whose end is not a record is read, to say what it is.
 */
import { notACandidate } from '../../datadir/candidate-snapshot.ts'
import { diskSize } from '../../datadir/disk-size.ts'
import { logEnds } from '../../datadir/log-ends.ts'
import { logsFrom, type SnapshotFile, snapshotFile } from '../../datadir/snapshot-files.ts'
import { payloadLimit } from '../../formats/txnlog/scan.ts'
import type { Tail } from '../../formats/txnlog/tail.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { holeBetween } from '../log-repair/chain.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { verifyLogs } from '../verify-log.ts'
import { examineSnapshot } from '../verify-snapshot.ts'
import { type DataEntry, dataEntries } from './entries.ts'
import { type DataPlace, dataPlace, type PlaceOptions } from './place.ts'

export interface ListedFile extends DataEntry {
  readonly bytes: number | null
  readonly allocatedBytes: number | null
  /** Behind the last record. */
  readonly usedBytes: number | null
  /** Of a log; of a snapshot the zxid of its name. */
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  /** Transactions or nodes; null when they were not counted. */
  readonly records: number | null
  readonly end: Tail | null
  /** Null: not known without reading all of it (--verify). */
  readonly usable: boolean | null
  /** A server of the newest line reads it at its start. */
  readonly loaded: boolean
}

/** zxids without a hole. */
export interface ChainRun {
  readonly fromZxid: bigint
  readonly toZxid: bigint
}

export interface DataLsResult {
  readonly directory: string
  readonly snapshotDirectory: string
  readonly logDirectory: string
  readonly verified: boolean
  readonly files: readonly ListedFile[]
  /** What the logs cover, in zxid order; between two runs there is a hole. */
  readonly chain: readonly ChainRun[]
  readonly loads: {
    readonly snapshot: string | null
    readonly logs: readonly string[]
    /** Behind the last record that is loaded; the snapshot's own zxid without one. */
    readonly lastZxid: bigint | null
  }
  readonly findings: readonly Finding[]
}

export interface DataLsOptions extends Omit<ReadLogsOptions, 'places'>, PlaceOptions {
  readonly verify: boolean
}

/** Throws `input.*` when a directory cannot be read. */
export async function listData(options: DataLsOptions): Promise<DataLsResult> {
  const place = await dataPlace(options)
  const entries = await dataEntries(place)
  const files: Omit<ListedFile, 'loaded'>[] = []
  const findings: Finding[] = []
  for (const entry of entries) {
    const { file, problems } = await listed(entry, options)
    files.push(file)
    findings.push(...problems, ...placeFindings(entry, place))
  }
  const loads = loadedOf(files)
  const chain = chainOf(files)
  return {
    directory: place.directory,
    snapshotDirectory: place.snapshots,
    logDirectory: place.logs,
    verified: options.verify,
    files: files.map((file) => ({ ...file, loaded: file.file === loads.snapshot || loads.logs.includes(file.file) })),
    chain,
    loads,
    findings: [...findings, ...chainFindings(chain, loads.snapshot, files)],
  }
}

type Listed = { readonly file: Omit<ListedFile, 'loaded'>; readonly problems: readonly Finding[] }

async function listed(entry: DataEntry, options: DataLsOptions): Promise<Listed> {
  const size = await diskSize(entry.file)
  const common = {
    ...entry,
    bytes: size?.apparentBytes ?? null,
    allocatedBytes: size?.allocatedBytes ?? null,
    usedBytes: null,
    firstZxid: null,
    lastZxid: null,
    records: null,
    end: null,
    usable: null,
  }
  try {
    if (entry.kind === 'log') return await listedLog(common, options)
    if (entry.kind === 'snapshot') return await listedSnapshot(common, options)
  } catch (error) {
    if (!(error instanceof ZkopsError) || !error.code.startsWith('input.')) throw error
    const problem = { code: 'data.unreadable', severity: 'error', message: error.message, file: entry.file } as const
    return { file: { ...common, usable: false }, problems: [problem] }
  }
  return { file: common, problems: [] }
}

async function listedLog(common: Listed['file'], options: DataLsOptions): Promise<Listed> {
  const ends = options.verify ? undefined : await logEnds(common.file, payloadLimit(options.juteMaxbuffer))
  if (ends !== undefined) {
    const { tail, ...known } = ends
    return { file: { ...common, ...known, end: tail }, problems: [] }
  }
  const { files, findings } = await verifyLogs({ ...options, places: [common.file] })
  const { usedBytes, firstZxid, lastZxid, records, tail } = files[0]!
  const usable = tail !== 'damaged' && !findings.some(({ severity }) => severity === 'error')
  const file = { ...common, usedBytes, firstZxid, lastZxid, records, end: tail, usable }
  return { file, problems: findings.filter(({ severity }) => severity !== 'info') }
}

async function listedSnapshot(common: Listed['file'], options: DataLsOptions): Promise<Listed> {
  const zxids = { firstZxid: common.nameZxid, lastZxid: common.nameZxid }
  const snapshot = snapshotFile(common.file)
  if (!options.verify) {
    const problem = candidateProblem(snapshot)
    const usable = problem === undefined ? null : false
    return { file: { ...common, ...zxids, usable }, problems: problem === undefined ? [] : [problem] }
  }
  const { result, whole } = await examineSnapshot(snapshot, { ...options, digest: false })
  const usable = whole && result.serverAccepts
  const problems = result.findings.filter(({ severity }) => severity !== 'info')
  return { file: { ...common, ...zxids, records: result.nodes, usedBytes: common.bytes, usable }, problems }
}

function candidateProblem(snapshot: SnapshotFile): Finding | undefined {
  const wrong = notACandidate(snapshot)
  if (wrong === undefined) return undefined
  const { file } = snapshot
  if (wrong.how === 'unreadable') return { code: 'data.unreadable', severity: 'error', message: wrong.why, file }
  const message = `${wrong.why}: a server skips it without a word and takes an older one`
  return { code: 'data.snapshot-incomplete', severity: 'warning', message, file }
}

function placeFindings({ file, kind, misplaced, stray }: DataEntry, place: DataPlace): Finding[] {
  const findings: Finding[] = []
  if (misplaced) {
    const [is, where] = kind === 'log' ? ['log', place.logs] : ['snapshot', place.snapshots]
    findings.push({
      code: 'data.misplaced',
      severity: 'error',
      message: `a ${is} where none belongs: servers refuse to start ("… directory has ${is === 'log' ? 'log' : 'snapshot'} files")`,
      file,
      remedy: `Find out which history it belongs to; then move it to ${where}, or away.`,
    })
  }
  if (stray) {
    findings.push({
      code: 'data.stray-copy',
      severity: 'warning',
      message: `servers from 3.6 on read this copy as a ${kind} of its own; 3.4 and 3.5 do not see it`,
      file,
      remedy: 'Move it out of version-2.',
    })
  }
  return findings
}

function loadedOf(files: readonly Omit<ListedFile, 'loaded'>[]): DataLsResult['loads'] {
  const usable = files.filter(({ usable, misplaced }) => usable !== false && !misplaced)
  const snapshot = usable.filter(({ kind }) => kind === 'snapshot').at(-1)
  const all = files.filter(({ kind, misplaced }) => kind === 'log' && !misplaced)
  const named = all.map(({ file, nameZxid }) => ({ file, nameZxid: nameZxid!, stray: false as const }))
  const logs = logsFrom(named, (snapshot?.nameZxid ?? 0n) + 1n).map(({ file }) => file)
  const zxids = all.filter(({ file }) => logs.includes(file)).map(({ lastZxid }) => lastZxid)
  const lastZxid = [...zxids, snapshot?.nameZxid ?? null].reduce(
    (most, one) => (one !== null && (most === null || one > most) ? one : most),
    null,
  )
  return { snapshot: snapshot?.file ?? null, logs, lastZxid }
}

function chainOf(files: readonly Omit<ListedFile, 'loaded'>[]): ChainRun[] {
  const runs: ChainRun[] = []
  const logs = files
    .flatMap(({ kind, firstZxid, lastZxid }) =>
      kind === 'log' && firstZxid !== null && lastZxid !== null ? [{ fromZxid: firstZxid, toZxid: lastZxid }] : [],
    )
    .sort((a, b) => (a.fromZxid < b.fromZxid ? -1 : 1))
  for (const log of logs) {
    const last = runs.at(-1)
    if (last === undefined || holeBetween(last.toZxid, log.fromZxid) !== undefined) runs.push(log)
    else if (log.toZxid > last.toZxid) runs[runs.length - 1] = { fromZxid: last.fromZxid, toZxid: log.toZxid }
  }
  return runs
}

/** Holes behind the snapshot that is loaded; those before it are of no account for a start. */
function chainFindings(
  chain: readonly ChainRun[],
  loaded: string | null,
  files: readonly Omit<ListedFile, 'loaded'>[],
): Finding[] {
  const from = files.find(({ file }) => file === loaded)?.nameZxid ?? 0n
  const behind = chain.filter(({ toZxid }) => toZxid > from)
  return behind.flatMap((run, i) => {
    const after = i === 0 ? from : behind[i - 1]!.toZxid
    if (i === 0 && loaded === null) return [noSnapshot(run)]
    const hole = run.fromZxid <= after ? undefined : holeBetween(after, run.fromZxid)
    if (hole === undefined) return []
    const what = i === 0 ? 'behind the snapshot that is loaded' : 'between the logs'
    return [
      {
        code: 'data.hole',
        severity: 'error',
        message: `transactions are missing ${what}`,
        zxid: after,
        evidence: { after, before: run.fromZxid, txns: hole.txns === null ? null : Number(hole.txns) },
        remedy: 'zkops log verify tells more; zkops data compare says who has them.',
      },
    ]
  })
}

function noSnapshot({ fromZxid }: ChainRun): Finding {
  return {
    code: 'data.no-snapshot',
    severity: 'error',
    message:
      'there are logs, but no snapshot that a server takes: from 3.5 on it refuses to start ("No snapshot found, but there are log entries")',
    zxid: fromZxid,
    remedy: 'Find out where the snapshots are: another directory, a disk that is not mounted, no permission.',
  }
}
