import type { FindingCatalogue } from '../../support/finding.ts'

/** What the members' configurations can show. */
export const RECONFIG_FINDINGS: FindingCatalogue = {
  'reconfig.members-differ': {
    summary: 'A member goes by another configuration than the newest.',
    cause:
      'It was cut off or down while members changed and has not caught up, somebody edited its files, or it belongs to another ensemble.',
    evidence: 'Its version beside the newest, and which lines differ.',
    remedy:
      'When it runs and reaches the leader it takes the newest over; restart it otherwise. Never edit its dynamic file by hand: a higher version spreads to all.',
    source: 'operations: files and versions; Learner.syncWithLeader, FastLeaderElection',
  },
  'reconfig.not-seen': {
    summary: 'The configuration of a member could not be read.',
    cause: 'It is down, its four-letter words do not hold conf, or a session with it is not possible.',
    evidence: 'Why.',
    remedy: 'Start it, or set 4lw.commands.whitelist=srvr,mntr,conf.',
    source: 'CommandExecutor, ConfCommand',
  },
  'reconfig.pending': {
    summary: 'A configuration was proposed, and it is not known that it was committed.',
    cause:
      'A member went down between proposal and commit, or a change waits for a quorum of the old or of the new members.',
    evidence: 'The file .dynamic.next of a member and its version beside the committed one.',
    remedy:
      'Bring the members of both memberships up: the next leader commits it or drops it. Do not send another change before.',
    source: 'QuorumPeer.setLastSeenQuorumVerifier',
  },
  'reconfig.not-kept': {
    summary: 'These servers keep no configuration that could be changed while they run.',
    cause: 'A release before 3.5, a standalone server, or reconfigEnabled=false.',
    evidence: 'What the members answered.',
    remedy:
      'Change members by files, one at a time (zkops quorum simulate), or set reconfigEnabled=true and standaloneEnabled=false on all members.',
    source: 'ZOOKEEPER-107, ZOOKEEPER-2014',
  },
}
