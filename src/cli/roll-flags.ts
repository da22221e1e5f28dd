import * as Flags from '@oclif/core/flags'
import { ZkopsError } from '../support/errors.ts'
import { duration } from './flags.ts'
import { LIVE, liveOptions } from './live-flags.ts'

const ROLL_GROUP = { helpGroup: 'ROLL' } as const

/** What every new roll takes. */
export const ROLL = {
  ...LIVE,
  servers: Flags.string({
    summary: 'Ids of the members; all of them without it.',
    helpValue: '<ids>',
    multiple: true,
    ...ROLL_GROUP,
  }),
  exec: Flags.string({
    summary:
      'The shell command of this machine that restarts a member, in place of what zkops.yaml says; {id}, {host} and others stand for its own.',
    helpValue: '<command>',
    ...ROLL_GROUP,
  }),
  settle: duration({ summary: 'The pause between two members; twice the syncLimit without it.', ...ROLL_GROUP }),
  wait: duration({
    summary: 'How long a command, and then the member, may take; the initLimit and a minute without it.',
    ...ROLL_GROUP,
  }),
}

type Given = Parameters<typeof liveOptions>[0] & {
  readonly servers: string[] | undefined
  readonly exec: string | undefined
  readonly settle: number | undefined
  readonly wait: number | undefined
}

/** The same as operations take it. Throws `usage` for what is no id. */
export function rollOptions(flags: Given) {
  const { servers, exec, settle, wait } = flags
  return { live: liveOptions(flags), servers: servers && idsOf(servers), exec, settleMs: settle, waitMs: wait }
}

function idsOf(values: readonly string[]): readonly number[] {
  const words = values.flatMap((value) => value.split(',')).filter((word) => word !== '')
  return words.map((word) => {
    const id = /^(?:server\.)?(\d{1,15})$/.exec(word)?.[1]
    if (id !== undefined) return Number(id)
    throw new ZkopsError('usage', `${word} is no id of a server`, { hint: 'For example --servers 1,2 3.' })
  })
}
