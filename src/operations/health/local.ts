/*
 * What can be seen of members that run on this machine, beyond what they say: disks, snapshots that lie there, swapped
 * memory, and their configuration beside how long they have run.
 */
import { statSync } from 'node:fs'
import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { ObservedMember } from '../../cluster/observe/model.ts'
import { type Member, settingOf } from '../../config/member.ts'
import { releaseOf } from '../../config/release.ts'
import { compareRunning } from '../../config/running.ts'
import { isServerMain, serverCommand } from '../../datadir/server-process.ts'
import { findSnapshots } from '../../datadir/snapshot-files.ts'
import { ownNames } from '../../support/own-names.ts'
import { procStat } from '../../support/process-identity.ts'
import { memberKey, memberName } from '../ensemble/overview.ts'
import type { Target } from '../inventory/target.ts'
import { loadMember } from '../zoo-cfg/load.ts'

export interface Disk {
  readonly directory: string
  readonly usedPercent: number
  readonly freeBytes: number
}

/** About its zoo.cfg: that of the inventory, else the one that it was started with. */
export interface ConfigFacts {
  readonly file: string
  readonly changedAtMs: number
  /** It names a dynamic file: servers write both at a reconfiguration. */
  readonly dynamic: boolean
  /** How autopurge is set; null: it is off. */
  readonly purge: { readonly hours: number; readonly keep: number } | null
  /** What it says otherwise than the member runs with. */
  readonly differences: readonly { readonly key: string; readonly runs: string | null; readonly says: string | null }[]
}

export interface LocalFacts {
  readonly disks: readonly Disk[]
  /** The process; null: it is not seen. */
  readonly pid: number | null
  readonly startedAtMs: number | null
  /** Of its memory, what lies in swap. */
  readonly swappedBytes: number | null
  readonly config: ConfigFacts | null
  /** When its snapshots were written, newest first. */
  readonly snapshotsAtMs: readonly number[]
}

export interface LocalLook {
  readonly facts: ReadonlyMap<string, LocalFacts>
  readonly configs: readonly Member[]
}

/** Of those that run here, by member. */
export async function lookLocally(members: readonly ObservedMember[], target: Target): Promise<LocalLook> {
  const here = ownNames()
  const found = await Promise.all(
    members
      .filter(({ place }) => here.has(place.host))
      .map(async (member) => ({ key: memberKey(member), ...(await factsOf(member, target)) })),
  )
  return {
    facts: new Map(found.map(({ key, facts }) => [key, facts])),
    configs: found.flatMap(({ config }) => config ?? []),
  }
}

/** The disks of those that run here, by member. */
export async function localDisks(members: readonly ObservedMember[]): Promise<ReadonlyMap<string, readonly Disk[]>> {
  const here = ownNames()
  const local = members.filter(({ place }) => here.has(place.host))
  return new Map(
    await Promise.all(local.map(async (one) => [memberKey(one), await disksOf(directoriesOf(one))] as const)),
  )
}

interface Found {
  readonly facts: LocalFacts
  readonly config: Member | null
}

async function factsOf(member: ObservedMember, target: Target): Promise<Found> {
  const directories = directoriesOf(member)
  const [dataDir] = directories
  const process = dataDir === undefined ? null : await serverProcess(dataDir)
  const pid = process?.pid ?? null
  const named = target.servers.find(({ id }) => String(id) === memberKey(member))?.config ?? null
  const config = named === null ? (process?.config ?? null) : configAt(named)
  const facts = {
    disks: await disksOf(directories),
    pid,
    startedAtMs: pid === null ? null : await startOf(pid),
    swappedBytes: pid === null ? null : await swapOf(pid),
    config: config === null ? null : configFacts(config, member),
    snapshotsAtMs: dataDir === undefined ? [] : await snapshotTimes(dataDir),
  }
  return { facts, config }
}

function directoriesOf({ answer }: ObservedMember): readonly string[] {
  const told = ['dataDir', 'dataLogDir'].map((name) => answer?.settings.get(name))
  return [...new Set(told.filter((directory) => directory !== undefined))]
}

async function disksOf(directories: readonly string[]): Promise<readonly Disk[]> {
  return (await Promise.all(directories.map(diskOf))).filter((disk) => disk !== null)
}

/** Null where the directory is not to be seen from here. */
async function diskOf(directory: string): Promise<Disk | null> {
  try {
    const { blocks, bfree, bavail, bsize } = await statfs(directory)
    // what only root may use counts as used, as df has it
    const used = blocks - bfree
    if (used + bavail <= 0) return null
    return { directory, usedPercent: (used * 100) / (used + bavail), freeBytes: bavail * bsize }
  } catch {
    return null
  }
}

interface ServerProcess {
  readonly pid: number
  /** What it was started with. */
  readonly config: Member
}

/** The server whose file names this directory; one that has not written yet has no file of it open. */
async function serverProcess(dataDir: string): Promise<ServerProcess | null> {
  const wanted = dataDir.replace(/\/version-2\/?$/, '')
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number)
  for (const pid of pids) {
    const file = await configOfProcess(pid)
    const config = file === null ? null : configAt(file)
    if (config !== null && settingOf(config, 'dataDir')?.value === wanted) return { pid, config }
  }
  return null
}

/** The last word of a server's command line; null when it is none, or was started without a file. */
async function configOfProcess(pid: number): Promise<string | null> {
  const last = (await serverCommand(pid))?.at(-1)
  if (last === undefined || isServerMain(last)) return null
  return isAbsolute(last) ? last : join(`/proc/${pid}/cwd`, last)
}

function configAt(file: string): Member | null {
  const { member, problem } = loadMember(file)
  return problem === null && member.properties.error === null ? member : null
}

function configFacts(config: Member, observed: ObservedMember): ConfigFacts {
  const { place, answer } = observed
  const release = releaseOf(answer?.version?.replace(/-.*$/, '') ?? '')
  const running = {
    name: memberName(observed),
    id: place.id ?? answer?.id ?? null,
    settings: answer?.settings ?? new Map<string, string>(),
    membership: null,
  }
  const differences = release === undefined ? [] : compareRunning(config, running, release)
  return {
    file: config.file,
    changedAtMs: statSync(config.file).mtimeMs,
    dynamic: settingOf(config, 'dynamicConfigFile') !== undefined,
    purge: purgeOf(config),
    differences: differences.map(({ key, a, b }) => ({ key, runs: b.value, says: a.value })),
  }
}

/** As the kernel counts: hundredths of a second since it was booted. */
async function startOf(pid: number): Promise<number | null> {
  const booted = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8').catch(() => ''))?.[1]
  const ticks = procStat(pid)?.startedAt
  return booted === undefined || ticks === undefined ? null : Number(booted) * 1000 + Number(ticks) * 10
}

async function swapOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kibibytes = /^VmSwap:\s*(\d+) kB$/m.exec(status)?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

async function snapshotTimes(directory: string): Promise<readonly number[]> {
  const files = await findSnapshots(directory).catch(() => [])
  const stats = await Promise.all(files.map(({ file }) => stat(file).catch(() => null)))
  return stats.flatMap((one) => (one === null ? [] : [one.mtimeMs])).sort((a, b) => b - a)
}

/** The servers' least is three snapshots. */
function purgeOf(member: Member): ConfigFacts['purge'] {
  const hours = Number(settingOf(member, 'autopurge.purgeInterval')?.value ?? 0)
  if (!(hours > 0)) return null
  return { hours, keep: Math.max(3, Number(settingOf(member, 'autopurge.snapRetainCount')?.value ?? 3)) }
}
