import * as Flags from '@oclif/core/flags'
import { duration } from './flags.ts'
import { LIVE } from './live-flags.ts'

const list = (summary: string, helpValue: string) => Flags.string({ summary, helpValue, multiple: true })

const FORMATS = ['text', 'json', 'nagios'] as const

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

/** Of `health canary`. */
export const CANARY = {
  ...LIVE,
  format: Flags.option({ summary: 'How to print.', options: FORMATS, default: 'text' as const })(),
  parent: Flags.string({
    summary: 'Where canaries live; made and deleted when it is not there, else used and left as it is.',
    helpValue: '<path>',
    default: '/zkops-canary',
  }),
  performance: Flags.boolean({ summary: 'Many rounds, judged by percentiles: PASS or FAIL.' }),
  rounds: Flags.integer({
    summary: 'How many on each member; 50 without it.',
    min: 1,
    max: 100_000,
    dependsOn: ['performance'],
  }),
  warn: list('From so many milliseconds on a warning: create=200ms, create-p99=80ms, read=off.', '<step=value>'),
  critical: list('From so many milliseconds on critical.', '<step=value>'),
  quiet: Flags.boolean({ char: 'q', summary: 'Print nothing when all is well.' }),
}
