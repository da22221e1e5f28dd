import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import type { Moment } from '../support/moment.ts'
import { ExitCode } from './exit-codes.ts'
import { parseId64, parseMoment } from './flags.ts'
import { snapshotJuteMaxbuffer } from './snapshot-flags.ts'

const PLACE_DESCRIPTION =
  'a snapshot, exactly as it is (or -), or a data directory: its newest usable snapshot plus logs'

/** What all commands that look into a tree take; the configuration may name it instead. */
export const TREE_PLACE = Args.string({ description: PLACE_DESCRIPTION, ignoreStdin: true })

/** How deep nested results go. */
export const MOST_DEPTH = 100

/** The znode to look at. oclif takes an argument that is not given from standard input, which may be a snapshot. */
export const TREE_PATH = Args.string({ description: 'path of a znode, / unless given', ignoreStdin: true })

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
  config: Flags.string({
    summary: 'The zoo.cfg that names dataDir and dataLogDir, in the place of the directory.',
    helpValue: '<zoo.cfg>',
    helpGroup: 'TREE',
  }),
  'log-dir': Flags.string({
    summary: 'Where the logs lie, when not beside the snapshots (dataLogDir).',
    helpValue: '<dir>',
    helpGroup: 'TREE',
  }),
  'jute-maxbuffer': snapshotJuteMaxbuffer,
}

interface TreeFlags {
  readonly at: Moment | undefined
  readonly config: string | undefined
  readonly 'log-dir': string | undefined
  readonly 'jute-maxbuffer': number
}

/** The same as operations take it. */
export function treeOf(place: string | undefined, flags: TreeFlags) {
  const { at, config, 'log-dir': logDir, 'jute-maxbuffer': juteMaxbuffer } = flags
  return { place, config, at, logDir, juteMaxbuffer }
}

/** A tree and a path in it: beside a configuration a single argument is the path. */
export function lookOf(
  args: { readonly place: string | undefined; readonly path: string | undefined },
  flags: TreeFlags,
) {
  const { place, path } = args
  const alone = flags.config !== undefined && path === undefined
  return { ...treeOf(alone ? undefined : place, flags), path: (alone ? place : path) ?? '/' }
}

/** Findings when the tree is not to be trusted. */
export function treeExitCode(findings: readonly Finding[]): number {
  return findings.some(({ severity }) => severity === 'error') ? ExitCode.Findings : ExitCode.Ok
}
