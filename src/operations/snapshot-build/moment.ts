/*
 * Which moment a snapshot is built of, as a point to which logs are replayed.
 */
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { BuildMoment, Moment } from '../../support/moment.ts'
import { logHistory } from '../log-history.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import type { RestorePoint } from '../restore.ts'

export interface FoundMoment {
  /** Undefined when nothing in the logs deletes the znode. */
  readonly until: RestorePoint | undefined
  readonly findings: readonly Finding[]
  /** In words, for the plan. */
  readonly text: string
}

/** Throws `input.*`, `usage` for what is no path. */
export async function findMoment(moment: BuildMoment, logs: ReadLogsOptions): Promise<FoundMoment> {
  switch (moment.kind) {
    case 'at':
      return { until: untilOf(moment.at), text: textOf(moment.at), findings: [] }
    case 'before':
      return { until: before(moment.zxid), text: `right before ${hex64(moment.zxid)}`, findings: [] }
    case 'before-delete': {
      const { zxid, findings } = await lastDeletion(moment.path, logs)
      if (zxid === undefined) return { until: undefined, text: `before ${moment.path} is deleted`, findings }
      return { until: before(zxid), text: `right before ${hex64(zxid)}, which deletes ${moment.path}`, findings }
    }
  }
}

function untilOf({ zxid, timeMs }: Moment): RestorePoint {
  return {
    ...(zxid === undefined ? {} : { zxid: BigInt.asIntN(64, zxid) }),
    ...(timeMs === undefined ? {} : { timeMs }),
  }
}

function textOf({ zxid, timeMs }: Moment): string {
  if (zxid !== undefined) return `behind ${hex64(zxid)}`
  return timeMs === undefined ? 'the end of the logs' : `at ${new Date(timeMs).toISOString()}`
}

function before(zxid: bigint): RestorePoint {
  return { zxid: BigInt.asIntN(64, zxid) - 1n }
}

/** By a delete, inside a multi, by servers that remove containers and TTL znodes, or with the end of its session. */
async function lastDeletion(path: string, logs: ReadLogsOptions): Promise<Deletion> {
  if (logs.places.length === 0) throw new ZkopsError('input.no-logs', 'There are no logs to look for a deletion in')
  const options = { ...logs, path, recursive: false, window: {}, audit: [], data: false, decode: false }
  let zxid: bigint | undefined
  for await (const part of logHistory(options)) {
    if (part.kind === 'events') zxid = part.events.findLast(({ change }) => change === 'deleted')?.zxid ?? zxid
    // sessions that may have taken it along without a word
    if (part.kind === 'done')
      return { zxid, findings: part.findings.filter(({ code }) => code === 'story.unlisted-ephemerals') }
  }
  return { zxid, findings: [] }
}

interface Deletion {
  readonly zxid: bigint | undefined
  readonly findings: readonly Finding[]
}
