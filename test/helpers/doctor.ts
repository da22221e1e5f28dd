/* Predictions held against the loaders of real servers: many directories, one JVM a release. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { releaseOf } from '../../src/config/release.ts'
import { type DoctorResult, messageOf } from '../../src/operations/doctor/doctor.ts'
import { type Loss, lossesOf } from '../../src/operations/doctor/loss.ts'
import { findPlaces, type PlaceOptions } from '../../src/operations/doctor/places.ts'
import { predictStart, type Start } from '../../src/operations/doctor/predict.ts'
import { loaderSettings } from '../../src/operations/doctor/settings.ts'
import { hex64 } from '../../src/support/hex.ts'
import { noProgress } from '../../src/support/progress.ts'
import { BIN, ROOT, run } from './cli.ts'
import { Victimized } from './damages.ts'
import { FIXTURES } from './fixtures.ts'
import { runJava } from './oracle.ts'

/** A directory to start on. */
export interface StartCase {
  readonly name: string
  readonly role: 'standalone' | 'quorum'
  readonly dataDir: string
  readonly logDir: string
  /** `-D` flags without `-D`. */
  readonly flags: readonly string[]
}

/** One whose loss is known. */
export interface DoctorCase extends StartCase {
  /** What was there before it was damaged. */
  readonly history: History
}

/** The records of whole logs, by zxid. */
export type History = ReadonlyMap<bigint, Buffer>

/** How a start ends. */
export interface Outcome {
  readonly serves: boolean
  readonly lastZxid: string | null
  readonly nodes: number | null
  readonly digest: string | null
}

export interface Predicted extends Outcome {
  readonly message: string
  readonly digestsFit: boolean
  readonly loss: readonly Loss[]
  /** Records that are still in some file, byte for byte. */
  readonly present: ReadonlySet<bigint>
}

export interface Started extends Outcome {
  /** The exception. */
  readonly message: string
  /** Everything that was replayed, in order. */
  readonly applied: readonly string[]
  readonly log: readonly string[]
}

export async function predict(version: string, one: StartCase & Partial<DoctorCase>): Promise<Predicted> {
  const release = releaseOf(version)!
  const options: PlaceOptions = { dir: one.dataDir, logDir: one.logDir, role: one.role, jvmFlags: one.flags }
  const places = findPlaces(options, release)
  const settings = loaderSettings(release, one.role, places.properties)
  const judging = { settings, signal: new AbortController().signal, progress: noProgress }
  const start = await predictStart(places, judging)
  const digestsFit = (start.replayed?.digests.mismatches ?? 0) === 0 && start.replayed?.snapshotDigest !== 'wrong'
  const loss = await lossesOf(start, judging)
  return {
    ...outcomeOf(start),
    message: messageOf(start, settings),
    digestsFit,
    loss,
    present: presentIn({ history: new Map(), ...one }),
  }
}

function outcomeOf({ refusal, lastZxid, digest, tree }: Start): Outcome {
  if (refusal !== null) return { serves: false, lastZxid: null, nodes: null, digest: null }
  const counts = { nodes: tree.counts().nodes + 1, digest: digest === null ? null : hex64(digest) }
  return { serves: true, lastZxid: hex64(lastZxid!), ...counts }
}

export function historyOf(dir: string): History {
  const history = new Map<bigint, Buffer>()
  for (const name of readdirSync(join(dir, 'version-2')).filter((one) => one.startsWith('log.'))) {
    const log = new Victimized(join(dir, 'version-2', name))
    const bytes = log.bytes
    for (const { at, end } of log.records()) history.set(bytes.readBigInt64BE(at + 24), bytes.subarray(at, end))
  }
  return history
}

function presentIn({ dataDir, logDir, history }: DoctorCase): ReadonlySet<bigint> {
  const present = new Set<bigint>()
  for (const folder of new Set([dataDir, logDir].map((dir) => join(dir, 'version-2')))) {
    const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
    for (const { name } of entries.filter((entry) => entry.isFile())) {
      const bytes = readFileSync(join(folder, name))
      for (const [zxid, record] of history) if (bytes.includes(record)) present.add(zxid)
    }
  }
  return present
}

const JAVA = join(ROOT, 'test/helpers/java')
const LOGGING = [
  `-Dlog4j.configuration=file:${JAVA}/doctor-log4j.properties`,
  `-Dlogback.configurationFile=${JAVA}/doctor-logback.xml`,
]

/** Runs a program as a user that permissions hold for, root too. */
export const UNPRIVILEGED: readonly string[] =
  process.getuid?.() === 0
    ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-dac_override,-dac_read_search']
    : []

