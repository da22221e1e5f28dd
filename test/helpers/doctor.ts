/* Predictions held against the loaders of real servers: many directories, one JVM a release. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { releaseOf } from '../../src/config/release.ts'
import { findPlaces, type PlaceOptions } from '../../src/operations/doctor/places.ts'
import { predictStart, type Start } from '../../src/operations/doctor/predict.ts'
import { loaderSettings } from '../../src/operations/doctor/settings.ts'
import { hex64 } from '../../src/support/hex.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from './fixtures.ts'
import { runJava } from './oracle.ts'

/** A directory to start on. */
export interface DoctorCase {
  readonly name: string
  readonly role: 'standalone' | 'quorum'
  readonly dataDir: string
  readonly logDir: string
  /** `-D` flags without `-D`. */
  readonly flags: readonly string[]
}

/** How a start ends. */
export interface Outcome {
  readonly serves: boolean
  readonly lastZxid: string | null
  readonly nodes: number | null
  readonly digest: string | null
  readonly message: string
}

export async function predict(version: string, one: DoctorCase): Promise<Start> {
  const release = releaseOf(version)!
  const options: PlaceOptions = { dir: one.dataDir, logDir: one.logDir, role: one.role, jvmFlags: one.flags }
  const places = findPlaces(options, release)
  const settings = loaderSettings(release, one.role, places.properties)
  return predictStart(places, { settings, signal: new AbortController().signal, progress: noProgress })
}

export function outcomeOf({ refusal, lastZxid, digest, tree }: Start): Outcome {
  if (refusal !== null) return { serves: false, lastZxid: null, nodes: null, digest: null, message: refusal.message }
  const counts = { nodes: tree.counts().nodes + 1, digest: digest === null ? null : hex64(digest) }
  return { serves: true, lastZxid: hex64(lastZxid!), ...counts, message: '' }
}

/** Starts the data of a server of `version` on each; the directories are changed. */
export async function startAll(
  version: string,
  cases: readonly DoctorCase[],
  jvmFlags: readonly string[] = [],
): Promise<readonly Outcome[]> {
  const lines = cases.map(({ role, dataDir, logDir, flags }) => [role, dataDir, logDir, flags.join(',')].join('\t'))
  const output = await runJava(version, 'DoctorOracle', [], `${lines.join('\n')}\n`, jvmFlags)
  const results = output.split('\n').filter((line) => line.startsWith('{"serves"'))
  return results.map((line) => JSON.parse(line) as Outcome)
}

/** A copy of a fixture's snapshots and logs in one version-2, as an undivided dataDir has them. */
export function copyTogether(fixture: string, to: string): string {
  const version2 = join(to, 'version-2')
  mkdirSync(version2, { recursive: true })
  const from = join(FIXTURES, fixture)
  for (const part of ['data', 'datalog']) cpSync(join(from, part, 'version-2'), version2, { recursive: true })
  return to
}
