import { join } from 'node:path'
import { locate } from '../../src/sandbox/locate.ts'
import { findJava } from '../../src/sandbox/programs.ts'
import { noProgress } from '../../src/support/progress.ts'
import { ROOT, run } from './cli.ts'

const JAVA = join(ROOT, 'test/helpers/java')

/** The newest release of every line that zkops knows. */
export const RELEASES = ['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] as const

/** Runs one of test/helpers/java against the jars of a release (installed now if missing); its output, or an error. */
export async function runJava(
  version: string,
  program: string,
  args: readonly string[],
  input = '',
  jvmFlags: readonly string[] = [],
  wrapper: readonly string[] = [],
): Promise<string> {
  const { classPath } = await locate({ version, progress: noProgress })
  const classes = [JAVA, ...classPath].join(':')
  const command = [...wrapper, findJava(), ...jvmFlags, '-cp', classes, join(JAVA, `${program}.java`), ...args]
  const { exitCode, stdout, stderr } = await run(command[0]!, command.slice(1), { input })
  if (exitCode !== 0) throw new Error(`${program} with ${version} exited with ${exitCode}:\n${stderr}${stdout}`)
  return stdout
}

/** How a release's own reader gets through a log. */
export interface ServerReading {
  readonly records: number
  readonly lastZxid: string | null
  readonly end: 'eof' | 'exception'
  readonly class: string | null
  readonly message: string | null
}

/** Reads each file alone with the classes of `version`, all in one JVM. */
export async function readWithServer(version: string, files: readonly string[]): Promise<readonly ServerReading[]> {
  const output = await runJava(version, 'LogOracle', ['summary'], `${files.join('\n')}\n`)
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ServerReading)
}

/** What a release's own classes read in one log: the lines of `log dump --format jsonl` without `file`. */
export async function dumpWithServer(version: string, file: string): Promise<readonly object[]> {
  const output = (await runJava(version, 'LogOracle', ['dump', file])).trim()
  return output === '' ? [] : output.split('\n').map((line) => JSON.parse(line) as object)
}

/** What a release's server makes of a data directory. */
export interface ServerStart {
  readonly serves: boolean
  readonly lastZxid: string | null
  readonly message: string
  /** A line a znode: path, data, zxids, versions. */
  readonly nodes: readonly string[]
}

/** Starts the data of a server of `version` on each directory, all in one JVM; the directories are changed. */
export function startOn(version: string, directories: readonly string[]): Promise<readonly ServerStart[]> {
  return load(
    version,
    directories.map((directory) => `start\t${directory}`),
  )
}

/** The tree that the logs of each directory give from nothing up to a zxid. */
export function replayUpTo(
  version: string,
  places: readonly (readonly [directory: string, zxid: bigint])[],
): Promise<readonly ServerStart[]> {
  return load(
    version,
    places.map(([directory, zxid]) => `replay\t${directory}\t${zxid}`),
  )
}

async function load(version: string, lines: readonly string[]): Promise<readonly ServerStart[]> {
  const output = await runJava(version, 'LoadOracle', [], `${lines.join('\n')}\n`)
  const results = output.split('\n').filter((line) => line.startsWith('{"serves"'))
  return results.map((line) => JSON.parse(line) as ServerStart)
}

/** Whether a range as in formats/txnlog/servers.ts ("3.4-3.9.3", "3.9.4+") covers a release. */
export function covers(range: string, release: string): boolean {
  const parts = (version: string) => version.split('.').map(Number)
  const [from, to] = range.endsWith('+') ? [range.slice(0, -1), undefined] : range.split('-')
  // a line covers all of its releases: only as many parts as are given count
  const compare = (version: string) => {
    const given = parts(version)
    const i = given.findIndex((part, n) => part !== parts(release)[n])
    return i === -1 ? 0 : parts(release)[i]! - given[i]!
  }
  return compare(from!) >= 0 && (to === undefined || compare(to) <= 0)
}

/** What a release's own loader makes of a snapshot that lies alone in a directory. */
export interface ServerLoading {
  readonly outcome: 'loads' | 'skips' | 'fails' | 'refuses'
  readonly zxid: string | null
  /** Without the second name of the root. */
  readonly nodes: number
  readonly sessions: number
  readonly digest: string | null
  readonly message: string | null
}

/** Loads each snapshot alone with the classes of `version`, all in one JVM. */
export async function loadWithServer(
  version: string,
  files: readonly string[],
  jvmFlags: readonly string[] = [],
): Promise<readonly ServerLoading[]> {
  const output = await runJava(version, 'SnapshotOracle', ['load'], `${files.join('\n')}\n`, jvmFlags)
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ServerLoading)
}

/** What a member of a release makes of its data and epoch files. */
export interface EpochLoading {
  readonly serves: boolean
  readonly zxid: string
  readonly message: string
  readonly current?: number
  readonly accepted?: number
}

/** Loads each pair of data and log directory as a member of `version` does, all in one JVM; the files are changed. */
export async function loadEpochs(
  version: string,
  places: readonly (readonly [data: string, logs: string])[],
  jvmFlags: readonly string[] = [],
): Promise<readonly EpochLoading[]> {
  const input = places.map((place) => `${place.join('\t')}\n`).join('')
  const output = await runJava(version, 'EpochOracle', [], input, jvmFlags)
  const results = output.split('\n').filter((line) => line.startsWith('{"serves"'))
  return results.map((line) => JSON.parse(line) as EpochLoading)
}
