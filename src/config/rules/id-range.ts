import { isOn } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S08',
    code: 'config.id-range',
    level: 'MEDIUM',
    summary: 'The id of a member is outside 1 to 255.',
    cause:
      'The top byte of session ids is the id of the server that gave them; larger ids collide. With TTL nodes the last id is 254.',
    evidence: 'The id.',
    remedy: 'Give it an id from 1 to 255 (254 with extendedTypesEnabled).',
    source: 'SessionTrackerImpl, EphemeralType',
  },
  function* (member, { release }) {
    const last = isOn(member, 'extendedTypesEnabled', release) ? 254n : 255n
    for (const { id, setting } of member.ensemble.servers.values()) {
      if (id < 1n || id > last)
        yield {
          setting,
          message: `the id ${id} is outside 1 to ${last}`,
          evidence: { id: String(id), last: Number(last) },
        }
    }
  },
)
