import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inventoryProblems } from '../../src/config/inventory/check.ts'
import { addressText, parseConnect } from '../../src/config/inventory/connect.ts'
import { inventoryEnsemble, type RawEnsemble } from '../../src/config/inventory/inventory.ts'
import { MOST_INVENTORY_BYTES, readYaml } from '../../src/config/inventory/yaml.ts'
import { schema } from '../../src/schemas/inventory.ts'
import { schemaProblems } from '../../src/support/check-schema.ts'
import { ROOT } from '../helpers/cli.ts'

const DOCS = readFileSync(join(ROOT, 'docs/inventory.md'), 'utf8')

/** The indented block of the page that begins with these words. */
const block = (start: string) => {
  const lines = DOCS.split('\n')
  const first = lines.indexOf(`    ${start}`)
  const end = lines.findIndex((line, i) => i > first && line !== '' && !line.startsWith('    '))
  return lines
    .slice(first, end)
    .map((line) => line.slice(4))
    .join('\n')
}

function parsed(text: string) {
  const yaml = readYaml(text)
  if ('error' in yaml) throw new Error(yaml.error)
  const { value } = yaml
  const problems = inventoryProblems('zkops.yaml', value, schemaProblems(value, schema), yaml.lineOf)
  return { value, findings: problems.map(({ finding }) => finding) }
}

const findings = (text: string) =>
  parsed(text).findings.map(({ code, message, evidence }) => `${evidence?.line} ${code} ${message}`)
const ensemble = (text: string, name = 'prod') => {
  const { value } = parsed(text)
  return inventoryEnsemble(name, (value as { ensembles: Record<string, RawEnsemble> }).ensembles[name]!)
}

describe('the page about it', () => {
  test.each([block('ensembles:'), block('default: prod')])('shows inventories without a mistake', (text) => {
    expect(text).toContain('prod')
    expect(findings(text)).toEqual([])
  })

  test('explains every field', () => {
    const fields = (part: object): string[] =>
      Object.entries(part).flatMap(([key, value]) => {
        if (typeof value !== 'object' || value === null) return []
        return [...(key === 'properties' ? Object.keys(value) : []), ...fields(value)]
      })
    const named = new Set(fields(schema))
    expect(named.size).toBeGreaterThan(40)
    for (const field of named) expect(DOCS, field).toMatch(new RegExp(`[\`|] ?\`?${field}\`|\\b${field}:`))
  })
})

test('what holds for all servers is filled in', () => {
  const { servers, auth, tls, timeoutMs, thresholds, zookeeper } = ensemble(block('default: prod'))
  expect(servers.map(({ id, role, zone }) => [id, role, zone])).toEqual([
    [1, 'participant', 'a'],
    [2, 'participant', 'b'],
    [3, 'participant', 'c'],
    [4, 'observer', 'a'],
  ])
  expect(servers[0]).toMatchObject({
    ports: { quorum: 2888, election: 3888, client: 2181, secure: 2281, admin: undefined },
    clientHost: 'zk1.example.org',
    exec: 'ssh {host}',
    restart: { command: 'sudo systemctl restart zookeeper', where: 'member' },
    stop: null,
  })
  expect(auth).toEqual({
    scheme: 'digest',
    user: 'super',
    passwordEnv: null,
    passwordFile: '~/.secrets/zookeeper',
  })
  expect(tls).toMatchObject({ ca: 'certs/ca.pem', servername: null })
  expect({ timeoutMs, thresholds, zookeeper }).toEqual({
    timeoutMs: 5000,
    thresholds: { latency: { warn: '50ms', critical: '200ms' } },
    zookeeper: '3.8',
  })
})

test('a server has the last word, and null says that there is none', () => {
  const text = `ensembles:
  prod:
    ports: {client: 2181, admin: 8080}
    restart: systemctl restart zookeeper
    servers:
      - {id: 1, host: a, ports: {client: null, secure: 2281, admin: null}, restart: {here: 'kubectl delete pod {id}'}}
      - {id: 2, host: b, clientHost: lb}
`
  const [first, second] = ensemble(text).servers
  expect(first!.ports).toEqual({ quorum: 2888, election: 3888, client: null, secure: 2281, admin: null })
  expect(first!.restart).toEqual({ command: 'kubectl delete pod {id}', where: 'here' })
  expect(second).toMatchObject({ clientHost: 'lb', ports: { client: 2181, admin: 8080 } })
})

