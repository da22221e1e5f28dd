import type { FindingCatalogue } from '../../support/finding.ts'

/** What looking into live servers can show. */
export const ZNODE_FINDINGS: FindingCatalogue = {
  'znode.wide': {
    summary: 'A znode has so many children that a list of them may not fit in a packet.',
    cause: 'A queue that nobody empties, locks that are not deleted, one flat directory for everything.',
    evidence: 'The number of children, before the list is asked for; names of 44 bytes are supposed.',
    remedy:
      'Lists go in one packet: clients whose jute.maxbuffer (1 MiB without it) is smaller lose their connection. Raise it where the list must be read, and delete or spread the children.',
    source: 'jute.maxbuffer; ZOOKEEPER-1162',
  },
  'znode.not-readable': {
    summary: 'Some znodes may not be read.',
    cause: 'Their access lists give no right to read. Newer releases do not even show a stat then.',
    evidence: 'How many, and the first of them; what they hold and what lies below them is not counted.',
    remedy: 'Give --auth-user and a password of somebody who may read them, for example super.',
    source: 'KeeperException.NoAuth; ZOOKEEPER-2590',
  },
}
