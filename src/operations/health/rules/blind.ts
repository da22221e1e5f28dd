import { type Blind, type ObservedMember, stateOf } from '../../../cluster/observe/model.ts'
import { idsOf, namesOf, rule } from '../rule.ts'

export const blind = rule(
  {
    code: 'health.blind',
    summary: 'Something could not be looked at.',
    cause: 'A whitelist or an old release does not tell it.',
    evidence: 'Of which members.',
    remedy: 'The setting that is named would show it.',
    source: '4lw.commands.whitelist; only srvr is allowed by default from 3.5.3 on',
  },
  function* ({ members }) {
    const whats = new Map<string, { readonly one: Blind; readonly of: (typeof members)[number][] }>()
    for (const member of members) {
      for (const one of blindOf(member)) {
        const key = `${one.what} ${one.setting}`
        const known = whats.get(key)
        if (known === undefined) whats.set(key, { one, of: [member] })
        else known.of.push(member)
      }
    }
    for (const { one, of } of whats.values()) {
      const some = `${namesOf(of)} ${of.length === 1 ? 'does' : 'do'} not show`
      const message = `${of.length === members.length ? 'no member shows' : some} ${one.what}: ${one.why}`
      yield { severity: 'info', message, evidence: { members: idsOf(of) }, remedy: `Set ${one.setting} to see it.` }
    }
  },
)

const NO_PLACE: Blind = {
  what: 'anything',
  why: 'no client port is known',
  setting: 'ports.client in zkops.yaml, or name all members in --connect,',
}

function blindOf(member: ObservedMember): readonly Blind[] {
  return member.answer?.blind ?? (stateOf(member) === 'unknown' ? [NO_PLACE] : [])
}
