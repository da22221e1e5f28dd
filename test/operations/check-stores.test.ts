import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readJks } from '../../src/formats/keystore/jks.ts'
import { readPkcs12 } from '../../src/formats/keystore/pkcs12.ts'
import { checkAllFiles } from '../../src/operations/zoo-cfg/check-files.ts'
import { loadMember } from '../../src/operations/zoo-cfg/load.ts'
import { openStore } from '../../src/operations/zoo-cfg/open-store.ts'

/** Stores as keytool and openssl make them. */
let stage: string
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-stores-'))
  mkdirSync(join(stage, 'data'))
  mkdirSync(join(stage, 'log'))
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { cwd: stage, stdio: ['ignore', 'ignore', 'pipe'] })
  const pair = (type: string, file: string, ...more: readonly string[]) =>
    run(
      'keytool',
      ...['-genkeypair', '-alias', 'zk', '-keyalg', 'RSA', '-dname', 'CN=zk1.example.org', '-storetype', type],
      ...['-keystore', file, '-storepass', 'secret', '-keypass', 'secret', '-ext', 'san=dns:zk1.example.org', ...more],
    )
  pair('JKS', 'key.jks')
  pair('PKCS12', 'key.p12')
  pair('JKS', 'old.jks', '-startdate', '-100d', '-validity', '10')
  pair('JKS', 'soon.jks', '-validity', '10')
  run(
    'keytool',
    '-exportcert',
    '-rfc',
    '-alias',
    'zk',
    '-keystore',
    'key.jks',
    '-storepass',
    'secret',
    '-file',
    'c.pem',
  )
  for (const [type, file] of [
    ['JKS', 'trust.jks'],
    ['PKCS12', 'trust.p12'],
  ] as const) {
    run(
      'keytool',
      ...['-importcert', '-noprompt', '-alias', 'ca', '-file', 'c.pem', '-storetype', type],
      '-keystore',
      file,
      '-storepass',
      'secret',
    )
  }
  // as Java 8 and openssl 1 made them: RC2 and Triple DES
  pair('PKCS12', 'old.p12', '-J-Dkeystore.pkcs12.legacy')
  writeFileSync(join(stage, 'other.bin'), 'neither of them')
  run(
    'openssl',
    ...['pkcs12', '-in', 'key.p12', '-passin', 'pass:secret', '-passout', 'pass:secret', '-out', 'key.pem'],
  )
}, 120_000)
afterAll(() => rmSync(stage, { recursive: true }))

const open = (file: string, password = 'secret') => openStore(readFileSync(join(stage, file)), password)

describe('stores', () => {
  test.each([
    ['key.jks', 'JKS', true, 1],
    ['key.p12', 'PKCS12', true, 1],
    ['key.pem', 'PEM', true, 1],
    ['trust.jks', 'JKS', false, 1],
    ['c.pem', 'PEM', false, 1],
    ['trust.p12', 'PKCS12', false, 1],
    ['old.p12', 'PKCS12', true, 1],
  ] as const)('%s opens', (file, kind, hasKey, count) => {
    const opened = open(file)
    expect(opened).toMatchObject({ state: 'opened', kind, hasKey })
    expect(opened.state === 'opened' && opened.certificates).toHaveLength(count)
  })

  test.each(['key.jks', 'key.p12', 'old.p12', 'key.pem', 'trust.jks', 'trust.p12'])(
    '%s refuses another password',
    (file) => {
      expect(open(file, 'wrong')).toMatchObject({ state: 'password' })
    },
  )

  test('a JKS store that is cut or changed anywhere is never read as a whole one', () => {
    const bytes = readFileSync(join(stage, 'trust.jks'))
    for (let at = 0; at < bytes.length; at += 7) expect(readJks(bytes.subarray(0, at), 'secret')).toBeUndefined()
    for (let at = 0; at < bytes.length; at += 11) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 0x55
      expect(readJks(changed, 'secret')?.opened ?? false).toBe(false)
    }
  })

  test('a PKCS12 store that is cut or changed anywhere is never read as a whole one', () => {
    // Java 8's takes a hundred thousand rounds of SHA-1 for each try
    for (const [file, step] of [
      ['trust.p12', 61],
      ['old.p12', 997],
    ] as const) {
      const bytes = readFileSync(join(stage, file))
      const open = (some: Uint8Array) => readPkcs12(some, 'secret').state
      for (let at = 0; at < bytes.length; at += 97) expect(open(bytes.subarray(0, at))).toBe('damaged')
      for (let at = 0; at < bytes.length; at += step) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= 0x55
        expect(['password', 'damaged', 'unknown'], `${file} ${at}`).toContain(open(changed))
      }
    }
  })

  test('anything else is said not to be checked', () => {
    expect(openStore(Buffer.from('hello'), 'x')).toMatchObject({ state: 'unknown' })
  })
})

