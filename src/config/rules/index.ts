/* All lint rules, in the order of the catalogue. */
import { rule as adminExposed } from './admin-exposed.ts'
import { rule as adminRestore } from './admin-restore.ts'
import { rule as auditOff } from './audit-off.ts'
import { rule as blockingGroup } from './blocking-group.ts'
import { rule as closeSocket } from './close-socket.ts'
import { rule as commentInValue } from './comment-in-value.ts'
import { rule as datadirAutocreate } from './datadir-autocreate.ts'
import { rule as dbAutocreate } from './db-autocreate.ts'
import { rule as digestOff } from './digest-off.ts'
import { rule as directMemory } from './direct-memory.ts'
import { rule as directoryNotWritable } from './directory-not-writable.ts'
import { rule as domainMajority } from './domain-majority.ts'
import { rule as duplicateKey } from './duplicate-key.ts'
import { rule as dynamicNameVersion } from './dynamic-name-version.ts'
import { rule as epochWait } from './epoch-wait.ts'
import { rule as evenVoters } from './even-voters.ts'
import { rule as flagOverridden } from './flag-overridden.ts'
import { rule as forceSync } from './force-sync.ts'
import { rule as forwardedFor } from './forwarded-for.ts'
import { rule as fourLetterWordsNarrow } from './four-letter-words-narrow.ts'
import { rule as fourLetterWordsWide } from './four-letter-words-wide.ts'
import { rule as freeSpace } from './free-space.ts'
import { rule as fsyncThreshold } from './fsync-threshold.ts'
import { rule as groupsAndReconfig } from './groups-and-reconfig.ts'
import { rule as heapResizes } from './heap-resizes.ts'
import { rule as heapTooLarge } from './heap-too-large.ts'
import { rule as hostnameVerification } from './hostname-verification.ts'
import { rule as idRange } from './id-range.ts'
import { rule as ineffectiveKey } from './ineffective-key.ts'
import { rule as initBelowSync } from './init-below-sync.ts'
import { rule as initTooShort } from './init-too-short.ts'
import { rule as initWithoutConnectLimit } from './init-without-connect-limit.ts'
import { rule as inlinePassword } from './inline-password.ts'
import { rule as juteMaxbufferDiffers } from './jute-maxbuffer-differs.ts'
import { rule as juteMaxbufferInFile } from './jute-maxbuffer-in-file.ts'
import { rule as juteMaxbufferLarge } from './jute-maxbuffer-large.ts'
import { rule as kerberosReconfig } from './kerberos-reconfig.ts'
import { rule as keyNotInRelease } from './key-not-in-release.ts'
import { rule as largeRequests } from './large-requests.ts'
import { rule as leaderServes } from './leader-serves.ts'
import { rule as leftoverNext } from './leftover-next.ts'
import { rule as literal } from './literal.ts'
import { rule as logDevice } from './log-device.ts'
import { rule as logDirectoryMoved } from './log-directory-moved.ts'
import { rule as manyVoters } from './many-voters.ts'
import { rule as maxClientConnections } from './max-client-connections.ts'
import { rule as membersDiffer } from './members-differ.ts'
import { rule as metricsExposed } from './metrics-exposed.ts'
import { rule as mixedAddresses } from './mixed-addresses.ts'
import { rule as mountOptions } from './mount-options.ts'
import { rule as multiAddressOld } from './multi-address-old.ts'
import { rule as myid } from './myid.ts'
import { rule as networkFileSystem } from './network-file-system.ts'
import { rule as noAutopurge } from './no-autopurge.ts'
import { rule as noClientPort } from './no-client-port.ts'
import { rule as noHeapSize } from './no-heap-size.ts'
import { rule as oneVoter } from './one-voter.ts'
import { rule as openFiles } from './open-files.ts'
import { rule as openReconfig } from './open-reconfig.ts'
import { rule as oracle } from './oracle.ts'
import { rule as outOfMemory } from './out-of-memory.ts'
import { rule as pauseMonitor } from './pause-monitor.ts'
import { rule as peerType } from './peer-type.ts'
import { rule as plainAndTls } from './plain-and-tls.ts'
import { rule as preAllocation } from './pre-allocation.ts'
import { rule as quorumOpen } from './quorum-open.ts'
import { rule as reconfigDiffers } from './reconfig-differs.ts'
import { rule as reconfigDisabled } from './reconfig-disabled.ts'
import { rule as reconfigTooOld } from './reconfig-too-old.ts'
import { rule as rejected } from './rejected.ts'
import { rule as relativeDirectory } from './relative-directory.ts'
import { rule as releaseCve } from './release-cve.ts'
import { rule as releaseDiffRace } from './release-diff-race.ts'
import { rule as releaseLosesData } from './release-loses-data.ts'
import { rule as retainCount } from './retain-count.ts'
import type { Rule } from './rule.ts'
import { rule as serverListsDiffer } from './server-lists-differ.ts'
import { rule as sessionTimeoutCut } from './session-timeout-cut.ts'
import { rule as sessionTimeoutShort } from './session-timeout-short.ts'
import { rule as sharedPort } from './shared-port.ts'
import { rule as skipAcl } from './skip-acl.ts'
import { rule as smallLogLimit } from './small-log-limit.ts'
import { rule as snapCount } from './snap-count.ts'
import { rule as standaloneEnabled } from './standalone-enabled.ts'
import { rule as superDigest } from './super-digest.ts'
import { rule as swap } from './swap.ts'
import { rule as syncTooLong } from './sync-too-long.ts'
import { rule as syncTooShort } from './sync-too-short.ts'
import { rule as temporaryDirectory } from './temporary-directory.ts'
import { rule as tickDiffers } from './tick-differs.ts'
import { rule as tickTime } from './tick-time.ts'
import { rule as tlsHalfMigrated } from './tls-half-migrated.ts'
import { rule as tlsIncomplete } from './tls-incomplete.ts'
import { rule as trustEmpty } from './trust-empty.ts'
import { rule as twoDomains } from './two-domains.ts'
import { rule as twoVoters } from './two-voters.ts'
import { rule as unknownKey } from './unknown-key.ts'
import { rule as versionsDiffer } from './versions-differ.ts'
import { rule as wildcardHost } from './wildcard-host.ts'
import { rule as wrongValue } from './wrong-value.ts'

