import type { FindingCatalogue } from '../support/finding.ts'
import { RULES } from './rules/index.ts'

/** What the extra looks of lint, and reading, can find. */
export const OTHER_FINDINGS: FindingCatalogue = {
  'config.read-beside': {
    summary: 'A file beside the configuration was read in the place of one that this machine does not have.',
    cause: 'The configuration of another machine, in a folder as config generate makes it.',
    evidence: 'Both paths.',
    remedy: 'None.',
    source: 'zkops config lint',
  },
  'config.live-differs': {
    summary: 'The running member does not run with what its files say.',
    cause: 'The file was changed and the member not restarted, or the membership was changed by reconfig since.',
    evidence: 'The key, the value that runs and the one in the file.',
    remedy: 'Restart the member when the file is right, else correct the file: the next start takes it.',
    source: 'four-letter word conf; /zookeeper/config',
  },
  'config.live-not-seen': {
    summary: 'A file could not be held against a running member.',
    cause: 'The member does not answer, does not tell its settings, or it is not known which one it is.',
    evidence: 'The member, or the setting that would show more.',
    remedy: 'Start it, put its myid beside the file, or allow conf.',
    source: '4lw.commands.whitelist',
  },
  'config.directory': {
    summary: 'A data directory cannot be used.',
    cause:
      'It does not exist (a server makes it, unless datadir.autocreate=false), is no directory, or cannot be written.',
    evidence: 'The path; judged for the user that runs zkops.',
    remedy: 'Make it, owned by the user of the service.',
    source: 'FileTxnSnapLog, "Unable to create data directory"',
  },
  'config.world-readable': {
    summary: 'Every user of the machine can read a secret.',
    cause: 'A file with a password or a private key has the permissions of an ordinary file.',
    evidence: 'The file; never its content.',
    remedy: 'chmod 600, owned by the user of the service.',
    source: 'administration guide',
  },
  'config.store-missing': {
    summary: 'A key or trust store cannot be opened.',
    cause: 'A wrong path, or no permission.',
    evidence: 'The path.',
    remedy: 'Put it there, or correct the path. Without it no TLS connection is made.',
    source: 'X509Util',
  },
  'config.store-password': {
    summary: 'The password of a store does not fit.',
    cause: 'Another password, another store, or a blank at the end.',
    evidence: 'The store; never the password.',
    remedy: 'Correct the password.',
    source: 'FileKeyStoreLoader',
  },
  'config.store-unreadable': {
    summary: 'A store is damaged.',
    cause: 'It was cut short, or changed by a transfer as text.',
    evidence: 'What could not be read.',
    remedy: 'Make it again.',
    source: 'FileKeyStoreLoader',
  },
  'config.store-not-checked': {
    summary: 'A store cannot be looked at without Java.',
    cause: 'It is of a kind (BCFKS) or enciphered in a way that zkops does not read.',
    evidence: 'The store.',
    remedy: 'Look with keytool -list -v.',
    source: 'zkops config lint',
  },
  'config.store-no-key': {
    summary: 'A key store holds no private key.',
    cause: 'The trust store was given in its place, or only the certificate was imported.',
    evidence: 'The store.',
    remedy: 'Put the private key with its chain into it.',
    source: 'X509Util',
  },
  'config.certificate-expired': {
    summary: 'A certificate is not valid now.',
    cause: 'It has expired, or is for later.',
    evidence: 'Subject and dates.',
    remedy: 'Renew it; with sslQuorumReloadCertFiles or client.certReload no restart is needed.',
    source: 'RFC 5280',
  },
  'config.certificate-expires': {
    summary: 'A certificate expires within 30 days.',
    cause: 'It was not renewed yet.',
    evidence: 'Subject and dates.',
    remedy: 'Renew it.',
    source: 'RFC 5280',
  },
  'config.certificate-host': {
    summary: 'The certificate of a member is not for its host.',
    cause: 'Its names do not hold the host of the server line, which the others check.',
    evidence: 'The host and the names.',
    remedy: 'Make a certificate with that name.',
    source: 'ZKTrustManager',
  },
  'config.unresolvable': {
    summary: 'A host of a server line has no address here.',
    cause: 'A spelling mistake, or a name that only other machines know.',
    evidence: 'What the resolver said.',
    remedy: 'Correct the name or the resolver. A member that cannot resolve the others cannot join them.',
    source: 'QuorumPeer.QuorumServer',
  },
  'config.resolves-to-loopback': {
    summary: 'A host of a server line resolves to this machine alone.',
    cause:
      'A line in /etc/hosts, as some installers write it (127.0.1.1). The member then listens where nobody else can reach it.',
    evidence: 'The name and the address.',
    remedy: 'Remove the line, or set quorumListenOnAllIPs=true.',
    source: 'QuorumCnxManager.Listener',
  },
  'config.same-address': {
    summary: 'Two servers have the same address and port.',
    cause: 'Two names of one machine, or a copied line.',
    evidence: 'Both ids.',
    remedy: 'Correct one of the lines.',
    source: 'QuorumCnxManager',
  },
}

/** Every code that reading configurations can give. */
export const CONFIG_FINDINGS: FindingCatalogue = {
  ...Object.fromEntries(RULES.map(({ code, explanation }) => [code, explanation])),
  ...OTHER_FINDINGS,
}
