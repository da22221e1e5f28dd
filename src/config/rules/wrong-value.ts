import { keySpec } from '../keys/table.ts'
import type { KeySpec } from '../keys/types.ts'
import type { Setting } from '../member.ts'
import { memberRule } from './rule.ts'

/** Keys whose range has a rule of its own. */
const ELSEWHERE = new Set([
  ...['tickTime', 'snapCount', 'preAllocSize', 'jute.maxbuffer', 'fsync.warningthresholdms'],
  ...['autopurge.purgeInterval', 'autopurge.snapRetainCount'],
])

export const rule = memberRule(
  {
    id: 'E4',
    code: 'config.wrong-value',
    level: 'MEDIUM',
    summary: 'A value is not of the kind that the key wants, or outside what makes sense.',
    cause:
      'A unit or a word behind a number, a yes where true is wanted, a negative number. Servers check few of these when they read the file; they use the default, take it for false, or fail later.',
    evidence: 'The value, and what would be right.',
    remedy: 'Write a value as zkops config explain KEY describes it.',
    source: 'QuorumPeerConfig; the classes that read the properties',
  },
  function* (member) {
    for (const setting of [...member.settings.values(), ...member.flags.values()]) {
      const spec = specOf(setting, member.flags)
      const problem = spec === undefined ? undefined : problemWith(spec, setting.value)
      if (problem !== undefined) yield { setting, ...problem }
    }
  },
)

/** What a setting is read as where it stands. */
function specOf(setting: Setting, flags: ReadonlyMap<string, Setting>): KeySpec | undefined {
  if (flags.get(setting.key) !== setting) {
    const spec = keySpec(setting.key)
    return spec?.place === 'flag' || spec?.place === 'member' ? undefined : spec
  }
  const spec = keySpec(setting.key.replace(/^zookeeper\./, ''))
  const property = spec?.place === 'passed' ? `zookeeper.${spec.name}` : spec?.name
  return property === setting.key ? spec : undefined
}

function problemWith(spec: KeySpec, value: string) {
  const { name, type, place, min, max } = spec
  if (type === 'boolean') {
    // the parser itself refuses, or says nothing on old lines
    if (/^(true|false)$/i.test(value)) return undefined
    return { message: `${name}=${value} is neither true nor false`, evidence: { value }, level: 'HIGH' } as const
  }
  if (!['int', 'long', 'port', 'decimal'].includes(type)) return undefined
  if (!/^[+-]?\d+(\.\d+)?$/.test(value)) {
    // of its own keys the parser refuses the file
    if (place === 'own') return undefined
    return { message: `${name}=${value} is no number`, evidence: { value }, level: 'HIGH' } as const
  }
  const number = Number(value)
  if (ELSEWHERE.has(name) || (number >= (min ?? number) && number <= (max ?? number))) return undefined
  const wanted = min === null ? `at most ${max}` : max === null ? `at least ${min}` : `${min} to ${max}`
  return { message: `${name}=${value} makes no sense: ${wanted} does`, evidence: { value, min, max } }
}
