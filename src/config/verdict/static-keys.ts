/*
 * The keys that a server's parser consumes itself (QuorumPeerConfig.parseProperties); every other key becomes the
 * system property `zookeeper.<key>`. `strict` booleans take true and false only; before 3.7 most took anything.
 */
import { configError, equalsIgnoreCase, isTrue, parseInt32, parseInt64 } from '../java/values.ts'
import { isSince, type Release } from '../release.ts'

type Kind = 'text' | 'path' | 'int' | 'long' | 'boolean' | 'role'

/** Kind and the first release that consumes it. */
const CONSUMED: Readonly<Record<string, readonly [kind: Kind, since: string]>> = {
  dataDir: ['path', '3.4.0'],
  dataLogDir: ['path', '3.4.0'],
  clientPort: ['int', '3.4.0'],
  clientPortAddress: ['text', '3.4.0'],
  tickTime: ['int', '3.4.0'],
  maxClientCnxns: ['int', '3.4.0'],
  minSessionTimeout: ['int', '3.4.0'],
  maxSessionTimeout: ['int', '3.4.0'],
  initLimit: ['int', '3.4.0'],
  syncLimit: ['int', '3.4.0'],
  electionAlg: ['int', '3.4.0'],
  quorumListenOnAllIPs: ['boolean', '3.4.0'],
  peerType: ['role', '3.4.0'],
  syncEnabled: ['boolean', '3.4.6'],
  'autopurge.snapRetainCount': ['int', '3.4.0'],
  'autopurge.purgeInterval': ['int', '3.4.0'],
  'quorum.auth.enableSasl': ['boolean', '3.4.10 3.5.4'],
  'quorum.auth.serverRequireSasl': ['boolean', '3.4.10 3.5.4'],
  'quorum.auth.learnerRequireSasl': ['boolean', '3.4.10 3.5.4'],
  'quorum.auth.learner.saslLoginContext': ['text', '3.4.10 3.5.4'],
  'quorum.auth.server.saslLoginContext': ['text', '3.4.10 3.5.4'],
  'quorum.auth.kerberos.servicePrincipal': ['text', '3.4.10 3.5.4'],
  'quorum.cnxn.threads.size': ['int', '3.4.10 3.5.4'],
  localSessionsEnabled: ['boolean', '3.5.0'],
  localSessionsUpgradingEnabled: ['boolean', '3.5.0'],
  secureClientPort: ['int', '3.5.1'],
  secureClientPortAddress: ['text', '3.5.1'],
  dynamicConfigFile: ['text', '3.5.0'],
  standaloneEnabled: ['boolean', '3.5.0'],
  reconfigEnabled: ['boolean', '3.5.3'],
  sslQuorum: ['boolean', '3.5.5'],
  portUnification: ['boolean', '3.5.5'],
  sslQuorumReloadCertFiles: ['boolean', '3.5.5'],
  'jvm.pause.info-threshold.ms': ['long', '3.5.10 3.6.0'],
  'jvm.pause.warn-threshold.ms': ['long', '3.5.10 3.6.0'],
  'jvm.pause.sleep.time.ms': ['long', '3.5.10 3.6.0'],
  'jvm.pause.monitor': ['boolean', '3.5.10 3.6.0'],
  observerMasterPort: ['int', '3.6.0'],
  clientPortListenBacklog: ['int', '3.6.0'],
  connectToLearnerMasterLimit: ['int', '3.6.0'],
  'multiAddress.enabled': ['boolean', '3.6.0'],
  'multiAddress.reachabilityCheckTimeoutMs': ['int', '3.6.0'],
  'multiAddress.reachabilityCheckEnabled': ['boolean', '3.6.0'],
  'metricsProvider.className': ['text', '3.6.0'],
  oraclePath: ['text', '3.8.0'],
}

/** How the parser of a release consumes a key; undefined: it becomes a system property, or is a membership line. */
export function consumedAs(key: string, release: Release): Kind | undefined {
  if (!Object.hasOwn(CONSUMED, key)) {
    return key.startsWith('metricsProvider.') && release.minor >= 6 ? 'text' : undefined
  }
  const [kind, since] = CONSUMED[key]!
  return isSince(release, since) ? kind : undefined
}

/** A value as its kind, or the exception that the parser throws for it. */
export function readStatic(
  key: string,
  value: string,
  kind: Kind,
  release: Release,
): string | number | bigint | boolean {
  if (kind === 'int') return integer(key, value, release)
  if (kind === 'long') return parseInt64(value)
  if (kind === 'boolean') return boolean(key, value, release)
  if (kind === 'role') {
    const role = value.toLowerCase()
    if (role !== 'observer' && role !== 'participant') throw configError(`Unrecognised peertype: ${value}`)
    return role
  }
  return value
}

function integer(key: string, value: string, release: Release): number {
  const number = parseInt32(value)
  if (key === 'electionAlg' && release.minor >= 6 && number !== 3) {
    throw configError('Invalid electionAlg value. Only 3 is supported.')
  }
  return number
}

/** What 3.5 and 3.6 already were strict about, with the words of their message. */
const EARLY_STRICT: Readonly<Record<string, string>> = {
  standaloneEnabled: 'standalone mode',
  reconfigEnabled: 'reconfigEnabled flag',
}

function boolean(key: string, value: string, release: Release): boolean {
  const early = release.minor < 7 ? EARLY_STRICT[key] : undefined
  if (release.minor < 7 && early === undefined) return isTrue(value)
  // the early check lower-cases, which knows less than ignoring case
  const same = early === undefined ? equalsIgnoreCase : (a: string, b: string) => a.toLowerCase() === b
  if (same(value, 'true')) return true
  if (same(value, 'false')) return false
  const what = early ?? key
  throw configError(`Invalid option ${value} for ${what}. Choose 'true' or 'false.'`)
}
