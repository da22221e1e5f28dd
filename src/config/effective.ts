/* Every value that holds for a member, and where it comes from. */
import { defaultOf, isReadBy, KEYS, keySpec } from './keys/table.ts'
import { type Member, memberId, type Setting, settingOf, shownValue } from './member.ts'
import type { Release } from './release.ts'

export interface EffectiveValue {
  readonly key: string
  /** Null: there is none. Passwords and digests are not shown. */
  readonly value: string | null
  /** `derived`: it follows from other values. */
  readonly origin: 'file' | 'flag' | 'derived' | 'default'
  readonly file: string | null
  readonly line: number | null
  readonly default: string | null
  /** False: it is written down, but no server of this release reads it there. */
  readonly used: boolean
  /** What it wins over, or why it is not used. */
  readonly note: string | null
}

/** What is written down, in file order, then everything else that this release knows. */
export function effectiveValues(member: Member, release: Release): readonly EffectiveValue[] {
  const written = [...member.settings.values(), ...(member.dynamic?.settings ?? [])]
  const flags = [...member.flags.values()].filter(({ key }) => flagKey(key, member, release))
  const values = [
    ...written.map((setting) => fromFile(setting, member, release)),
    ...flags.map((setting) => fromFlag(setting, release)),
  ]
  const said = new Set(values.map(({ key }) => key))
  const rest = KEYS.filter((spec) => spec.place !== 'member' && !said.has(spec.name) && isReadBy(spec, release))
  return [...values, ...rest.map(({ name }) => withoutSetting(name, member, release))]
}

function fromFile(setting: Setting, member: Member, release: Release): EffectiveValue {
  const { key, value, file, line } = setting
  const spec = keySpec(key)
  const flag = member.flags.get(`zookeeper.${key}`)
  const unknown = spec === undefined ? 'no server reads this key' : null
  const early = spec !== undefined && !isReadBy(spec, release) ? `not in ${release.name}` : null
  const flagOnly = spec?.place === 'flag' ? 'works as a JVM flag only' : null
  const why = unknown ?? early ?? flagOnly
  const wins =
    flag === undefined || spec?.place !== 'passed' ? null : `wins over ${shownValue(key, flag.value)} in ${flag.file}`
  const common = { key, value: shownValue(key, value), origin: 'file', file, line } as const
  return {
    ...common,
    default: spec === undefined ? null : defaultOf(spec, release.line),
    used: why === null,
    note: why ?? wins,
  }
}

/** Flags that a server reads and the file does not override. */
function flagKey(property: string, member: Member, release: Release): boolean {
  const key = property.replace(/^zookeeper\./, '')
  const spec = keySpec(key)
  if (spec === undefined || !isReadBy(spec, release)) return false
  return spec.place === 'flag' ? property === key : spec.place === 'passed' && !member.settings.has(key)
}

function fromFlag({ key: property, value, file, line }: Setting, release: Release): EffectiveValue {
  const key = property.replace(/^zookeeper\./, '')
  const common = { key, value: shownValue(key, value), origin: 'flag', file, line } as const
  return { ...common, default: defaultOf(keySpec(key)!, release.line), used: true, note: null }
}

function withoutSetting(key: string, member: Member, release: Release): EffectiveValue {
  const standard = defaultOf(keySpec(key)!, release.line)
  const found = derived(key, member, release)
  const common = { key, file: null, line: null, default: standard, used: true } as const
  if (found === undefined) return { ...common, value: standard, origin: 'default', note: null }
  return { ...common, value: found.value, origin: 'derived', note: found.from }
}

function derived(key: string, member: Member, release: Release): { value: string; from: string } | undefined {
  const own = member.ensemble.servers.get(memberId(member) ?? -1n)
  const tick = Number(settingOf(member, 'tickTime')?.value ?? defaultOf(keySpec('tickTime')!, release.line))
  const dataDir = settingOf(member, 'dataDir')?.value
  if (key === 'dataLogDir' && dataDir !== undefined) return { value: dataDir, from: 'dataDir' }
  if (key === 'minSessionTimeout' && Number.isFinite(tick)) return { value: String(2 * tick), from: '2 ticks' }
  if (key === 'maxSessionTimeout' && Number.isFinite(tick)) return { value: String(20 * tick), from: '20 ticks' }
  if (key === 'peerType' && own !== undefined) return { value: own.role, from: 'its server line' }
  if (key === 'clientPort' && own?.client != null) return { value: String(own.client.port), from: 'its server line' }
  if (key === 'jute.maxbuffer.extrasize') {
    return { value: settingOf(member, 'jute.maxbuffer')?.value ?? '1048575', from: 'jute.maxbuffer' }
  }
  return undefined
}