/** What `data doctor` says in a process of its own, for that user. */
export async function askDoctor(version: string, { dataDir, logDir, role, flags }: StartCase): Promise<DoctorResult> {
  const apart = dataDir === logDir ? [] : ['--log-dir', logDir]
  const set = flags.flatMap((flag) => ['--jvm-flag', `-D${flag}`])
  const args = ['data', 'doctor', dataDir, '--json', '--server', version, '--role', role, ...apart, ...set]
  const command = [...UNPRIVILEGED, process.execPath, BIN, ...args]
  const { stdout, stderr } = await run(command[0]!, command.slice(1))
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as DoctorResult
}

/** Starts the data of a server of `version` on each; the directories are changed. */
export async function startAll(
  version: string,
  cases: readonly StartCase[],
  jvmFlags: readonly string[] = [],
  wrapper: readonly string[] = [],
): Promise<readonly Started[]> {
  const lines = cases.map(({ role, dataDir, logDir, flags }) => [role, dataDir, logDir, flags.join(',')].join('\t'))
  const output = await runJava(version, 'DoctorOracle', [], `${lines.join('\n')}\n`, [...LOGGING, ...jvmFlags], wrapper)
  const started: Started[] = []
  let log: string[] = []
  for (const line of output.split('\n')) {
    if (!line.startsWith('{"serves"')) log.push(line)
    else {
      started.push({ ...(JSON.parse(line) as Started), log })
      log = []
    }
  }
  return started
}

/** A copy of a fixture's snapshots and logs in one version-2, as an undivided dataDir has them. */
export function copyTogether(fixture: string, to: string): string {
  const version2 = join(to, 'version-2')
  mkdirSync(version2, { recursive: true })
  const from = join(FIXTURES, fixture)
  for (const part of ['data', 'datalog']) cpSync(join(from, part, 'version-2'), version2, { recursive: true })
  return to
}

/** What the prediction has otherwise than the server; empty when it is right. */
export function wrongIn(our: Predicted, their: Started, { history }: DoctorCase): readonly string[] {
  const wrong: string[] = []
  const differs = (what: string, mine: unknown, real: unknown) => {
    if (mine !== real) wrong.push(`${what}: ${String(mine)}, server: ${String(real)}`)
  }
  differs('serves', our.serves, their.serves)
  if (our.serves !== their.serves) return [...wrong, our.message, their.message]
  if (!our.serves) {
    if (!their.message.startsWith(our.message)) differs('message', our.message, their.message)
    return wrong
  }
  differs('lastZxid', our.lastZxid, their.lastZxid)
  differs('nodes', our.nodes, their.nodes)
  if (our.digest !== null) differs('digest', our.digest, their.digest)
  const isLogged = our.message === '' || their.log.some((line) => line.includes(our.message))
  if (!isLogged) wrong.push(`never logged: ${our.message}`)
  differs('digests fit', our.digestsFit, !their.log.some((line) => line.includes('Digests are not matching')))
  return [...wrong, ...wrongLoss(our, their, history)]
}

/** The real snapshot's zxid is the last one that was read. */
function snapshotOf({ log }: Started): bigint {
  const line = log.filter((one) => one.startsWith('Reading snapshot ')).at(-1)
  const zxid = line === undefined ? undefined : /snapshot\.([0-9a-f]+)/i.exec(line.split('/').at(-1)!)?.[1]
  return zxid === undefined ? 0n : BigInt(`0x${zxid}`)
}

/**
 * Lost is what the server did not replay behind its snapshot although later transactions were, or the record is still
 * there; nothing that was replayed is lost.
 */
function wrongLoss({ loss, present }: Predicted, their: Started, history: History): readonly string[] {
  // from 3.9.4 on a server remembers only those in order; it logs the others
  const late = their.log.flatMap((line) => /\(highestZxid\) > (-?\d+)\(next log\)/.exec(line)?.[1] ?? [])
  const applied = new Set([...their.applied, ...late].map((zxid) => BigInt(zxid)))
  const from = snapshotOf(their)
  const reached = BigInt.asIntN(64, BigInt(their.lastZxid!))
  const isTold = (zxid: bigint) =>
    loss.some(({ firstZxid, lastZxid }) => firstZxid !== null && firstZxid <= zxid && zxid <= lastZxid!)
  const wrong: string[] = []
  for (const zxid of [...history.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const isLost = zxid > from && !applied.has(zxid) && (zxid <= reached || present.has(zxid))
    if (isLost && !isTold(zxid)) wrong.push(`${hex64(zxid)} is lost`)
    if (zxid > from && applied.has(zxid) && isTold(zxid)) wrong.push(`${hex64(zxid)} is not lost`)
  }
  return wrong.length > 6 ? [...wrong.slice(0, 3), '…', ...wrong.slice(-3)] : wrong
}
