import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CertsResult } from '../../src/operations/certs/check.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { health } from '../helpers/health.ts'
import { type Authority, javaAuthority, STORE_PASSWORD } from '../helpers/keytool.ts'
import { expectValid } from '../helpers/schema.ts'

/* Real ensembles that speak TLS with each other and with clients. */

let folder: string
let authority: Authority
let long: ReturnType<Authority['issue']>
let short: ReturnType<Authority['issue']>
let foreign: ReturnType<Authority['issue']>
let expired: ReturnType<Authority['issue']>
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-certs-live-'))
  authority = javaAuthority(folder)
  long = authority.issue('long')
  short = authority.issue('short', { days: 11 })
  foreign = authority.issue('foreign', { names: 'dns:zk9.example.org' })
  expired = authority.issue('expired', { start: '-100d', days: 10 })
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** All members have the same stores; with a copy of the key store that can be replaced. */
function tlsEnsemble(zookeeper: string, kind: 'jks' | 'p12' | 'pem', own: string): Promise<TestEnsemble> {
  const store = (prefix: string) => ({
    [`${prefix}keyStore.location`]: own,
    [`${prefix}keyStore.password`]: kind === 'pem' ? '' : STORE_PASSWORD,
    [`${prefix}trustStore.location`]: authority.trust[kind],
    [`${prefix}trustStore.password`]: kind === 'pem' ? '' : STORE_PASSWORD,
  })
  return startEnsemble({
    zookeeper,
    members: 3,
    properties: {
      sslQuorum: 'true',
      serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
      'client.portUnification': 'true',
      ...store('ssl.'),
      ...store('ssl.quorum.'),
    },
  })
}

interface Look {
  readonly exitCode: number | null
  readonly codes: readonly string[]
  readonly result: CertsResult
}

