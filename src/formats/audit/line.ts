/*
 * line    => [what the logger's pattern puts before it] message                    3.6+, audit.enable=true
 * message => key=value (TAB key=value)*                                            audit.AuditEvent.toString
 *   keys, in this order, absent when null: session user ip operation znode znode_type acl result
 *
 * The time is the pattern's; the one that ZooKeeper ships begins with %d{ISO8601}, in the server's zone, which it does
 * not name.
 */

export interface AuditRecord {
  readonly session: bigint
  readonly user: string | null
  readonly ip: string | null
  /** create, delete, setData, setAcl, reconfig, multiOperation, ephemeralZNodeDeletionOnSessionCloseOrExpire, … */
  readonly operation: string
  readonly znode: string | null
  readonly success: boolean
  /** As if it were UTC; null when the line does not begin with one. */
  readonly timeMs: number | null
}

/** Null for a line that is none, or none of a session. */
export function parseAuditLine(line: string): AuditRecord | null {
  const start = line.indexOf('session=0x')
  if (start === -1) return null
  const fields = new Map<string, string>()
  for (const part of line.slice(start).split('\t')) {
    const equals = part.indexOf('=')
    if (equals > 0) fields.set(part.slice(0, equals), part.slice(equals + 1).replace(/[\r\n]+$/, ''))
  }
  const session = fields.get('session')!
  const operation = fields.get('operation')
  if (!/^0x[0-9a-f]{1,16}$/.test(session) || operation === undefined) return null
  return {
    session: BigInt.asIntN(64, BigInt(session)),
    user: fields.get('user') ?? null,
    ip: fields.get('ip') ?? null,
    operation,
    znode: fields.get('znode') ?? null,
    success: fields.get('result') === 'success',
    timeMs: timeOf(line),
  }
}

function timeOf(line: string): number | null {
  const match = /^\W{0,2}(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{3}))?/.exec(line)
  const timeMs = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}.${match[3] ?? '000'}Z`)
  return Number.isNaN(timeMs) ? null : timeMs
}
