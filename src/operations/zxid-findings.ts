import { SERVERS } from '../formats/txnlog/servers.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'

type Said = Pick<Finding, 'code' | 'severity' | 'message' | 'evidence' | 'remedy'>

/** Codes of what `missing` says. */
export const HOLES: ReadonlySet<string> = new Set(['log.gap', 'log.epoch-step'])

/**
 * Transactions between two neighbours, or the beginning of an epoch, that are not there. `snapshots`: one at or above
 * the last missing zxid bridges the gap, as after a SNAP sync.
 */
export function missing(after: bigint, before: bigint, snapshots: readonly bigint[]): Said {
  const bridged = snapshots.some((snapshot) => snapshot >= before - 1n)
  const epoch = before >> 32n
  const newEpoch = epoch > after >> 32n
  const what = newEpoch
    ? `epoch ${epoch} begins with ${hex64(before)}: what came between ${hex64(after)} and that is missing`
    : `transactions between ${hex64(after)} and ${hex64(before)} are missing`
  const behindSnapshot = snapshots.some((snapshot) => snapshot >= after)
  const servers = newEpoch ? SERVERS['epoch-step'] : behindSnapshot ? SERVERS['gap.behind-snapshot'] : SERVERS.gap
  return {
    code: newEpoch ? 'log.epoch-step' : 'log.gap',
    severity: bridged ? 'info' : 'error',
    message: `${what}${bridged ? '; a snapshot bridges them' : ''}`,
    evidence: { servers: bridged ? SERVERS['gap.bridged'] : servers },
    ...(bridged
      ? {}
      : { remedy: 'A member of a healthy ensemble: wipe it and let it resync. Otherwise find the missing log.' }),
  }
}

/** A log that begins at or below the last zxid of the one before it. */
export function overlap(before: bigint, zxid: bigint, stray: boolean): Said {
  return {
    code: 'log.overlap',
    severity: stray ? 'warning' : 'error',
    message: `the log begins at ${hex64(zxid)}, but the one before it ends at ${hex64(before)}: servers apply these records again`,
    evidence: { servers: stray ? SERVERS['stray-copy'] : SERVERS.replayed },
    remedy:
      'Harmless only if both hold the same records; otherwise move the one that does not belong out of version-2.',
  }
}

export function duplicate(zxid: bigint): Said {
  return {
    code: 'log.duplicate',
    severity: 'info',
    message: `the zxid ${hex64(zxid)} comes twice`,
    evidence: { servers: SERVERS.replayed },
  }
}

export function outOfOrder(before: bigint, zxid: bigint): Said {
  const epochs = zxid >> 32n < before >> 32n ? `, epoch ${zxid >> 32n} after epoch ${before >> 32n}` : ''
  return {
    code: 'log.out-of-order',
    severity: 'error',
    message: `${hex64(zxid)} comes after ${hex64(before)}${epochs}: servers apply it all the same`,
    evidence: { servers: SERVERS.replayed },
    remedy: 'Two histories are mixed in this file; do not start a server on it.',
  }
}
