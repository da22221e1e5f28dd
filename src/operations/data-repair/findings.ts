import type { FindingCatalogue } from '../../support/finding.ts'

/** Remedies by their codes, and what a repair says itself, by area. */
export const REPAIR_FINDINGS = {
  data: {
    'data.repair-unfinished': {
      summary: 'A change to the data directory was interrupted: some of its files are old, some new.',
      cause: 'zkops was killed, or could not write.',
      evidence: 'The bundle in zkops-undo, which holds what was and what is to be.',
      remedy: 'zkops data repair finishes it, zkops data undo takes it back. Start no server before.',
      source: 'zkops data repair, data seed, epoch repair',
    },
    'data.resync': {
      summary: 'A member is emptied, and gets all of its data from the leader.',
      cause: 'A remedy of zkops data doctor for damage in one member of a healthy ensemble.',
      evidence: 'The last zxid that the member knows of.',
      remedy:
        'Only while a majority of the whole ensemble without this member is up, in sync and at or past that zxid, and never a second member before the first has come back. Start it with zookeeper.db.autocreate=false.',
      source: 'Learner.syncWithLeader; ZooKeeperServer.loadData, ZOOKEEPER-3512',
    },
    'data.ensemble': {
      summary: 'Whether the rest of the ensemble has what this member is to lose.',
      cause: 'A repair was asked to look: --ensemble or --connect.',
      evidence: 'Who leads or follows at or past the last zxid that this member loses.',
      remedy:
        'Without a quorum of the others at that point, wait for them, or accept the loss. With it, keep them up until this member has rejoined.',
      source: 'FastLeaderElection.totalOrderPredicate; Learner.syncWithLeader',
    },
    'data.seed': {
      summary: 'A snapshot is made of logs that begin with the first transaction.',
      cause: 'A remedy of zkops data doctor for logs without a usable snapshot.',
      evidence: 'The zxid of the first record, and the digests on the way.',
      remedy: 'zkops data seed. It takes the place of snapshot.trust.empty, which trusts logs that are not complete.',
      source: 'FileTxnSnapLog.restore, ZOOKEEPER-2325',
    },
    'data.snapshot-name': {
      summary: 'A snapshot is named above what it holds.',
      cause: 'It was renamed, restored under another name, or overwritten.',
      evidence: 'The zxid of its own digest or last-zxid block.',
      remedy: 'Give it the name of what it holds: servers skip every transaction up to the name.',
      source: 'FileSnap.deserialize takes the zxid from the name',
    },
  },
  log: {
    'log.mend': {
      summary: 'A log is written anew from its own records, each proven by its checksum.',
      cause: 'A remedy of zkops data doctor for a damaged header, length field, end mark or checksum field.',
      evidence: 'What was wrong around each record.',
      remedy: 'zkops data repair --remedy log.mend. No checksum is recomputed over bytes that are not proven.',
      source: 'FileTxnLog',
    },
    'log.patch': {
      summary: "Missing records are taken from another member's logs.",
      cause: 'A remedy of zkops data doctor for holes that a --peer can fill.',
      evidence: 'The records on both sides of the hole are the same there.',
      remedy: 'zkops data repair --remedy log.patch --peer DIR.',
      source: 'zkops log patch',
    },
    'log.truncate': {
      summary: 'The logs end at the last proven record, and snapshots behind it go.',
      cause: 'A remedy of zkops data doctor where nothing brings the rest back.',
      evidence: 'The zxids, znodes and bytes that go.',
      remedy:
        'Look for a backup or another member first. Never truncate the same range on a majority: the others then lose it too.',
      source: 'FileTxnLog.truncate keeps newer snapshots, which bring back what was cut',
    },
  },
  snapshot: {
    'snapshot.directory': {
      summary: 'A directory has the name of a snapshot.',
      cause: 'A slip of the hand, or a restore.',
      evidence: 'The directory.',
      remedy: 'Move it away. Servers pass it over, but take its name for a zxid where they count snapshots.',
      source: 'FileSnap.findNValidSnapshots',
    },
    'snapshot.rebuild': {
      summary: 'One snapshot of what can still be replayed takes the place of a broken chain.',
      cause: 'A remedy of zkops data doctor for transactions that are gone for good.',
      evidence: 'The zxids that are missing.',
      remedy: 'Look for a backup or another member first: what is missing stays missing.',
      source: 'FileTxnSnapLog.restore; from 3.9.4 on a hole between replayed transactions ends the start',
    },
  },
  epoch: {
    'epoch.repair': {
      summary: 'The epoch files get the values that the data proves.',
      cause: 'A remedy of zkops data doctor for a member that refuses its epoch files.',
      evidence: 'The epoch of the last zxid, and what other members were in.',
      remedy: 'zkops epoch repair.',
      source: 'QuorumPeer.loadDataBase',
    },
  },
} as const satisfies Readonly<Record<string, FindingCatalogue>>
