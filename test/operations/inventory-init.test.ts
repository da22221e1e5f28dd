import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type InventoryServer, inventoryEnsemble, type RawEnsemble } from '../../src/config/inventory/inventory.ts'
import { mergedInventory, newInventory } from '../../src/config/inventory/merge.ts'
import { readYaml } from '../../src/config/inventory/yaml.ts'
import { planInit } from '../../src/operations/inventory/init.ts'
import { readInventory } from '../../src/operations/inventory/read.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zkops-init-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(name: string, text: string): string {
  const file = join(root, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}
const inventory = () => join(root, 'zkops.yaml')
const init = async (config: string, ensemble?: string) => {
  const { signal } = new AbortController()
  const { change, diffs } = await planInit({ config: join(root, config), ensemble, inventory: inventory() }, signal)
  const { stepsDone } = await change.apply()
  return { stepsDone, diffs, text: readFileSync(inventory(), 'utf8') }
}
const LINES = `tickTime=2000
dataDir=/var/lib/zookeeper
server.1=zk1:2888:3888;2181
server.2=zk2:2888:3888;2181
server.3=zk3:2889:3888:observer;lb:2182
`

describe('a zoo.cfg becomes an entry', () => {
  test('what all servers share is said once', async () => {
    write('zoo.cfg', `${LINES}secureClientPort=2281\n`)
    const { text, diffs } = await init('zoo.cfg', 'prod')
    expect(text).toBe(`# The ensembles that zkops works on; zkops schema inventory tells of every field.

ensembles:
  prod:
    servers:
      - {id: 1, host: zk1}
      - {id: 2, host: zk2}
      - {id: 3, host: zk3, clientHost: lb, role: observer, ports: {quorum: 2889, client: 2182}}
    ports: {secure: 2281}
    dataDir: /var/lib/zookeeper
`)
    expect(diffs).toEqual([{ file: inventory(), before: [], after: text.trimEnd().split('\n') }])
    expect(
      readInventory(inventory())
        .ensemble('prod')
        .servers.map(({ ports }) => ports.secure),
    ).toEqual([2281, 2281, 2281])
  })

  test('a member has the last word about itself', async () => {
    for (const id of [1, 2]) {
      const own = `dataDir=/data/${id}\nadmin.serverPort=${8080 + id}\nserver.1=h:1:2;3\nserver.2=h:4:5;6\n`
      write(`members/${id}/zoo.cfg`, own)
      write(`members/${id}/myid`, `${id}\n`)
    }
    const { text } = await init('members')
    expect(text).toContain(
      '{id: 1, host: h, dataDir: /data/1, ports: {quorum: 1, election: 2, client: 3, admin: 8081}}',
    )
    expect(text).toContain(
      '{id: 2, host: h, dataDir: /data/2, ports: {quorum: 4, election: 5, client: 6, admin: 8082}}',
    )
  })

  test('of one file only the own directories are known where members share a host', async () => {
    write('zoo.cfg', 'dataDir=/data/1\nserver.1=h:1:2;3\nserver.2=h:4:5;6\n')
    write('myid', '1\n')
    const { text } = await init('zoo.cfg')
    expect(text).toContain('{id: 1, host: h, dataDir: /data/1,')
    expect(text).toContain('{id: 2, host: h, ports: {')
  })

  test('a server alone, groups, several addresses', async () => {
    write('alone.cfg', 'dataDir=/data\nclientPort=2181\nclientPortAddress=10.0.0.1\n')
    expect((await init('alone.cfg', 'alone')).text).toContain('  alone:\n    connect: 10.0.0.1:2181\n')
    write('groups.cfg', 'server.1=a:2888:3888|b:2888:3888;2181\ngroup.7=1\nweight.1=3\n')
    expect((await init('groups.cfg', 'groups')).text).toContain(
      '- {id: 1, host: a, addresses: [b:2888:3888], group: 7, weight: 3}',
    )
    expect(readInventory(inventory()).findings).toEqual([])
  })

  test.each([
    ['clientPort=0\n', 'names no members and no client port'],
    ['a=\\u00\n', 'line 1: Malformed'],
  ])('%j has nothing to say', async (text, words) => {
    write('zoo.cfg', text)
    await expect(init('zoo.cfg')).rejects.toThrow(words)
    await expect(init('none.cfg')).rejects.toThrow('none.cfg does not exist')
  })
})

const BY_HAND = `# ours
ensembles:
  # the one that counts
  prod:
    servers:
      - id: 1          # the old box
        host: zk1
        zone: a
      - { id: 2, host: was-zk2, zone: b }

      # far away
      - { id: 9, host: zk9 }
    exec: ssh {host}

  staging: { connect: 'st:2181' }   # small
`

