import type { FindingCatalogue } from '../../support/finding.ts'

/** Every code that reading transaction logs can give. */
export const LOG_FINDINGS: FindingCatalogue = {
  'log.torn-tail': {
    summary: 'The last record of the log is incomplete.',
    cause:
      'Power loss or a kill in the middle of a write. Normal in the newest log; an older one keeps its torn end for ever.',
    evidence: 'The file or its non-zero bytes end inside a record, and nothing valid follows.',
    remedy:
      'None: the record was never on disk as a whole, so it was never acknowledged. The server ignores it and starts its next log at that zxid.',
    source: 'FileTxnIterator.next; ZOOKEEPER-1573, all releases behave alike',
  },
  'log.zero-hole': {
    summary: 'A zeroed place in the middle of the log hides valid records.',
    cause: 'Lost sectors, a sparse copy, a restore from a bad block.',
    evidence: 'A record length of 0, and behind it records whose checksums fit.',
    remedy:
      'Do not start: every release takes a length of 0 for the end of the file and silently drops the rest. Member of a healthy ensemble: wipe and resync. Otherwise copy everything, then salvage.',
    source: 'Util.readTxnBytes: length 0 is the end of the file',
  },
  'log.checksum': {
    summary: "A record's checksum does not fit its bytes.",
    cause: 'A flipped bit on disk or in memory, an overwritten block, an edit by hand.',
    evidence: 'Adler-32 of the payload differs from the stored one.',
    remedy:
      'Every release refuses to start, so nothing is lost yet. Member of a healthy ensemble: wipe and resync. Otherwise restore a backup plus logs, or cut at the last good record, knowing which zxids go. Never recompute the checksum (TxnLogToolkit -r): the server would apply the damage.',
    source: 'FileTxnIterator.next, "CRC check failed"; ZOOKEEPER-2994',
  },
  'log.length': {
    summary: "A record's length field cannot be right, or is above the limit.",
    cause: 'A damaged length field; or a real record written under a larger jute.maxbuffer.',
    evidence:
      'The length is negative, above jute.maxbuffer plus its extra, or reaches behind the end of the file while valid records follow. Whether the record is whole at that length is said.',
    remedy: 'A whole record: start with the larger jute.maxbuffer. Otherwise as for a checksum that does not fit.',
    source: 'BinaryInputArchive.checkLength, "Unreasonable length"; Util.readTxnBytes',
  },
  'log.end-mark': {
    summary: 'The byte behind a record is not 0x42.',
    cause: 'A flipped bit in the end mark, or in a length field that now points elsewhere.',
    evidence: 'The byte that was found; whether valid records follow.',
    remedy:
      'Do not start: every release drops the rest of the file with one log line ("Last transaction was partial"), the same as for a harmless torn tail. Member of a healthy ensemble: wipe and resync. Otherwise copy everything, then salvage.',
    source: 'FileTxnIterator.next, Util.readTxnBytes',
  },
  'log.undecodable': {
    summary: 'A record whose checksum fits does not hold what its type says.',
    cause: 'Damage that was re-stamped with a fresh checksum, or a bug in what wrote it.',
    evidence: 'The body ends before its fields do, or a length inside it is unreasonable.',
    remedy:
      'A body that is too short silently ends the file for a server, an unreasonable length refuses the start. As for a checksum that does not fit.',
    source: 'SerializeUtils.deserializeTxn',
  },
  'log.unknown-type': {
    summary: 'A record has a type that is not known.',
    cause: 'A newer version wrote it, or damage with a fresh checksum.',
    evidence: 'The type number.',
    remedy: 'Start the version that wrote it. Releases that do not know a type refuse to start.',
    source: 'SerializeUtils.deserializeTxn, "Unsupported Txn with type="',
  },
  'log.magic': {
    summary: 'The file does not begin with a log header.',
    cause: 'Not a log; a zeroed or overwritten first block.',
    evidence: 'The first four bytes; whether valid records start at offset 16.',
    remedy:
      'With valid records from offset 16 on, write the 16 header bytes again (ZKLG, version 2, dbid 0). Otherwise move the file away.',
    source: 'FileTxnIterator.inStreamCreated, "invalid magic number"',
  },
  'log.header-short': {
    summary: 'The file is shorter than the 16 bytes of its header.',
    cause: 'Full disk or a crash while the file was created.',
    evidence: 'Its size.',
    remedy: 'If it is the newest log, move it away: nothing can have been in it. All releases refuse to start with it.',
    source: 'FileHeader, EOFException',
  },
  'log.empty': {
    summary: 'The log has no bytes at all.',
    cause: 'Full disk or a crash between creating the file and writing its header.',
    evidence: 'Size 0; whether it is the newest log.',
    remedy:
      'Newest: move it away (3.9.3 and later delete it themselves, older releases refuse to start). Not the newest: its transactions are missing, do not delete it to silence the server.',
    source: 'ZOOKEEPER-2332, ZOOKEEPER-1621',
  },
  'log.junk-behind-end': {
    summary: 'Bytes that are no records lie behind the end of the log.',
    cause: 'Recycled blocks, or a shorter log copied over a longer one.',
    evidence:
      'The first zero length, and non-zero bytes behind it; records with zxids that were seen before are counted.',
    remedy: 'None needed: no release reads behind a zero length.',
    source: 'Util.readTxnBytes',
  },
  'log.gap': {
    summary: 'Transactions are missing between two neighbours.',
    cause:
      'A log or a part of one was deleted, purged, or dropped by an earlier start; after a SNAP sync a jump is legal when a snapshot bridges it.',
    evidence: 'The zxids on both sides; whether a snapshot lies at or above the last missing one.',
    remedy:
      'Up to 3.9.3 a server starts and serves wrong data; 3.9.4 and later refuse a gap inside the replay, but not one right behind the snapshot. Member of an ensemble: wipe and resync from a member that is proven complete.',
    source: 'ZKDatabase.addCommittedProposal (3.9.4); ZOOKEEPER-4925',
  },
  'log.duplicate': {
    summary: 'Two neighbouring records have the same zxid.',
    cause: 'A request that could not be marshalled is logged as an error under the current zxid; or a copied record.',
    evidence: 'Both zxids and offsets.',
    remedy: 'None: all releases tolerate it.',
    source: 'PrepRequestProcessor.pRequestHelper',
  },
  'log.out-of-order': {
    summary: 'A zxid is lower than one before it.',
    cause: 'Mixed histories, overlapping logs, a renamed file.',
    evidence: 'Both zxids.',
    remedy:
      'A server applies such records again in file order, which can undo newer writes. Find out which file does not belong here and move it out of version-2.',
    source: 'FileTxnIterator, "(highestZxid) > (next log)"',
  },
  'log.overlap': {
    summary: 'A log begins at or below the last zxid of the one before it.',
    cause: 'A copy, a restore over existing files, or two histories in one directory.',
    evidence: 'The last zxid before and the first zxid after.',
    remedy: 'Harmless only when both hold the same records. Move the one that does not belong out of version-2.',
    source: 'FileTxnIterator reads by name',
  },
  'log.name-mismatch': {
    summary: "The file's name is not the zxid of its first record.",
    cause: 'A rename, or a wrong restore.',
    evidence: 'Name and first zxid.',
    remedy:
      'While the server is stopped rename it to log.<first zxid>, if no such file exists and the chain is continuous then: a log is read in the place of its name, so old writes can be replayed over newer ones.',
    source: 'FileTxnLog.getLogFiles, Util.getZxidFromName',
  },
  'log.stray-copy': {
    summary: 'A copy with a longer name would be read as a log.',
    cause: 'A backup (.bak) or the output of a tool (.fixed, .chopped) left in version-2.',
    evidence: 'The name: servers from 3.6 on ignore everything behind its second dot.',
    remedy: 'Move it out of version-2. 3.4 and 3.5 do not see it; there it is a silent hole if it is the only copy.',
    source: 'Util.getZxidFromName',
  },
  'log.epoch-step': {
    summary: 'A new epoch does not begin with its first transaction, so the beginning of it is missing.',
    cause:
      'A log or a part of one is missing around a change of leader; after a SNAP sync a snapshot bridges the step.',
    evidence: 'The zxids on both sides: the later epoch is higher, and its counter is not 1.',
    remedy:
      'As for log.gap. No release notices it: the check of 3.9.4 and later looks inside one epoch only. A step to counter 1 of a later epoch is normal and no finding.',
    source: 'ZKDatabase.addCommittedProposal (3.9.4); ZxidUtils',
  },
  'log.foreign-dbid': {
    summary: "A log's header names another database than the other logs', or one at all.",
    cause: 'A log of another origin, or a changed byte in its header.',
    evidence: 'The dbid of the header and that of most of the other logs. Servers write 0 and never look at it.',
    remedy:
      'Find out whether the log belongs to this history: compare it with another member. If not, move it out of version-2: a server would replay it.',
    source: 'FileHeader; FileTxnLog.dbId is never set',
  },
  'log.header-version': {
    summary: "A log's header says another version than 2.",
    cause: 'A changed byte, or a program that is no ZooKeeper.',
    evidence: 'The version. No release looks at it.',
    remedy: 'None needed for the records.',
    source: 'FileTxnLog.VERSION',
  },
  'log.directory': {
    summary: 'A directory has the name of a log.',
    cause: 'A slip of the hand, or a restore.',
    evidence: 'Its name.',
    remedy: 'Move it out of version-2: all releases try to open it and refuse to start.',
    source: 'FileTxnLog.getLogFiles lists names only; FileNotFoundException',
  },
  'log.compression': {
    summary: 'The compressed file cannot be unpacked to its end.',
    cause: 'A truncated or damaged gzip or snappy file.',
    evidence: 'The offset, after decompression, that was reached.',
    remedy: 'Take another copy; what could be unpacked was read.',
    source: 'RFC 1952; snappy-java SnappyOutputStream',
  },
  'log.mended': {
    summary: 'Something around a record was wrong, but its checksum proves the record.',
    cause:
      'A flipped bit in an end mark, in a length field or in the upper half of a checksum field; a cut-off end mark; a lost header.',
    evidence: 'The stored Adler-32 fits the payload at the length that is given.',
    remedy: 'None: salvage writes the record with what is around it put right.',
    source: 'FileTxnLog.append: the checksum covers the payload only',
  },
  'log.snapshot-above': {
    summary: 'A snapshot holds transactions that a chop drops.',
    cause: 'It was taken behind the zxid that the logs are cut at.',
    evidence: 'The zxid of its name.',
    remedy: 'Move it away before a server is started on the cut logs: it would start from the snapshot.',
    source: 'FileTxnSnapLog.restore takes the newest snapshot',
  },
  'log.quarantined': {
    summary: 'Bytes of a log are no valid records, or none that belong there.',
    cause: 'Damage; or records that an older, longer file left behind the end.',
    evidence: 'The range of bytes. What is not all zero is written into quarantine/ under its name and offsets.',
    remedy: 'Keep the quarantined bytes until the data is known to be right.',
    source: 'zkops log salvage',
  },
  'log.lost': {
    summary: 'Transactions are not to be found any more, or nobody can know whether there were any.',
    cause: 'Damage, or a missing log.',
    evidence: 'The zxids on both sides; inside an epoch every zxid between them was a transaction.',
    remedy:
      "Another member's log may have them (zkops log patch). A server on logs with a hole serves wrong data: up to 3.9.3 silently; 3.9.4 and later refuse unless the hole is right behind the snapshot.",
    source: 'ZKDatabase.addCommittedProposal (3.9.4)',
  },
  'log.patched': {
    summary: "A hole was filled with another member's records.",
    cause: 'zkops log patch found them.',
    evidence: 'The records on both sides of the hole are byte for byte the same in both histories.',
    remedy: 'None.',
    source: 'The same zxid holds the same transaction on every member of one history',
  },
}
