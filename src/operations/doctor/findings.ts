import type { FindingCatalogue } from '../../support/finding.ts'

/** Every code of its own that the doctor can give. */
export const DATA_FINDINGS: FindingCatalogue = {
  'data.acl-missing': {
    summary: 'A transaction touches a znode whose access list the snapshot does not define.',
    cause: 'A fuzzy snapshot that missed a list (ZOOKEEPER-4846), or damage.',
    evidence: 'The transaction at which the start ends.',
    remedy:
      'Move the snapshot away and start from an older one with gapless logs: the creation in the logs carries the list. Or let the member resync.',
    source: 'ReferenceCountedACLCache, "Failed to fetch acls for"; 3.8.4, 3.9.2 and later',
  },
  'data.config': {
    summary: 'The configuration keeps the server from starting, before it looks at its data.',
    cause: 'What the message says: myid, the dynamic file, a value.',
    evidence: "The server's own message.",
    remedy: 'Correct the file; touch no data. zkops config lint tells more.',
    source: 'QuorumPeerConfig.parse; QuorumPeer.start',
  },
  'data.dead-ephemerals': {
    summary: 'Ephemeral znodes of sessions that are in no session table are deleted at the start.',
    cause: 'Their sessions ended, as a rule; or an owner that damage or an edit made.',
    evidence: 'How many there are.',
    remedy: 'None for sessions that ended. No transaction tells of it.',
    source: 'ZooKeeperServer.loadData, killSession',
  },
  'data.digest-mismatch': {
    summary: 'The tree is not the one that the transactions were made on.',
    cause: 'Dropped or foreign transactions, an edited snapshot, another JVM charset, or closeSessionTxn switched off.',
    evidence: 'The first transaction whose digest differs.',
    remedy:
      'Save the directory before the first start: the start writes a snapshot with the damage in it and a fitting digest, and the next start is silent.',
    source: 'DataTree.compareDigest, "First digest mismatch on txn"',
  },
  'data.empty-start': {
    summary: 'The server would start as a new and empty one.',
    cause:
      'A disk that is not mounted, a wrong dataDir, a directory that cannot be listed, or only a damaged snapshot.',
    evidence: 'No usable snapshot and no log was found.',
    remedy: 'Make sure that this is the right directory. A member: start it with zookeeper.db.autocreate=false.',
    source: 'FileTxnSnapLog.restore',
  },
  'data.epoch-accepted': {
    summary: 'acceptedEpoch is below currentEpoch.',
    cause: 'A hand edit, or a file from an older copy.',
    evidence: 'Both values.',
    remedy: 'zkops epoch repair raises acceptedEpoch when another member confirms currentEpoch.',
    source: 'QuorumPeer.loadDataBase, "The accepted epoch, … is less than the current epoch"',
  },
  'data.epoch-behind': {
    summary: 'currentEpoch is below the epoch of the last transaction.',
    cause: 'A crash between the snapshot and the epoch file; or a log that does not belong here.',
    evidence: 'The epoch of the last zxid, and the file.',
    remedy: 'When the data is right: zkops epoch repair writes the epoch of the last zxid.',
    source: 'QuorumPeer.loadDataBase, "The current epoch, … is older than the last zxid"',
  },
  'data.epoch-unreadable': {
    summary: 'An epoch file is no number.',
    cause: 'A full disk or a crash while it was written, or a hand edit; a blank behind the number is enough.',
    evidence: 'Its first line.',
    remedy: 'zkops epoch repair writes the value that the data proves.',
    source: 'QuorumPeer.readLongFromFile, "Found … in"',
  },
  'data.hole': {
    summary: 'Transactions are missing between the snapshot and the end of the logs.',
    cause: 'A log was deleted or purged, or an earlier start dropped the end of one.',
    evidence: 'First and last missing zxid.',
    remedy: 'A member: resync from one that is proven complete. Otherwise patch the logs from a copy that has them.',
    source: 'FileTxnSnapLog.fastForwardFromEdits checks no continuity; 3.9.4 and later do inside the replay',
  },
  'data.leaked-ephemerals': {
    summary: 'A damaged snapshot leaves ephemeral state in memory, and the start deletes znodes for it.',
    cause:
      'The server falls back to an older snapshot without clearing sessions and ephemerals of the one that failed.',
    evidence: 'How many znodes of the older snapshot are deleted.',
    remedy: 'Move the damaged snapshot away before the start.',
    source: 'DataTree.deserialize clears nodes only',
  },
  'data.missing': {
    summary: 'A directory is missing and cannot be made.',
    cause: 'A disk that is not mounted; zookeeper.datadir.autocreate=false; no permission.',
    evidence: 'The directory.',
    remedy: 'Mount the disk, or create the directory, when it is to be empty.',
    source: 'FileTxnSnapLog, ZOOKEEPER-1161',
  },
  'data.mixed': {
    summary: 'Logs and snapshots lie in the wrong directory.',
    cause: 'dataLogDir was set anew, or both directories were swapped.',
    evidence: 'The directory.',
    remedy: 'Move files of one kind where the configuration says, with their names.',
    source: 'FileTxnSnapLog.checkLogDir, checkSnapDir; ZOOKEEPER-2967',
  },
  'data.no-snapshot': {
    summary: 'There are logs but no usable snapshot.',
    cause: 'Snapshots deleted, truncated or unreadable; or data of 3.4, which writes none at first.',
    evidence: 'What was found, and where the logs begin.',
    remedy:
      'Find the cause first. When the logs begin with the first transaction: zkops data seed. snapshot.trust.empty loses everything before the first log.',
    source: 'FileTxnSnapLog.restore, ZOOKEEPER-2325',
  },
  'data.no-valid-snapshot': {
    summary: 'Snapshots are there, and the server can read none of them.',
    cause: 'Damage to all of them.',
    evidence: 'Each with its reason.',
    remedy: 'Move them away; with complete logs zkops data seed makes a new one. Otherwise resync or restore.',
    source: 'FileSnap.deserialize, "Not able to find valid snapshots"',
  },
  'data.not-writable': {
    summary: 'The server may not write to its directory.',
    cause: 'A read-only mount, or another owner.',
    evidence: 'The directory, for the user that runs zkops.',
    remedy: 'Find out why before anything is written: a file system goes read-only after errors.',
    source: 'FileTxnSnapLog, "Cannot write to"',
  },
  'data.peer-part': {
    summary: 'Another directory has a part of what the start drops.',
    cause: 'That member was behind, or purged its logs.',
    evidence: 'The directory, and which transactions it has.',
    remedy: 'Look for one that has all of it (--peer). zkops log patch takes what a copy has, and says what is left.',
    source: 'zkops data doctor --peer',
  },
  'data.repeated': {
    summary: 'Transactions are replayed again behind later ones.',
    cause: 'A copy of a log, an overlap, a renamed file.',
    evidence: 'How many records.',
    remedy: 'Move the file that does not belong out of version-2: what is applied again can undo newer writes.',
    source: 'FileTxnSnapLog.fastForwardFromEdits, "(highestZxid) > … (next log)"',
  },
  'data.save-first': {
    summary: 'Save the directory before the first start.',
    cause: 'The start writes a snapshot and a log over the evidence.',
    evidence: 'What the start would drop or write over.',
    remedy: 'Copy version-2 of both directories to another place.',
    source: 'ZooKeeperServer.loadData takes a snapshot; FileTxnLog.append truncates a log of the same name',
  },
  'data.snapshot-failed': {
    summary: 'A newer snapshot is damaged, and the server falls back to an older one.',
    cause: 'Damage, or a crash while it was written.',
    evidence: 'Why it is not loaded, and how.',
    remedy: 'Move it away before the start, when the logs reach back to the older one without a gap.',
    source: 'FileSnap.findNValidSnapshots, FileSnap.deserialize',
  },
  'data.snapshot-refused': {
    summary: 'A snapshot ends the start, whatever older ones there are.',
    cause: 'Damage that ends in another exception than an IOException.',
    evidence: 'The exception.',
    remedy: 'Move it away, when the logs reach back to the next older one without a gap.',
    source: 'FileSnap.deserialize catches IOException only',
  },
  'data.ttl-lost': {
    summary: 'TTL znodes are deleted at the start.',
    cause: 'zookeeper.extendedTypesEnabled is not set: they are taken for ephemerals of dead sessions.',
    evidence: 'How many there are.',
    remedy: 'Start all members with -Dzookeeper.extendedTypesEnabled=true, as before.',
    source: 'EphemeralType.get',
  },
  'data.unlistable': {
    summary: 'The directory cannot be listed.',
    cause: 'The permission to read it is missing.',
    evidence: 'The directory, for the user that runs zkops.',
    remedy: 'Give it back (u+rwx) before any start: the server would start empty and write over log.1.',
    source: 'File.listFiles gives null; FileTxnSnapLog takes it for no files',
  },
  'data.unreadable': {
    summary: 'A file may not be read.',
    cause: 'Another owner, or a lost permission.',
    evidence: 'The file, for the user that runs zkops.',
    remedy:
      'chown to the user of the service, u+rw. An unreadable log ends the start, an unreadable snapshot is passed over.',
    source: 'FileNotFoundException (Permission denied)',
  },
}
