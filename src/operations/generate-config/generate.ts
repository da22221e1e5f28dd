/*
 * config generate:
 *
 * 1. The profile is read (profiles.ts), members are read from --server lines.
 * 2. Every member gets its values, each with its reason (config/profiles/values.ts).
 * 3. Files are rendered from templates (files.ts), and held against what lies in --output.
 * 4. The plan writes what is missing and replaces what differs; the old file stays beside the new one.
 *
 * Nothing but profile, options and templates goes into a file: the same input gives the same bytes anywhere. With
 * --detect this machine is an input as well.
 */
import { join } from 'node:path'
import type { SizingFacts } from '../../config/profiles/facts.ts'
import { generateFindings } from '../../config/profiles/findings.ts'
import { membership, type NewMember, newMembers } from '../../config/profiles/members.ts'
import { type GeneratedValue, type Places, placed, valuesFor } from '../../config/profiles/values.ts'
import type { Change } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { FileDiff } from '../zoo-cfg/fmt.ts'
import { releaseFor } from '../zoo-cfg/lint.ts'
import { detectedFacts } from './detect.ts'
import { memberFiles } from './files.ts'
import { type InventoryMembers, inventoryMembers } from './from-inventory.ts'
import { loadProfile } from './profiles.ts'
import { diffOf, draftOf, writingChange } from './write.ts'

export { LOG_DEVICES } from '../../config/profiles/facts.ts'

export interface GenerateOptions {
  readonly profile: string
  /** `ID=HOST…`; not read with an inventory. */
  readonly servers: readonly string[]
  readonly inventory?: string | undefined
  /** Of the inventory. */
  readonly ensemble?: string | undefined
  readonly zookeeper: string | undefined
  readonly output: string
  readonly facts: SizingFacts
  readonly dataDir: string
  readonly logDir: string | undefined
  readonly confDir: string
  readonly zookeeperHome: string
  /** `key=value`. */
  readonly set: readonly string[]
  /** What the flags do not say is looked up on this machine. */
  readonly detect: boolean
}

/** What a member gets, and why. */
export interface ExplainedMember {
  readonly id: string
  readonly values: readonly GeneratedValue[]
}

export interface Generated {
  readonly change: Change
  /** Files that are there and become others. */
  readonly diffs: readonly FileDiff[]
  readonly members: readonly ExplainedMember[]
}

const DEFAULT_LOG_DIR = '/var/lib/zookeeper-log'

/** Throws `usage`, `input.*`. */
export function planGenerate(options: GenerateOptions): Generated {
  const profile = loadProfile(options.profile)
  const given = givenMembers(options)
  const release = releaseFor(options.zookeeper ?? given.zookeeper ?? undefined)
  const members = newMembers(given.members)
  const logDir = options.logDir ?? (profile.logDevice === 'none' ? null : DEFAULT_LOG_DIR)
  const places = checkedPlaces({ confDir: options.confDir, dataDir: options.dataDir, logDir })
  const facts = options.detect ? detectedFacts(options.facts, places.dataDir, places.logDir) : options.facts
  const inputs = { profile, release, members, facts, set: settingsOf([...given.settings, ...options.set]) }
  const zookeeperHome = checkedPath('--zookeeper-home', options.zookeeperHome)
  const explained = members.map((member) => {
    const own = placesOf(member, places)
    return { member, own, values: valuesFor(member, own, inputs) }
  })
  const files = explained.flatMap(({ member, own, values }) =>
    memberFiles({
      ...{ release, profile: profile.name, member, places: own, values },
      ...{ openFiles: profile.openFiles, zookeeperHome },
    }),
  )
  const drafts = files.flatMap(({ name, text }) => draftOf(join(options.output, name), text) ?? [])
  const base = { profile: profile.name, zookeeper: release.line, members: membership(members), facts }
  return {
    change: writingChange('config generate', drafts, base, options.output, [
      ...given.findings,
      ...generateFindings(profile, facts, places),
    ]),
    diffs: drafts.flatMap(diffOf),
    members: explained.map(({ member, values }) => ({ id: String(member.id), values })),
  }
}

function givenMembers({ servers, inventory, ensemble }: GenerateOptions): InventoryMembers {
  if (inventory !== undefined) return inventoryMembers(inventory, ensemble)
  const members = servers.map((server) => ({ server, adminPort: null, own: {} }))
  return { members, settings: [], zookeeper: null, findings: [] }
}

/** Members on one host have directories of their own, and so has who the inventory says so of. */
function placesOf({ id, onHost, own }: NewMember, { confDir, dataDir, logDir }: Places): Places {
  const apart = (directory: string) => (onHost === null ? directory : `${directory}/${id}`)
  const ownPath = (path: string | undefined) => (path === undefined ? undefined : checkedPath('In the inventory', path))
  const data = ownPath(own.dataDir) ?? apart(dataDir)
  const log = ownPath(own.logDir) ?? (logDir === null ? null : apart(logDir))
  return { confDir: ownPath(own.confDir) ?? apart(confDir), dataDir: data, logDir: log === data ? null : log }
}

function checkedPlaces({ confDir, dataDir, logDir }: Places): Places {
  const data = checkedPath('--data-dir', dataDir)
  const log = logDir === null ? null : checkedPath('--log-dir', logDir)
  return { confDir: checkedPath('--conf-dir', confDir), dataDir: data, logDir: log === data ? null : log }
}

/** Paths go into shell text and units as they are. */
function checkedPath(flag: string, path: string): string {
  if (/^\/[\w./@+-]*$/.test(path)) return path.replace(/(?<=.)\/+$/, '')
  throw new ZkopsError('usage', `${flag} ${path} is no absolute path of letters, digits and . _ @ + -`)
}

const ELSEWHERE: Readonly<Record<string, string>> = {
  dataDir: '--data-dir',
  dataLogDir: '--log-dir',
  dynamicConfigFile: '--conf-dir',
}

function settingsOf(set: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    set.map((text) => {
      const [, key, value] = /^([^=\s]+)=([^\p{Cc}]*)$/u.exec(text) ?? []
      if (key === undefined || value === undefined) {
        throw new ZkopsError('usage', `--set ${text} is no key=value`, {
          hint: 'For example --set maxSessionTimeout=60000.',
        })
      }
      const flag = key.startsWith('server.') ? '--server' : ELSEWHERE[key]
      if (flag !== undefined) throw new ZkopsError('usage', `--set cannot set ${key}: use ${flag}`)
      if (placed(key).place === 'java.env' && !/^[\w.,:/@%+=-]+$/.test(text)) {
        throw new ZkopsError('usage', `--set ${text} has signs that mean something to a shell`)
      }
      return [key, value] as const
    }),
  )
}
