/*
 * log session: the life of one session.
 *
 * 1. Its own records are handed out as log dump hands them out.
 * 2. On the way its beginning, its end and its ephemerals are noted; deletes of others are looked at only while it has
 *    any. What stands outside the window is not handed out, but counts.
 *
 * Constant memory but for its ephemerals.
 */
import { isFailedMulti } from '../formats/txnlog/applied.ts'
import { decodeTxn } from '../formats/txnlog/decode.ts'
import { OP, opName } from '../formats/txnlog/ops.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
import type { Txn } from '../formats/txnlog/types.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import type { DumpBatch } from './dump-log.ts'
import { type Ephemeral, type Moment, trackEphemerals } from './log-story/ephemerals.ts'
import {
  inWindow,
  nothingFinding,
  omittedFinding,
  readStory,
  type StoryEnd,
  type StoryRange,
  type StoryWindow,
} from './log-story/read-story.ts'
import { type SessionEnd, sessionEnd } from './log-story/session-end.ts'
import { mayDelete } from './log-story/walk-ops.ts'
import type { LogBatch, ReadLogsOptions } from './read-logs.ts'

export interface LogSessionOptions extends ReadLogsOptions {
  /** Unsigned. */
  readonly session: bigint
  readonly window: StoryWindow
  /** How many records are handed out; the others are counted. */
  readonly limit?: number | undefined
}

/** A record as it stands in a file. */
interface Found extends Moment {
  readonly file: string
  readonly offset: number
}

export interface SessionLife extends StoryRange {
  readonly kind: 'life'
  readonly session: bigint
  /** Null: before these logs, or never. */
  readonly created: (Found & { readonly timeoutMs: number }) | null
  /** Null: it lives where these logs end, or nothing is known of it. */
  readonly ended: (Found & { readonly cxid: number; readonly how: SessionEnd }) | null
  readonly txns: number
  readonly byType: readonly { readonly type: string; readonly count: number }[]
  /** Requests that failed, multis too. */
  readonly errors: number
  readonly first: Moment | null
  readonly last: Moment | null
  readonly ephemerals: readonly Ephemeral[]
  readonly ephemeralsOmitted: number
  readonly recordsOmitted: number
  readonly findings: readonly Finding[]
}

/** Of its ephemerals. */
const MOST_LISTED = 10_000

/** Throws `input.*` when a place is missing or holds no logs. */
export async function* logSession(options: LogSessionOptions): AsyncGenerator<DumpBatch | StoryEnd | SessionLife> {
  const id = BigInt.asIntN(64, options.session)
  const { limit = Number.POSITIVE_INFINITY } = options
  const shown = inWindow(options.window)
  let records = 0
  const life = trackLife(id)
  // what lies behind the window counts, too
  const story = readStory(options)
  for (;;) {
    const next = await story.next()
    if (next.done) {
      yield life.result(next.value, Math.max(0, records - limit))
      return
    }
    if (next.value.kind === 'end') {
      yield next.value
      continue
    }
    const batch = next.value
    const own = keepOwn(batch, id, life, shown)
    const count = Math.min(own, Math.max(0, limit - records))
    records += own
    if (count > 0) yield { ...batch, count }
  }
}

type Life = ReturnType<typeof trackLife>

/** Moves the session's rows that are shown to the front of the table, and returns how many there are. */
function keepOwn(batch: LogBatch, id: bigint, life: Life, shown: (zxid: bigint, timeMs: bigint) => boolean): number {
  const { view, table } = batch
  const high = Number(id >> 32n)
  const low = Number(BigInt.asUintN(32, id))
  let kept = 0
  for (let row = 0; row < batch.count; row++) {
    const at = table[2 * row]!
    const own = view.getUint32(at + FIELD.session + 4) === low && view.getInt32(at + FIELD.session) === high
    if (!own && !deletesOne(batch, row, life)) continue
    const txn = decodeTxn(batch.bytes, at + 12, at + 12 + table[2 * row + 1]!)
    life.apply(txn, { file: batch.log.file, offset: at + batch.base }, own)
    if (!own || !shown(txn.header.zxid, txn.header.timeMs)) continue
    table[2 * kept + 1] = table[2 * row + 1]!
    table[2 * kept] = at
    kept++
  }
  return kept
}

/** Whether another session's record may delete an ephemeral of this one. */
function deletesOne({ bytes, view, table }: LogBatch, row: number, { ephemerals }: Life): boolean {
  if (ephemerals.size === 0) return false
  const at = table[2 * row]!
  const type = view.getInt32(at + FIELD.type)
  if (!DELETES.has(type)) return false
  return mayDelete(bytes, view, type, at + FIELD.body, at + 12 + table[2 * row + 1]!, ephemerals)
}

const DELETES: ReadonlySet<number> = new Set([OP.delete, OP.deleteContainer, OP.multi])

function trackLife(session: bigint) {
  const ephemerals = trackEphemerals(session, MOST_LISTED)
  const types = new Map<number, number>()
  let created: SessionLife['created'] = null
  let ended: SessionLife['ended'] = null
  let first: Moment | null = null
  let last: Moment | null = null
  let txns = 0
  let errors = 0
  let unlisted = false

  const own = ({ header, body }: Txn, place: { readonly file: string; readonly offset: number }) => {
    const { zxid, timeMs, cxid, type } = header
    txns++
    types.set(type, (types.get(type) ?? 0) + 1)
    if (type === OP.error || isFailedMulti(body)) errors++
    first ??= { zxid, timeMs }
    last = { zxid, timeMs }
    if (body.kind === 'createSession') created = { zxid, timeMs, ...place, timeoutMs: body.timeoutMs }
    if (body.kind === 'closeSession') {
      ended = { zxid, timeMs, ...place, cxid, how: sessionEnd(cxid) }
      unlisted = body.paths === null && created === null
    }
  }

  return {
    /** The living ones. */
    ephemerals: ephemerals.living,
    apply(txn: Txn, place: { readonly file: string; readonly offset: number }, isOwn: boolean): void {
      ephemerals.apply(txn)
      if (isOwn) own(txn, place)
    },
    result(range: StoryRange, recordsOmitted: number): SessionLife {
      const { ephemerals: listed, omitted } = ephemerals.result()
      const findings: Finding[] = []
      if (txns === 0) findings.push(nothingFinding(`nothing of session ${hex64(session)}`, range))
      if (unlisted) findings.push(unlistedFinding(session))
      return {
        kind: 'life',
        session,
        created,
        ended,
        txns,
        byType: [...types].sort(byCount).map(([type, count]) => ({ type: opName(type) ?? 'unknown', count })),
        errors,
        first,
        last,
        ephemerals: listed,
        ephemeralsOmitted: omitted,
        recordsOmitted,
        ...range,
        findings: [...findings, ...omittedFinding(recordsOmitted, 'records')],
      }
    },
  }
}

function byCount(a: readonly [number, number], b: readonly [number, number]): number {
  return b[1] - a[1] || a[0] - b[0]
}

function unlistedFinding(session: bigint): Finding {
  return {
    code: 'story.unlisted-ephemerals',
    severity: 'info',
    message: `session ${hex64(session)} began before these logs and ended without a list of its ephemerals: those that it had made before are not known`,
  }
}
