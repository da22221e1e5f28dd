import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RELEASE_LINES } from '../../src/config/release.ts'
import { type JoinerOptions, planJoiner } from '../../src/operations/joiner/joiner.ts'
import { lintConfigs } from '../../src/operations/zoo-cfg/lint.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zkops-joiner-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(name: string, text: string, mode = 0o644): string {
  const file = join(root, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode })
  return file
}
const read = (name: string) => readFileSync(join(root, 'out', name), 'utf8')
const plan = (over: Partial<JoinerOptions> = {}) =>
  planJoiner(
    {
      ids: [4],
      servers: ['zk4:2888:3888;2181'],
      from: join(root, 'zoo.cfg'),
      zookeeper: undefined,
      output: join(root, 'out'),
      confDir: '/etc/zookeeper',
      dataDir: undefined,
      logDir: undefined,
      adminPort: undefined,
      ...over,
    },
    new AbortController().signal,
  )
const refused = async (over: Partial<JoinerOptions> = {}) =>
  (await plan(over)).change.refused?.code.replace('refused.', '')

const STATIC = `# ours
tickTime=2000
dataDir=/data
dataLogDir=/log
# clients
clientPort=2182
initLimit = 10
syncLimit=5
reconfigEnabled=true
server.1=zk1:2888:3888
server.2=zk2:2888:3888
server.3=zk3:2888:3888
some.unknown=\\u0041 \\
  goes on
`
const THREE = [1, 2, 3].map((id) => `server.${id}=zk${id}:2888:3888:participant;2181\n`).join('')

describe('the files', () => {
  test('are those of a member, but for what is its own', async () => {
    write('zoo.cfg', STATIC)
    await (await plan({ servers: ['zk4'] })).change.apply()
    expect(read('zoo.cfg')).toBe(`# ours
tickTime=2000
dataDir=/data
dataLogDir=/log
# clients
initLimit = 10
syncLimit=5
reconfigEnabled=true
some.unknown=\\u0041 \\
  goes on
dynamicConfigFile=/etc/zookeeper/zoo.cfg.dynamic
standaloneEnabled=false
`)
    expect(read('zoo.cfg.dynamic')).toBe(
      'server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\nserver.4=zk4:2888:3888:participant;2182\n',
    )
    expect(read('myid')).toBe('4\n')
    expect(read('java.env')).toContain('-Dzookeeper.db.autocreate=false')
  })

  test('members of a dynamic file, directories of its own, java.env of the member', async () => {
    write(
      'zoo.cfg',
      `dataDir=/data\ninitLimit=10\nsyncLimit=5\ndynamicConfigFile=${join(root, 'd')}\nadmin.serverPort=8081\n`,
    )
    write('d', THREE)
    write('java.env', 'SERVER_JVMFLAGS="-Xmx4g"')
    await (await plan({ dataDir: '/other', logDir: '/logs', adminPort: 9090, confDir: '/opt/zk/conf' })).change.apply()
    expect(read('zoo.cfg')).toContain(
      'dataDir=/other\ninitLimit=10\nsyncLimit=5\ndynamicConfigFile=/opt/zk/conf/zoo.cfg.dynamic\nadmin.serverPort=9090\nstandaloneEnabled=false\ndataLogDir=/logs\n',
    )
    expect(read('zoo.cfg.dynamic')).toBe(`${THREE}server.4=zk4:2888:3888:participant;2181\n`)
    expect(read('java.env')).toMatch(
      /^SERVER_JVMFLAGS="-Xmx4g"\n#.*\nSERVER_JVMFLAGS="\$SERVER_JVMFLAGS -D.*=false"\n$/,
    )
  })

  test('observers join together, each in a folder of its own', async () => {
    write('zoo.cfg', STATIC)
    const options = { ids: [4, 5], servers: ['zk4:2888:3888:observer', '[2001:db8::5]:2888:3888:observer;2181'] }
    const { change, next } = await plan(options)
    await change.apply()
    expect(read('5/zoo.cfg.dynamic')).toBe(read('4/zoo.cfg.dynamic'))
    expect(read('5/zoo.cfg.dynamic')).toContain('server.5=[2001:db8::5]:2888:3888:observer;2181\n')
    expect(read('5/zoo.cfg')).toContain('peerType=observer\n')
    expect([read('4/myid'), read('5/myid')]).toEqual(['4\n', '5\n'])
    expect(next.join()).toContain("zkops reconfig add 'server.5=[2001:db8::5]:2888:3888:observer;2181'")
  })

  test('what others could not read stays so, and keys are named', async () => {
    write(
      'zoo.cfg',
      `${STATIC}ssl.quorum.keyStore.location=/keys/own.p12\nssl.quorum.keyStore.password=s3cret\n`,
      0o640,
    )
    const { change } = await plan()
    await change.apply()
    expect(statSync(join(root, 'out/zoo.cfg')).mode & 0o777).toBe(0o600)
    expect(change.findings).toMatchObject([{ code: 'joiner.own-files', severity: 'info' }])
    expect(JSON.stringify(change.findings) + JSON.stringify(change.plan)).not.toContain('s3cret')
  })

  test('a member that is added nowhere is a warning', async () => {
    write('zoo.cfg', STATIC.replace('reconfigEnabled=true\n', ''))
    expect((await plan()).change.findings).toMatchObject([{ code: 'joiner.reconfig-disabled', severity: 'warning' }])
  })

  test.each(RELEASE_LINES.filter((line) => line !== '3.4'))('are taken by a server of %s', async (line) => {
    write('zoo.cfg', STATIC)
    await (await plan({ zookeeper: line })).change.apply()
    const { signal } = new AbortController()
    const looks = { checkFiles: false, resolve: false, detect: false, signal }
    const { accepted } = await lintConfigs({ places: [join(root, 'out')], zookeeper: line, ...looks })
    expect(accepted).toBe(true)
  })

  test('once more there is nothing to do', async () => {
    write('zoo.cfg', STATIC)
    await (await plan()).change.apply()
    expect((await plan()).change.plan.steps).toEqual([])
    writeFileSync(join(root, 'out/myid'), '9\n')
    expect((await plan()).diffs).toEqual([{ file: join(root, 'out/myid'), before: ['9'], after: ['4'] }])
  })
})

