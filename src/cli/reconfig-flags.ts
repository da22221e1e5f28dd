import * as Flags from '@oclif/core/flags'
import { LIVE, liveOptions } from './live-flags.ts'

/** What can be accepted by who knows what comes; the words of operations/reconfig/refusals.ts. */
const ACCEPTABLE = ['leader', 'two-voters', 'reused-id', 'unsafe', 'degraded'] as const

/** What every change of members takes. */
export const RECONFIG = {
  ...LIVE,
  accept: Flags.option({
    summary: 'Do it although it is refused for this reason.',
    options: ACCEPTABLE,
    multiple: true,
    helpGroup: 'CHANGE',
  })(),
  strict: Flags.boolean({ summary: 'Warnings of the checks before are refusals.', helpGroup: 'CHANGE' }),
}

/** Those that plan. */
export const PLANNING = {
  ...RECONFIG,
  output: Flags.string({
    char: 'o',
    summary: 'Save the plan, and stop: zkops reconfig apply --plan FILE carries it out later.',
    helpValue: '<plan.json>',
    helpGroup: 'CHANGE',
  }),
}

export const JOURNAL = Flags.string({
  summary: 'Its id, when it is not the newest one of this ensemble.',
  helpValue: '<id>',
})

interface ReconfigFlags extends Readonly<Parameters<typeof liveOptions>[0]> {
  readonly accept: (typeof ACCEPTABLE)[number][] | undefined
  readonly strict: boolean
}

/** The same as operations take it. */
export function reconfigOptions(flags: ReconfigFlags) {
  return { live: liveOptions(flags), accept: flags.accept ?? [], strict: flags.strict }
}
