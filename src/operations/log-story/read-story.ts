/*
 * The logs as one story: every transaction once, in zxid order, each log closed by what was found at its end.
 *
 * Records with zxids that were read before (logs of several members, copies) are left out and said; so are holes,
 * because what is told behind one may lack what happened inside it. Constant memory.
 */
import { zxidAt } from '../../formats/txnlog/scan.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { isReadable, type LogBatch, openLogs, type ReadLogsOptions } from '../read-logs.ts'
import { HOLES } from '../zxid-findings.ts'
import { orderCheck } from '../zxid-order.ts'

/** What is shown; the state before counts all the same. Bounds are inclusive. */
export interface StoryWindow {
  readonly fromZxid?: bigint | undefined
  readonly toZxid?: bigint | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

/** A log is over. */
export interface StoryEnd {
  readonly kind: 'end'
  readonly findings: readonly Finding[]
  /** False when a log is damaged beyond a torn tail of the last one: exit 3. */
  readonly readable: boolean
}

/** The zxids that the logs at hand reach from and to; null when they hold no records. */
export interface StoryRange {
  readonly fromZxid: bigint | null
  readonly toZxid: bigint | null
}

/** Reads no further than `toZxid`. Throws `input.*` when a place is missing or holds no logs. */
export async function* readStory(
  options: ReadLogsOptions,
  { toZxid }: StoryWindow = {},
): AsyncGenerator<LogBatch | StoryEnd, StoryRange> {
  const { logs, snapshots, read } = await openLogs(options)
  const order = orderCheck(snapshots)
  let fromZxid: bigint | null = null
  let highest: bigint | null = null
  let highestIn = ''
  let repeated = 0
  const said = (file: string): Finding[] => {
    const again = repeated === 0 ? [] : [repeatedFinding(file, repeated)]
    repeated = 0
    return [...order.endOfFile().flatMap(holeFinding), ...again]
  }
  for await (const part of read()) {
    const { file } = part.log
    if (part.kind === 'end') {
      const readable = isReadable(part, part.log === logs.at(-1))
      yield { kind: 'end', findings: [...said(file), ...part.findings], readable }
      continue
    }
    if (toZxid !== undefined && zxidAt(part, 0) > toZxid) {
      yield { kind: 'end', findings: said(file), readable: true }
      break
    }
    const first = highest === null ? 0 : firstAbove(part, highest, file === highestIn)
    repeated += first
    if (first === part.count) continue
    // to the front: the line writer counts rows from there
    part.table.copyWithin(0, 2 * first, 2 * part.count)
    const batch = { ...part, count: part.count - first }
    order.batch(batch)
    fromZxid ??= zxidAt(batch, 0)
    highest = zxidAt(batch, batch.count - 1)
    highestIn = file
    yield batch
  }
  return { fromZxid, toZxid: highest }
}

/** Whether a record is to be shown. */
export function inWindow({ fromZxid, toZxid, since, until }: StoryWindow): (zxid: bigint, timeMs: bigint) => boolean {
  return (zxid, timeMs) =>
    (fromZxid === undefined || zxid >= fromZxid) &&
    (toZxid === undefined || zxid <= toZxid) &&
    (since === undefined || Number(timeMs) >= since.getTime()) &&
    (until === undefined || Number(timeMs) <= until.getTime())
}

/** For an answer that is empty. */
export function nothingFinding(what: string, { fromZxid, toZxid }: StoryRange): Finding {
  const reach =
    fromZxid === null || toZxid === null
      ? 'they hold no records'
      : `they reach from ${hex64(fromZxid)} to ${hex64(toZxid)}`
  return { code: 'story.nothing', severity: 'info', message: `the logs at hand hold ${what}: ${reach}` }
}

/** For an answer with a limit. */
export function omittedFinding(omitted: number, what: string): Finding[] {
  if (omitted === 0) return []
  return [
    {
      code: 'story.omitted',
      severity: 'warning',
      message: `${omitted} more ${what} are left out`,
      evidence: { omitted },
      remedy: 'Use --format jsonl, or a higher --limit.',
    },
  ]
}

/** A zxid may come twice in one log: a request that could not be written gets an error record under it. */
function firstAbove(batch: LogBatch, highest: bigint, sameLog: boolean): number {
  let row = 0
  while (row < batch.count && (sameLog ? zxidAt(batch, row) < highest : zxidAt(batch, row) <= highest)) row++
  return row
}

function holeFinding(finding: Finding): Finding[] {
  if (!HOLES.has(finding.code)) return []
  return [
    {
      ...finding,
      severity: 'warning',
      remedy:
        'Give the missing logs, or those of another member: what is told behind a hole may lack what happened in it.',
    },
  ]
}

function repeatedFinding(file: string, records: number): Finding {
  return {
    code: 'story.repeated',
    severity: 'info',
    message: `${records} records with zxids that were read before are left out`,
    file,
    evidence: { records },
  }
}
