import type { FindingCatalogue } from '../../support/finding.ts'

/** Every code that comparing logs can give. */
export const DIFF_FINDINGS: FindingCatalogue = {
  'diff.different-txn': {
    summary: 'One zxid holds two different transactions.',
    cause:
      'Two histories: an epoch number used twice after a member was wiped, two ensembles after a split configuration, a server that was started standalone on a copy, or an edit of a log.',
    evidence: 'The first such zxid, the field that differs with both values, both files and offsets.',
    remedy:
      'Stop both, decide which history is the right one (which one did clients use, which one do most members have?), save the difference, then wipe the other members one by one and let them resync.',
    source: 'Leader.getEpochToPropose; ZOOKEEPER-4394 and the incidents in its neighbourhood',
  },
  'diff.digest-differs': {
    summary: 'The same transaction carries two different digests of the tree.',
    cause: 'The trees were different when it was proposed: an earlier transaction is missing or other on one side.',
    evidence: 'The zxid and both digests.',
    remedy: 'Look for the first difference before it, in logs and snapshots; as for two different transactions.',
    source: 'DataTree.compareDigest, TxnDigest (3.6)',
  },
  'diff.branch': {
    summary: 'One side has transactions of an older epoch that the other passes over to go on with a later one.',
    cause:
      'A leader logged proposals that no majority took before the next election: they were never committed. They stay in its log until it rejoins: the new leader has it truncate them (TRUNC), or sends a snapshot, and then they stay as a dead branch. Rarely: they were committed, and a majority has lost them.',
    evidence: 'Their zxids, and the epoch that the other side goes on with.',
    remedy:
      'None when a third member does not have them either: the member that has them puts itself right when it rejoins; move snapshots above their first zxid away before. When a third member has them, they were committed: stop the side that lacks them.',
    source: 'LearnerHandler.syncFollower; FileTxnLog.truncate',
  },
  'diff.hole': {
    summary: 'One side lacks transactions in the middle of its logs.',
    cause:
      'A log was deleted, lost or is damaged, or the server wrote the hole itself (ZOOKEEPER-4394, 4925). With a snapshot above the hole the server may still have the right data.',
    evidence: "The missing zxids with the neighbours that the other side's logs have.",
    remedy:
      'A member of a healthy ensemble: wipe it and let it resync. Otherwise fill the hole with zkops log patch from the side that is complete.',
    source: 'ZKDatabase.addCommittedProposal (3.9.4); ZOOKEEPER-4925',
  },
  'diff.snapshot-sync': {
    summary: 'One side got a snapshot in the place of transactions.',
    cause: 'The member was too far behind, and the leader sent it a snapshot (SNAP).',
    evidence: 'A snapshot that reaches exactly to where its log goes on, and none before it.',
    remedy: 'None.',
    source: 'LearnerHandler.syncFollower, Learner.syncWithLeader',
  },
  'diff.before': {
    summary: "One side's logs begin later.",
    cause: 'Older logs were purged, or the member began with a snapshot.',
    evidence: 'The first zxid of both.',
    remedy: 'None.',
    source: 'PurgeTxnLog; Learner.syncWithLeader',
  },
  'diff.behind': {
    summary: "One side's logs go on further.",
    cause: 'The member is behind or was stopped earlier; or the last ones were never committed.',
    evidence: 'The last zxid of both.',
    remedy: 'None: a member that is behind gets them when it joins.',
    source: 'LearnerHandler.syncFollower',
  },
  'diff.nothing-common': {
    summary: 'The logs have no zxid in common, so nothing was compared.',
    cause: 'One side was purged or got a snapshot behind the end of the other; or they are of two ensembles.',
    evidence: 'The ranges of both.',
    remedy: 'Compare snapshots, or take older logs from a backup.',
    source: 'The ranges do not meet.',
  },
  'diff.common-gap': {
    summary: 'Both sides lack the same transactions.',
    cause:
      'Both got a snapshot there, or a leader with a hole passed it on (ZOOKEEPER-4394, 4925), or the same logs were deleted.',
    evidence: 'The zxids on both sides of the gap.',
    remedy: 'Compare with a third member or a backup.',
    source: 'ZOOKEEPER-4925',
  },
  'diff.form-digest': {
    summary: 'The same transactions carry a digest on one side only.',
    cause: 'Digests are switched off on one member, or it runs 3.5 or older.',
    evidence: 'How many, and their zxids.',
    remedy: 'None; the same setting on all members lets them notice differing trees.',
    source: 'SerializeUtils.deserializeTxn, zookeeper.digest.enabled',
  },
  'diff.form-failed-multi': {
    summary: 'A failed multi is stored in two forms.',
    cause:
      'A server overwrites the types of its operations with -1 when it applies it, and may log it after that. Nothing of a failed multi is ever applied.',
    evidence: 'How many, and their zxids; all bodies are the same.',
    remedy: 'None.',
    source: 'DataTree.processTxn; all releases',
  },
  'diff.form-close-session': {
    summary: 'A closeSession lists the paths that go with it on one side only.',
    cause: 'One member runs 3.5 or older, or with closeSessionTxn.enabled=false.',
    evidence: 'How many, and their zxids.',
    remedy: 'None; the same release and setting on all members.',
    source: 'ZOOKEEPER-3145; zookeeper.closeSessionTxn.enabled',
  },
  'diff.form-trailing': {
    summary: 'Bytes behind the transaction differ.',
    cause: 'A release that writes more than the others read.',
    evidence: 'How many, and their zxids.',
    remedy: 'None: no reader looks at them.',
    source: 'SerializeUtils.deserializeTxn',
  },
}
