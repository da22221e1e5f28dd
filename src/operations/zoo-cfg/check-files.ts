/* --check-files: what the configuration names on this machine. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Member, type Setting, settingOf } from '../../config/member.ts'
import type { DirectoryFacts } from '../../config/rules/facts.ts'
import { zxidFromName } from '../../datadir/names.ts'
import { systemErrorCode } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { checkStores } from './check-stores.ts'
import { deviceFacts, type Mount, readMounts } from './devices.ts'
import { isReadByOthers } from './read-by-others.ts'

export interface CheckedFiles {
  readonly directories: ReadonlyMap<string, DirectoryFacts>
  readonly findings: readonly Finding[]
}

export function checkAllFiles(members: readonly Member[], now = Date.now()): CheckedFiles {
  const directories = new Map<string, DirectoryFacts>()
  const findings: Finding[] = []
  const mounts = readMounts()
  for (const member of members) {
    for (const key of ['dataDir', 'dataLogDir']) {
      const setting = member.settings.get(key)
      if (setting === undefined) continue
      findings.push(...directoryFindings(setting))
      if (!directories.has(setting.value)) directories.set(setting.value, directoryFacts(setting.value, mounts))
    }
    findings.push(...checkStores(member, now), ...permissionFindings(member))
  }
  return { directories, findings }
}

function directoryFindings(setting: Setting): readonly Finding[] {
  const problem = directoryProblem(setting.value)
  if (problem === undefined) return []
  return [
    {
      code: 'config.directory',
      severity: problem === 'does not exist' ? 'info' : 'error',
      level: problem === 'does not exist' ? 'LOW' : 'ERROR',
      message: `${setting.key} ${setting.value} ${problem}`,
      file: setting.file,
      key: setting.key,
      evidence: { line: setting.line, directory: setting.value },
    },
  ]
}

function directoryProblem(path: string): string | undefined {
  try {
    if (!statSync(path).isDirectory()) return 'is no directory'
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'ENOENT') return 'does not exist'
    return code === 'EACCES' ? 'cannot be written by the user that runs zkops' : `cannot be used (${code})`
  }
}

function directoryFacts(path: string, mounts: readonly Mount[]): DirectoryFacts {
  const unknown: DirectoryFacts = {
    ...{ exists: false, device: null, freeBytes: null, fileSystem: null, mountOptions: [], rotational: null },
    ...{ logs: 0, snapshots: 0, snapshotBytes: null },
  }
  try {
    const place = resolve(path)
    return { exists: true, ...deviceFacts(place, mounts), ...countFiles(join(place, 'version-2')) }
  } catch {
    return unknown
  }
}

function countFiles(folder: string): Pick<DirectoryFacts, 'logs' | 'snapshots' | 'snapshotBytes'> {
  const names = readdirSync(folder, { encoding: 'utf8' })
  const snapshots = names
    .map((name) => [name, zxidFromName(name, 'snapshot')] as const)
    .filter((one): one is readonly [string, bigint] => one[1] !== undefined)
    .sort(([, a], [, b]) => (a < b ? 1 : -1))
  const newest = snapshots[0]?.[0]
  return {
    logs: names.filter((name) => zxidFromName(name, 'log') !== undefined).length,
    snapshots: snapshots.length,
    snapshotBytes: newest === undefined ? null : statSync(join(folder, newest)).size,
  }
}

/** Secrets that every user of the machine can read. */
function permissionFindings(member: Member): readonly Finding[] {
  const secret = /(password|superDigest)$/i
  const places = new Map<string, string>()
  for (const setting of [...member.settings.values(), ...member.flags.values()]) {
    if (secret.test(setting.key)) places.set(setting.file, setting.key)
  }
  for (const prefix of ['ssl.', 'ssl.quorum.']) {
    for (const name of ['keyStore.passwordPath', 'trustStore.passwordPath', 'keyStore.location']) {
      const setting = settingOf(member, `${prefix}${name}`)
      if (setting !== undefined) places.set(setting.value, setting.key)
    }
  }
  return [...places].flatMap(([file, key]): readonly Finding[] => {
    if (!isReadByOthers(file)) return []
    const message = `every user of this machine can read ${file}`
    return [{ code: 'config.world-readable', severity: 'warning', level: 'MEDIUM', message, file, key }]
  })
}
