import { STOP, type StopKind } from '../kernel/stop.ts'
import { OP } from './ops.ts'
import type { LogEnd } from './scan.ts'
import { oldPayloadLimit, refusedByOlder, SERVERS, type Servers } from './servers.ts'
import type { EndContext, Tail } from './tail.ts'

/** Stops at which a server has read no more than the length field. */
const BY_LENGTH: ReadonlySet<StopKind> = new Set([STOP.needMore, STOP.badEndMark])

/** What servers do with a log that ends so. */
export function endServers(end: LogEnd, tail: Tail, { isLast, juteMaxbuffer }: EndContext): Servers {
  if (end.kind === 'bad-magic') return SERVERS.magic
  if (end.kind === 'no-header') {
    return end.bytes > 0 ? SERVERS['header-short'] : isLast ? SERVERS.empty : SERVERS['empty.before-others']
  }
  const servers = stopServers(end, tail, isLast)
  const tooLong = (end.rest.head?.length ?? 0) > oldPayloadLimit(juteMaxbuffer)
  const older = (tooLong && BY_LENGTH.has(end.stop)) || (end.rest.olderRefuse && end.stop === STOP.shortBody)
  return older ? refusedByOlder(servers) : servers
}

function stopServers({ stop, rest }: LogEnd & { readonly kind: 'records' }, tail: Tail, isLast: boolean): Servers {
  switch (stop) {
    case STOP.badLength:
      return rest.head?.length === -1 ? SERVERS['length.-1'] : SERVERS.length
    case STOP.badChecksum:
      return SERVERS.checksum
    case STOP.badInnerLength:
      return rest.head?.type === OP.closeSession ? SERVERS['inner-length.close-session'] : SERVERS['inner-length']
    case STOP.unknownType:
      return SERVERS['unknown-type']
    default: {
      if (stop === STOP.zeroLength && tail !== 'torn' && rest.hidden === null && rest.proof === null) {
        return SERVERS['junk-behind-end']
      }
      if (tail === 'torn') return isLast ? SERVERS['torn-tail'] : SERVERS['torn-tail.before-others']
      return isLast ? SERVERS.drops : SERVERS['drops.before-others']
    }
  }
}
