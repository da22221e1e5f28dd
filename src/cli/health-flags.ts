import * as Flags from '@oclif/core/flags'
import { duration } from './flags.ts'
import { LIVE } from './live-flags.ts'

const list = (summary: string, helpValue: string) => Flags.string({ summary, helpValue, multiple: true })

/** Of `health check`. */
export const HEALTH = {
  ...LIVE,
  format: Flags.option({
    summary: 'How to print.',
    options: ['text', 'json', 'nagios', 'prometheus'] as const,
    default: 'text' as const,
  })(),
  output: Flags.string({ summary: 'With --format prometheus: the file to write.', helpValue: '<file.prom>' }),
  server: Flags.integer({ summary: 'Look at this server alone, for a probe of it.', helpValue: '<id>', min: 0 }),
  local: Flags.boolean({ summary: 'Look at the disks of members that run on this machine.' }),
  state: Flags.string({ summary: 'What the next run compares with is kept here.', helpValue: '<file>' }),
  warn: list('From this value on a warning: avg-latency=80ms, open-files=60%, outstanding=off.', '<rule=value>'),
  critical: list('From this value on critical.', '<rule=value>'),
  only: list('Apply only these rules.', '<rule>'),
  skip: list('Do not apply these rules.', '<rule>'),
  splay: duration({ summary: 'Wait for a random part of this first.', default: 0, defaultHelp: async () => 'none' }),
  quiet: Flags.boolean({ char: 'q', summary: 'Print nothing when all is well.' }),
}
