import { type Facts, NO_FACTS } from '../../src/config/rules/facts.ts'

/** What differs from a clean ensemble of three; nothing else may be found than `code` and `also`. */
export interface RuleCase {
  readonly code: string
  readonly also?: readonly string[]
  readonly release?: string
  readonly facts?: Partial<Facts>
  /** Lines that every member gets, in the place of those with the same key; `-key` takes one away. */
  readonly all?: readonly string[]
  /** The same for the first member only. */
  readonly first?: readonly string[]
  /** Lines of the dynamic file, in the place of the three members. */
  readonly members?: readonly string[]
  readonly firstMembers?: readonly string[]
  /** Flags that java.env gets; `-` in front of one takes it away. */
  readonly env?: readonly string[]
  readonly firstEnv?: readonly string[]
  /** Further files of the first member; null removes one. */
  readonly files?: Readonly<Record<string, string | null>>
  /** Files cannot be made beside the configuration. */
  readonly readOnly?: true
}

export const MEMBERS = [1, 2, 3].map((id) => `server.${id}=zk${id}.example.org:2888:3888:participant;2181`)
const more = (count: number) =>
  Array.from({ length: count }, (_, i) => `server.${i + 1}=zk${i + 1}.example.org:2888:3888:participant;2181`)

const directory = (facts: Partial<Facts extends { directories: ReadonlyMap<string, infer D> } ? D : never>) =>
  ({
    exists: true,
    device: null,
    freeBytes: null,
    fileSystem: null,
    mountOptions: [],
    rotational: null,
    logs: 0,
    snapshots: 0,
    snapshotBytes: null,
    ...facts,
  }) as const
const host = { ramBytes: 64 * 2 ** 30, swapBytes: 0, swappiness: 60, openFiles: 65_536 }
const zones = (...names: readonly string[]) => ({ zones: new Map(names.map((name, i) => [BigInt(i + 1), name])) })
const directories = (data: object, log: object = data) => ({
  directories: new Map([
    ['/zk/data', directory(data)],
    ['/zk/log', directory(log)],
  ]),
})
const NETTY = 'serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory'
const STORES = ['ssl.quorum.keyStore.location=/k.jks', 'ssl.quorum.trustStore.location=/t.jks']
const ASYNC = ['leader.closeSocketAsync=true', 'learner.closeSocketAsync=true']

