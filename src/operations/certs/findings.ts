/* What `zkops explain` knows about the findings of health certs. */
import type { FindingCatalogue } from '../../support/finding.ts'

export const CERTS_FINDINGS: FindingCatalogue = {
  'certs.expired': {
    summary: 'A certificate is not valid now.',
    cause: 'Nobody replaced it in time, or the clock is wrong.',
    evidence: 'From when to when it is valid, and where it was seen.',
    remedy:
      'Make a new one with the same names and put it into the key store. Connections that stand go on; every new one fails, so do not restart anything else before.',
    source: 'the validity in the certificate; Java checks it at every handshake, but not of what a trust store holds',
  },
  'certs.expires': {
    summary: 'A certificate ends soon.',
    cause: 'It was made for a limited time.',
    evidence: 'How many days are left, and where it was seen.',
    remedy:
      'Replace it now, member by member. Servers take a new file without a restart only with sslQuorumReloadCertFiles (quorum) or client.certReload (clients).',
    source: 'the validity in the certificate',
  },
  'certs.same-day': {
    summary: 'The certificates of most voters end on the same day.',
    cause: 'They were made together.',
    evidence: 'Whose, and when.',
    remedy: 'Replace them on different days, so that a mistake does not stop the ensemble.',
    source: 'the validity in the certificates',
  },
  'certs.host': {
    summary: 'A certificate is not for the name that the member is reached by.',
    cause: 'It was made for another host or name, or the member has got another name.',
    evidence: 'The name, and the names in the certificate.',
    remedy:
      'Make one that has every name of the member among its alternative names. Up to 3.8 the others do not let it in at its next start, unless ssl.quorum.hostnameVerification is off; 3.9 does not look at names between members while fips-mode is on, as it is by default.',
    source: 'ZKTrustManager; alternative names first, then the common name',
  },
  'certs.untrusted': {
    summary: 'A member does not trust the certificate of another one, or you do not.',
    cause: 'The trust store lacks the authority, or the chain lacks a certificate between.',
    evidence: 'Who does not trust whom, and who issued the last certificate of the chain.',
    remedy: 'Add the authority to the trust store of each member, or the missing certificate to the chain of the key.',
    source: 'the chain held against the trust stores by signature',
  },
  'certs.usage': {
    summary: 'A certificate may not be used for this.',
    cause: 'Its extended key usage names only servers or only clients; members are both to each other.',
    evidence: 'What is missing.',
    remedy: 'Make one with serverAuth and clientAuth.',
    source: 'extended key usage; Java checks it on both sides',
  },
  'certs.weak': {
    summary: 'A key is short.',
    cause: 'It was made long ago, or with a tool that makes short ones.',
    evidence: 'Kind and length of the key.',
    remedy: 'Make a new one: RSA of 2048 bits or more, or a curve of 256.',
    source: 'jdk.certpath.disabledAlgorithms: newer Java refuses more and more of them',
  },
  'certs.served-differs': {
    summary: 'A server shows another certificate than the one in its key store.',
    cause: 'The file was replaced, and the server still has the old one.',
    evidence: 'Both, and when they end.',
    remedy: 'Restart the member, or set sslQuorumReloadCertFiles or client.certReload.',
    source: 'the handshake beside the file',
  },
  'certs.store': {
    summary: 'A key or trust store cannot be used.',
    cause: 'The file is missing or damaged, the password does not fit, or there is no key in it.',
    evidence: 'Which file, and why.',
    remedy: 'Put it right before the member restarts: it would not start, or not be reached.',
    source: 'the file, opened with the password of the configuration',
  },
  'certs.store-unknown': {
    summary: 'A store cannot be read here.',
    cause: 'It is of a kind (BCFKS) or enciphered in a way that is not known here.',
    evidence: 'Which file, and why.',
    remedy: 'Look at it with keytool -list -v.',
    source: 'the file',
  },
  'certs.plain': {
    summary: 'A port that should speak TLS does not.',
    cause: 'The server runs with an older configuration, or another program has the port.',
    evidence: 'The port, and what it answered.',
    remedy: 'Restart the member with its file; look who listens there.',
    source: 'a TLS handshake',
  },
  'certs.unreachable': {
    summary: 'A port could not be asked.',
    cause: 'The server is down, a firewall is between, or nobody listens there.',
    evidence: 'The port and the error.',
    remedy: 'Start the server; open the port from here, or run this on the member.',
    source: 'connecting',
  },
  'certs.not-asked': {
    summary: 'Ports between servers were not asked.',
    cause:
      'Nothing says that they speak TLS, and a handshake is no harmless question to a plain election port: its first bytes are taken for the id of a server.',
    evidence: 'Of which members.',
    remedy: "Give --config with a member's zoo.cfg, or --quorum-tls when all of them speak TLS with each other.",
    source: 'QuorumCnxManager.handleConnection',
  },
  'certs.none': {
    summary: 'There is no certificate to look at.',
    cause: 'No port is known to speak TLS, and no configuration names a store.',
    evidence: 'None.',
    remedy: 'Give --config zoo.cfg, ports.secure in the inventory, or --connect with --tls-ca.',
    source: 'what was named',
  },
}
