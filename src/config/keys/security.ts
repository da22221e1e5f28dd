import { type KeyRow, type KeySpec, keySpecs } from './types.ts'

const PASSED = keySpecs(
  'passed',
  'ZooKeeperServer, DigestAuthenticationProvider, X509Util, SaslServerCallbackHandler',
  [
    ['skipACL', 'yes-no', 'no', '3.4.0', 'Only the literal yes: no ACL is checked at all.'],
    [
      'DigestAuthenticationProvider.superDigest',
      'text',
      null,
      '3.4.0',
      'super:<digest>; who knows the password may do everything.',
    ],
    ['DigestAuthenticationProvider.enabled', 'boolean', 'true', '3.7.0', 'The scheme digest.'],
    [
      'DigestAuthenticationProvider.digestAlg',
      'text',
      'SHA1',
      '3.7.0',
      'How its passwords are hashed; the same on all servers.',
    ],
    ['SASLAuthenticationProvider.superPassword', 'password', null, '3.4.0', 'Password of the SASL user super.'],
    ['X509AuthenticationProvider.superUser', 'text', null, '3.5.1', 'Subject of a certificate that may do everything.'],
    ['IPAuthenticationProvider.usexforwardedfor', 'boolean', 'false', '3.9.3', 'The scheme ip trusts X-Forwarded-For.'],
    ['superUser', 'text', null, '3.4.0', 'SASL id that may do everything.'],
    ['enforce.auth.enabled', 'boolean', 'false', '3.7.0', 'Clients must authenticate.'],
    ['enforce.auth.schemes', 'list', null, '3.7.0', 'With one of these schemes.'],
    ['sessionRequireClientSASLAuth', 'boolean', 'false', '3.6.0 3.5.9', 'Clients must authenticate with SASL.'],
    ['allowSaslFailedClients', 'boolean', 'false', '3.4.0', 'Clients whose SASL login failed stay connected.'],
    ['letAnySaslUserDoX', 'text', null, '3.5.0', 'A SASL id that counts as any other in ACLs.'],
    ['kerberos.removeHostFromPrincipal', 'boolean', 'false', '3.4.0', 'Principals without their host.'],
    ['kerberos.removeRealmFromPrincipal', 'boolean', 'false', '3.4.0', 'Principals without their realm.'],
    ['kerberos.minReLoginTimeMs', 'int ms', '60000', '3.5.5', 'Least time between two logins.'],
    ['security.auth_to_local', 'text', null, '3.4.0', 'Rules that map principals.'],
    ['requireKerberosConfig', 'boolean', 'false', '3.4.0', 'Refuses to run without a Kerberos configuration.'],
    ['kinit', 'path', '/usr/bin/kinit', '3.4.0', 'The kinit program.'],
    ['server.principal', 'text', null, '3.5.0', 'Kerberos principal of servers, for clients.'],
    ['server.realm', 'text', null, '3.4.0', 'Kerberos realm of servers, for clients.'],
    ['sasl.serverconfig', 'text', 'Server', '3.4.0', 'JAAS section of servers.'],
    [
      'fips-mode',
      'boolean',
      'true',
      '3.8.2',
      'Only what FIPS allows: host names of servers are then checked by Java itself.',
      { defaults: { '3.8': 'false' } },
    ],
    ['client.portUnification', 'boolean', 'false', '3.5.7', 'The client port takes TLS and plain text.'],
    [
      'client.certReload',
      'boolean',
      'false',
      '3.7.2 3.8.5 3.9.0',
      'Stores of the client port are read again when they change.',
    ],
  ],
)

/** The rows of one of the two TLS settings; those without a later release came with the prefix. */
function tls(prefix: string, whom: string, since: string): readonly KeySpec[] {
  const rows: readonly KeyRow[] = [
    ['keyStore.location', 'path', null, since, 'The key store.'],
    ['keyStore.password', 'password', null, since, 'Its password.'],
    ['keyStore.passwordPath', 'path', null, '3.8.0', 'File with its password.'],
    ['keyStore.type', 'text', null, '3.5.5', 'JKS, PEM, PKCS12 or BCFKS; by the suffix when it is not set.'],
    ['trustStore.location', 'path', null, since, 'The trust store.'],
    ['trustStore.password', 'password', null, since, 'Its password.'],
    ['trustStore.passwordPath', 'path', null, '3.8.0', 'File with its password.'],
    ['trustStore.type', 'text', null, '3.5.5', 'JKS, PEM, PKCS12 or BCFKS; by the suffix when it is not set.'],
    ['protocol', 'text', 'TLSv1.2', '3.5.5', 'The protocol.', { defaults: { '3.9': 'TLSv1.3' } }],
    ['enabledProtocols', 'list', null, '3.5.5', 'The protocols.'],
    ['ciphersuites', 'list', null, '3.5.5', 'The cipher suites.'],
    ['context.supplier.class', 'class', null, '3.5.5 3.6.0', 'A class that makes the TLS context.'],
    ['hostnameVerification', 'boolean', 'true', '3.5.5', 'Whether the host name of the certificate is checked.'],
    ['clientHostnameVerification', 'boolean', 'false', '3.9.4', 'The same for clients.'],
    [
      'allowReverseDnsLookup',
      'boolean',
      'false',
      '3.9.5',
      'Host names by reverse lookup when only an address is known.',
    ],
    ['crl', 'boolean', 'false', '3.5.5', 'Revocation lists.'],
    ['ocsp', 'boolean', 'false', '3.5.5', 'OCSP.'],
    ['clientAuth', 'text', 'need', '3.5.5', 'none, want or need a certificate of the other side.'],
    ['handshakeDetectionTimeoutMillis', 'int ms', '5000', '3.5.5', 'How long to wait for the first byte.'],
    ['sslProvider', 'text', 'JDK', '3.9.0', 'JDK or OpenSSL.'],
    ['authProvider', 'text', 'x509', '3.5.0', 'The scheme of certificates.'],
  ]
  const named = rows.map(([name, type, value, first, what, more]): KeyRow => {
    return [`${prefix}${name}`, type, value, first, `${what.slice(0, -1)} (TLS ${whom}).`, more ?? {}]
  })
  return keySpecs('passed', 'X509Util', named)
}

export const SECURITY_KEYS = [
  ...PASSED,
  ...tls('ssl.', 'for clients', '3.5.0'),
  ...tls('ssl.quorum.', 'between servers', '3.5.5'),
]