export const RULES: readonly Rule[] = [
  rejected,
  unknownKey,
  ineffectiveKey,
  juteMaxbufferInFile,
  duplicateKey,
  flagOverridden,
  myid,
  idRange,
  serverListsDiffer,
  wildcardHost,
  mixedAddresses,
  dynamicNameVersion,
  leftoverNext,
  directoryNotWritable,
  noClientPort,
  relativeDirectory,
  sharedPort,
  peerType,
  temporaryDirectory,
  keyNotInRelease,
  membersDiffer,
  commentInValue,
  wrongValue,
  twoVoters,
  evenVoters,
  oneVoter,
  manyVoters,
  domainMajority,
  twoDomains,
  standaloneEnabled,
  reconfigDiffers,
  reconfigDisabled,
  openReconfig,
  groupsAndReconfig,
  blockingGroup,
  oracle,
  multiAddressOld,
  logDevice,
  noAutopurge,
  retainCount,
  logDirectoryMoved,
  forceSync,
  fsyncThreshold,
  smallLogLimit,
  preAllocation,
  snapCount,
  freeSpace,
  dbAutocreate,
  datadirAutocreate,
  trustEmpty,
  digestOff,
  networkFileSystem,
  mountOptions,
  tickTime,
  initTooShort,
  initBelowSync,
  syncTooShort,
  syncTooLong,
  sessionTimeoutCut,
  sessionTimeoutShort,
  tickDiffers,
  initWithoutConnectLimit,
  epochWait,
  heapTooLarge,
  noHeapSize,
  heapResizes,
  directMemory,
  swap,
  largeRequests,
  juteMaxbufferDiffers,
  juteMaxbufferLarge,
  maxClientConnections,
  openFiles,
  outOfMemory,
  pauseMonitor,
  leaderServes,
  literal,
  skipAcl,
  adminExposed,
  adminRestore,
  fourLetterWordsWide,
  fourLetterWordsNarrow,
  metricsExposed,
  quorumOpen,
  tlsIncomplete,
  tlsHalfMigrated,
  hostnameVerification,
  inlinePassword,
  closeSocket,
  kerberosReconfig,
  forwardedFor,
  plainAndTls,
  auditOff,
  superDigest,
  releaseLosesData,
  releaseDiffRace,
  releaseCve,
  versionsDiffer,
  reconfigTooOld,
]