describe('refused', async () => {
  beforeEach(() => write('zoo.cfg', STATIC))

  test.each<[string, Partial<JoinerOptions>]>([
    ['id-taken', { ids: [3] }],
    ['address-taken', { servers: ['ZK2:2888:3999;2181'] }],
    ['address-taken', { servers: ['zk2:3888:4000;2181'] }],
    ['two-participants', { ids: [4, 5], servers: ['zk4', 'zk5'] }],
    ['two-participants', { ids: [4, 5], servers: ['zk4', 'zk5:2888:3888:observer'] }],
    ['address-taken', { ids: [4, 5], servers: ['zk4:1:2:observer', 'zk4:1:3:observer'] }],
    ['shared-directory', { ids: [4, 5], servers: ['zk4:1:2:observer', 'zk4:3:4:observer'] }],
    ['no-reconfig', { zookeeper: '3.4' }],
  ])('%s: %j', async (code, over) => {
    const { change, next } = await plan(over)
    expect(change.refused?.code).toBe(`refused.${code}`)
    expect(change.plan.steps).toEqual([])
    expect(next).toEqual([])
  })

  test('what no server would take', async () => {
    expect(await refused({ servers: ['zk4:2888:3888|zk4b:2888:3888;2181'] })).toBe('rejected')
  })

  test('a server alone, groups, a directory that is taken', async () => {
    write('alone.cfg', 'dataDir=/data\nclientPort=2181\n')
    expect(await refused({ from: join(root, 'alone.cfg') })).toBe('no-ensemble')
    write('groups.cfg', `${STATIC}group.1=1:2:3\n`)
    expect(await refused({ from: join(root, 'groups.cfg') })).toBe('groups')
    expect(await refused({ from: join(root, 'groups.cfg'), servers: ['zk4:2888:3888:observer'] })).toBeUndefined()
    write('myid', '1\n')
    expect(await refused({ servers: ['zk1:2889:3889'] })).toBe('shared-directory')
    expect(await refused({ servers: ['zk1:2889:3889'], dataDir: '/data4' })).toBeUndefined()
  })

  test.each([
    ['tickTime=2000', 'tickTime=3000'],
    ['syncLimit=5', 'syncLimit=6'],
    ['reconfigEnabled=true', 'reconfigEnabled=false'],
    ['server.3=zk3:2888:3888', 'server.3=zk9:2888:3888'],
    ['initLimit = 10', 'initLimit = 10\nsslQuorum=true'],
  ])('members that do not agree: %j and %j', async (before, after) => {
    for (const id of [1, 2, 3]) {
      write(`members/${id}/zoo.cfg`, id === 2 ? STATIC.replace(before, after) : STATIC)
      write(`members/${id}/myid`, `${id}\n`)
    }
    const { refused: refusal } = (await plan({ from: join(root, 'members') })).change
    expect(refusal).toMatchObject({ code: 'refused.members-differ' })
    expect(refusal!.counterexample!.differences).toHaveLength(1)
  })

  test('members that agree, or differ in what is their own', async () => {
    for (const id of [1, 2]) {
      write(`members/${id}/zoo.cfg`, STATIC.replace('dataDir=/data', `dataDir=/data/${id}`))
      write(`members/${id}/myid`, `${id}\n`)
    }
    expect(await refused({ from: join(root, 'members') })).toBeUndefined()
  })

  test.each<[string, Partial<JoinerOptions>]>([
    ['2 --id and 1 --server', { ids: [4, 5] }],
    ['names an id twice', { ids: [4, 4], servers: ['a', 'b'] }],
    ['is no server line', { servers: ['zk4:1'] }],
    ['is no server line', { servers: ['zk4:2888:2888;2181'] }],
    ['is no server line', { servers: ['zk4:1:2:voter;1'] }],
    ['is no server line', { servers: ['zk4:1:2;a:b:c'] }],
    ['does not exist', { from: 'none.cfg' }],
    ['is no ZooKeeper release', { zookeeper: '4.0' }],
  ])('%s is no plan', async (words, over) => {
    await expect(plan(over)).rejects.toThrow(words)
  })
})