describe('an inventory that is there', () => {
  test('keeps what stands there, gets what is not, and says the change', async () => {
    write('zkops.yaml', BY_HAND)
    write('zoo.cfg', LINES)
    const { diffs, text } = await init('zoo.cfg', 'prod')
    expect(text).toBe(
      BY_HAND.replace('was-zk2, zone: b }', 'zk2, zone: b, dataDir: /var/lib/zookeeper }')
        .replace('        zone: a\n', '        zone: a\n        dataDir: /var/lib/zookeeper\n')
        .replace(
          '      - { id: 9, host: zk9 }\n',
          '      - { id: 9, host: zk9 }\n      - { id: 3, host: zk3, clientHost: lb, role: observer, dataDir: /var/lib/zookeeper, ports: { quorum: 2889, client: 2182 } }\n',
        )
        .replace("{ connect: 'st:2181' }   #", "{ connect: 'st:2181' } #")
        .replace('1          #', '1 #'),
    )
    expect(diffs).toHaveLength(1)
    expect(readdirSync(root).filter((name) => name.startsWith('zkops.yaml.before-'))).toHaveLength(1)
    expect((await init('zoo.cfg', 'prod')).stepsDone).toBe(0)
  })

  test('a further ensemble leaves the first one the default', async () => {
    write('zkops.yaml', 'ensembles:\n  prod: {connect: a} # ours\n')
    write('zoo.cfg', LINES)
    const { text } = await init('zoo.cfg', 'new')
    expect(text).toContain('prod: {connect: a} # ours\n  new:\n    servers:\n')
    expect(readInventory(inventory())).toMatchObject({ names: ['prod', 'new'], standard: 'prod', findings: [] })
  })

  test.each([
    ['ensembles:\n  prod: {connect: a}\n', undefined, 'it is not said which ensemble of it is meant'],
    ['ensembles:\n  prod: {connect: a}\n', 'a b', 'a b is no name'],
    ['ensembles:\n  prod: {conect: a}\n', 'prod', 'servers or connect is missing'],
    ['ensembles: [\n', 'prod', 'line 2: Flow sequence'],
    ['ensembles:\n  a: &x {servers: [{id: 1, host: b}]}\n  prod: *x\n', 'prod', 'ensembles.prod is an alias'],
    ['x: &x [{id: 1, host: b}]\nensembles:\n  prod: {servers: *x}\n', 'prod', 'ensembles.prod is an alias'],
    [
      'x: &x {client: 1}\nensembles:\n  prod: {servers: [{id: 1, host: zk1, ports: *x}]}\n',
      'prod',
      'ports of server 1 is an alias',
    ],
  ])('%j is left alone', async (text, ensemble, words) => {
    write('zkops.yaml', text)
    write('zoo.cfg', LINES)
    await expect(init('zoo.cfg', ensemble)).rejects.toThrow(words)
    expect(readdirSync(root).sort()).toEqual(['zkops.yaml', 'zoo.cfg'])
  })
})

test('whatever stands there, the known servers are in it afterwards, and nothing else has changed', () => {
  const port = fc.constantFrom(undefined, 1, 2)
  const raw = fc.record(
    {
      host: fc.constantFrom('a', 'b'),
      role: fc.constantFrom('participant' as const, 'observer' as const),
      zone: fc.constantFrom('x', 'y'),
      dataDir: fc.constantFrom('/1', '/2'),
      ports: fc.record({ client: port, secure: port, quorum: port }),
    },
    { requiredKeys: ['host'] },
  )
  const entry = fc.record({
    servers: fc.array(raw, { minLength: 1, maxLength: 4 }),
    ports: fc.record({ client: port }),
  })
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as RawEnsemble
  const numbered = (one: { servers: object[] }, step: number) =>
    plain({ ...one, servers: one.servers.map((server, i) => ({ id: i * step + 1, ...server })) })
  fc.assert(
    fc.property(entry, entry, fc.boolean(), (before, after, there) => {
      const [old, wanted] = [numbered(before, 1), inventoryEnsemble('prod', numbered(after, 2))]
      const known = { name: 'prod', zookeeper: null, connect: null, servers: wanted.servers }
      const text = there
        ? `# top\nensembles:\n  prod: ${JSON.stringify(old)}\n  other: {connect: c} # end\n`
        : newInventory(known)
      const first = there ? mergedInventory(text, yamlOf(text), known) : text
      const again = mergedInventory(first, yamlOf(first), known)
      expect(again).toBe(first)
      const { ensembles } = yamlOf(first).value as { ensembles: Record<string, RawEnsemble> }
      const now = inventoryEnsemble('prod', ensembles.prod!)
      for (const server of wanted.servers)
        expect(now.servers.find(({ id }) => id === server.id)).toMatchObject(saidOf(server))
      if (!there) return
      expect(first).toContain('# top\n')
      expect(first).toContain('other: {connect: c} # end\n')
      for (const { id, zone } of inventoryEnsemble('prod', old).servers) {
        expect(now.servers.find((one) => one.id === id)).toMatchObject({ zone })
      }
    }),
    { seed: 3, numRuns: 400 },
  )
})

function yamlOf(text: string) {
  const yaml = readYaml(text)
  if ('error' in yaml) throw new Error(yaml.error)
  return yaml
}

/** What is said of a server; null is not. */
function saidOf({ id, host, role, dataDir, ports }: InventoryServer): object {
  const { quorum, election, client, secure } = ports
  return {
    ...{ id, host, role, ports: { quorum, election, client, ...(secure === null ? {} : { secure }) } },
    ...(dataDir === null ? {} : { dataDir }),
  }
}
