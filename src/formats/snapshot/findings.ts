import type { FindingCatalogue } from '../../support/finding.ts'

const RESORT =
  'Member of a healthy ensemble: move it away, or wipe and resync. Otherwise move it away and start on an older snapshot, when the logs reach back to that one without a gap. Do not rely on the server to fall back by itself: what it read of this one can leak ephemeral state into the next.'

/** Every code that reading snapshots can give. */
export const SNAPSHOT_FINDINGS: FindingCatalogue = {
  'snapshot.truncated': {
    summary: 'The snapshot ends too early.',
    cause: 'A crash or a full disk while it was written: servers write snapshots in place, without a sync.',
    evidence: 'Where it ends, in which part, and how many nodes could be read before.',
    remedy: RESORT,
    source: 'FileSnap.serialize, FileSnap.deserialize (EOFException); SnapStream.isValidCheckedStream',
  },
  'snapshot.seal': {
    summary: 'A seal of the snapshot does not fit.',
    cause: 'A flipped bit, an overwritten block, an edit by hand.',
    evidence: 'Adler-32 of everything before the seal differs from the stored one, or no "/" follows it.',
    remedy: RESORT,
    source: 'SnapStream.checkSealIntegrity, "CRC corruption"',
  },
  'snapshot.length': {
    summary: 'A length or a count in the snapshot cannot be right.',
    cause: 'A damaged length field, or damage before it.',
    evidence: 'The number, and where it stands.',
    remedy: RESORT,
    source: 'BinaryInputArchive.checkLength, "Unreasonable length"',
  },
  'snapshot.magic': {
    summary: 'The file does not begin with a snapshot header.',
    cause: 'Not a snapshot; a zeroed or overwritten first block.',
    evidence: 'The first four bytes.',
    remedy: RESORT,
    source: 'FileSnap.deserialize, "mismatching magic headers"',
  },
  'snapshot.null-path': {
    summary: 'A node has no path.',
    cause: 'Damage, or a program that is not ZooKeeper.',
    evidence: 'A path of length -1.',
    remedy: 'Move it away before a start: a server does not start with it, and does not try an older one.',
    source: 'DataTree.deserialize (NullPointerException)',
  },
  'snapshot.acl-null': {
    summary: 'An access list of the snapshot, or a scheme or id in one, is null.',
    cause: 'A damaged count or length in an access list.',
    evidence: 'The number of the list.',
    remedy: 'Move it away before a start: a server does not start with it, and does not try an older one.',
    source: 'ReferenceCountedACLCache.deserialize, "missing acls", NullPointerException',
  },
  'snapshot.compression': {
    summary: 'The compressed snapshot cannot be unpacked to its end.',
    cause: 'A truncated or damaged gzip or snappy file.',
    evidence: 'The offset, after decompression, that was reached, and why.',
    remedy: RESORT,
    source: 'java.util.zip.GZIPInputStream; snappy-java SnappyInputStream',
  },
  'snapshot.junk-behind-end': {
    summary: 'Bytes that are no part of the snapshot lie behind its end.',
    cause: 'A shorter file copied over a longer one, or something appended.',
    evidence: 'Where the snapshot ends and how much follows.',
    remedy:
      'A plain snapshot that does not end in its seal is skipped by servers without a word. Up to the seal it is whole: a copy cut there loads.',
    source: 'SnapStream.isValidCheckedStream',
  },
  'snapshot.orphan': {
    summary: 'A node comes without its parent before it.',
    cause: 'Damage, or a program that is not ZooKeeper: servers write parents first.',
    evidence: 'The node; all nodes before it were looked at.',
    remedy: RESORT,
    source: 'DataTree.deserialize, "Invalid Datatree, unable to find parent"',
  },
  'snapshot.root-replaced': {
    summary: 'A path without a slash would take the place of the root.',
    cause: 'A damaged path.',
    evidence: 'The path.',
    remedy: RESORT,
    source: 'DataTree.deserialize: a path without a slash is the root',
  },
  'snapshot.duplicate': {
    summary: 'A node comes twice.',
    cause: 'A program that is not ZooKeeper, or damage with a fresh seal.',
    evidence: 'The second one of them.',
    remedy: 'Find out what made the file, and use another one: a server keeps the last one, without its children.',
    source: 'DataTree.deserialize',
  },
  'snapshot.acl-undefined': {
    summary: 'A node names an access list that the snapshot does not define.',
    cause:
      'A list that came up while a fuzzy snapshot was written: lists are written before nodes. In a snapshot during which nothing went on: damage.',
    evidence: 'The first node, how many there are, and the numbers of the lists.',
    remedy:
      'Logs that hold the creation of such nodes mend it in 3.8.5 and 3.9.4 and later. 3.8.4 and 3.9.2 on refuse to start when a replayed transaction touches one ("Failed to fetch acls for"). Otherwise an older snapshot, or a resync.',
    source: 'ReferenceCountedACLCache; ZOOKEEPER-4846',
  },
  'snapshot.ephemeral-without-session': {
    summary: 'An ephemeral node belongs to a session that the snapshot does not list.',
    cause:
      'The session began or ended while the snapshot was written; or a TTL node in the encoding of 3.5.3; or a lost session table.',
    evidence: 'The first node, how many there are, and the sessions.',
    remedy:
      'None, when the logs that follow create or close the session. A standalone server or a leader deletes what is left of them when it starts.',
    source: 'ZooKeeperServer.loadData: kills sessions that are not in the table',
  },
  'snapshot.over-limit': {
    summary: 'A node is larger than servers with this jute.maxbuffer read.',
    cause: 'It was written under a larger jute.maxbuffer.',
    evidence: 'The first node and how many there are; the limit is jute.maxbuffer plus its extra.',
    remedy: 'Start servers with the larger jute.maxbuffer.',
    source: 'BinaryInputArchive.checkLength, "Unreasonable length"',
  },
  'snapshot.root-quota': {
    summary: 'A quota is set for the whole tree.',
    cause: 'A node /zookeeper/quota/zookeeper_limits.',
    evidence: 'The node.',
    remedy: 'Servers do not start with it. Use a snapshot from before the quota was set, or let the member resync.',
    source: 'PathTrie.addPath does not take an empty path (IllegalArgumentException)',
  },
  'snapshot.digest-mismatch': {
    summary: "The digest of the tree is not the snapshot's stored one.",
    cause:
      'The tree was changed without a transaction: by an edit with fresh seals, by a bug, by a server that removed ephemerals of dead sessions when it started.',
    evidence: 'Both digests; they must be equal, because nothing went on while the snapshot was written.',
    remedy:
      'A server loads it and only logs it. Compare it with the snapshot of another member; let the member that differs resync.',
    source: 'DataTree.compareSnapshotDigests, "Digests are not matching"',
  },
  'snapshot.digest-charset': {
    summary: 'The digest fits in a locale without UTF-8 only.',
    cause:
      'The server ran with a C or POSIX locale (Java 17 or older), which makes "?" of non-ASCII characters in paths.',
    evidence: 'The digest fits with "?" for them, and not without.',
    remedy: 'Start all servers with -Dfile.encoding=UTF-8.',
    source: 'DigestCalculator: String.getBytes() in the default charset',
  },
  'snapshot.name-mismatch': {
    summary: 'The name is a higher zxid than the one that the snapshot was taken at.',
    cause: 'A rename, or a wrong restore.',
    evidence: 'The zxid of its digest, or its last zxid, is below that of its name.',
    remedy:
      'Servers go by the name and skip the transactions between, silently. While the server is stopped rename the file to the zxid that it was taken at.',
    source: 'FileSnap.deserialize: the zxid is that of the name',
  },
  'snapshot.name-form': {
    summary: 'The name does not say how the snapshot is compressed.',
    cause: 'A file that was packed or unpacked by hand.',
    evidence: 'The first bytes, and the last part of the name.',
    remedy: 'Rename it: servers go by the name and skip it without a word.',
    source: 'SnapStream.getStreamMode, SnapStream.isValidSnapshot',
  },
  'snapshot.stray-copy': {
    summary: 'A copy with a longer name would be read as a snapshot.',
    cause: 'A backup (.bak), or a .tmp that a crash left.',
    evidence: 'The name: servers from 3.6 on ignore everything behind its second dot.',
    remedy: 'Move it out of version-2.',
    source: 'Util.getZxidFromName',
  },
  'snapshot.flags': {
    summary: 'The snapshot has a last zxid and no digest.',
    cause: 'It was written by 3.9 with zookeeper.digest.enabled=false.',
    evidence: 'The blocks behind the nodes.',
    remedy:
      'Servers with digests on take the one for the other and fail. Start them with zookeeper.digest.enabled=false, and 3.9 with serializeLastProcessedZxid as it was.',
    source: 'DataTree.deserializeZxidDigest, DataTree.deserializeLastProcessedZxid',
  },
  'snapshot.passed-over': {
    summary: 'A newer snapshot of the directory is damaged or too new for the moment, so an older one is used.',
    cause: 'A crash while it was written, or damage since; or it holds effects of transactions behind the moment.',
    evidence: 'The first finding about the newer one.',
    remedy: 'zkops snapshot verify FILE tells more about it. To look into it all the same name the file.',
    source: 'zkops',
  },
  'snapshot.not-loaded': {
    summary: 'A server with default settings does not load the snapshot.',
    cause: 'What the other findings say.',
    evidence:
      'skips: it fails the test of its first or last bytes. fails: reading it ends in an error, and the next older one is tried. refuses: the server does not start.',
    remedy: 'Move it away before a start, and see that the logs reach back to the snapshot that is used then.',
    source: 'FileSnap.findNValidSnapshots, FileSnap.deserialize of the newest line',
  },
  'snapshot.damage-accepted': {
    summary: 'A server loads the damaged snapshot without a word.',
    cause:
      'Servers do not check everything: bytes behind the last seal, duplicates, a packed file that ends too early.',
    evidence: 'Everything that such a server looks at is in order.',
    remedy: 'Move it away before a start, or let the member resync.',
    source: 'FileSnap.deserialize of the newest line',
  },
}
