/*
 * roll config: new settings for the members, in effect one member after the other.
 *
 * 1. Of each member the present zoo.cfg is read, and the new one is made: a file for all, a folder with one for each, or
 *    single keys changed in its own.
 * 2. What a roll cannot change is refused: who the members are, quorum TLS in one go, a file that no server takes.
 * 3. Old and new files are kept together: the new ones for a resume, the old ones to go back the same way.
 * 4. Member by member the file is put in its place, the member restarted, and what it says it runs with held against it.
 */
import { type PropertiesFile, parseProperties } from '../../config/java/properties.ts'
import { type Member, memberId, settingsOf, shownValue } from '../../config/member.ts'
import { releaseOf } from '../../config/release.ts'
import { rewriteProperties } from '../../config/rewrite.ts'
import { compareRunning } from '../../config/running.ts'
import type { Check, Refusal } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { type DiffLine, lineDiff } from '../../support/line-diff.ts'
import { judgeAll } from '../zoo-cfg/lint.ts'
import { loadMember } from '../zoo-cfg/load.ts'
import { configsAt } from '../zoo-cfg/places.ts'
import { readable } from '../zoo-cfg/read-member.ts'
import { keepFiles, keptFolder, keptNew } from './kept-files.ts'
import { configOf, readConfig, writeConfig } from './member-config.ts'
import type { RollMember } from './view.ts'
import type { RollKind, RollKindOf, RollScene } from './work.ts'

export interface ConfigOptions {
  /** A zoo.cfg for all members, or a folder with one for each. */
  readonly place: string | undefined
  /** `key=value`; `key=` takes it away. */
  readonly set: readonly string[]
}

export interface ConfigDiff {
  readonly id: number
  readonly file: string
  /** Secrets are not shown. */
  readonly lines: readonly DiffLine[]
}

export interface MemberDraft {
  readonly id: number
  readonly file: string
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** New content of a member's file; undefined: it stays. Throws `usage`, `input.*`. */
type Wanted = (member: RollMember, before: Uint8Array) => Uint8Array | undefined

/** Throws `usage`, `input.*`. Before anything is asked. */
export function wantedFiles({ place, set }: ConfigOptions): Wanted {
  if ((place === undefined) === (set.length === 0)) {
    throw new ZkopsError('usage', 'What is to change? Give a zoo.cfg, a folder of them, or --set key=value')
  }
  if (place === undefined) {
    const changes = new Map(set.map(setting))
    return (_, before) => rewriteProperties(parseProperties(before), changes)
  }
  const loaded = configsAt(place).map((one) => ({ ...one, member: readable(loadMember(one.file)).member }))
  if (loaded.length === 1 && loaded[0]!.file === place) return () => loaded[0]!.member.properties.bytes
  const byId = new Map(loaded.map(({ member }) => [idOf(member), member.properties.bytes]))
  return ({ id }) => byId.get(id)
}

function setting(text: string): readonly [string, string | null] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new ZkopsError('usage', `${text} is no key=value`)
  const value = text.slice(equals + 1)
  return [text.slice(0, equals).trim(), value === '' ? null : value]
}

/** By the number in the name of its folder, else by myid, which may be that of this machine. Throws `usage`. */
function idOf(member: Member): number {
  const own = /(\d+)\/(?:conf\/)?zoo\.cfg$/.exec(member.file)?.[1] ?? memberId(member)
  if (own !== null) return Number(own)
  throw new ZkopsError('usage', `${member.file}: which member is it for?`, {
    hint: 'Lay the files as DIR/1/zoo.cfg, DIR/2/zoo.cfg, or put myid beside them.',
  })
}

/** `shown`: gets what differs, for people. */
export function configKind(wanted: Wanted, shown: (diffs: readonly ConfigDiff[]) => void): RollKindOf {
  return async (scene) => {
    const drafts = await Promise.all(scene.members.map((member) => draftOf(member, wanted, scene)))
    const changed = drafts.filter((draft) => draft !== undefined)
    shown(changed.map(diffOf))
    const kept = keptFolder(changed)
    const judged = await judge(changed, scene)
    return kindFor(changed, scene, {
      ...{ base: { files: changed.map(({ id, file }) => ({ id, file })) }, data: { folder: kept } },
      ...{ refused: movesMembers(changed) ?? switchesTls(changed) ?? judged.refused, findings: judged.findings },
      undo: `zkops roll config ${kept}/old`,
      begin: () => keepFiles(kept, changed),
    })
  }
}

/** From the journal: the files lie where they were kept. */
export function resumedConfig(data: unknown): RollKindOf {
  const { folder } = data as { readonly folder: string }
  return async (scene) => {
    const drafts = await Promise.all(
      scene.members.map(async (member): Promise<MemberDraft> => {
        const [before, after] = await Promise.all([readConfig(member, scene), keptNew(folder, member.id)])
        return { id: member.id, file: configOf(member, scene).file, before, after }
      }),
    )
    return kindFor(drafts, scene, { data, undo: `zkops roll config ${folder}/old` })
  }
}

function kindFor(drafts: readonly MemberDraft[], scene: RollScene, rest: Partial<RollKind>): RollKind {
  const draft = (member: RollMember) => drafts.find(({ id }) => id === member.id)
  return {
    ...{ kind: 'roll config', verb: 'configure', ...rest },
    detail: (member) => `new ${draft(member)?.file}`,
    isDone: (member) => draft(member) === undefined,
    before: async (member) => writeConfig(member, draft(member)!.after, scene),
    after: (member) => notInEffect(member, draft(member)!, scene),
    checks: async (members) => checksOf(members, drafts),
  }
}

