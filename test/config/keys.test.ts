import { describe, expect, test } from 'vitest'
import { aliasOf, isKnownKey, isReadBy, KEYS, keySpec } from '../../src/config/keys/table.ts'
import { isSince, RELEASE_LINES, releaseOf } from '../../src/config/release.ts'
import { consumedAs } from '../../src/config/verdict/static-keys.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

/** Read by the provider, which is not in the server's jar, or put together at run time. */
const ELSEWHERE = /^metricsProvider\.(?!className)|^(server|group|weight)\.N$|^ssl\.|^java\.security/
/** Names that a later release took from another use, or that others use for something else. */
const OTHER_USE = new Set([
  'version',
  'request.timeout',
  'superUser',
  'server.realm',
  'clientPortAddress',
  'commitLogCount',
])

describe.each((FULL ? RELEASES : (['3.4.14', '3.9.5'] as const)).map((release) => [release] as const))(
  '%s',
  (release) => {
    test('has exactly the keys that the table says it has', async () => {
      const texts = (await runJava(release, 'KeyOracle', [])).split('\n')
      const constants = new Set(texts)
      const has = (key: string) => constants.has(key) || constants.has(`zookeeper.${key}`)
      const looked = KEYS.filter(({ name }) => !ELSEWHERE.test(name))
      const missing = looked.filter((spec) => isReadBy(spec, releaseOf(release)!) && !has(spec.name))
      expect(missing.map(({ name }) => name)).toEqual([])
      const early = looked.filter((spec) => !isReadBy(spec, releaseOf(release)!) && has(spec.name))
      expect(early.map(({ name }) => name).filter((name) => !OTHER_USE.has(name))).toEqual([])
      // nothing that a server reads with the prefix is unknown here
      const unknown = texts
        .filter((text) => /^zookeeper\.[A-Za-z0-9][\w.-]*\w$/.test(text))
        .map((text) => text.slice('zookeeper.'.length))
        .filter((key) => !isKnownKey(key) && !OF_CLIENTS.has(key))
      expect(unknown).toEqual([])
    }, 120_000)
  },
)

/** Properties of clients, tests and logging. */
const OF_CLIENTS = new Set([
  ...[
    'clientCnxnSocket',
    'client.secure',
    'disableAutoWatchReset',
    'sasl.client',
    'sasl.client.username',
    'sasl.clientconfig',
  ],
  ...['sasl.client.canonicalize.hostname', 'testingonly.initialZxid', 'version', 'configuration', 'controllerPort'],
  ...[
    'test.allowDiscontinuousProposals',
    'jmx.log4j.mbean',
    'hostProvider.class',
    'kerberos.principal',
    'clientPortAddress',
  ],
])

test('the parser consumes exactly the keys that work in the file only, and those alone', () => {
  // everything behind metricsProvider. goes to the provider
  for (const { name, place, since } of KEYS.filter(({ name }) => !/^metricsProvider\.(?!className)/.test(name))) {
    for (const line of RELEASE_LINES) {
      const release = releaseOf(line)!
      const consumed = consumedAs(name, release) !== undefined
      expect([name, line, consumed]).toEqual([name, line, place === 'own' && isSince(release, since)])
    }
  }
})

test('names are unique, aliases are no keys, defaults fit their types', () => {
  expect(new Set(KEYS.map(({ name }) => name)).size).toBe(KEYS.length)
  for (const spec of KEYS) {
    for (const alias of spec.aliases) {
      expect(keySpec(alias)).toBeUndefined()
      expect(aliasOf(alias)).toBe(spec)
    }
    for (const value of [spec.default, ...Object.values(spec.defaults)]) {
      if (value === null || value === undefined) continue
      if (['int', 'long', 'port'].includes(spec.type)) expect(value, spec.name).toMatch(/^-?\d+$/)
      if (spec.type === 'boolean') expect(value, spec.name).toMatch(/^(true|false)$/)
      if (spec.type === 'yes-no') expect(value, spec.name).toMatch(/^(yes|no)$/)
    }
    expect(spec.what, spec.name).toMatch(/[.)]$/)
  }
})
