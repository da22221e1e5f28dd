import type { FindingCatalogue } from '../../support/finding.ts'

/** Every code that following logs can give, besides those of reading them. */
export const TAIL_FINDINGS: FindingCatalogue = {
  'tail.cut': {
    summary: 'The log was cut while it was followed: transactions that were printed are no longer in it.',
    cause: 'A new leader does not have them and told this server to truncate its log (TRUNC); or an edit.',
    evidence: 'The last zxid that was printed, and the last one that is left.',
    remedy:
      'None: they were never committed, unless a majority lost its data. Whoever uses what was printed must drop them.',
    source: 'FileTxnLog.truncate; Learner.syncWithLeader',
  },
  'tail.removed': {
    summary: 'The newest log was removed while it was followed.',
    cause:
      'A truncation (TRUNC) to a zxid in an older log deletes the newer ones; or the directory was wiped for a resync. A purge never removes the newest log.',
    evidence: 'The last zxid that was printed, and the last one of the logs that are left.',
    remedy: 'As for a log that was cut.',
    source: 'FileTxnLog.truncate',
  },
  'tail.rewritten': {
    summary: 'The log holds other records than those that were read from it; it is printed from its beginning.',
    cause: 'A restart behind a truncation made a log of the same name; or a restore.',
    evidence: 'The last zxid that was printed before.',
    remedy: 'As for a log that was cut: what was printed from it before is no longer there.',
    source: 'FileTxnLog.append opens its file with truncation',
  },
  'tail.jump': {
    summary: 'The zxids jump, and no snapshot beside the logs bridges the jump.',
    cause:
      'The leader sent a snapshot (SNAP), which lies apart from the logs (dataLogDir); or the server wrote a hole (ZOOKEEPER-4394, 4925).',
    evidence: 'The zxids on both sides.',
    remedy: "Look for a snapshot that reaches to the second zxid in dataDir; compare with another member's logs.",
    source: 'Learner.syncWithLeader; ZOOKEEPER-4925',
  },
}
