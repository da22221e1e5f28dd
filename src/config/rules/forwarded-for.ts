import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X14',
    code: 'config.forwarded-for',
    level: 'HIGH',
    summary: 'Clients can pretend to have another address.',
    cause: 'IPAuthenticationProvider.usexforwardedfor=true trusts a header that anybody can send.',
    evidence: 'The line.',
    remedy: 'Remove it, unless a proxy that sets the header is the only way in.',
    source: 'CVE-2024-51504',
  },
  function* (member) {
    const setting = settingOf(member, 'IPAuthenticationProvider.usexforwardedfor')
    if (setting?.value.toLowerCase() === 'true') yield { setting, message: 'the scheme ip trusts X-Forwarded-For' }
  },
)