async function certs(...args: readonly string[]): Promise<Look> {
  const { exitCode, stdout, stderr } = await zkops(['health', 'certs', ...args, '--json'])
  expect(stdout, stderr).toMatch(/^\{/)
  expect(stdout).not.toContain(STORE_PASSWORD)
  const result = JSON.parse(stdout) as CertsResult
  await expectValid('health-certs', result)
  return { exitCode, result, codes: result.findings.map(({ code, member }) => `${code}${member ? ` ${member}` : ''}`) }
}

const SAMPLES = [
  ['3.9', 'p12'],
  ['3.5', 'jks'],
  ['3.8', 'pem'],
  ['3.6', 'p12'],
  ['3.7', 'jks'],
] as const

describe.each(FULL ? SAMPLES : SAMPLES.slice(0, 2))('%s with stores of %s', (zookeeper, kind) => {
  test('ports and stores, before and behind the replacement of a file; nothing is disturbed', async () => {
    const own = join(folder, `own-${zookeeper}.${kind}`)
    copyFileSync(long[kind], own)
    await using ensemble = await tlsEnsemble(zookeeper, kind, own)
    const config = ensemble.status.servers[0]!.config
    const before = await health(['--config', config, '--skip', 'slow-answer'])
    expect(before).toMatchObject({ status: 'ok', codes: [] })
    const leader = before.members.find(({ state }) => state === 'leading')!.id

    const { exitCode, result, codes } = await certs('--config', config)
    expect({ exitCode, status: result.status, codes }).toEqual({ exitCode: 0, status: 'ok', codes: [] })
    const seen = (of: string) =>
      result.ports.filter(({ kind }) => kind === of).map(({ member, state }) => [member, state])
    expect(seen('election')).toEqual([
      [1, 'tls'],
      [2, 'tls'],
      [3, 'tls'],
    ])
    // only the leader listens there
    expect(seen('quorum')).toEqual([1, 2, 3].map((id) => [id, id === leader ? 'tls' : 'closed']))
    expect(seen('client')).toEqual([[1, 'tls']])
    for (const { state, chain, refusedUs } of result.ports) {
      if (state !== 'tls') continue
      expect(refusedUs).toBe(true)
      expect(chain.map(({ subject }) => subject)).toEqual(['CN=long', 'CN=zk authority'])
    }
    expect(result.stores.map(({ state }) => state)).toEqual(['opened', 'opened', 'opened', 'opened'])

    // the file is replaced; servers have the old one
    copyFileSync(short[kind], own)
    const replaced = await certs('--config', config)
    expect(replaced.exitCode).toBe(1)
    expect(replaced.codes).toContain('certs.served-differs 1')
    expect(replaced.codes).toContain('certs.expires 1')
    const checked = await health(['--config', config, '--local', '--only', 'certificate-expiry'])
    expect(checked.codes.toSorted()).toEqual([1, 2, 3].map((id) => `health.certificate-expiry ${id}`))
    copyFileSync(expired[kind], own)
    expect((await certs(config)).codes).toEqual(['certs.expired 1'])
    copyFileSync(foreign[kind], own)
    expect((await certs(config)).codes).toEqual(['certs.host 1'])
    copyFileSync(long[kind], own)

    for (let i = 0; i < 10; i++) expect((await certs('--config', config)).exitCode).toBe(0)
    const after = await health(['--config', config, '--skip', 'slow-answer'])
    expect(after).toMatchObject({ status: 'ok', codes: [] })
    expect(after.members).toEqual(before.members)
    expect(after.result.leader).toBe(leader)
  }, 180_000)
})

/* What the findings are worth: whether a member with such a certificate gets back in. */
const JOINS = [
  ['3.9', 'foreign', 'following', 'certs.host 2'],
  ['3.9', 'expired', 'looking', 'certs.expired 2'],
  ['3.8', 'foreign', 'looking', 'certs.host 2'],
  ['3.8', 'expired', 'looking', 'certs.expired 2'],
] as const

test.each(FULL ? JOINS : [])(
  '%s: a member with a certificate that is %s is %s',
  async (zookeeper, which, state, code) => {
    const own = join(folder, `own-join-${zookeeper}-${which}.p12`)
    copyFileSync(long.p12, own)
    await using ensemble = await tlsEnsemble(zookeeper, 'p12', own)
    await ensemble.stop(2)
    const config = ensemble.status.servers[1]!.config
    const bad = { foreign, expired }[which].p12
    const line = /(ssl\.quorum\.keyStore\.location=).*/
    writeFileSync(config, readFileSync(config, 'utf8').replace(line, `$1${bad}`))
    const started = ensemble.start(2).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 14_000))
    const { members } = await health(['--config', ensemble.status.servers[0]!.config])
    expect(members.find(({ id }) => id === 2)?.state).toBe(state)
    expect((await certs('--config', config)).codes).toContain(code)
    await ensemble.kill(2)
    await started
  },
  120_000,
)

test('an ensemble that speaks plain is not asked on ports between servers', async () => {
  await using ensemble = await startEnsemble({ zookeeper: '3.9', members: 3 })
  const config = ensemble.status.servers[0]!.config
  const { exitCode, result, codes } = await certs('--config', config)
  expect({ exitCode, codes }).toEqual({ exitCode: 0, codes: ['certs.none', 'certs.not-asked'] })
  expect(result.ports).toEqual([])
  const forecast = await zkops(['health', 'forecast', '--config', config, '--interval', '1500ms', '--json'])
  const { forecasts, status } = JSON.parse(forecast.stdout)
  expect({ exitCode: forecast.exitCode, status }, forecast.stderr).toEqual({ exitCode: 0, status: 'ok' })
  await expectValid('health-forecast', JSON.parse(forecast.stdout))
  const whats = forecasts.map(({ what }: { what: string }) => what)
  expect(new Set(whats)).toEqual(new Set(['zxid', 'heap', 'init-limit']))
}, 120_000)
