/*
 * What the end of a log means: nothing, a torn tail, or damage, and what a server does with it.
 *
 * torn: an incomplete or zeroed end with nothing valid behind it, as a crash leaves it (the record was never on disk as
 * a whole, so it was never acknowledged). Everything else that ends a log before its file or its padding does is damage.
 */
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { STOP, type StopKind } from '../kernel/stop.ts'
import { COPY_FIRST, DAMAGE, PROVEN, RESYNC } from './damage.ts'
import { endServers } from './end-servers.ts'
import type { FoundRecords, Rest } from './rest.ts'
import type { LogEnd } from './scan.ts'
import { SERVERS } from './servers.ts'

export type Tail = 'end-of-file' | 'padding' | 'torn' | 'damaged'

/** Nothing is wrong with a log that ends so. */
export function isWhole(tail: Tail): boolean {
  return tail === 'end-of-file' || tail === 'padding'
}

export function tailOf(end: LogEnd): Tail {
  if (end.kind === 'no-header') return end.bytes === 0 ? 'torn' : 'damaged'
  if (end.kind === 'bad-magic') return 'damaged'
  const { rest, stop, offset } = end
  const allZero = rest.endOfNonZero === offset
  if (rest.hidden !== null || rest.stale !== null || rest.proof?.wrong === 'length') return 'damaged'
  switch (stop) {
    case STOP.needMore:
      return rest.bytes === 0 ? 'end-of-file' : allZero ? 'padding' : 'torn'
    case STOP.zeroLength:
      // with nothing but a checksum the write was cut short; anything behind the zero length is junk
      return allZero ? 'padding' : rest.endOfNonZero <= offset + 8 ? 'torn' : 'damaged'
    case STOP.badEndMark:
      return rest.endMark === 0 && rest.endOfNonZero <= offset + 12 + (rest.head?.length ?? 0) ? 'torn' : 'damaged'
    default:
      return 'damaged'
  }
}

/** Whether a reader that stops here takes it for the end of the file, without looking at what it stopped at. */
export function logEndsLikeFile({ stop, rest }: LogEnd & { readonly kind: 'records' }): boolean {
  if (stop === STOP.zeroLength) return true
  // complete but for its end mark, it is a record that cannot be read to its end
  return stop === STOP.needMore && (rest.head === null || rest.bytes < 12 + rest.head.length)
}

/**
 * Whether a server that is writing the log at this moment can have left it so: a part of a record, in any order of its
 * pages. A record whose checksum fits is there as a whole.
 */
export function mayBeUnderWay(end: LogEnd): boolean {
  return end.kind === 'no-header' || (end.kind === 'records' && UNDER_WAY.has(end.stop))
}

const UNDER_WAY: ReadonlySet<StopKind> = new Set([STOP.needMore, STOP.zeroLength, STOP.badEndMark, STOP.badChecksum])

/** A record that was passed over because its checksum does not fit. */
export function checksumFinding(at: Pick<Finding, 'file' | 'offset' | 'zxid'>): Finding {
  const servers = SERVERS.checksum
  return { ...DAMAGE[STOP.badChecksum]!(NO_REST), severity: 'error', ...at, evidence: { servers } }
}

export interface EndContext {
  readonly file: string
  /** The last log in zxid order: only there is a torn tail ordinary. */
  readonly isLast: boolean
  readonly lastZxid: bigint | null
  /** The servers' `jute.maxbuffer` in bytes. */
  readonly juteMaxbuffer: number
}

/** What there is to say about the end of a log; nothing for a whole one. */
export function endFindings(end: LogEnd, context: EndContext): Finding[] {
  const tail = tailOf(end)
  if (isWhole(tail)) return []
  const finding = endFinding(end, tail, context)
  return [{ ...finding, evidence: { ...finding.evidence, servers: endServers(end, tail, context) } }]
}

