/* Where a server would keep its data, and under which properties it runs. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { settingOf } from '../../config/member.ts'
import type { Release } from '../../config/release.ts'
import { consumedAs } from '../../config/verdict/static-keys.ts'
import { zxidFromName } from '../../datadir/names.ts'
import { ZkopsError } from '../../support/errors.ts'
import { fromConfig } from '../data-dir/place.ts'
import { EPOCH_FILES } from '../epoch/files.ts'
import type { Loaded } from '../zoo-cfg/load.ts'
import { readMember } from '../zoo-cfg/read-member.ts'
import { readFolder } from './listing.ts'
import type { Role } from './settings.ts'

export interface Places {
  /** As it was named. */
  readonly dir: string
  readonly dataDir: string
  /** The version-2 of snapshots and epoch files, and that of logs. */
  readonly snapshots: string
  readonly logs: string
  readonly config: Loaded | null
  readonly role: Role
  readonly properties: ReadonlyMap<string, string>
}

export interface PlaceOptions {
  readonly dir: string
  readonly config?: string | undefined
  readonly logDir?: string | undefined
  readonly role?: Role | undefined
  /** `-Dkey=value`, or without the `-D`. */
  readonly jvmFlags: readonly string[]
}

/** Throws `input.missing` when the directory or the configuration is. */
export function findPlaces(options: PlaceOptions, release: Release): Places {
  const { dir } = options
  const stat = statSync(dir, { throwIfNoEntry: false })
  if (stat === undefined) throw new ZkopsError('input.missing', `${dir} does not exist`, { file: dir })
  const isConfig = !stat.isDirectory()
  const config = isConfig ? readMember(dir) : options.config === undefined ? null : readMember(options.config)
  const named = directoryOf(config, 'dataDir')
  if (isConfig && named === undefined) {
    throw new ZkopsError('input.malformed', `${dir} names no dataDir`, { file: dir, hint: 'Give the data directory.' })
  }
  const snapshots = versionFolder(isConfig ? named! : dir)
  const dataDir = basename(resolve(snapshots)) === 'version-2' ? dirname(resolve(snapshots)) : snapshots
  const apart = logDirOf(config, dataDir, named)
  const logs = options.logDir !== undefined ? versionFolder(options.logDir) : apart === undefined ? snapshots : apart
  const role = options.role ?? roleOf(config, dataDir, snapshots)
  return { dir, dataDir, snapshots, logs, config, role, properties: propertiesOf(config, options.jvmFlags, release) }
}

/** A server's version-2 in `place`; the place itself when it is one, by its name or by what lies in it. */
function versionFolder(place: string): string {
  const inside = join(place, 'version-2')
  if (basename(resolve(place)) === 'version-2' || existsSync(inside)) return existsSync(inside) ? inside : place
  const names = readFolder(place).names ?? []
  const holds = names.some((name) =>
    (['log', 'snapshot'] as const).some((kind) => zxidFromName(name, kind) !== undefined),
  )
  return holds ? place : inside
}

/** The dataLogDir of the configuration; that of another machine counts only where it exists. */
function logDirOf(config: Loaded | null, dataDir: string, named: string | undefined): string | undefined {
  if (config === null) return undefined
  const logDir = directoryOf(config, 'dataLogDir')
  if (logDir === undefined) return undefined
  const isOwn = named !== undefined && resolve(named) === dataDir
  return isOwn || existsSync(logDir) ? join(logDir, 'version-2') : undefined
}

function directoryOf(config: Loaded | null, key: 'dataDir' | 'dataLogDir'): string | undefined {
  if (config === null) return undefined
  const setting = settingOf(config.member, key)
  return setting === undefined ? undefined : fromConfig(config.member.file, setting.value)
}

function roleOf(config: Loaded | null, dataDir: string, snapshots: string): Role {
  if (config === null) {
    const marks = [join(dataDir, 'myid'), ...EPOCH_FILES.map((name) => join(snapshots, name))]
    return marks.some((file) => existsSync(file)) ? 'quorum' : 'standalone'
  }
  const { member } = config
  const alone = settingOf(member, 'standaloneEnabled')?.value.toLowerCase() !== 'false'
  return member.ensemble.servers.size > (alone ? 1 : 0) ? 'quorum' : 'standalone'
}

/** Flags of the command line win over java.env; what zoo.cfg hands on wins over both. */
function propertiesOf(
  config: Loaded | null,
  jvmFlags: readonly string[],
  release: Release,
): ReadonlyMap<string, string> {
  const properties = new Map<string, string>()
  for (const { key, value } of config?.member.flags.values() ?? []) properties.set(key, value)
  for (const flag of jvmFlags) {
    const match = /^(?:-D)?([^=]+)(?:=(.*))?$/s.exec(flag)
    if (match === null) throw new ZkopsError('usage', `${flag} is no property: expected -Dname=value`)
    properties.set(match[1]!, match[2] ?? '')
  }
  for (const { key, value } of config?.member.settings.values() ?? []) {
    if (consumedAs(key, release) === undefined) properties.set(`zookeeper.${key}`, value)
  }
  return properties
}
