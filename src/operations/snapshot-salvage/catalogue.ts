import type { FindingCatalogue } from '../../support/finding.ts'

const FILL =
  'Member of a healthy ensemble: let it resync. Otherwise salvage with --from OLDER and --logs DIR, which fill what can be proved.'

/** Codes that salvaging a snapshot can give besides those of reading it. */
export const SALVAGE_FINDINGS: FindingCatalogue = {
  'snapshot.lost': {
    summary: 'A part of a damaged snapshot is lost.',
    cause: 'Overwritten, flipped or missing bytes: nothing in them can be taken for what a server wrote.',
    evidence: 'The range, the intact znodes around it, and the path that stands where a znode should begin.',
    remedy: FILL,
    source: 'zkops; the layout is that of DataTree.serialize',
  },
  'snapshot.packed-lost': {
    summary: 'A part of a packed snapshot cannot be unpacked.',
    cause: 'Damage in a gzip or snappy file. Blocks of snappy stand for themselves, gzip does not go on behind damage.',
    evidence: 'The range in the packed file.',
    remedy: FILL,
    source: 'java.util.zip.GZIPInputStream; snappy-java SnappyInputStream',
  },
  'snapshot.lost-parent': {
    summary: 'Intact znodes lie below lost ones.',
    cause: 'The records of their parents are damaged. A server does not load a znode whose parent is not before it.',
    evidence: 'How many there are, and the paths of the lost znodes, as their children tell them.',
    remedy: `zkops snapshot dump shows what is in the file that they were put into. ${FILL}`,
    source: 'DataTree.deserialize, "Invalid Datatree, unable to find parent"',
  },
  'snapshot.acl-lost': {
    summary: 'Access lists of a damaged snapshot are lost.',
    cause: 'The table of access lists is damaged, or the reference of a znode.',
    evidence: 'The numbers of the lists and how many znodes name them.',
    remedy: `A server fails on such a znode, so with --accept-loss they get a list that lets in nobody but the superuser, who sets them anew. ${FILL}`,
    source: 'ReferenceCountedACLCache.convertLong, "Failed to fetch acls for"',
  },
  'snapshot.mended': {
    summary: 'Something around the znodes of a damaged snapshot was put right.',
    cause: 'A damaged header, count, seal or digest block, or bytes behind the end.',
    evidence: 'What it was. A seal is mended only where another seal, or the rest of it, proves what it covers.',
    remedy: 'None.',
    source: 'FileSnap.serialize, SnapStream.sealStream',
  },
  'snapshot.proved': {
    summary: 'The salvaged snapshot is proved complete.',
    cause: 'A seal of the damaged one, the digest that it stores, or that of the transaction of its zxid is met.',
    evidence: 'Which one. A digest does not cover sessions, access lists and what lies below /zookeeper.',
    remedy: 'None: a server may be started on it, with the logs behind it.',
    source: 'DataTree.compareSnapshotDigests, DataTree.compareDigest',
  },
  'snapshot.unproved': {
    summary: 'Nothing proves that the salvaged snapshot is complete.',
    cause: 'Something is lost, or the damaged one holds no digest that could be compared.',
    evidence:
      'incomplete: something is known to be lost. unproved: nothing is, but a value may be changed. replayed: the logs lead to it without a hole, but carry no digests (3.4, 3.5).',
    remedy: `Good for a look and for taking data out. ${FILL}`,
    source: 'zkops',
  },
  'snapshot.filled': {
    summary: 'What was lost is taken from an older snapshot and the logs.',
    cause: 'They prove it: there is no hole up to the zxid, or the stored digest is met.',
    evidence: 'How many intact znodes are the same there, and how many were filled in or put right.',
    remedy: 'None.',
    source: 'zkops',
  },
  'snapshot.not-filled': {
    summary: 'Nothing is taken from the older snapshot.',
    cause: 'A hole in the logs, or intact znodes that are not what the logs lead to, and no digest that decides.',
    evidence: 'What stands against it.',
    remedy: 'Give the logs that are missing, or a snapshot that is not older than the hole.',
    source: 'zkops',
  },
  'snapshot.altered': {
    summary: 'Znodes that look intact are not.',
    cause: 'A changed value or counter breaks nothing around it; only what older snapshot and logs prove shows it.',
    evidence: 'How many there are, and the first.',
    remedy: 'None: the result has what is proved.',
    source: 'zkops',
  },
}
