import type { FindingCatalogue } from '../support/finding.ts'

/** What opening the tree of a moment can tell. */
export const TREE_FINDINGS: FindingCatalogue = {
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
}
