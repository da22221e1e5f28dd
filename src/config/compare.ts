/* Two members' configurations by what they mean. */
import { canonicalServer, type Ensemble, type ServerLine } from './ensemble.ts'
import { meaningOf } from './keys/meaning.ts'
import { aliasOf, defaultOf, keySpec } from './keys/table.ts'
import { type Member, type Setting, settingOf, shownValue } from './member.ts'
import type { Release } from './release.ts'

export interface Side {
  /** Null: it is not set, and has no default. */
  readonly value: string | null
  /** Null: it is the default. */
  readonly file: string | null
  readonly line: number | null
}

export interface Difference {
  readonly key: string
  readonly a: Side
  readonly b: Side
}

/** Order, comments, spelling of equal values and defaults that are written out make no difference. */
export function compareMembers(a: Member, b: Member, release: Release): readonly Difference[] {
  const keys = new Set([a, b].flatMap(keysOf))
  const settings = [...keys].flatMap((key) => {
    const [left, right] = [sideOf(a, key, release), sideOf(b, key, release)]
    const same = meaningFor(key, left.value, a) === meaningFor(key, right.value, b)
    return same ? [] : [{ key, a: shownSide(key, left), b: shownSide(key, right) }]
  })
  return [...settings, ...jvmDifferences(a, b)]
}

function keysOf(member: Member): readonly string[] {
  const flags = [...member.flags.keys()].map((name) => name.replace(/^zookeeper\./, ''))
  const members = [...(member.dynamic?.settings ?? [])].map(({ key }) => key)
  // which file the members stand in makes no difference
  const settings = [...member.settings.keys()].filter((key) => key !== 'dynamicConfigFile')
  return [...settings, ...members, ...flags.filter((key) => keySpec(key) !== undefined || aliasOf(key) === undefined)]
}

function sideOf(member: Member, key: string, release: Release): Side {
  const setting =
    memberSetting(member, key) ??
    settingOf(member, key) ??
    member.flags.get(key) ??
    member.flags.get(`zookeeper.${key}`)
  if (setting !== undefined) return { value: setting.value, file: setting.file, line: setting.line }
  const spec = keySpec(key)
  return { value: spec === undefined ? null : defaultOf(spec, release.line), file: null, line: null }
}

/** The line of the dynamic file, if there is one. */
function memberSetting({ dynamic, ensemble }: Member, key: string): Setting | undefined {
  if (dynamic === null) return undefined
  if (key.startsWith('server.')) return serverOf(key, ensemble)?.setting
  return /^(group|weight)/.test(key) ? dynamic.settings.find((one) => one.key === key) : undefined
}

function shownSide(key: string, side: Side): Side {
  return side.value === null ? side : { ...side, value: shownValue(key, side.value) }
}

/** The same text for values that mean the same. */
function meaningFor(key: string, value: string | null, member: Member): string | null {
  if (value === null) return key === 'dataLogDir' ? (settingOf(member, 'dataDir')?.value ?? null) : null
  const server = serverOf(key, member.ensemble)
  if (server !== undefined) return canonicalServer(server)
  if (key.startsWith('group.'))
    return value
      .split(':')
      .filter(Boolean)
      .map(Number)
      .sort((x, y) => x - y)
      .join(':')
  return meaningOf(key, value)
}

function serverOf(key: string, { servers }: Ensemble): ServerLine | undefined {
  const id = /^server\.([+-]?\d+)$/.exec(key)?.[1]
  const server = id === undefined ? undefined : servers.get(BigInt(id.replace('+', '')))
  return server?.setting.key === key ? server : undefined
}

function jvmDifferences(a: Member, b: Member): readonly Difference[] {
  if (a.jvm === null || b.jvm === null) return []
  const flags = [
    ['-Xmx', a.jvm.heapBytes, b.jvm.heapBytes],
    ['-Xms', a.jvm.startHeapBytes, b.jvm.startHeapBytes],
    ['-XX:MaxDirectMemorySize', a.jvm.directBytes, b.jvm.directBytes],
    ['JVM flags', [...a.jvm.others].sort().join(' '), [...b.jvm.others].sort().join(' ')],
  ] as const
  const side = (value: string | number | null, file: string): Side => ({
    value: value === null ? null : String(value),
    file,
    line: null,
  })
  return flags.flatMap(([key, left, right]) =>
    left === right ? [] : [{ key, a: side(left, a.jvm!.file), b: side(right, b.jvm!.file) }],
  )
}
