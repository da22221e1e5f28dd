/*
 * Who stood behind a session, from the servers' audit logs:
 *
 * 1. Only what was done to the znodes at hand is kept, by session, operation and znode; of every other line just which
 *    user and address its session had.
 * 2. A change is joined with the lines of its session, operation and znode. When they name several users or addresses
 *    the one that is nearest in time is taken, and it is said that there were others: the lines' clock is the server's,
 *    without a zone, so a whole number of quarters of an hour is left out of account.
 * 3. A change without such a line (the end of an ephemeral's session; TTL creates before ZOOKEEPER-4725) gets what
 *    its session had elsewhere.
 */
import { readLines } from '../../datadir/lines.ts'
import { type AuditRecord, parseAuditLine } from '../../formats/audit/line.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import { ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import type { ZnodeEvent } from './znode-events.ts'

/** What the audit logs say of a change. */
export interface Audited {
  readonly user: string | null
  readonly ip: string | null
  /** By its own line, by other lines of its session, or not at all. */
  readonly match: 'operation' | 'session' | 'none'
  /** Users or addresses differ between the lines that fit. */
  readonly ambiguous: boolean
}

export type AuditJoin = (event: ZnodeEvent) => Audited

type Who = Pick<AuditRecord, 'user' | 'ip' | 'timeMs'>

const NOBODY: Audited = { user: null, ip: null, match: 'none', ambiguous: false }
const EPHEMERAL_END = 'ephemeralZNodeDeletionOnSessionCloseOrExpire'
const MOST_PER_SESSION = 16

/** Throws `input.missing`, `input.unreadable`, and `input.no-audit` for a file without any audit line. */
export async function readAudit(
  files: readonly string[],
  watched: (znode: string) => boolean,
  signal: AbortSignal,
): Promise<AuditJoin> {
  const operations = new Map<string, Who[]>()
  const sessions = new Map<bigint, Who[]>()
  for (const file of files) {
    let found = 0
    for await (const line of readLines(file, signal)) {
      const record = parseAuditLine(line)
      if (record === null) continue
      found++
      // that line names the server's own user
      if (record.operation === EPHEMERAL_END) continue
      const { user, ip, timeMs, znode } = record
      const known = listOf(sessions, record.session)
      if (known.length < MOST_PER_SESSION && known.every((who) => differs(who, record)))
        known.push({ user, ip, timeMs })
      if (record.success && znode !== null && watched(znode)) {
        addToRun(listOf(operations, keyOf(record.session, record.operation, znode)), { user, ip, timeMs })
      }
    }
    if (found === 0) {
      throw new ZkopsError('input.no-audit', `${file} holds no line of an audit log`, {
        file,
        hint: 'Audit lines have session=0x… and operation=…; ZooKeeper writes them from 3.6 on, with audit.enable=true and a logger for them.',
      })
    }
  }
  return (event) => {
    const operation = operationOf(event)
    if (operation === undefined) return NOBODY
    const lines = operation === '' ? undefined : operations.get(keyOf(event.session, operation, event.path))
    if (lines !== undefined) return pick(lines, event, 'operation')
    const others = sessions.get(event.session)
    return others === undefined ? NOBODY : pick(others, event, 'session')
  }
}

/** Of many lines in a row that name the same, the first and the last one. */
function addToRun(lines: Who[], who: Who): void {
  const [secondLast, last] = [lines.at(-2), lines.at(-1)]
  if (secondLast !== undefined && !differs(secondLast, who) && !differs(last!, who)) lines[lines.length - 1] = who
  else lines.push(who)
}

function pick(lines: readonly Who[], { timeMs }: ZnodeEvent, match: 'operation' | 'session'): Audited {
  const distance = (who: Who) =>
    who.timeMs === null ? Number.POSITIVE_INFINITY : clockDistance(who.timeMs, Number(timeMs))
  let nearest = lines[0]!
  for (const who of lines) if (distance(who) < distance(nearest)) nearest = who
  const { user, ip } = nearest
  return { user, ip, match, ambiguous: lines.some((who) => differs(who, nearest)) }
}

const QUARTER_MS = 15 * 60_000

/** How far two clocks are apart, whatever their zones. */
function clockDistance(a: number, b: number): number {
  const apart = Math.abs(a - b) % QUARTER_MS
  return Math.min(apart, QUARTER_MS - apart)
}

/** Undefined for the servers' own doing, empty for what has no line of its own. */
function operationOf({ type, session }: ZnodeEvent): string | undefined {
  if (session === 0n) return undefined
  switch (type) {
    case OP.create:
    case OP.create2:
    case OP.createContainer:
    case OP.createTTL:
      return 'create'
    case OP.delete:
    case OP.deleteContainer:
      return 'delete'
    case OP.setData:
      return 'setData'
    case OP.setACL:
      return 'setAcl'
    case OP.reconfig:
      return 'reconfig'
    default:
      return ''
  }
}

function keyOf(session: bigint, operation: string, znode: string): string {
  return `${hex64(session)} ${operation} ${znode}`
}

function differs(a: Pick<Who, 'user' | 'ip'>, b: Pick<Who, 'user' | 'ip'>): boolean {
  return a.user !== b.user || a.ip !== b.ip
}

function listOf<Key>(map: Map<Key, Who[]>, key: Key): Who[] {
  const list = map.get(key)
  if (list !== undefined) return list
  const made: Who[] = []
  map.set(key, made)
  return made
}