const SERVERS = 'servers: [{id: 1, host: a}]'
const prod = (text: string) => `ensembles:\n  prod:\n    ${text.replaceAll('\n', '\n    ')}\n`

describe('what is wrong', () => {
  test.each([
    ['[]', '1 inventory.wrong-value expected fields, found a list'],
    ['', '1 inventory.wrong-value expected fields, found null'],
    ['default: prod', '1 inventory.missing-field ensembles is missing'],
    ['ensembles: {a b: {connect: x}}', '1 inventory.wrong-value ensembles.a b: "a b" is not like prod'],
    [
      `ensembles:\n  __proto__: {connect: x}`,
      '2 inventory.wrong-value ensembles.__proto__: "__proto__" is not like prod',
    ],
    [`${prod('connect: a')}default: prdo`, '4 inventory.wrong-value default: there is no ensemble prdo'],
    [prod('timeout: 5s'), '2 inventory.missing-field ensembles.prod: servers or connect is missing'],
    [prod('connect: a b'), '3 inventory.wrong-value ensembles.prod.connect: expected host:port,…'],
    [prod('connect: a\ntimeout: 5'), '4 inventory.wrong-value ensembles.prod.timeout: expected text, found 5'],
    [prod('connect: a\ntimeout: 5 s'), '4 inventory.wrong-value ensembles.prod.timeout: "5 s" is not like 5s'],
    [
      prod('connect: a\nzookeeper: 3.10'),
      '4 inventory.wrong-value ensembles.prod.zookeeper: expected a number from 3.4 to 3.9, found 3.1',
    ],
    [prod('servers: []'), '3 inventory.wrong-value ensembles.prod.servers: expected at least one entry'],
    [prod('servers:\n  - {id: 1}'), '4 inventory.missing-field ensembles.prod.servers[0]: host is missing'],
    [
      prod('servers:\n  - {id: one, host: a}'),
      '4 inventory.wrong-value ensembles.prod.servers[0].id: expected a whole number, found "one"',
    ],
    [
      prod('servers:\n  - {id: 1, host: -oProxyCommand=x}'),
      '4 inventory.wrong-value ensembles.prod.servers[0].host: "-oProxyCommand=x" is not like zk1.example.org',
    ],
    [
      prod('servers:\n  - {id: 1, host: a}\n  - {id: 1, host: b}'),
      '5 inventory.duplicate-server ensembles.prod.servers[1]: the id 1 is taken',
    ],
    [
      prod('servers:\n  - {id: 1, host: a, addresses: [b:2888]}'),
      '4 inventory.wrong-value ensembles.prod.servers[0].addresses[0]: expected host:quorumPort:electionPort',
    ],
    [
      prod(`${SERVERS}\nports: {client: 0}`),
      '4 inventory.wrong-value ensembles.prod.ports.client: expected a number from 1 to 65535, found 0',
    ],
    [prod(`${SERVERS}\nrestart: {hier: x}`), '4 inventory.missing-field ensembles.prod.restart: here is missing'],
    [
      prod(`${SERVERS}\nauth:\n  user: super\n  password: s3cret`),
      '6 inventory.password ensembles.prod.auth.password: a password does not belong here',
    ],
  ])('%j', (text, expected) => {
    expect(findings(text)[0]).toBe(expected)
    expect(findings(text).join()).not.toContain('s3cret')
  })

  test.each([
    [prod(`${SERVERS}\ndatadir: /x`), 'dataDir'],
    [prod('servers: [{id: 1, host: a, zoen: x}]'), 'zone'],
    [`enesmbles: {}\n${prod(SERVERS)}`, 'ensembles'],
  ])('%j is meant otherwise, which is a warning', (text, meant) => {
    const [finding, ...others] = parsed(text).findings
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      code: 'inventory.unknown-field',
      severity: 'warning',
      evidence: { didYouMean: meant },
    })
  })
})

