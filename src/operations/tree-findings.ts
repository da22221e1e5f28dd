import type { FindingCatalogue } from '../support/finding.ts'

/** What opening the tree of a moment can tell. */
export const TREE_FINDINGS: FindingCatalogue = {
  'tree.digest': {
    summary: 'The tree that was restored is not the one that the servers had.',
    cause: 'Missing transactions, damage that no checksum saw, or a bug of a server while it restored or wrote.',
    evidence: 'The first transaction behind which the digest differs, its first path, and a cause that is suspected.',
    remedy: 'Begin with an older snapshot and its logs, or take the files of another member.',
    source: 'DataTree.compareDigest',
  },
  'tree.hole': {
    summary: 'Transactions between the snapshot and the logs behind it are missing.',
    cause: 'A log was deleted, or snapshots and logs of different backups were put together.',
    evidence: 'The zxid of the first transaction that was replayed, which does not follow that of the snapshot.',
    remedy: 'Find the missing log, or take a snapshot that the logs follow. The tree shown is not that of any server.',
    source: 'FileTxnSnapLog.restore',
  },
  'tree.short': {
    summary: 'The files end before the moment that was asked for.',
    cause: 'Logs that hold it lie elsewhere, or it never came.',
    evidence: 'The zxid that the files reach.',
    remedy: 'Give the place of the logs with --log-dir.',
    source: 'zkops',
  },
  'tree.loss-accepted': {
    summary: 'A snapshot is built although something stands against its tree, as asked with --accept-loss.',
    cause: 'A hole or damage in the logs, logs that end too early, a digest that differs.',
    evidence: 'What stands against it, in the words of the refusal.',
    remedy:
      'Find what is missing (the logs of another member, a backup) and build again. Never give the result to a single member of an ensemble whose others have data of their own.',
    source: 'zkops',
  },
}
