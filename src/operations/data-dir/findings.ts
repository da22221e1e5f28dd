import type { FindingCatalogue } from '../../support/finding.ts'

/** What looking at whole data directories can show. */
export const DATA_FINDINGS: FindingCatalogue = {
  'data.snapshot-incomplete': {
    summary: 'A snapshot does not end as snapshots do.',
    cause: 'A crash or a full disk while it was written; ordinary, servers expect it.',
    evidence: 'A plain one does not end with the path "/", a compressed one does not begin with its magic.',
    remedy:
      'None when an older one and the logs from it on are whole (zkops data ls shows the chain); it may be moved away.',
    source: 'SnapStream.isValidSnapshot, Util.isValidSnapshot',
  },
  'data.misplaced': {
    summary: 'A log lies where snapshots belong, or a snapshot where logs belong.',
    cause: 'dataLogDir was set, dropped or swapped while files were there.',
    evidence: 'The file, and the two directories that were named.',
    remedy:
      'Servers refuse to start. Both places may hold a history of their own: compare them before anything is moved.',
    source: 'FileTxnSnapLog, LogDirContentCheckException, SnapDirContentCheckException; ZOOKEEPER-2967',
  },
  'data.stray-copy': {
    summary: 'A copy lies among the files of a server.',
    cause: 'A backup beside the original, the output of a tool.',
    evidence: 'More than two parts in the name.',
    remedy: 'Move it out of version-2: servers from 3.6 on read it as a file of its own.',
    source: 'Util.getZxidFromName',
  },
}

/** What purging can show. */
export const PURGE_FINDINGS: FindingCatalogue = {
  'purge.bad-snapshot': {
    summary: 'A snapshot does not count among those to keep.',
    cause: 'Damage, a crash while it was written, or a server is writing it right now.',
    evidence: 'What reading it in full showed.',
    remedy:
      'None for a purge: older ones that count are kept in its place. Look at a damaged one before the next start.',
    source: 'PurgeTxnLog counts snapshots without reading them (and may keep damaged ones only)',
  },
  'purge.keeps-all': {
    summary: 'Nothing is purged, because too little would be left.',
    cause: 'Fewer snapshots count than are to be kept, none is older than the time to be kept, or logs have a hole.',
    evidence: 'How many count; the hole.',
    remedy: 'None while the directory is young. Otherwise see why snapshots do not count: zkops data ls --verify.',
    source: 'zkops data purge',
  },
  'purge.foreign': {
    summary: 'A file is left, because no server gave it its name.',
    cause: 'A copy beside the original.',
    evidence: 'More than two parts in its name.',
    remedy: 'Move it out of version-2 if it is not wanted.',
    source: 'Util.getZxidFromName',
  },
}

/** What comparing directories can show; the differences of logs themselves are diff.*. */
export const COMPARE_FINDINGS: FindingCatalogue = {
  'compare.no-logs': {
    summary: 'A directory holds no logs, so its history cannot be compared.',
    cause: 'Logs that lie apart, a member that never wrote, a wiped disk.',
    evidence: 'The directory.',
    remedy: 'Name the directories of the logs with --log-dir; --trees compares what snapshots hold.',
    source: 'zkops data compare',
  },
  'compare.tail': {
    summary: 'The end of a history is in too few directories to have been committed.',
    cause: 'A leader, or a member that follows it, logs before a majority has acknowledged.',
    evidence:
      'The zxids. The number of directories stands for the number of members: with more members it proves nothing.',
    remedy:
      'None by itself: when a member without it leads, it is dropped (TRUNC); when one that has it leads, it becomes committed. Never put it on other members by hand.',
    source: 'Zab: a transaction is committed when a quorum has logged it',
  },
  'compare.wrong-winner': {
    summary: 'The member that would win the election is not the one whose data is right.',
    cause: 'A currentEpoch that outranks the data, a hole, or a history of its own.',
    evidence: 'Its currentEpoch and last zxid.',
    remedy: 'Start the right one first, with a majority; wipe the other and let it resync.',
    source: 'FastLeaderElection.totalOrderPredicate: currentEpoch, last zxid, id',
  },
  'compare.no-tree': {
    summary: 'The tree of a directory cannot be restored at the zxid where trees are compared.',
    cause: 'All its snapshots are newer (after a SNAP sync), or damaged.',
    evidence: 'What restoring said.',
    remedy: 'None for the comparison of logs.',
    source: 'zkops data compare --trees',
  },
  'compare.trees-differ': {
    summary: 'Directories give different trees at the same zxid.',
    cause: 'A hole, a foreign log, an edited snapshot, or a replica that went its own way.',
    evidence: 'The digest of each tree.',
    remedy: 'See which one stands alone; wipe it and let it resync.',
    source: 'DigestCalculator: the sum over all znodes',
  },
}