test('the reader and the published schema agree on any document', () => {
  const validate = new Ajv2020({ allowUnionTypes: true, allErrors: true, strictTypes: false }).compile(schema)
  const base = parsed(block('default: prod')).value
  const junk = fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    70_000,
    '',
    'a b',
    '\u0007',
    '5s',
    '3.8',
    [],
    ['x'],
    {},
    { a: 1 },
    { here: 'x' },
  )
  const paths = pathsOf(base)
  const mutation = fc.record({
    path: fc.constantFrom(...paths),
    value: junk,
    key: fc.constantFrom('x y', 'host', 'warn', 'id', 'ports'),
  })
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const document = structuredClone(base)
      for (const { path, value, key } of mutations) setAt(document, path, value, key)
      const { ensembles } = (typeof document === 'object' && document !== null ? document : {}) as {
        ensembles?: unknown
      }
      const rootless = Object.values(typeof ensembles === 'object' && ensembles !== null ? ensembles : {}).some(
        (one) =>
          typeof one === 'object' && one !== null && !Array.isArray(one) && !('servers' in one) && !('connect' in one),
      )
      expect(schemaProblems(document, schema).length > 0 || rootless).toBe(!validate(document))
    }),
    { seed: 7, numRuns: 1500 },
  )
})

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]))].filter(
    ({ length }) => length > 0,
  )
}

function setAt(document: unknown, path: readonly string[], value: unknown, key: string): void {
  let at = document as Record<string, unknown>
  for (const step of path.slice(0, -1)) {
    if (typeof at[step] !== 'object' || at[step] === null) return
    at = at[step] as Record<string, unknown>
  }
  if (Array.isArray(at) || path.length % 2 === 0) at[path.at(-1)!] = value
  else at[key] = value
}

describe('YAML that is no inventory', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, i) => {
      const before = 'abcdefgh'[i]
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`
    }),
  ].join('\n')

  test.each([
    ['a: [', 'Flow sequence in block collection'],
    ['a: 1\na: 2', 'Map keys must be unique'],
    ['a: *nowhere', 'Unresolved alias'],
    [bomb, 'Excessive alias count'],
    ['['.repeat(MOST_INVENTORY_BYTES), 'nested too deeply'],
    ['a: b: c', 'Nested mappings are not allowed'],
    ['- a\nb: 1', ''],
    ['\t- a', ''],
    ['%YAML 9\n---\n{}}', ''],
  ])('%#', { timeout: 15_000 }, (text, words) => {
    const read = readYaml(text)
    expect('error' in read ? read.error : '').toContain(words)
    expect('error' in read).toBe(true)
  })

  test('any text ends in a value or an error', () => {
    const signs = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '- ',
      '  ',
      '&x ',
      '*x',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '#',
      '!',
      '<<: ',
      '%',
      '\t',
      ',',
    )
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 40 }), (parts) => {
        const read = readYaml(parts.join(''))
        if ('error' in read) return
        inventoryProblems('f', read.value, schemaProblems(read.value, schema), read.lineOf)
      }),
      { seed: 7, numRuns: 3000 },
    )
  })

  test('anchors and merged fields are fine, and found in the text', () => {
    const text = `common: &all {zone: a, rack: 1}
ensembles:
  prod:
    servers:
      - {<<: *all, id: 1, host: a}
      - {<<: *all, id: 2, host: b}
`
    expect(ensemble(text).servers.map(({ zone }) => zone)).toEqual(['a', 'a'])
    expect(findings(text)).toEqual([
      '1 inventory.unknown-field common: there is no such field',
      '5 inventory.unknown-field ensembles.prod.servers[0].rack: there is no such field',
      '6 inventory.unknown-field ensembles.prod.servers[1].rack: there is no such field',
    ])
  })
})

describe('connect strings', () => {
  test.each([
    ['zk1:2181', 'zk1:2181', null],
    ['zk1', 'zk1:2181', null],
    ['a:1, b:2 ,[::1]:3', 'a:1 b:2 [::1]:3', null],
    ['a:1,b:2/app/x/', 'a:1 b:2', '/app/x'],
    ['a/', 'a:2181', null],
  ])('%s', (text, addresses, chroot) => {
    const connect = parseConnect(text)
    expect([connect.addresses.map(addressText).join(' '), connect.chroot]).toEqual([addresses, chroot])
  })

  test.each(['', 'a:0', 'a:65536', 'a:b', 'a b', 'a:1,,b:2', '::1:2181', '-a:1', 'http://a:1'])(
    '%j is none',
    (text) => {
      expect(() => parseConnect(text)).toThrow(/is no host:port/)
    },
  )
})
