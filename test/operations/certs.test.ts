import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TlsOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { servedChain } from '../../src/cluster/served-chain.ts'
import { checkCertificates } from '../../src/operations/certs/check.ts'
import { expectValid } from '../helpers/schema.ts'
import { makeCertificates, type TestCertificates } from '../helpers/tls.ts'

const DAY = 86_400_000
const signal = new AbortController().signal

let stage: string
let pem: TestCertificates
beforeAll(async () => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-certs-'))
  pem = await makeCertificates(stage)
})
afterAll(() => rmSync(stage, { recursive: true }))

/** A port in this process. */
async function listening(options: TlsOptions | 'plain' | 'silent') {
  const server =
    options === 'plain'
      ? createPlain((socket) => socket.end('This is no TLS.\n'))
      : options === 'silent'
        ? createPlain(() => {})
        : createServer(options)
  server.on('tlsClientError', () => {})
  server.on('connection', (socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, [Symbol.dispose]: () => server.close() }
}

const shown = (port: number, timeoutMs = 5000, host = '127.0.0.1') => servedChain({ host, port }, { timeoutMs, signal })

describe('what a port shows', () => {
  const own = () => ({ key: readFileSync(join(stage, 'server.key')), cert: readFileSync(join(stage, 'server.crt')) })
  const both = () => Buffer.concat([own().cert, readFileSync(pem.ca)])
  test.each([
    ['TLS 1.2', () => ({ ...own(), maxVersion: 'TLSv1.2' }), 1, false],
    ['TLS 1.3', () => ({ ...own(), minVersion: 'TLSv1.3' }), 1, false],
    [
      'TLS 1.0',
      () => ({ ...own(), minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      1,
      false,
    ],
    ['with its chain', () => ({ ...own(), cert: both() }), 2, false],
    ['TLS 1.2, a certificate wanted', () => ({ ...own(), ...wanted(), maxVersion: 'TLSv1.2' }), 2, true],
    ['TLS 1.3, a certificate wanted', () => ({ ...own(), ...wanted(), minVersion: 'TLSv1.3' }), 2, true],
  ] as const)('%s', async (_name, options, length, refusedUs) => {
    using server = await listening(options() as TlsOptions)
    const served = await shown(server.port)
    expect(served).toMatchObject({ state: 'tls', refusedUs })
    const chain = served.state === 'tls' ? served.chain : []
    expect(chain).toHaveLength(length)
    expect(chain[0]!.subject).toBe('CN=server')
  })
  const wanted = () => ({ requestCert: true, rejectUnauthorized: true, ca: readFileSync(pem.ca) })

  test('plain, silent, closed and unreachable', async () => {
    using plain = await listening('plain')
    using silent = await listening('silent')
    expect(await shown(plain.port)).toMatchObject({ state: 'plain' })
    expect(await shown(silent.port, 300)).toMatchObject({ state: 'silent' })
    const { port } = silent
    silent[Symbol.dispose]()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await shown(port, 300)).state).toMatch(/closed|silent/)
    expect(await shown(1)).toMatchObject({ state: 'closed' })
    expect(await shown(1, 2000, 'no.such.host.invalid')).toMatchObject({ state: 'unreachable' })
  })
})

/** Members' folders with stores made by openssl. */
function member(id: number, lines: readonly string[], hosts: readonly string[] = ['localhost', 'localhost']): string {
  const folder = join(stage, `m${id}-${Math.random().toString(36).slice(2)}`)
  mkdirSync(folder)
  const servers = hosts.map((host, i) => `server.${i + 1}=${host}:2888:3888;2181`)
  const config = join(folder, 'zoo.cfg')
  writeFileSync(config, [`dataDir=${folder}`, ...servers, ...lines].join('\n'))
  writeFileSync(join(folder, 'myid'), `${id}\n`)
  return config
}

const quorumStores = (key: string, trust: string) => [
  `ssl.quorum.keyStore.location=${key}`,
  `ssl.quorum.trustStore.location=${trust}`,
  'ssl.quorum.keyStore.password=secret',
  'ssl.quorum.trustStore.password=secret',
]

async function look(files: readonly string[], now = Date.now()) {
  const options = { files, quorumTls: false, warnMs: DAY, criticalMs: DAY / 2, signal }
  const result = await checkCertificates(options, now)
  await expectValid('health-certs', result)
  expect(JSON.stringify(result)).not.toContain('secret')
  return { result, codes: result.findings.map(({ code, severity }) => `${code} ${severity}`) }
}

describe('what files hold', () => {
  test('all is well; a day before the end, hours before it, behind it, and before the beginning', async () => {
    const config = member(1, quorumStores(pem.server, pem.ca))
    const ends = Date.now() + 2 * DAY
    const { result, codes } = await look([config])
    expect({ status: result.status, codes }).toEqual({ status: 'ok', codes: [] })
    expect(result.stores.map(({ kind, state }) => [kind, state])).toEqual([
      ['PEM', 'opened'],
      ['PEM', 'opened'],
    ])
    expect(result.stores[0]!.certificates[0]).toMatchObject({ names: ['localhost', 'zk.example.org', '127.0.0.1'] })
    expect((await look([config], ends - 0.8 * DAY)).codes).toEqual(['certs.expires warning'])
    expect((await look([config], ends - 0.2 * DAY)).codes).toEqual(['certs.expires error'])
    // of what it trusts Java does not look at the dates
    expect((await look([config], ends + DAY)).codes).toEqual(['certs.expired error', 'certs.expired info'])
    expect((await look([config], Date.now() - DAY)).codes).toContain('certs.expired error')
  })

  test('another host, another authority, another password, no file, no key', async () => {
    const other = member(1, quorumStores(pem.server, pem.ca), ['zk9.example.org', 'zk2.example.org'])
    expect((await look([other])).codes).toEqual(['certs.host warning'])
    const distrusting = [member(1, quorumStores(pem.server, pem.ca)), member(2, quorumStores(pem.server, pem.otherCa))]
    const { result, codes } = await look(distrusting)
    expect(codes.filter((code) => code.startsWith('certs.untrusted'))).toEqual(['certs.untrusted error'])
    expect(result.findings[0]!.message).toMatch(
      /^server 2 does not trust the certificate of server 1 .*CN=ca is not trusted/,
    )
    execFileSync(
      'openssl',
      [
        'pkcs12',
        '-export',
        '-in',
        'server.crt',
        '-inkey',
        'server.key',
        '-passout',
        'pass:hidden',
        '-out',
        'server.p12',
      ],
      { cwd: stage },
    )
    const p12 = join(stage, 'server.p12')
    expect((await look([member(1, quorumStores(p12, pem.ca))])).codes).toEqual(['certs.store error'])
    const opened = member(1, [...quorumStores(p12, pem.ca), 'ssl.quorum.keyStore.password=hidden'])
    expect((await look([opened])).codes).toEqual([])
    expect((await look([member(1, quorumStores(join(stage, 'none.jks'), pem.ca))])).codes).toEqual([
      'certs.store error',
    ])
    expect((await look([member(1, quorumStores(pem.ca, pem.ca))])).codes).toEqual(['certs.store error'])
    // openssl's trust stores hold nothing that Java takes for trusted
    execFileSync(
      'openssl',
      ['pkcs12', '-export', '-nokeys', '-in', 'ca.pem', '-passout', 'pass:secret', '-out', 't.p12'],
      {
        cwd: stage,
      },
    )
    const untrusting = await look([member(1, quorumStores(pem.server, join(stage, 't.p12')))])
    expect(untrusting.result.findings[0]!.message).toContain('nothing that Java takes for trusted')
  })

  test('a certificate for servers only is no good between members', async () => {
    const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: stage, stdio: 'ignore' })
    writeFileSync(join(stage, 'only.ext'), 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n')
    const request = ['-newkey', 'rsa:1024', '-nodes', '-subj', '/CN=only', '-keyout', 'only.key', '-out', 'only.csr']
    openssl('req', ...request)
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'only.ext']
    openssl('x509', '-req', '-in', 'only.csr', ...by, '-out', 'only.crt')
    const both = ['only.key', 'only.crt'].map((file) => readFileSync(join(stage, file), 'utf8')).join('')
    writeFileSync(join(stage, 'only.pem'), both)
    const { codes } = await look([member(1, quorumStores(join(stage, 'only.pem'), pem.ca))])
    expect(codes).toEqual(['certs.usage error', 'certs.weak warning'])
  })

  test('a file without stores is an answer', async () => {
    expect((await look([member(1, [])])).codes).toEqual(['certs.none info'])
    await expect(look([join(stage, 'no/such/zoo.cfg')])).rejects.toThrow('does not exist')
  })
})
