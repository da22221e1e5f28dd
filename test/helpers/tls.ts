import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './cli.ts'

/** Authorities, certificates and keys as PEM files, made with openssl. */
export interface TestCertificates {
  readonly ca: string
  /** Of an authority that nobody trusts. */
  readonly otherCa: string
  /** Key and certificate of the servers, for localhost, 127.0.0.1 and zk.example.org. */
  readonly server: string
  readonly clientCert: string
  readonly clientKey: string
}

export async function makeCertificates(folder: string): Promise<TestCertificates> {
  const file = (name: string) => join(folder, name)
  const openssl = async (...args: string[]) => {
    const { exitCode, stderr } = await run('openssl', args)
    if (exitCode !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`)
  }
  const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const authority = async (name: string) => {
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)]
    await openssl('req', '-x509', ...EC, '-days', '2', '-subj', `/CN=${name}`, ...out)
  }
  const issue = async (name: string, names: string) => {
    const [key, request, certificate] = [`${name}.key`, `${name}.csr`, `${name}.crt`].map(file)
    await openssl('req', ...EC, '-subj', `/CN=${name}`, '-keyout', key!, '-out', request!)
    writeFileSync(file(`${name}.ext`), `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`)
    const by = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2']
    await openssl('x509', '-req', '-in', request!, ...by, '-extfile', file(`${name}.ext`), '-out', certificate!)
  }
  await authority('ca')
  await authority('other')
  await issue('server', 'DNS:localhost,DNS:zk.example.org,IP:127.0.0.1')
  await issue('client', 'DNS:client.example.org')
  const { stdout } = await run('cat', [file('server.key'), file('server.crt')])
  writeFileSync(file('server.pem'), stdout)
  return {
    ca: file('ca.pem'),
    otherCa: file('other.pem'),
    server: file('server.pem'),
    clientCert: file('client.crt'),
    clientKey: file('client.key'),
  }
}

/** What a server of 3.5.5 on needs in zoo.cfg to speak TLS with clients. */
export function tlsProperties({ ca, server }: TestCertificates, securePort: number): Record<string, string | number> {
  return {
    secureClientPort: securePort,
    serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
    'ssl.keyStore.location': server,
    'ssl.trustStore.location': ca,
  }
}
