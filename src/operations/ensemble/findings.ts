/* What `zkops explain` knows about the findings of `ensemble divergence` and `ensemble pipeline`. */
import type { FindingCatalogue } from '../../support/finding.ts'
import { DIVERGENCE_REMEDIES } from './divergence.ts'
import { NOT_TOLD_REMEDY } from './pipeline.ts'

export const DIVERGENCE_FINDINGS: FindingCatalogue = {
  'divergence.digest': {
    summary: "A member's data is not that of the others.",
    cause: 'It applied other transactions, or its files were damaged, restored or changed.',
    evidence: 'The first zxid at which digests differ, and the digest of each member.',
    remedy: DIVERGENCE_REMEDIES['divergence.digest'],
    source: 'DigestCommand, hash; DataTree.logZxidDigest',
  },
  'divergence.counts': {
    summary: 'Members that stand at the same zxid hold different numbers of znodes.',
    cause: 'Their data has diverged, or ephemerals were not taken away on one of them.',
    evidence: 'The zxid and the counts, the same in two looks.',
    remedy: DIVERGENCE_REMEDIES['divergence.counts'],
    source: 'srvr, mntr',
  },
  'divergence.not-compared': {
    summary: 'A member could not be compared.',
    cause: 'It is down, older than 3.6, may not be asked, or has logged too little since its start.',
    evidence: 'The member.',
    remedy: DIVERGENCE_REMEDIES['divergence.not-compared'],
    source: 'DataTree keeps a digest for every 128th zxid, 1,024 of them',
  },
}

export const PIPELINE_FINDINGS: FindingCatalogue = {
  'pipeline.not-told': {
    summary: 'A member does not tell how long its stages take.',
    cause: 'It is down, older than 3.6, or neither mntr nor its AdminServer may be asked.',
    evidence: 'The member.',
    remedy: NOT_TOLD_REMEDY,
    source: 'ServerMetrics (3.6 on)',
  },
}