export const RULE_CASES: readonly RuleCase[] = [
  { code: 'rejected', first: ['tickTime=2s'], also: ['tick-differs'] },
  { code: 'rejected', first: ['peerType=leader'], also: ['peer-type'] },
  { code: 'unknown-key', first: ['maxClentCnxns=60'] },
  { code: 'unknown-key', first: ['Server.4=zk4.example.org:2888:3888'] },
  { code: 'unknown-key', first: ['ticktime=2000'] },
  { code: 'ineffective-key', first: ['maxConcurrentSnapSyncs=5'] },
  { code: 'ineffective-key', first: ['zookeeper.snapCount=100000'] },
  { code: 'ineffective-key', first: ['zookeeper.nonsense=1'] },
  { code: 'ineffective-key', first: ['readonlymode.enabled=true'] },
  { code: 'jute-maxbuffer-in-file', first: ['jute.maxbuffer=4000000'] },
  { code: 'duplicate-key', first: ['+maxClientCnxns=50', '+maxClientCnxns=60'] },
  { code: 'flag-overridden', first: ['maxCnxns=5'], firstEnv: ['-Dzookeeper.maxCnxns=6'] },
  { code: 'myid', files: { myid: null }, also: ['rejected'] },
  { code: 'myid', files: { myid: '1 ' }, also: ['rejected'] },
  { code: 'myid', files: { myid: '9' } },
  { code: 'myid', files: { myid: '2' } },
  { code: 'id-range', members: [...MEMBERS.slice(0, 2), 'server.300=zk3.example.org:2888:3888;2181'], also: ['myid'] },
  {
    code: 'id-range',
    all: ['extendedTypesEnabled=true'],
    members: [...MEMBERS.slice(0, 2), 'server.255=zk3.example.org:2888:3888;2181'],
    also: ['myid'],
  },
  { code: 'server-lists-differ', firstMembers: [...MEMBERS.slice(0, 2), 'server.3=zk9.example.org:2888:3888;2181'] },
  {
    code: 'server-lists-differ',
    firstMembers: [...MEMBERS.slice(0, 2), `${MEMBERS[2]!.replace('participant', 'observer')}`],
    also: ['two-voters'],
  },
  { code: 'wildcard-host', members: [...MEMBERS.slice(0, 2), 'server.3=0.0.0.0:2888:3888;2181'] },
  { code: 'wildcard-host', members: [...MEMBERS.slice(0, 2), 'server.3=localhost:2888:3888;2181'] },
  {
    code: 'mixed-addresses',
    firstMembers: [...MEMBERS.slice(0, 2), 'server.3=10.0.0.3:2888:3888;2181'],
    also: ['server-lists-differ'],
  },
  {
    code: 'dynamic-name-version',
    first: ['dynamicConfigFile=/zk/members.example.de'],
    files: { 'members.example.de': `${MEMBERS.join('\n')}\n` },
  },
  { code: 'leftover-next', files: { 'zoo.cfg.dynamic.next': `${MEMBERS.join('\n')}\nversion=100000001\n` } },
  { code: 'directory-not-writable', readOnly: true },
  { code: 'no-client-port', firstMembers: [MEMBERS[0]!.replace(';2181', ''), ...MEMBERS.slice(1)] },
  { code: 'relative-directory', first: ['dataLogDir=log/zookeeper'] },
  { code: 'shared-port', members: [...MEMBERS.slice(0, 2), 'server.3=zk2.example.org:2888:3889;2182'] },
  { code: 'shared-port', members: [...MEMBERS.slice(0, 2), 'server.3=zk3.example.org:2888:3888;2888'] },
  { code: 'peer-type', first: ['peerType=observer'] },
  { code: 'temporary-directory', first: ['dataDir=/tmp/zookeeper'] },
  { code: 'key-not-in-release', release: '3.5', first: ['snapSizeLimitInKb=1000'] },
  {
    code: 'key-not-in-release',
    release: '3.4',
    all: ['-dynamicConfigFile', 'clientPort=2181', 'admin.enableServer=false'],
    also: ['*'],
  },
  {
    code: 'members-differ',
    first: ['maxClientCnxns=61', 'digest.enabled=TRUE', '4lw.commands.whitelist=mntr,srvr, ruok'],
  },
  { code: 'members-differ', first: ['sslQuorumReloadCertFiles=true', 'snapCount=90000'] },

  { code: 'wrong-value', all: ['digest.enabled=yes'] },
  { code: 'wrong-value', all: ['maxCnxns=100 # many'], also: ['comment-in-value'] },
  { code: 'wrong-value', all: ['initLimit=-5'], also: ['init-below-sync'] },
  { code: 'wrong-value', all: ['observerMasterPort=70000'] },
  { code: 'wrong-value', env: ['-Dzookeeper.intBufferStartingSizeBytes=16'] },
  { code: 'wrong-value', env: ['-Djute.maxbuffer=4m'] },
  { code: 'unknown-key', all: ['ssl.quorum.keyStore.locaton=/k'] },
  { code: 'comment-in-value', first: ['dataLogDir=/zk/log # the fast one'] },
  { code: 'comment-in-value', all: ['leader.maxTimeToWaitForEpoch=2000 # ms'], also: ['wrong-value'] },

  { code: 'two-voters', members: MEMBERS.slice(0, 2), also: ['myid'] },
  { code: 'even-voters', members: more(4) },
  { code: 'one-voter', members: MEMBERS.slice(0, 1), also: ['myid'] },
  { code: 'many-voters', members: more(9) },
  { code: 'domain-majority', members: more(5), facts: zones('a', 'a', 'a', 'b', 'c'), also: ['epoch-wait'] },
  { code: 'two-domains', facts: zones('a', 'a', 'b'), also: ['epoch-wait'] },
  { code: 'standalone-enabled', all: ['-standaloneEnabled'] },
  { code: 'reconfig-differs', first: ['reconfigEnabled=false'], also: ['reconfig-disabled'] },
  { code: 'reconfig-disabled', all: ['reconfigEnabled=false'] },
  { code: 'open-reconfig', all: ['skipACL=yes'], also: ['skip-acl'] },
  {
    code: 'groups-and-reconfig',
    members: [...more(9), 'group.1=1:2:3', 'group.2=4:5:6', 'group.3=7:8:9'],
    also: ['many-voters', 'epoch-wait'],
  },
  {
    code: 'blocking-group',
    all: ['reconfigEnabled=false', 'leader.maxTimeToWaitForEpoch=2000'],
    members: [...more(4), 'group.1=1:2:3', 'group.2=4'],
    also: ['two-domains', 'reconfig-disabled'],
  },
  { code: 'oracle', first: ['oraclePath=/zk/oracle'] },
  { code: 'oracle', all: ['oraclePath=/zk/oracle'], members: MEMBERS.slice(0, 2), also: ['myid'] },
  { code: 'multi-address-old', release: '3.5', env: ['-Dzookeeper.multiAddress.enabled=true'], also: ['*'] },
  {
    code: 'multi-address-old',
    all: ['multiAddress.enabled=true'],
    facts: {
      versions: new Map([
        [1n, '3.5.9'],
        [2n, '3.5.9'],
      ]),
    },
  },

  { code: 'log-device', first: ['-dataLogDir'] },
  { code: 'log-device', facts: directories({ device: 7 }) },
  { code: 'no-autopurge', all: ['-autopurge.purgeInterval'] },
  { code: 'retain-count', all: ['autopurge.snapRetainCount=1'] },
  { code: 'log-directory-moved', facts: directories({ logs: 3 }, {}) },
  { code: 'log-directory-moved', facts: directories({}, { snapshots: 1 }) },
  { code: 'force-sync', all: ['forceSync=no'] },
  { code: 'fsync-threshold', all: ['fsync.warningthresholdms=5000'] },
  { code: 'small-log-limit', all: ['txnLogSizeLimitInKb=70000'] },
  { code: 'pre-allocation', all: ['preAllocSize=64'] },
  { code: 'pre-allocation', all: ['preAllocSize=1000000'] },
  { code: 'snap-count', all: ['snapCount=1000'] },
  {
    code: 'snap-count',
    all: ['snapCount=2000000'],
    facts: directories({ device: 1 }, { device: 2, rotational: true }),
  },
  { code: 'free-space', facts: directories({ freeBytes: 10, snapshotBytes: 100 }, { freeBytes: 2 ** 40 }) },
  { code: 'db-autocreate', env: ['-Dzookeeper.db.autocreate=true'] },
  { code: 'datadir-autocreate', firstEnv: ['--Dzookeeper.datadir.autocreate=false'] },
  { code: 'trust-empty', all: ['snapshot.trust.empty=true'] },
  { code: 'digest-off', all: ['digest.enabled=false'] },
  { code: 'network-file-system', facts: directories({}, { fileSystem: 'nfs4' }) },
  { code: 'mount-options', facts: directories({ mountOptions: ['rw', 'nobarrier'] }, {}) },

  { code: 'tick-time', all: ['tickTime=10000', 'syncLimit=2'] },
  { code: 'tick-time', all: ['tickTime=400', 'syncLimit=20', 'initLimit=30'] },
  { code: 'init-too-short', facts: directories({ snapshotBytes: 2 ** 32 }, {}) },
  { code: 'init-below-sync', all: ['initLimit=4'] },
  { code: 'sync-too-short', all: ['syncLimit=1'] },
  { code: 'sync-too-long', all: ['syncLimit=20', 'initLimit=30'] },
  { code: 'session-timeout-cut', facts: { clientTimeoutMs: 60_000 } },
  { code: 'session-timeout-short', all: ['minSessionTimeout=2000'] },
  { code: 'tick-differs', first: ['tickTime=3000'] },
  { code: 'init-without-connect-limit', all: ['initLimit=100'] },
  { code: 'epoch-wait', facts: zones('a', 'b', 'c') },

  { code: 'heap-too-large', facts: { host: { ...host, ramBytes: 8 * 2 ** 30 } } },
  { code: 'no-heap-size', env: ['--Xmx8g', '--Xms8g'] },
  { code: 'heap-resizes', env: ['--Xms8g'] },
  { code: 'direct-memory', all: [NETTY] },
  { code: 'swap', facts: { host: { ...host, swapBytes: 1 } } },
  { code: 'large-requests', all: ['globalOutstandingLimit=10000'] },
  { code: 'jute-maxbuffer-differs', firstEnv: ['-Djute.maxbuffer=2000000'] },
  { code: 'jute-maxbuffer-large', env: ['-Djute.maxbuffer=5000000'], all: ['largeRequestThreshold=1000000'] },
  { code: 'max-client-connections', all: ['maxClientCnxns=0'] },
  { code: 'open-files', facts: { host: { ...host, openFiles: 1024 } } },
  { code: 'out-of-memory', env: ['-XX:-HeapDumpOnOutOfMemoryError'] },
  { code: 'pause-monitor', all: ['-jvm.pause.monitor'] },
  { code: 'leader-serves', all: ['leaderServes=no'] },
  { code: 'literal', first: ['leaderServes=false'] },
  { code: 'literal', all: ['skipACL=true'] },

  { code: 'skip-acl', all: ['skipACL=yes', 'reconfigEnabled=false'], also: ['reconfig-disabled'] },
  { code: 'admin-exposed', all: ['-admin.serverAddress'], release: '3.8' },
  {
    code: 'admin-restore',
    all: ['admin.serverAddress=10.0.0.1', 'admin.forceHttps=true', 'admin.needClientAuth=true'],
  },
  { code: 'four-letter-words-wide', all: ['4lw.commands.whitelist=srvr,mntr,wchc'] },
  { code: 'four-letter-words-wide', all: ['4lw.commands.whitelist=*'] },
  { code: 'four-letter-words-narrow', all: ['4lw.commands.whitelist=ruok'] },
  { code: 'four-letter-words-narrow', all: ['4lw.commands.whitelist=srvr', 'admin.enableServer=false'] },
  {
    code: 'metrics-exposed',
    all: ['metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'],
  },
  { code: 'quorum-open', members: [...MEMBERS.slice(0, 2), 'server.3=8.8.8.8:2888:3888;2181'] },
  { code: 'quorum-open', facts: { addresses: new Map([['zk1.example.org', ['9.9.9.9']]]) } },
  { code: 'tls-incomplete', all: ['sslQuorum=true', ...ASYNC] },
  { code: 'tls-incomplete', all: ['secureClientPort=2281'] },
  { code: 'tls-half-migrated', all: STORES },
  { code: 'tls-half-migrated', all: [...STORES, 'portUnification=true', 'sslQuorum=true', ...ASYNC] },
  { code: 'hostname-verification', all: ['ssl.hostnameVerification=false'] },
  {
    code: 'hostname-verification',
    all: [...STORES, ...ASYNC, 'sslQuorum=true', 'ssl.quorum.hostnameVerification=true'],
  },
  { code: 'inline-password', all: ['ssl.keyStore.password=secret'] },
  { code: 'close-socket', all: [...STORES, 'sslQuorum=true'] },
  {
    code: 'kerberos-reconfig',
    all: ['quorum.auth.enableSasl=true', 'quorum.auth.kerberos.servicePrincipal=zkquorum/_HOST'],
  },
  { code: 'forwarded-for', all: ['IPAuthenticationProvider.usexforwardedfor=true'] },
  {
    code: 'plain-and-tls',
    all: ['secureClientPort=2281', 'clientPort=2181', NETTY, 'ssl.keyStore.location=/k.jks'],
    env: ['-XX:MaxDirectMemorySize=512m'],
  },
  { code: 'audit-off', all: ['audit.enable=false'] },
  { code: 'super-digest', all: ['DigestAuthenticationProvider.superDigest=super:x'] },

  { code: 'release-loses-data', release: '3.9.3', also: ['release-cve'] },
  { code: 'release-diff-race', release: '3.8.4', also: ['release-cve'] },
  { code: 'release-cve', release: '3.8.5' },
  {
    code: 'versions-differ',
    facts: {
      versions: new Map([
        [1n, '3.8.6'],
        [2n, '3.9.5'],
      ]),
    },
  },
  { code: 'reconfig-too-old', release: '3.5.4', also: ['*'] },
]

export const factsOf = (facts: Partial<Facts> = {}): Facts => ({ ...NO_FACTS, ...facts })