describe('--check-files', () => {
  const codes = (...lines: readonly string[]) => {
    const config = join(stage, 'zoo.cfg')
    const directories = [`dataDir=${stage}/data`, `dataLogDir=${stage}/log`]
    writeFileSync(join(stage, 'data/myid'), '1')
    writeFileSync(config, `${[...directories, 'server.1=zk1.example.org:2888:3888', ...lines].join('\n')}\n`)
    chmodSync(config, 0o600)
    for (const file of ['key.jks', 'old.jks', 'soon.jks', 'key.p12', 'key.pem']) chmodSync(join(stage, file), 0o600)
    return checkAllFiles([loadMember(config).member]).findings.map(({ code }) => code)
  }
  const store = (name: string, file: string, password = 'secret') => [
    `ssl.quorum.${name}.location=${stage}/${file}`,
    `ssl.quorum.${name}.password=${password}`,
  ]

  test('a data directory without version-2 is there, and empty', () => {
    const config = join(stage, 'zoo.cfg')
    writeFileSync(config, `dataDir=${stage}/data\ndataLogDir=${stage}/nowhere\n`)
    const { directories } = checkAllFiles([loadMember(config).member])
    expect(directories.get(`${stage}/data`)).toMatchObject({ exists: true, logs: 0, snapshots: 0 })
    expect(directories.get(`${stage}/nowhere`)).toMatchObject({ exists: false, logs: 0 })
  })

  test('a good store gives no finding', () => {
    expect(codes()).toEqual([])
    expect(codes(...store('keyStore', 'key.jks'), ...store('trustStore', 'trust.jks'))).toEqual([])
    expect(codes(...store('keyStore', 'key.p12'))).toEqual([])
    expect(codes(...store('keyStore', 'key.pem'))).toEqual([])
  })

  test.each([
    ['config.store-missing', () => store('keyStore', 'none.jks')],
    ['config.store-password', () => store('keyStore', 'key.jks', 'wrong')],
    ['config.store-password', () => [`ssl.keyStore.location=${stage}/key.jks`, 'ssl.keyStore.passwordPath=/no/such']],
    ['config.store-no-key', () => store('keyStore', 'trust.jks')],
    ['config.certificate-expired', () => store('keyStore', 'old.jks')],
    ['config.certificate-expires', () => store('keyStore', 'soon.jks')],
    ['config.store-not-checked', () => store('trustStore', 'other.bin')],
    ['config.certificate-host', () => [...store('keyStore', 'key.jks'), 'server.1=zk2.example.org:2888:3888']],
    ['config.directory', () => ['dataDir=/no/such/place']],
  ])('%s', (code, lines) => {
    expect(codes(...lines())).toContain(code)
  })

  test('secrets that everybody can read are found', () => {
    codes()
    const config = join(stage, 'zoo.cfg')
    writeFileSync(config, `dataDir=${stage}/data\nssl.keyStore.password=secret\n`)
    chmodSync(config, 0o644)
    const { findings } = checkAllFiles([loadMember(config).member])
    expect(findings.map(({ code }) => code)).toEqual(['config.world-readable'])
    expect(JSON.stringify(findings)).not.toContain('secret')
  })
})
