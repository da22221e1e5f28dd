/* What `zkops explain` knows about the findings of health forecast. */
import type { FindingCatalogue } from '../../support/finding.ts'

const RATE = 'Value, end, growth per day, days left, and how sure the rate is.'

export const FORECAST_FINDINGS: FindingCatalogue = {
  'forecast.zxid': {
    summary: 'The counter of the zxid comes to its end soon.',
    cause: 'It has 32 bits and grows with every write. At its end the leader resigns: an unplanned election.',
    evidence: RATE,
    remedy: 'Restart the leader in a quiet hour before: a new epoch begins at 0.',
    source: 'ZOOKEEPER-1277, Leader.propose',
  },
  'forecast.sequence': {
    summary: 'The counter that numbers sequential children comes to its end soon.',
    cause: 'It has 31 bits and grows with every child that is created, also when it is deleted again.',
    evidence: RATE,
    remedy:
      'Let the application move to a new parent, or delete and create the parent while it is empty. Behind the end names become negative, and lock recipes sort them first.',
    source: 'PrepRequestProcessor.pRequest2TxnCreate, "%010d" of the cversion of the parent',
  },
  'forecast.disk': {
    summary: 'The disk of the data or the transaction log is full soon.',
    cause: 'Old snapshots and logs are not purged, or something else grows there.',
    evidence: RATE,
    remedy: 'zkops data purge shows what may go; set autopurge.purgeInterval. A server whose log disk is full stops.',
    source: 'free space, and what is written per day',
  },
  'forecast.init-limit': {
    summary: 'A follower can soon no longer take the snapshot within initLimit.',
    cause:
      'The tree has grown. A follower that has to take all of it is given up, and after a full restart elections loop.',
    evidence: RATE,
    remedy: 'Raise initLimit on all members, one by one; or make the tree smaller.',
    source:
      'initLimit ticks against sending (1 Gbit/s), writing (80 MB/s) and loading (300,000 znodes/s) the snapshot, one and a half times; Learner.syncWithLeader',
  },
  'forecast.heap': {
    summary: 'The tree soon needs more of the heap than is good for it.',
    cause: 'Znodes, data or watches grow; all of them are held in memory.',
    evidence: RATE,
    remedy: 'Raise -Xmx on all members, one by one, as far as their memory goes; or make the tree smaller.',
    source: 'data, and about 350 bytes for a znode and 100 for a watch, against 65% of the heap',
  },
  'forecast.certificate': {
    summary: 'A certificate ends soon.',
    cause: 'It was made for a limited time.',
    evidence: RATE,
    remedy: 'Replace it now, member by member; zkops health certs shows all of them.',
    source: 'the validity in the certificate',
  },
}
