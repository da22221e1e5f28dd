import { keySpecs } from './types.ts'

const OWN = keySpecs('own', 'QuorumPeerConfig.parseProperties', [
  [
    'tickTime',
    'int ms',
    '3000',
    '3.4.0',
    'The unit of time of initLimit, syncLimit and session timeouts.',
    { min: 500, max: 6000 },
  ],
  [
    'initLimit',
    'int ticks',
    null,
    '3.4.0',
    'How long a follower may take to connect and be brought up. Needed in an ensemble.',
    { min: 1 },
  ],
  [
    'syncLimit',
    'int ticks',
    null,
    '3.4.0',
    'How far a follower may fall behind before it is dropped. Needed in an ensemble.',
    { min: 1 },
  ],
  [
    'connectToLearnerMasterLimit',
    'int ticks',
    '0',
    '3.6.0',
    'How long connecting to the leader may take; 0: initLimit.',
    { min: 0 },
  ],
  [
    'minSessionTimeout',
    'int ms',
    null,
    '3.4.0',
    'Shorter timeouts that clients ask for are raised to it; 2 ticks when it is not set.',
  ],
  [
    'maxSessionTimeout',
    'int ms',
    null,
    '3.4.0',
    'Longer timeouts that clients ask for are cut to it; 20 ticks when it is not set.',
  ],
])

const PASSED = keySpecs('passed', 'QuorumCnxManager, FastLeaderElection, Leader, Learner', [
  ['cnxTimeout', 'int ms', '5000', '3.4.0', 'Connecting for an election.'],
  ['quorumCnxnTimeoutMs', 'int ms', '-1', '3.6.0', 'Reading on election connections; -1: syncLimit ticks.'],
  ['fastleader.minNotificationInterval', 'int ms', '200', '3.6.0', 'The first wait between election messages.'],
  ['fastleader.maxNotificationInterval', 'int ms', '60000', '3.6.0', 'The longest wait between election messages.'],
  [
    'leader.maxTimeToWaitForEpoch',
    'int ms',
    '-1',
    '3.6.0',
    'How long a new leader waits for a quorum before it gives up; -1: initLimit ticks.',
    { aliases: ['maxTimeToWaitForEpoch'] },
  ],
  ['leaderConnectDelayDuringRetryMs', 'int ms', '100', '3.6.0', 'Pause between attempts to connect to the leader.'],
  ['observer.reconnectDelayMs', 'int ms', '0', '3.6.0', 'How long an observer waits before it connects again.'],
  ['observer.election.DelayMs', 'int ms', '200', '3.6.0', 'How long an observer waits before it looks for a leader.'],
  ['electionPortBindRetry', 'int', '3', '3.5.6', 'Attempts to bind the election port; 0: for ever.'],
  [
    'ipReachableTimeout',
    'int ms',
    '0',
    '3.4.0',
    'With several addresses behind a name, the first that answers in this time is taken.',
    { until: '3.4' },
  ],
])

export const TIME_KEYS = [...OWN, ...PASSED]
