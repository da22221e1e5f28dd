/*
 * config generate:
 *
 * 1. The profile is read (profiles.ts), members are read from --server lines, facts from flags and data (from-data.ts).
 * 2. Every member gets its values, each with its reason (config/profiles/values.ts).
 * 3. Files are rendered from templates (files.ts, extras/), and held against what lies in --output.
 * 4. The plan writes what is missing and replaces what differs; the old file stays beside the new one.
 *
 * Nothing but profile, options and templates goes into a file: the same input gives the same bytes anywhere. With
 * --detect this machine is an input as well.
 */
import { join } from 'node:path'
import { NO_FACTS, type SizingFacts } from '../../config/profiles/facts.ts'
import { generateFindings } from '../../config/profiles/findings.ts'
import { memberLine, membership, type NewMember, newMembers } from '../../config/profiles/members.ts'
import type { Profile } from '../../config/profiles/profile.ts'
import { openFiles } from '../../config/profiles/sizing.ts'
import { type GeneratedValue, type Places, placed, valuesFor } from '../../config/profiles/values.ts'
import type { Change, ChangeResult, PlanResult } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { FileDiff } from '../zoo-cfg/fmt.ts'
import { releaseFor } from '../zoo-cfg/lint.ts'
import { detectedFacts } from './detect.ts'
import type { Extra } from './extras/extra.ts'
import { extraFiles } from './extras/index.ts'
import { memberFiles } from './files.ts'
import type { FromDataOptions } from './from-data.ts'
import { type InventoryMembers, inventoryMembers } from './from-inventory.ts'
import { loadProfile } from './profiles.ts'
import { diffOf, draftOf, writingChange } from './write.ts'

export { LOG_DEVICES } from '../../config/profiles/facts.ts'
export { EXTRAS } from './extras/extra.ts'

/** What is known; the rest may be left out. */
export type GivenFacts = { readonly [fact in keyof SizingFacts]?: SizingFacts[fact] | undefined }

export interface GenerateOptions {
  readonly profile: string
  /** `ID=HOST…`; not read with an inventory. */
  readonly servers: readonly string[]
  readonly inventory?: string | undefined
  /** Of the inventory. */
  readonly ensemble?: string | undefined
  readonly zookeeper: string | undefined
  readonly output: string
  readonly facts: GivenFacts
  readonly dataDir: string
  readonly logDir: string | undefined
  readonly confDir: string
  readonly zookeeperHome: string
  /** `key=value`. */
  readonly set: readonly string[]
  /** What the flags do not say is looked up on this machine. */
  readonly detect: boolean
  /** The ensemble's, where something is called after it. */
  readonly name: string
  /** What is made beside the members' folders. */
  readonly extras: readonly Extra[]
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
  /** What was read from data, and where; null: nothing. */
  readonly evidence: string | null
}

/** What --explain adds to the change. */
export type ExplainedResult = (PlanResult | ChangeResult) & Partial<Pick<Generated, 'members' | 'evidence'>>

const DEFAULT_LOG_DIR = '/var/lib/zookeeper-log'

/** With what a data directory says, where flags do not. Throws `usage`, `input.*`. */
export async function generateConfig(
  options: GenerateOptions,
  { place, ...reading }: Omit<FromDataOptions, 'place'> & { readonly place: string | undefined },
): Promise<Generated> {
  if (place === undefined) return planGenerate(options)
  // the tree is loaded only where there is one to look at
  const { factsFromData } = await import('./from-data.ts')
  const { facts, findings } = await factsFromData({ place, ...reading })
  const planned = planGenerate({ ...options, facts: { ...facts, ...given(options.facts) } })
  return { ...planned, change: { ...planned.change, findings: [...findings, ...planned.change.findings] } }
}

/** Without what is not said. */
function given(facts: GivenFacts): Partial<SizingFacts> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value != null))
}

/** Throws `usage`, `input.*`. */
export function planGenerate(options: GenerateOptions): Generated {
  const profile = loadProfile(options.profile)
  const wanted = givenMembers(options)
  const release = releaseFor(options.zookeeper ?? wanted.zookeeper ?? undefined)
  const members = newMembers(wanted.members)
  const logDir = options.logDir ?? (profile.logDevice === 'none' ? null : DEFAULT_LOG_DIR)
  const places = checkedPlaces({ confDir: options.confDir, dataDir: options.dataDir, logDir }, profile)
  const known = { ...NO_FACTS, ...given(options.facts) }
  const facts = options.detect ? detectedFacts(known, places.dataDir, places.logDir) : known
  const metrics = options.extras.includes('prometheus')
  const inputs = { profile, release, members, facts, metrics, set: settingsOf([...wanted.settings, ...options.set]) }
  const zookeeperHome = checkedPath('--zookeeper-home', options.zookeeperHome)
  const made = members.map((member) => {
    const own = placesOf(member, places)
    return { member, places: own, values: valuesFor(member, own, inputs) }
  })
  const shared = { release, profile: profile.name, openFiles: openFiles(profile, facts), zookeeperHome }
  const files = [
    ...made.flatMap((one) => memberFiles({ ...shared, ...one })),
    ...extraFiles(options.extras, { ...inputs, name: checkedName(options.name), places, made }),
  ]
  const drafts = files.flatMap(({ name, text }) => draftOf(join(options.output, name), text) ?? [])
  const base = { profile: profile.name, zookeeper: release.line, members: membership(members), facts }
  return {
    change: writingChange('config generate', drafts, base, options.output, [
      ...wanted.findings,
      ...generateFindings(inputs, places),
    ]),
    diffs: drafts.flatMap(diffOf),
    members: made.map(({ member, values }) => ({ id: String(member.id), values })),
    evidence: facts.from,
  }
}

function givenMembers({ servers, inventory, ensemble }: GenerateOptions): InventoryMembers {
  if (inventory !== undefined) return inventoryMembers(inventory, ensemble)
  return { members: servers.map(memberLine), settings: [], zookeeper: null, findings: [] }
}

/** Members on one host have directories of their own, and so has who the inventory says so of. */
function placesOf({ id, onHost, own }: NewMember, { confDir, dataDir, logDir }: Places): Places {
  const apart = (directory: string) => (onHost === null ? directory : `${directory}/${id}`)
  const ownPath = (path: string | undefined) => (path === undefined ? undefined : checkedPath('In the inventory', path))
  const data = ownPath(own.dataDir) ?? apart(dataDir)
  const log = ownPath(own.logDir) ?? (logDir === null ? null : apart(logDir))
  return { confDir: ownPath(own.confDir) ?? apart(confDir), dataDir: data, logDir: log === data ? null : log }
}

function checkedPlaces({ confDir, dataDir, logDir }: Places, { name, logDevice }: Profile): Places {
  const data = checkedPath('--data-dir', dataDir)
  const log = logDir === null ? null : checkedPath('--log-dir', logDir)
  if (log === data && logDevice !== 'none') {
    throw new ZkopsError('usage', `--log-dir and --data-dir are both ${data}, and ${name} wants them apart`, {
      hint: 'Give logs a directory of their own; when it lies on the same disk, say --log-device shared.',
    })
  }
  return { confDir: checkedPath('--conf-dir', confDir), dataDir: data, logDir: log === data ? null : log }
}

/** Things in Kubernetes, files and units are called after it. */
function checkedName(name: string): string {
  if (/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return name
  throw new ZkopsError('usage', `--name ${name} is no name of small letters, digits and -, 40 at most`)
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
