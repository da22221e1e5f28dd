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
  'reconfig.degraded': {
    summary: 'Members change while not all of them are there and in sync.',
    cause: '--accept degraded: some member does not answer, or is not in sync with the leader.',
    evidence: 'Which one.',
    remedy: 'Bring it back first where that can be done: until then each further loss counts double.',
    source: 'operations: PRE1, PRE3',
  },
  'reconfig.not-quiet': {
    summary: 'The ensemble is not quiet.',
    cause: 'There was an election in the last five minutes, or requests pile up.',
    evidence: 'For how long the leader leads, how many requests wait.',
    remedy: 'Wait for a quiet moment; --strict refuses the change until then.',
    source: 'operations: PRE6; leader_uptime, outstanding_requests',
  },
  'reconfig.disk': {
    summary: 'A member may not have room for one more snapshot.',
    cause: 'Its disk has less left than its data take in memory.',
    evidence: 'Both sizes.',
    remedy: 'Make room first: zkops data purge. A full disk stops a server.',
    source: 'operations: PRE7; approximate_data_size',
  },
  'reconfig.loopback': {
    summary: 'A server line names an address that each machine takes for itself.',
    cause: 'localhost or 127.… in the line: members on other machines would look for the new one on their own.',
    evidence: 'The line.',
    remedy: 'Use the name that all members reach it by; only where all members are on one machine it is right.',
    source: 'PrepRequestProcessor: loopback addresses are left out of the check for addresses that are taken',
  },
  'reconfig.autocreate': {
    summary: 'A server that joins could vote with an empty disk.',
    cause:
      'db.autocreate is not false: should it lose its data it starts with none, and helps to elect a leader without them.',
    evidence: 'What its AdminServer says (system_properties).',
    remedy: 'Set -Dzookeeper.db.autocreate=false, as zkops config joiner does.',
    source: 'ZOOKEEPER-261; operations 4.9',
  },
}
