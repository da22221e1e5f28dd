/*
 * Where the members stand and how: all in zoo.cfg, or in a dynamic file of their own; each with the address where it
 * serves clients, as servers from 3.5 on want it.
 */
import type { ServerLine } from '../ensemble.ts'
import { formatEntry } from '../java/properties.ts'
import { type Member, memberId, type Setting } from '../member.ts'
import type { Release } from '../release.ts'
import { hostKind } from '../topology.ts'
import { type Draft, note } from './changes.ts'

/** `as-is`: where they stand. */
export type Layout = 'static' | 'dynamic' | 'as-is'

export interface MembersInput {
  readonly member: Member
  /** All members whose files are at hand. */
  readonly others: readonly Member[]
  readonly release: Release
  readonly layout: Layout
  readonly dynamicFile: string
}

export interface ConvertedMembers {
  /** The lines of the dynamic file; null: there is none. */
  readonly dynamic: string | null
  /** Ids whose client port was taken for the one of this file. */
  readonly assumed: readonly bigint[]
}

export function convertMembers(input: MembersInput, draft: Draft): ConvertedMembers {
  const { member, layout } = input
  // a dynamic file is changed by reconfig alone: servers take it from each other by its version
  if (member.dynamic !== null && layout !== 'static') return { dynamic: null, assumed: [] }
  const lines = linesOf(member)
  const { values, assumed } = withClientParts(input, draft)
  const after = (setting: Setting) => values.get(setting.key) ?? setting.value
  if (layout === 'dynamic') return { dynamic: moveOut(input, lines, after, draft), assumed }
  if (member.dynamic !== null) moveIn(member, lines, after, draft)
  else for (const [key, value] of values) draft.zooCfg.set(key, value)
  return { dynamic: null, assumed }
}

const DYNAMIC = 'zoo.cfg.dynamic'
const CLIENT = 'from 3.5 on a member says in its line where it serves clients'

function linesOf({ settings, dynamic }: Member): readonly Setting[] {
  return [...settings.values(), ...(dynamic?.settings ?? [])].filter(({ key }) => /^(server\.|group|weight)/.test(key))
}

type After = (setting: Setting) => string

/** The text of the dynamic file. */
function moveOut({ dynamicFile }: MembersInput, lines: readonly Setting[], after: After, draft: Draft): string {
  for (const setting of lines) {
    const { key, value } = setting
    draft.zooCfg.set(key, null)
    const why = `members stand in the dynamic file${after(setting) === value ? '' : `; ${CLIENT}`}`
    note(draft, { key, before: value, after: `${DYNAMIC}: ${key}=${after(setting)}`, why })
  }
  draft.zooCfg.set('dynamicConfigFile', dynamicFile)
  const why = 'where the members stand; servers rewrite it when membership changes'
  note(draft, { key: 'dynamicConfigFile', before: null, after: dynamicFile, why })
  return lines.map((setting) => `${formatEntry(setting.key, after(setting))}\n`).join('')
}

function moveIn({ settings }: Member, lines: readonly Setting[], after: After, draft: Draft): void {
  draft.zooCfg.set('dynamicConfigFile', null)
  const before = settings.get('dynamicConfigFile')!.value
  note(draft, { key: 'dynamicConfigFile', before, after: null, why: 'the members stand in zoo.cfg itself' })
  for (const setting of lines) {
    const { key, value } = setting
    draft.zooCfg.set(key, after(setting))
    note(draft, { key, before: `${DYNAMIC}: ${value}`, after: after(setting), why: 'from the dynamic file' })
  }
}

/** Server lines that get the address where the member serves clients. */
function withClientParts(
  { member, others, release, layout }: MembersInput,
  draft: Draft,
): { readonly values: ReadonlyMap<string, string>; readonly assumed: readonly bigint[] } {
  const values = new Map<string, string>()
  const assumed: bigint[] = []
  const servers = [...member.ensemble.servers.values()]
  // 3.4 cannot read them
  if (release.minor === 4 || servers.every(({ client }) => client !== null)) return { values, assumed }
  const ownId = memberId(member)
  for (const server of servers) {
    if (server.client !== null) continue
    const own = others.find((other) => memberId(other) === server.id)
    const port = (own ?? member).settings.get('clientPort')?.value
    if (port === undefined || !/^[1-9]\d*$/.test(port)) continue
    if (own === undefined) assumed.push(server.id)
    const host = own?.settings.get('clientPortAddress')?.value
    const value = lineWith(
      server,
      host === undefined || hostKind(host) === 'wildcard' ? port : `${bracketed(host)}:${port}`,
    )
    values.set(server.setting.key, value)
    // a line that moves is told once, with where it moves to
    if (layout !== 'dynamic' && member.dynamic === null) {
      note(draft, { key: server.setting.key, before: server.setting.value, after: value, why: CLIENT })
    }
  }
  // its own line says it now; a second word about it could only differ
  if (ownId !== null && values.has(`server.${ownId}`)) {
    for (const key of ['clientPort', 'clientPortAddress']) {
      const before = member.settings.get(key)?.value
      if (before === undefined) continue
      draft.zooCfg.set(key, null)
      note(draft, { key, before, after: null, why: 'its server line says it' })
    }
  }
  return { values, assumed }
}

function lineWith({ setting }: ServerLine, client: string): string {
  return `${setting.value};${client}`
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
