import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate as keytool signs it: `-startdate` and days of validity. */
export interface Issue {
  readonly names?: string
  readonly start?: string
  readonly days?: number
}

export interface Authority {
  readonly pem: string
  /** Trust stores with the authority in them. */
  readonly trust: Readonly<Record<'jks' | 'p12' | 'pem', string>>
  /** Key and chain as a store of each kind. */
  issue(name: string, how?: Issue): Readonly<Record<'jks' | 'p12' | 'pem', string>>
}

export const STORE_PASSWORD = 'changeit-zk'
export const LOCAL_NAMES = 'dns:localhost,ip:127.0.0.1'

/** An authority of Java's keytool, whose certificates may have begun and ended at any time. */
export function javaAuthority(folder: string): Authority {
  const file = (name: string) => join(folder, name)
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const keytool = (...args: readonly string[]) => run('keytool', ...args, '-storepass', STORE_PASSWORD)
  const store = (name: string) => ['-keystore', file(name), '-storetype', name.endsWith('jks') ? 'JKS' : 'PKCS12']
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '3000']
  keytool('-genkeypair', '-alias', 'ca', ...key, '-dname', 'CN=zk authority', '-ext', 'bc:c', ...store('ca.p12'))
  keytool('-exportcert', '-rfc', '-alias', 'ca', '-file', file('ca.pem'), ...store('ca.p12'))
  for (const name of ['trust.jks', 'trust.p12']) {
    keytool('-importcert', '-noprompt', '-alias', 'ca', '-file', file('ca.pem'), ...store(name))
  }
  return {
    pem: file('ca.pem'),
    trust: { jks: file('trust.jks'), p12: file('trust.p12'), pem: file('ca.pem') },
    issue(name, { names = LOCAL_NAMES, start = '-1d', days = 365 } = {}) {
      const [own, request, certificate] = ['key', 'csr', 'crt'].map((end) => file(`${name}.${end}`)) as [
        string,
        string,
        string,
      ]
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      run('openssl', 'req', ...curve, '-subj', `/CN=${name}`, '-keyout', own, '-out', request)
      const dates = ['-startdate', start, '-validity', String(days)]
      const files = ['-infile', request, '-outfile', certificate]
      const uses = ['-ext', 'eku=serverAuth,clientAuth', '-ext', `san=${names}`]
      keytool('-gencert', '-rfc', '-alias', 'ca', ...dates, ...uses, ...files, ...store('ca.p12'))
      const chain = [certificate, file('ca.pem')].map((one) => readFileSync(one, 'utf8')).join('')
      writeFileSync(file(`${name}.pem`), readFileSync(own, 'utf8') + chain)
      const [p12, jks] = [file(`${name}.p12`), file(`${name}.jks`)]
      const pack = [
        'pkcs12',
        '-export',
        '-in',
        file(`${name}.pem`),
        '-name',
        'zk',
        '-passout',
        `pass:${STORE_PASSWORD}`,
      ]
      run('openssl', ...pack, '-out', p12)
      run(
        'keytool',
        '-importkeystore',
        '-noprompt',
        '-srckeystore',
        p12,
        '-srcstorepass',
        STORE_PASSWORD,
        '-destkeystore',
        jks,
        '-deststoretype',
        'JKS',
        '-deststorepass',
        STORE_PASSWORD,
      )
      return { jks, p12, pem: file(`${name}.pem`) }
    },
  }
}