function endFinding(end: LogEnd, tail: Tail, { file, isLast, lastZxid }: EndContext): Finding {
  if (end.kind === 'no-header') return end.bytes === 0 ? emptyLog(file, isLast) : shortHeader(file, end.bytes)
  if (end.kind === 'bad-magic') return badMagic(file, end.magic, end.rest)
  const at = { file, offset: end.offset, ...(lastZxid === null ? {} : { zxid: lastZxid }) }
  return tail === 'torn' ? tornTail(at, isLast) : damage(at, end)
}

type At = Pick<Finding, 'file' | 'offset' | 'zxid'>

function emptyLog(file: string, isLast: boolean): Finding {
  return {
    code: 'log.empty',
    severity: isLast ? 'info' : 'error',
    message: isLast
      ? 'the log is empty: it was created and never written'
      : 'the log is empty, and logs follow it: a server refuses to start',
    file,
    offset: 0,
    remedy: isLast
      ? 'Move the file away; no transaction can have been in it. 3.9.3 and later do so themselves, older servers refuse to start.'
      : `Do not simply delete it: its transactions are missing then. ${RESYNC}`,
  }
}

function shortHeader(file: string, bytes: number): Finding {
  return {
    code: 'log.header-short',
    severity: 'error',
    message: `the file ends inside its 16-byte header: a server refuses to start (EOFException)`,
    file,
    offset: 0,
    evidence: { bytes },
    remedy: 'If it is the newest log, move it away: no transaction can have been in it.',
  }
}

function badMagic(file: string, magic: number, rest: Rest): Finding {
  const whole = rest.hidden !== null && rest.hidden.offset === 16
  return {
    code: 'log.magic',
    severity: 'error',
    message: `the file does not start with ZKLG: a server refuses to start (invalid magic number ${magic})`,
    file,
    offset: 0,
    evidence: { magic, ...foundEvidence(rest.hidden) },
    remedy: whole
      ? 'Valid records follow from offset 16 on: writing the 16 header bytes again makes the log readable, because every record has its own checksum.'
      : 'Is it a transaction log?',
  }
}

function tornTail(at: At, isLast: boolean): Finding {
  return {
    code: 'log.torn-tail',
    severity: isLast ? 'info' : 'warning',
    message: isLast
      ? 'the last record is incomplete, as a crash leaves it; a server ignores it'
      : 'the log ends in an incomplete record although logs follow it; a server passes over it to the next log',
    ...at,
    remedy: isLast
      ? 'None needed: it was never acknowledged.'
      : 'None needed when the next log goes on with the next zxid; otherwise transactions are missing.',
  }
}

function damage(at: At, end: LogEnd & { kind: 'records' }): Finding {
  const { rest, stop } = end
  const what = rest.proof === null ? DAMAGE[stop]!(rest) : PROVEN[rest.proof.wrong](rest, stop)
  const behind = rest.hidden
  const hides =
    behind === null
      ? ''
      : `; ${behind.count} valid records follow from offset ${behind.offset} on (${hex64(behind.firstZxid)} to ${hex64(behind.lastZxid)})`
  return {
    code: what.code,
    severity: what.code === 'log.junk-behind-end' ? 'warning' : 'error',
    message: what.message + hides,
    ...at,
    evidence: {
      ...(rest.head === null ? {} : { storedChecksum: rest.head.checksum, length: rest.head.length }),
      ...(rest.proof === null ? {} : { provenLength: rest.proof.length }),
      ...foundEvidence(behind),
      ...(rest.stale === null ? {} : { staleRecords: rest.stale.count }),
    },
    remedy: what.remedy ?? `${COPY_FIRST} ${RESYNC}`,
  }
}

const NO_REST: Rest = {
  bytes: 0,
  endOfNonZero: 0,
  head: null,
  proof: null,
  endMark: null,
  oversized: false,
  olderRefuse: false,
  hidden: null,
  stale: null,
}

function foundEvidence(found: FoundRecords | null): Record<string, unknown> {
  if (found === null) return {}
  const { count, offset, firstZxid, lastZxid } = found
  return { validRecordsBehind: count, validFrom: offset, firstZxid, lastZxid }
}
