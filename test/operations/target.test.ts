import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findInventory, readInventory } from '../../src/operations/inventory/read.ts'
import { findTarget, type LiveOptions, passwordOf } from '../../src/operations/inventory/target.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zkops-target-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(name: string, text: string): string {
  const file = join(root, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const place = (environment: Record<string, string> = {}, folder = 'work') => {
  mkdirSync(join(root, folder), { recursive: true })
  return { folder: join(root, folder), home: join(root, 'home'), environment }
}
const target = async (options: LiveOptions = {}, environment: Record<string, string> = {}) =>
  (await findTarget(options, place(environment))).target
const error = async (options: LiveOptions, environment: Record<string, string> = {}) => {
  try {
    await target(options, environment)
    return 'none'
  } catch (thrown) {
    const { code, message, hint } = thrown as { code: string; message: string; hint?: string }
    return `${code}: ${message.replaceAll(root, '')} → ${hint?.replaceAll(root, '')}`
  }
}

const TWO = `default: prod
ensembles:
  prod:
    servers:
      - {id: 1, host: zk1, ports: {secure: 2281}}
      - {id: 2, host: zk2, clientHost: lb, ports: {client: 2182}}
    auth: {user: super, passwordFile: secret}
  staging: {connect: 'st1:1,st2:2/app', timeout: 1s, tls: {ca: ca.pem, key: ~/k.pem, cert: /c.pem}}
`

describe('which ensemble', () => {
  test('the default, the one that is named, and the one of the environment', async () => {
    write('zkops.yaml', TWO)
    expect(await target()).toMatchObject({
      ensemble: 'prod',
      source: { kind: 'inventory', file: join(root, 'zkops.yaml') },
      connect: [
        { host: 'zk1', port: 2181 },
        { host: 'lb', port: 2182 },
      ],
      timeoutMs: 5000,
      tls: null,
    })
    expect(await target({ ensemble: 'staging' })).toMatchObject({
      ensemble: 'staging',
      servers: [],
      connect: [
        { host: 'st1', port: 1 },
        { host: 'st2', port: 2 },
      ],
      chroot: '/app',
      timeoutMs: 1000,
      tls: { ca: join(root, 'ca.pem'), key: join(root, 'home/k.pem'), cert: '/c.pem', servername: null },
    })
    expect((await target({}, { ZKOPS_ENSEMBLE: 'staging' })).ensemble).toBe('staging')
    expect((await target({ ensemble: 'prod' }, { ZKOPS_ENSEMBLE: 'staging' })).ensemble).toBe('prod')
    expect(await target({ connect: 'a:1' }, { ZKOPS_ENSEMBLE: 'staging' })).toMatchObject({
      ensemble: null,
      servers: [],
    })
    expect((await target({ ensemble: 'staging', timeoutMs: 7 })).timeoutMs).toBe(7)
  })

  test('the only one needs no default', async () => {
    write('zkops.yaml', 'ensembles: {only: {connect: a}}')
    expect((await target()).ensemble).toBe('only')
  })

  test.each([
    [{ connect: 'a', ensemble: 'b' }, 'usage: --ensemble and --connect say twice what to work on'],
    [{ connect: 'a', config: 'b', ensemble: 'c' }, 'usage: --ensemble and --connect and --config say twice'],
    [{ connect: 'a', inventory: 'b' }, 'usage: --inventory is not read with --connect'],
    [{ connect: 'a:b:c' }, 'usage: a:b:c is no host:port'],
    [{}, 'usage: It is not said which servers to work on'],
    [{ ensemble: 'prod' }, 'usage: There is no zkops.yaml that could have prod'],
    [{ inventory: '/no/such.yaml' }, 'input.missing: /no/such.yaml does not exist'],
    [{ config: '/no/such.cfg' }, 'input.missing: /no/such.cfg does not exist'],
    [{ connect: 'a', passwordFile: 'x' }, 'usage: --password-file needs --auth-user'],
    [{ connect: 'a', authScheme: 'x' }, 'usage: --auth-scheme needs --auth-user'],
    [{ connect: 'a', tlsCert: 'x' }, 'usage: --tls-cert and --tls-key belong together'],
  ] as const)('%j is not clear', async (options, words) => {
    expect(await error(options)).toContain(words)
  })

  test('several without a default, a name that is not there, an entry that is wrong', async () => {
    write('zkops.yaml', 'ensembles:\n  prod: {connect: a}\n  staging: {connect: b}\n  broken: {conect: c}\n')
    expect(await error({})).toBe(
      'usage: /zkops.yaml has several ensembles and no default → Give --ensemble prod or --ensemble staging or --ensemble broken.',
    )
    expect(await error({ ensemble: 'prdo' })).toBe(
      'usage.unknown-ensemble: /zkops.yaml has no ensemble prdo → Did you mean prod?',
    )
    expect(await error({ ensemble: 'broken' })).toContain(
      'input.malformed: /zkops.yaml, line 4: ensembles.broken: servers or connect is missing',
    )
    const { target: prod, findings } = await findTarget({ ensemble: 'prod' }, place())
    expect(prod.ensemble).toBe('prod')
    expect(findings.map(({ code }) => code).sort()).toEqual(['inventory.missing-field', 'inventory.unknown-field'])
  })

  test.each([
    ['ensembles: [', /^input.malformed: \/zkops.yaml, line 1: Flow sequence/],
    ['[]', /^input.malformed: \/zkops.yaml, line 1: expected fields, found a list/],
    ['ensembles: 7', /^input.malformed: .*expected fields, found 7/],
    [`#${'x'.repeat(1 << 20)}`, /^input.unreadable: .*too long/],
  ])('%.20j is no inventory', async (text, words) => {
    write('zkops.yaml', text)
    expect(await error({})).toMatch(words)
  })
})

describe('where the inventory is', () => {
  test('the nearest one upwards, else the one of the user', async () => {
    expect(findInventory(place())).toBeUndefined()
    const own = write('home/.config/zkops/zkops.yaml', TWO)
    expect(findInventory(place())).toBe(own)
    const xdg = write('xdg/zkops/zkops.yaml', TWO)
    expect(findInventory(place({ XDG_CONFIG_HOME: join(root, 'xdg') }))).toBe(xdg)
    const far = write('zkops.yaml', TWO)
    expect(findInventory(place({}, 'work/a/b'))).toBe(far)
    const near = write('work/a/zkops.yaml', TWO)
    expect(findInventory(place({}, 'work/a/b'))).toBe(near)
    expect((await target({ inventory: far, ensemble: 'staging' })).source).toEqual({ kind: 'inventory', file: far })
  })

  test('one that others could have written is not taken unasked', async () => {
    const file = write('zkops.yaml', TWO)
    chmodSync(file, 0o666)
    expect(await error({})).toContain('refused.foreign-inventory: /zkops.yaml is not used unasked: every user')
    expect((await target({ inventory: file })).ensemble).toBe('prod')
    chmodSync(file, 0o644)
    expect(await error({})).toBe('none')
    if (process.getuid!() !== 0) return
    chownSync(file, 12_345, 12_345)
    expect(await error({})).toContain('it belongs to another user → If it is the right one: --inventory /zkops.yaml')
    expect(await error({}, { SUDO_UID: '12345' })).toBe('none')
  })

  test('a directory or a broken link is none', async () => {
    mkdirSync(join(root, 'work'))
    symlinkSync('nowhere', join(root, 'work/zkops.yaml'))
    expect(findInventory(place())).toBeUndefined()
    mkdirSync(join(root, 'zkops.yaml'))
    expect(await error({})).toContain('input.unreadable: /zkops.yaml is a directory')
  })
})

describe('a zoo.cfg says it', () => {
  test('members, ports, roles, groups', async () => {
    const file = write(
      'zoo.cfg',
      `dataDir=/data
dataLogDir=/log
admin.serverPort=9090
secureClientPort=2281
server.1=zk1:2888:3888:participant;2181
server.2=zk2:2889:3889:observer;lb:2182
server.3=[2001:db8::3]:2888:3888|zk3b:2888:3888;[::]:2183
group.1=1:3
weight.3=2
`,
    )
    const found = await target({ config: file })
    expect(found.connect).toEqual([
      { host: 'zk1', port: 2181 },
      { host: 'lb', port: 2182 },
      { host: '2001:db8::3', port: 2183 },
    ])
    expect(
      found.servers.map(({ id, host, role, group, weight, addresses }) => [id, host, role, group, weight, addresses]),
    ).toEqual([
      [1, 'zk1', 'participant', 1, null, []],
      [2, 'zk2', 'observer', null, null, []],
      [3, '2001:db8::3', 'participant', 1, 2, ['zk3b:2888:3888']],
    ])
    expect(found.servers[1]!.ports).toEqual({ quorum: 2889, election: 3889, client: 2182, secure: 2281, admin: 9090 })
    expect((await target({ config: file, tlsCa: 'ca.pem' })).connect[0]).toEqual({ host: 'zk1', port: 2281 })
  })

  test('3.4 style: the client port of the file is the one of all members', async () => {
    const file = write('zoo.cfg', 'dataDir=/data\nclientPort=2181\nserver.1=zk1:2888:3888\nserver.2=zk2:2888:3888\n')
    expect((await target({ config: file })).connect).toEqual([
      { host: 'zk1', port: 2181 },
      { host: 'zk2', port: 2181 },
    ])
  })

  test('a server alone', async () => {
    const file = write('zoo.cfg', 'dataDir=/data\nclientPort=2181\n')
    expect(await target({ config: file })).toMatchObject({ servers: [], connect: [{ host: 'localhost', port: 2181 }] })
    expect(await error({ config: write('bad.cfg', 'dataDir=/data\n') })).toContain('bad.cfg names no client port')
    expect(await error({ config: file, tlsCa: 'x' })).toBe('none')
  })

  test('members without a TLS port cannot be asked with TLS', async () => {
    const file = write('zoo.cfg', 'clientPort=2181\nserver.1=zk1:2888:3888\n')
    expect(await error({ config: file, tlsCa: 'x' })).toContain('no server of /zoo.cfg has a TLS client port')
  })
})

describe('who we are', () => {
  const none = () => Promise.reject(new Error('asked'))

  test('flags, then the environment, then the inventory, then a question', async () => {
    write('zkops.yaml', TWO)
    const secret = write('secret', 'from the file\nsecond line\n')
    chmodSync(secret, 0o600)
    const auth = async (options: LiveOptions, environment: Record<string, string> = {}) =>
      (await target(options, environment)).auth!
    expect(await passwordOf(await auth({}), none, {})).toBe('from the file')
    const environment = { ZKOPS_PASSWORD: 'from the environment' }
    expect(await passwordOf(await auth({}, environment), none, environment)).toBe('from the environment')
    const other = write('other', 'given')
    expect(await passwordOf(await auth({ passwordFile: other }, environment), none, environment)).toBe('given')
    const someone = await auth({ authUser: 'ops', authScheme: 'sasl' })
    expect(someone).toEqual({ scheme: 'sasl', user: 'ops', password: { kind: 'prompt' } })
    expect(await passwordOf(someone, async (question) => question, {})).toBe('Password of ops: ')
    expect((await target({ connect: 'a' }, environment)).auth).toBeNull()
  })

  test('what is not there', async () => {
    const auth = { scheme: 'digest', user: 'u', password: { kind: 'environment', variable: 'NOT_SET' } } as const
    await expect(passwordOf(auth, none, {})).rejects.toThrow('NOT_SET is not set')
    const file = { ...auth, password: { kind: 'file', file: join(root, 'none') } } as const
    await expect(passwordOf(file, none)).rejects.toThrow('does not exist')
    const directory = { ...auth, password: { kind: 'file', file: root } } as const
    await expect(passwordOf(directory, none)).rejects.toThrow('holds no password')
  })

  test('a password that everybody can read is a finding', async () => {
    write('zkops.yaml', TWO)
    const file = write('secret', 'x')
    const codes = async () => (await findTarget({}, place())).findings.map(({ code }) => code)
    chmodSync(file, 0o644)
    expect(await codes()).toEqual(['inventory.password-readable'])
    chmodSync(file, 0o600)
    expect(await codes()).toEqual([])
  })
})

test('an ensemble is read only when it is asked for', async () => {
  const file = write('zkops.yaml', TWO)
  const inventory = readInventory(file)
  expect([inventory.names, inventory.standard]).toEqual([['prod', 'staging'], 'prod'])
  expect(inventory.ensemble('prod').servers).toHaveLength(2)
})
