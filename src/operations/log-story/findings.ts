import type { FindingCatalogue } from '../../support/finding.ts'

/** What `log history` and `log session` have to say about how far their answer goes. */
export const STORY_FINDINGS: FindingCatalogue = {
  'story.nothing': {
    summary: 'The logs at hand hold nothing of what was asked for.',
    cause:
      'The znode did not change, or the session did nothing, while these logs were written; or it was before them.',
    evidence: 'All records of the zxids that are named were looked at.',
    remedy: 'Give older logs, or a backup of them. A snapshot tells how a znode is, not how it came to be.',
    source: 'Servers purge old logs (autopurge.snapRetainCount)',
  },
  'story.unlisted-ephemerals': {
    summary:
      'A session that began before these logs ended, and its record does not list the ephemerals that went with it.',
    cause:
      'Up to 3.5, and later with closeSessionTxn.enabled=false or without both it and digests, a closeSession record carries no paths.',
    evidence:
      'A closeSession without a list, of a session whose createSession is not in these logs. Ephemerals whose create is in these logs are known all the same.',
    remedy: 'Give the older logs, too: what they created is known then.',
    source: 'CloseSessionTxn (3.6); DataTree.killSession',
  },
  'story.values-forgotten': {
    summary: 'Old values were not kept for all znodes.',
    cause: 'At most 64 MiB of data are kept at a time to show what a value was before.',
    evidence: 'The living znodes below the path hold more than that.',
    remedy: 'Ask for a smaller subtree, or use --no-data.',
    source: 'A limit of zkops',
  },
  'story.omitted': {
    summary: 'The document does not hold everything.',
    cause: 'With --json all of it has to be in memory, so there is a limit, which --limit sets.',
    evidence: 'What is left out was counted.',
    remedy: 'Use --format jsonl, which has no limit, or ask for less (--since, --from-zxid), or raise --limit.',
    source: 'A limit of zkops',
  },
  'story.repeated': {
    summary: 'Records with zxids that were read before are left out.',
    cause: 'Logs of several members, copies of the same log, or a log that was written again after a truncation.',
    evidence: 'A record whose zxid is not above all earlier ones.',
    remedy: 'None when they are copies; zkops log diff tells whether they are.',
    source: 'The same zxid holds the same transaction on every member of one history',
  },
}