async function draftOf(member: RollMember, wanted: Wanted, scene: RollScene): Promise<MemberDraft | undefined> {
  const { file } = configOf(member, scene)
  const before = await readConfig(member, scene)
  const after = wanted(member, before)
  if (after === undefined || (before.equals(after) && runsWith(member, file, after).length === 0)) return undefined
  return { id: member.id, file, before, after }
}

const keysOf = (bytes: Uint8Array): ReadonlyMap<string, string> =>
  new Map(settingsOf('', parseProperties(bytes)).map(({ key, value }) => [key, value]))

function changedKeys({ before, after }: MemberDraft): readonly string[] {
  const [old, now] = [keysOf(before), keysOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key))
}

/** Of the keys that the roll changes. The file of dynamic members is named anew by servers themselves. */
async function notInEffect(member: RollMember, draft: MemberDraft, scene: RollScene): Promise<string | undefined> {
  const there = keysOf(await readConfig(member, scene))
  const wanted = keysOf(draft.after)
  const keys = [...wanted.keys()].filter((key) => key !== 'dynamicConfigFile')
  const lost = keys.find((key) => there.get(key) !== wanted.get(key))
  if (lost !== undefined) return `${draft.file} does not hold the new ${lost}`
  const changed = changedKeys(draft)
  const [live] = runsWith(member, draft.file, draft.after).filter(({ key }) => changed.includes(key))
  return live === undefined ? undefined : `it runs with ${live.key} ${live.running}, not ${live.file}`
}

/** What a member says it runs with and what the file says differently. */
function runsWith({ id, name, answer, version }: RollMember, file: string, bytes: Uint8Array) {
  const { member } = loadMember(file, bytes)
  const settings = answer?.settings ?? new Map<string, string>()
  const release = releaseOf(version ?? '') ?? releaseOf('3.9')!
  return compareRunning(member, { name, id, settings, membership: null }, release)
    .filter(({ key }) => member.settings.has(key))
    .map(({ key, a, b }) => ({ key, file: a.value, running: b.value }))
}

function checksOf(members: readonly RollMember[], drafts: readonly MemberDraft[]): readonly Check[] {
  const keys = new Set(drafts.flatMap(changedKeys))
  return [...keys].map((key): Check => {
    const told = members.filter(({ answer }) => answer?.settings.has(key) === true)
    const detail =
      told.length === 0
        ? 'in the files; servers do not tell what they run with'
        : told.map(({ name, answer }) => `${name} runs with ${shownValue(key, answer!.settings.get(key)!)}`).join(', ')
    return { check: key, ok: told.length === 0 ? null : true, detail }
  })
}

function refusal(code: string, why: string, { id, file }: MemberDraft): Refusal {
  return { code: `refused.${code}`, why, counterexample: { server: id, file } }
}

const isMembership = (key: string): boolean => /^(server\.|group|weight)/.test(key)

function movesMembers(drafts: readonly MemberDraft[]): Refusal | null {
  const draft = drafts.find((one) => changedKeys(one).some(isMembership))
  if (draft === undefined) return null
  const why = `${changedKeys(draft).filter(isMembership).join(', ')} of server ${draft.id} would change: who the members are is no setting. Use zkops reconfig, or see with zkops quorum simulate --method files which files may follow each other`
  return refusal('membership', why, draft)
}

/** One that speaks TLS only and one that knows none do not reach each other. */
function switchesTls(drafts: readonly MemberDraft[]): Refusal | null {
  const both = (bytes: Uint8Array) => keysOf(bytes).get('portUnification')?.toLowerCase() === 'true'
  const draft = drafts.find((one) => changedKeys(one).includes('sslQuorum') && !(both(one.before) && both(one.after)))
  if (draft === undefined) return null
  const why =
    'sslQuorum would change in one roll: members of before and after could not speak with each other. Roll portUnification=true with the key stores first, then sslQuorum=true, then portUnification=false'
  return refusal('tls', why, draft)
}

/** As a server of the member's release reads it; only where what it names lies on this machine. */
async function judge(
  drafts: readonly MemberDraft[],
  scene: RollScene,
): Promise<{ readonly refused: Refusal | null; readonly findings: readonly Finding[] }> {
  for (const draft of drafts) {
    const member = scene.members.find(({ id }) => id === draft.id)!
    const release = releaseOf(member.version ?? '')
    if (!configOf(member, scene).here || release === undefined) continue
    const loaded = loadMember(draft.file, draft.after)
    const verdict = (await judgeAll([loaded], [release], scene.signal)).get(loaded.member)?.get(release.name)
    if (verdict?.accepted !== false) continue
    const why = `a server would not take the new ${draft.file}: ${verdict.serverError}`
    return { refused: refusal('config', why, draft), findings: [] }
  }
  return { refused: null, findings: [] }
}

function diffOf({ id, file, before, after }: MemberDraft): ConfigDiff {
  const [old, now] = [parseProperties(before), parseProperties(after)]
  return { id, file, lines: lineDiff(shownLines(old, now, '(old)'), shownLines(now, old, '(new)')) }
}

/** Lines with secrets hidden. */
function shownLines(own: PropertiesFile, other: PropertiesFile, side: string): readonly string[] {
  const text = Buffer.from(own.bytes).toString('latin1').replace(/\n$/, '').split('\n')
  const others = new Map(other.entries.map(({ key, value }) => [key.trim(), value]))
  const entries = new Map(own.entries.map((entry) => [entry.line, entry]))
  return text.map((line, i) => {
    const entry = entries.get(i + 1)
    if (entry === undefined) return line
    const key = entry.key.trim()
    const shown = shownValue(key, entry.value)
    if (shown === entry.value) return line
    // a secret that changes shows as two lines
    return others.has(key) && others.get(key) !== entry.value ? `${key}=${shown} ${side}` : `${key}=${shown}`
  })
}
