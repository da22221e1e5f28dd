/* Keys of zoo.cfg for another release: names that are read, flags where they work, values that the parser takes. */
import { isTrue } from '../java/values.ts'
import { aliasOf, isReadBy, keySpec } from '../keys/table.ts'
import type { KeySpec } from '../keys/types.ts'
import { type Member, memberId, type Setting } from '../member.ts'
import { isSince, type Release } from '../release.ts'
import { consumedAs } from '../verdict/static-keys.ts'
import { type Draft, note } from './changes.ts'

/** Another name from 3.6 on. */
const RENAMED: Readonly<Record<string, string>> = { 'leader.maxConcurrentSnapshots': 'leader.maxConcurrentSnapSyncs' }
/** From zoo.cfg they are read too late on some releases, or not where they matter. */
const BETTER_FLAGS: Readonly<Record<string, string>> = {
  'db.autocreate': 'a file is read too late for it on some releases',
  'datadir.autocreate': 'a file is read too late for it on some releases',
  'multiAddress.enabled': 'only the flag allows server lines with several addresses',
}

export function convertKeys(member: Member, release: Release, draft: Draft): void {
  for (const setting of member.settings.values()) convertKey(setting, member, release, draft)
}

function convertKey(setting: Setting, member: Member, release: Release, draft: Draft): void {
  const { key } = setting
  const meant = key.startsWith('zookeeper.') ? keySpec(key.slice(10)) : aliasOf(key)
  const spec = keySpec(key)
  const renamed = release.minor > 5 && Object.hasOwn(RENAMED, key) ? RENAMED[key] : undefined
  if (meant !== undefined) useName(setting, meant, member, draft)
  else if (renamed !== undefined) rename(setting, renamed, `${key} is called so from 3.6 on`, member, draft)
  else if (spec?.place === 'flag') moveToFlags(setting, key, 'it works as a flag of the JVM only', true, member, draft)
  else if (Object.hasOwn(BETTER_FLAGS, key) && isReadBy(spec!, release)) {
    moveToFlags(setting, `zookeeper.${key}`, BETTER_FLAGS[key]!, false, member, draft)
  } else if (spec !== undefined && spec.place !== 'member' && isGone(spec, release)) {
    drop(setting, `servers after ${spec.until} do not read it`, draft)
  } else if (key === 'electionAlg' && release.minor > 5) {
    drop(setting, 'from 3.6 on there is one algorithm only, and others are refused', draft)
  } else if (key === 'peerType' && release.minor > 4) peerType(setting, member, draft)
  else strictBoolean(setting, release, draft)
}

/** Not for releases that do not have it yet: going back is another matter. */
function isGone(spec: KeySpec, release: Release): boolean {
  return !isReadBy(spec, release) && isSince(release, spec.since)
}

/** A name that documentation gives, or with a prefix too much. */
function useName(setting: Setting, meant: KeySpec, member: Member, draft: Draft): void {
  const why = `no server reads ${setting.key}`
  if (meant.place === 'flag') moveToFlags(setting, meant.name, why, true, member, draft)
  else rename(setting, meant.name, why, member, draft, true)
}

function rename(
  { key, value }: Setting,
  name: string,
  why: string,
  member: Member,
  draft: Draft,
  takesEffect = false,
): void {
  const there = member.settings.has(name)
  draft.zooCfg.set(key, there ? null : { key: name, value })
  const reason = there ? `${why}; ${name} stands there, too` : why
  note(draft, {
    key,
    before: value,
    after: there ? null : `${name}=${value}`,
    why: reason,
    takesEffect: takesEffect && !there,
  })
}

function moveToFlags(
  { key, value }: Setting,
  property: string,
  why: string,
  takesEffect: boolean,
  member: Member,
  draft: Draft,
): void {
  if (!/^[\w.,:/@%+=-]*$/.test(value)) {
    draft.byHand.push(key)
    return
  }
  const there = member.flags.get(property)
  draft.zooCfg.set(key, null)
  if (there === undefined) draft.flags.set(`-D${property}=`, value)
  note(draft, {
    key,
    before: value,
    after: there === undefined ? `java.env: -D${property}=${value}` : null,
    why: there === undefined ? why : `${why}; java.env says ${there.value} already`,
    takesEffect: takesEffect && there === undefined,
  })
}

function drop({ key, value }: Setting, why: string, draft: Draft): void {
  draft.zooCfg.set(key, null)
  note(draft, { key, before: value, after: null, why })
}

/** The role stands in the server line, where all members see it. */
function peerType(setting: Setting, member: Member, draft: Draft): void {
  const own = member.ensemble.servers.get(memberId(member) ?? -1n)
  if (own === undefined || setting.value.toLowerCase() !== own.role) return
  drop(setting, `its server line says ${own.role}`, draft)
}

/** What 3.5 and 3.6 refused already means nothing that could be kept. */
const ALWAYS_STRICT = ['standaloneEnabled', 'reconfigEnabled']

/** From 3.7 on only true and false are taken; before, everything but true counted as false. */
function strictBoolean({ key, value }: Setting, release: Release, draft: Draft): void {
  if (ALWAYS_STRICT.includes(key)) return
  if (release.minor < 7 || consumedAs(key, release) !== 'boolean' || /^(true|false)$/i.test(value)) return
  const after = String(isTrue(value))
  draft.zooCfg.set(key, after)
  note(draft, { key, before: value, after, why: 'from 3.7 on servers refuse it; until then it counted as false' })
}
