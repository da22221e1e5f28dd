/* What `zkops explain` knows about the findings of `health canary`. */
import type { FindingCatalogue } from '../../../support/finding.ts'

export const CANARY_REMEDIES = {
  'canary.failed':
    'Look at this member and at the one that looks: zkops health check, their logs, their disks. Clients that use them have the same trouble.',
  'canary.left-over': 'Nothing: the process that made it is dead, and it is gone now.',
  'canary.no-session':
    'It answers, but clients get no session: look at maxClientCnxns, at TLS on its client port and at its log.',
  'canary.not-allowed':
    'Give --auth-user and the password of somebody who may create and delete there, or --parent with a znode below which everybody may.',
  'canary.not-serving': 'Start it or repair it; zkops health check says more about why.',
  'canary.parent-left':
    'Nothing: it goes with the last canary. From 3.5 on the leader removes it when it is empty, before that the next run does.',
  'canary.slow': 'zkops ensemble pipeline shows in which stage requests wait; a slow disk shows in create and delete.',
} as const

export const CANARY_FINDINGS: FindingCatalogue = {
  'canary.failed': {
    summary: 'Something that every client does went wrong on a member.',
    cause:
      'The member or the one that looks lost its connection, did not answer in time, or showed another value than was written.',
    evidence: 'The step (create, read, watch, delete) and the code of the error.',
    remedy: CANARY_REMEDIES['canary.failed'],
    source: 'an ephemeral znode made, read by another member after sync, changed under its watch, and deleted',
  },
  'canary.left-over': {
    summary: 'Znodes of a run that was killed were removed.',
    cause: 'It had no time to clean up, and its session has not ended yet.',
    evidence: 'The znode says which process made it; that one does not run any more on this machine.',
    remedy: CANARY_REMEDIES['canary.left-over'],
    source: 'the boot, the namespace, the pid and the start time in its value',
  },
  'canary.no-session': {
    summary: 'A member serves, and gives clients no session.',
    cause: 'Too many connections, TLS that does not fit, or no answer in time.',
    evidence: 'The code of the error.',
    remedy: CANARY_REMEDIES['canary.no-session'],
    source: "a client's session with this member alone",
  },
  'canary.not-allowed': {
    summary: 'The canary may not do what it has to.',
    cause: 'Access lists do not let it create or delete there, or the password is wrong: servers do not say which.',
    evidence: 'The step and the code of the error. Nothing is known of the health of the member then.',
    remedy: CANARY_REMEDIES['canary.not-allowed'],
    source: 'KeeperException.NoAuth, AuthFailed',
  },
  'canary.not-serving': {
    summary: 'A member takes no writes of clients.',
    cause: 'It is down, has no leader, or only reads because it sees no quorum.',
    evidence: 'What it says of itself, or why it cannot be reached.',
    remedy: CANARY_REMEDIES['canary.not-serving'],
    source: 'AdminServer, srvr',
  },
  'canary.parent-left': {
    summary: 'The znode of the canaries stays for now.',
    cause: 'Another run is under way, or one that was killed has an ephemeral there until its session ends.',
    evidence: 'Its path.',
    remedy: CANARY_REMEDIES['canary.parent-left'],
    source: 'a container, which the leader deletes when it is empty (3.5 on); a persistent znode in 3.4',
  },
  'canary.slow': {
    summary: 'A step takes longer than its limit.',
    cause: 'A slow disk, a slow network between members, an overloaded server, a pause of its Java machine.',
    evidence: 'The step, with --performance its percentile, and the limit.',
    remedy: CANARY_REMEDIES['canary.slow'],
    source: 'thresholds of the inventory (canary-create, canary-create-p99, …), --warn, --critical',
  },
}
