import { keySpecs } from './types.ts'

const OWN = keySpecs('own', 'QuorumPeerConfig.parseProperties', [
  ['dataDir', 'path', null, '3.4.0', 'Directory of snapshots, epochs and myid. Must be set.'],
  [
    'dataLogDir',
    'path',
    null,
    '3.4.0',
    'Directory of transaction logs; dataDir when it is not set. Each write waits for an fsync there: give it a device of its own.',
  ],
  [
    'autopurge.purgeInterval',
    'int hours',
    '0',
    '3.4.0',
    'How often old snapshots and logs are deleted; 0: never.',
    { min: 0 },
  ],
  ['autopurge.snapRetainCount', 'int', '3', '3.4.0', 'Snapshots that a purge keeps; below 3 counts as 3.', { min: 3 }],
])

const PASSED = keySpecs('passed', 'FileTxnLog, FilePadding, SyncRequestProcessor, ZKDatabase, FileTxnSnapLog', [
  [
    'preAllocSize',
    'int KB',
    '65536',
    '3.4.0',
    'Logs grow in steps of this size; 0 or less: no padding.',
    { min: 1024 },
  ],
  [
    'snapCount',
    'int',
    '100000',
    '3.4.0',
    'A snapshot is taken and the log rolled after a random count between half of it and all of it.',
    { min: 10_000, max: 1_000_000 },
  ],
  ['snapSizeLimitInKb', 'long KB', '4194304', '3.6.0', 'The same by size of the log; 0 or less: off.'],
  ['txnLogSizeLimitInKb', 'long KB', '-1', '3.6.0', 'Size at which a log is rolled; less than 1: off.'],
  [
    'commitLogCount',
    'int',
    '500',
    '3.6.0',
    'Committed transactions kept in memory to bring followers up; at least 500.',
    { min: 500 },
  ],
  [
    'snapshotSizeFactor',
    'decimal',
    '0.33',
    '3.5.0',
    'A leader brings a follower up from logs on disk while they are smaller than this share of the newest snapshot.',
  ],
  ['fsync.warningthresholdms', 'int ms', '1000', '3.4.0', 'An fsync that takes longer is logged.'],
  [
    'forceSync',
    'yes-no',
    'yes',
    '3.4.0',
    'Whether a write waits for the disk. Only the literal no switches it off; unsafe.',
  ],
  ['flushDelay', 'int ms', '0', '3.6.0', 'How long writes may wait to be flushed together.'],
  [
    'maxWriteQueuePollTime',
    'int ms',
    null,
    '3.6.0',
    'How long to wait for more writes to flush; a third of flushDelay when it is not set.',
  ],
  ['maxBatchSize', 'int', '1000', '3.6.0', 'Writes that are flushed together at most.'],
  ['snapshot.compression.method', 'text', '', '3.6.0', 'gz, snappy or nothing; it shows in the names of snapshots.'],
  ['digest.enabled', 'boolean', 'true', '3.6.0', 'A digest of the tree in each logged transaction and snapshot.'],
  [
    'serializeLastProcessedZxid.enabled',
    'boolean',
    'true',
    '3.9.0',
    'Whether a snapshot holds the last zxid that is in it.',
  ],
  [
    'closeSessionTxn.enabled',
    'boolean',
    'true',
    '3.6.0',
    'Closing a session logs its ephemeral nodes; off only while upgrading.',
  ],
  [
    'snapshot.trust.empty',
    'boolean',
    'false',
    '3.5.6',
    'Starts with logs but no snapshot; for upgrades from 3.4 only.',
  ],
  ['datadir.autocreate', 'boolean', 'true', '3.5.0', 'Missing data directories are made at start.'],
  [
    'db.autocreate',
    'boolean',
    'true',
    '3.6.0',
    'An empty data directory counts as a valid database. false: such a member does not vote until it has been brought up.',
  ],
  ['forceSnapshotSync', 'boolean', 'false', '3.5.5', 'A leader always sends a snapshot; for tests.'],
])

export const STORAGE_KEYS = [...OWN, ...PASSED]
