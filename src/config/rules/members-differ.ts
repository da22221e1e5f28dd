import { differing } from './differing.ts'
import { ensembleRule } from './rule.ts'

/** tickTime, reconfigEnabled and jute.maxbuffer have rules of their own. */
const SAME = [
  ...['initLimit', 'syncLimit', 'minSessionTimeout', 'maxSessionTimeout', 'maxClientCnxns', 'globalOutstandingLimit'],
  ...['standaloneEnabled', 'sslQuorum', 'portUnification', 'quorum.auth.enableSasl', 'quorum.auth.learnerRequireSasl'],
  ...['quorum.auth.serverRequireSasl', 'ssl.quorum.protocol', 'ssl.quorum.hostnameVerification', 'ssl.clientAuth'],
  ...['skipACL', 'digest.enabled', 'forceSync', 'snapCount', 'preAllocSize', 'multiAddress.enabled', 'fips-mode'],
  ...['extendedTypesEnabled', 'enforce.auth.enabled', 'enforce.auth.schemes', 'enforceQuota', 'electionAlg'],
  ...['DigestAuthenticationProvider.superDigest', 'DigestAuthenticationProvider.digestAlg', 'ensembleAuthName'],
  ...['serverCnxnFactory', 'localSessionsEnabled', 'jute.maxbuffer.extrasize', '4lw.commands.whitelist'],
]

export const rule = ensembleRule(
  {
    id: 'E6',
    code: 'config.members-differ',
    level: 'MEDIUM',
    summary: 'Members have different values where all should have the same.',
    cause:
      'One file was changed and the others were not. What then holds depends on who leads, or on whom a client is connected to.',
    evidence: 'Each value and who has it.',
    remedy: 'Use the same value on every member; change one member at a time.',
    source: 'operations: static parameters',
  },
  function* ({ members, release }) {
    for (const key of SAME) yield* differing(members, key, release)
  },
)
