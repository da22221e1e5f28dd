/* What holds when a roll is over. */
import type { Check } from '../../support/change.ts'
import { hex64 } from '../../support/hex.ts'
import { notCounted } from './view.ts'
import type { RolledMember, RollWork } from './work.ts'

export async function verifyRoll(work: RollWork, rolled: readonly RolledMember[]): Promise<readonly Check[]> {
  const { observer, ids, kind, plan } = work
  const view = await observer.look()
  const own = view.members.filter(({ id }) => ids.includes(id))
  const away = view.members.filter(({ ready }) => !ready)
  const counted = notCounted(view)
  const configs = [...new Set(view.members.flatMap(({ config }) => config ?? []))]
  const versions = [...new Set(view.members.flatMap(({ configVersion }) => configVersion ?? []))]
  const planned = plan.base.configuration as string | null
  const check = (name: string, ok: boolean | null, detail: string): Check => ({ check: name, ok, detail })
  return [
    check(
      'every member serves',
      away.length === 0,
      away.length === 0
        ? `${view.members.length} members`
        : away.map(({ name, state }) => `${name} is ${state}`).join(', '),
    ),
    check(
      'one leader, and it counts all voters in sync',
      view.leaders.length === 1 && counted === undefined,
      counted ?? `server ${view.leaders.join(' and ') || '?'} leads`,
    ),
    check(
      'the configuration is that of before',
      configs.length === 0 ? null : configs.length === 1 && (planned === null || configs[0] === planned),
      configs.length === 0 ? 'no member tells it' : versions.map(hex64).join(', '),
    ),
    check(
      'each has a new process',
      own.length === ids.length,
      rolled.length === ids.length
        ? `servers ${rolled.map(({ id }) => id).join(', ')}, in this order`
        : `servers ${rolled.map(({ id }) => id).join(', ') || 'none'} now, the others before`,
    ),
    ...((await kind.checks?.(own)) ?? []),
  ]
}
