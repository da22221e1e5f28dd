import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsError } from '../support/errors.ts'
import type { Moment } from '../support/moment.ts'
import { parseId64, parseMoment } from './flags.ts'
import { snapshotJuteMaxbuffer } from './snapshot-flags.ts'

const PLACE_DESCRIPTION =
  'a snapshot, exactly as it is (or -), or a data directory: its newest usable snapshot plus logs'

/** What all commands that look into a tree take. */
export const TREE_PLACE = Args.string({ description: PLACE_DESCRIPTION, required: true })

/** The znode to look at. */
export const TREE_PATH = Args.string({ description: 'path of a znode', default: '/' })

/** A moment of the tree's history: a zxid, a time, an age, or the latest there is. */
export const treeMoment = Flags.custom<Moment>({
  helpValue: '<moment>',
  parse: async (input) => parseTreeMoment(input, Date.now()),
})

export function parseTreeMoment(input: string, nowMs: number): Moment {
  if (input === 'latest') return {}
  if (/^(0x[0-9a-f]+|\d+)$/i.test(input)) return { zxid: parseId64(input) }
  try {
    return { timeMs: parseMoment(input, nowMs).getTime() }
  } catch {
    throw new ZkopsError('usage', `${input} is no moment: expected a zxid (0x…), a time, an age such as 2h, or latest`)
  }
}

/** Which tree; every command that looks into one takes them. */
export const TREE = {
  at: treeMoment({
    summary: 'The tree behind this zxid (0x…) or time (ISO-8601, or an age such as 2h); latest for all there is.',
    defaultHelp: async () => 'latest',
    helpGroup: 'TREE',
  }),
  'log-dir': Flags.string({
    summary: 'Where the logs lie, when not beside the snapshots (dataLogDir).',
    helpValue: '<dir>',
    helpGroup: 'TREE',
  }),
  'jute-maxbuffer': snapshotJuteMaxbuffer,
}

/** The same as operations take it. */
export function treeOf(flags: {
  readonly at: Moment | undefined
  readonly 'log-dir': string | undefined
  readonly 'jute-maxbuffer': number
}) {
  return { at: flags.at, logDir: flags['log-dir'], juteMaxbuffer: flags['jute-maxbuffer'] }
}
