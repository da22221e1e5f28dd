import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RELEASE_LINES } from '../../src/config/release.ts'
import { type ConvertOptions, planConvert } from '../../src/operations/convert-config.ts'
import { readMember } from '../../src/operations/zoo-cfg/read-member.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zkops-convert-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(name: string, text: string, mode = 0o644): string {
  const file = join(root, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode })
  return file
}
const read = (name: string) => readFileSync(join(root, name), 'utf8')
const plan = (over: Partial<ConvertOptions> = {}) =>
  planConvert({
    place: join(root, 'zoo.cfg'),
    zookeeper: undefined,
    layout: 'as-is',
    output: undefined,
    confDir: undefined,
    ...over,
  })
const convert = async (over: Partial<ConvertOptions> = {}) => {
  const planned = plan(over)
  await planned.change.apply()
  return planned
}

const OLD = `# ours
tickTime = 2000
dataDir=/data
# where clients come
clientPort=2181
clientPortAddress=10.0.0.1
initLimit:10
syncLimit=5

# members
server.1=zk1:2888:3888
server.2=zk2:2888:3888
server.3=zk3:2888:3888:observer
peerType=participant
what.is.this=\\u0041 \\
   and on
`

describe('3.4 style', () => {
  beforeEach(() => write('zoo.cfg', OLD))

  test('gets client addresses; everything else stays', async () => {
    write('myid', '1\n')
    const { change, order } = await convert({ zookeeper: '3.9' })
    expect(read('zoo.cfg')).toBe(
      OLD.replace('clientPort=2181\nclientPortAddress=10.0.0.1\n', '')
        .replace('peerType=participant\n', '')
        .replace('zk1:2888:3888\n', 'zk1:2888:3888;10.0.0.1:2181\n')
        .replace('zk2:2888:3888\n', 'zk2:2888:3888;2181\n')
        .replace('observer\n', 'observer;2181\n'),
    )
    expect(change.findings).toMatchObject([{ code: 'convert.assumed-port', evidence: { ids: ['2', '3'] } }])
    expect(order.join()).toContain('from 3.4 go to the last 3.5 or 3.6')
    expect(readdirSync(root).sort()).toEqual(['myid', 'zoo.cfg', expect.stringMatching(/^zoo\.cfg\.before-/)])
    expect(plan({ zookeeper: '3.9' }).change.plan.steps).toEqual([])
  })

  test('stays as it is for 3.4', () => {
    expect(plan({ zookeeper: '3.4' }).change.plan.steps).toEqual([])
    expect(plan({ zookeeper: '3.4' }).order).toEqual([])
  })

  test('of a file that does not know its id the client port stays, too', async () => {
    expect(plan({ zookeeper: '3.6' }).change.refused?.code).toBe('refused.own-line-unknown')
    write('zoo.cfg', OLD.replace('clientPortAddress=10.0.0.1\n', ''))
    await convert({ zookeeper: '3.6' })
    expect(read('zoo.cfg')).toContain('clientPort=2181\n')
    expect(read('zoo.cfg')).toContain('server.1=zk1:2888:3888;2181\n')
  })

  test('of all members each has its own client port', async () => {
    for (const id of [1, 2]) {
      write(`members/${id}/zoo.cfg`, OLD.replace('2181', String(2180 + id)).replace(/clientPortAddress.*\n/, ''))
      write(`members/${id}/myid`, `${id}\n`)
    }
    const { change } = await convert({ place: join(root, 'members'), layout: 'dynamic', output: join(root, 'out') })
    expect(read('out/1/zoo.cfg.dynamic')).toBe(
      'server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888;2182\nserver.3=zk3:2888:3888:observer;2181\n',
    )
    expect(change.findings.map(({ evidence }) => evidence)).toEqual([{ ids: ['3'] }, { ids: ['3'] }])
    expect(read('out/2/myid')).toBe('2\n')
    expect(read('out/1/zoo.cfg')).toContain('dynamicConfigFile=/etc/zookeeper/zoo.cfg.dynamic\n')
    expect(read('members/1/zoo.cfg')).toContain('server.1=zk1:2888:3888\n')
  })
})

describe('keys', () => {
  const HEAD = 'dataDir=/data\nclientPort=2181\n'
  const converted = async (lines: string, over: Partial<ConvertOptions> = {}) => {
    write('zoo.cfg', `${HEAD}${lines}\n# end\n`)
    const { change, members } = await convert(over)
    const env = existsSync(join(root, 'java.env')) ? read('java.env') : null
    return { text: read('zoo.cfg').replace(HEAD, '').replace('# end\n', ''), env, change, members }
  }

  test.each([
    ['maxConcurrentSnapSyncs=5', '3.9', 'leader.maxConcurrentSnapSyncs=5\n'],
    ['zookeeper.snapCount=5', '3.9', 'snapCount=5\n'],
    ['zookeeper.snapCount=5\nsnapCount=6', '3.9', 'snapCount=6\n'],
    ['leader.maxConcurrentSnapshots=5', '3.9', 'leader.maxConcurrentSnapSyncs=5\n'],
    ['leader.maxConcurrentSnapshots=5', '3.5', 'leader.maxConcurrentSnapshots=5\n'],
    ['leader.maxConcurrentSnapshotTimeout=5', '3.9', ''],
    ['ipReachableTimeout=5', '3.5', ''],
    ['electionAlg=0', '3.6', ''],
    ['electionAlg=0', '3.5', 'electionAlg=0\n'],
    ['quorumListenOnAllIPs=yes', '3.7', 'quorumListenOnAllIPs=false\n'],
    ['quorumListenOnAllIPs=yes', '3.6', 'quorumListenOnAllIPs=yes\n'],
    ['quorumListenOnAllIPs=TRUE', '3.9', 'quorumListenOnAllIPs=TRUE\n'],
    ['oraclePath=/x', '3.5', 'oraclePath=/x\n'],
    ['nobody.knows=1', '3.9', 'nobody.knows=1\n'],
  ])('%j for %s', async (lines, zookeeper, expected) => {
    const { text, env } = await converted(lines, { zookeeper })
    expect([text, env]).toEqual([expected, null])
  })

  test('what works as a flag only goes to java.env, and is said to count from now on', async () => {
    const { text, env, change } = await converted('jute.maxbuffer=4194304\ndb.autocreate=false')
    expect(text).toBe('')
    expect(env).toBe(
      '# from zoo.cfg, where they have no effect\nSERVER_JVMFLAGS="$SERVER_JVMFLAGS -Djute.maxbuffer=4194304"\nSERVER_JVMFLAGS="$SERVER_JVMFLAGS -Dzookeeper.db.autocreate=false"\n',
    )
    expect(change.findings.map(({ code, key }) => [code, key])).toEqual([['convert.takes-effect', 'jute.maxbuffer']])
  })

  test('what java.env says already stays there', async () => {
    write('java.env', 'SERVER_JVMFLAGS="-Djute.maxbuffer=1000000"\n')
    const { text, env, change } = await converted('jute.maxbuffer=4194304')
    expect([text, env, change.findings]).toEqual(['', 'SERVER_JVMFLAGS="-Djute.maxbuffer=1000000"\n', []])
  })

  test('nothing gets into java.env that a shell would run', async () => {
    const { text, env, change } = await converted('java.security.auth.login.config=$(reboot)\njute.maxbuffer=1"; x')
    expect([text, env]).toEqual(['java.security.auth.login.config=$(reboot)\njute.maxbuffer=1"; x\n', null])
    expect(change.findings.map(({ code }) => code)).toEqual(['convert.by-hand', 'convert.by-hand'])
  })

  test('secrets are not shown, and files that others could not read stay so', async () => {
    write('zoo.cfg', `${HEAD}zookeeper.ssl.keyStore.password=s3cret\n`, 0o600)
    const planned = await convert({ output: join(root, 'out') })
    expect(JSON.stringify(planned)).not.toContain('s3cret')
    expect(read('out/zoo.cfg')).toContain('ssl.keyStore.password=s3cret\n')
    expect(statSync(join(root, 'out/zoo.cfg')).mode & 0o777).toBe(0o600)
  })
})

describe('layout', () => {
  const MEMBERS = [1, 2, 3].map((id) => `server.${id}=zk${id}:2888:3888:participant;2181\n`).join('')
  const REST = '# ours\ndataDir=/data\ninitLimit=10\nsyncLimit=5\n# last\n'

  test('out of zoo.cfg and back again', async () => {
    write('zoo.cfg', `${REST}${MEMBERS}group.1=1:2:3\nweight.1=2\n`)
    const { order } = await convert({ layout: 'dynamic' })
    const file = `${root}/zoo.cfg.dynamic`
    expect(read('zoo.cfg')).toBe(`${REST}dynamicConfigFile=${file}\n`)
    expect(read('zoo.cfg.dynamic')).toBe(`${MEMBERS}group.1=1:2:3\nweight.1=2\n`)
    expect(order.join()).toContain('reconfigEnabled=true')
    expect(plan({ layout: 'dynamic' }).change.plan.steps).toEqual([])
    const back = await convert({ layout: 'static' })
    expect(read('zoo.cfg')).toBe(`${REST}${MEMBERS}group.1=1:2:3\nweight.1=2\n`)
    expect(back.order.join()).toContain('reconfigEnabled=false')
  })

  test('a dynamic file that servers keep is not touched', async () => {
    write('zoo.cfg', `${REST}dynamicConfigFile=${root}/d.100000000\nclientPort=2181\n`)
    write('d.100000000', 'server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\n')
    const { change } = plan()
    expect(change.plan.steps).toEqual([])
    expect(change.findings.map(({ code }) => code)).toEqual(['convert.members-untouched'])
    await convert({ output: join(root, 'out') })
    expect(readdirSync(join(root, 'out')).sort()).toEqual(['d.100000000', 'zoo.cfg'])
    expect(readMember(join(root, 'out/zoo.cfg')).member.ensemble.servers.size).toBe(2)
  })

  test.each<[string, string, Partial<ConvertOptions>, string]>([
    ['a server alone', 'dataDir=/d\nclientPort=2181\n', { layout: 'dynamic' }, 'refused.no-ensemble'],
    ['no election port', `${REST}clientPort=1\nserver.1=a:1\nserver.2=b:1\n`, { zookeeper: '3.5' }, 'refused.rejected'],
    ['no dataDir', 'clientPort=2181\n', {}, 'refused.rejected'],
    ['a number with a unit', `${REST}tickTime=2s\n`, {}, 'refused.rejected'],
    ['never a boolean', `${REST}${MEMBERS}standaloneEnabled=yes\n`, {}, 'refused.rejected'],
  ])('%s is refused', (_, text, over, code) => {
    write('zoo.cfg', text)
    const { change, order } = plan(over)
    expect(change.refused?.code).toBe(code)
    expect([change.plan.steps, order]).toEqual([[], []])
  })

  test('3.4 has no dynamic file; what is not there cannot be converted', () => {
    write('zoo.cfg', OLD)
    expect(() => plan({ layout: 'dynamic', zookeeper: '3.4' })).toThrow('3.4 has no dynamic file')
    expect(() => plan({ place: join(root, 'none.cfg') })).toThrow('none.cfg does not exist')
  })
})

const ASKED = FULL ? RELEASES.filter((release) => release !== '3.4.14') : (['3.5.10', '3.9.5'] as const)

test.each(ASKED)(
  'the parser of %s takes what was made for it',
  async (release) => {
    const line = RELEASE_LINES.find((one) => release.startsWith(`${one}.`))!
    const bodies = [
      OLD,
      OLD.replace('10.0.0.1', '127.0.0.1').replaceAll(/zk\d/g, '127.0.0.1'),
      `${OLD}electionAlg=0\nquorumListenOnAllIPs=1\nipReachableTimeout=4\njute.maxbuffer=5\nzookeeper.preAllocSize=7\n`,
      `${OLD}group.1=1:2\nweight.2=0\n`,
      OLD.replace('clientPort=2181\nclientPortAddress=10.0.0.1\n', 'clientPort=2181\nclientPortAddress=[::1]\n'),
      'dataDir=/d\nclientPort=2181\ncnxTimeout=4\nsyncEnabled=on\n',
    ]
    const files: string[] = []
    for (const [i, body] of bodies.entries()) {
      for (const layout of ['as-is', 'dynamic', 'static'] as const) {
        const folder = join(root, `${i}-${layout}`)
        const text = body
          .replace('dataDir=/data', `dataDir=${folder}`)
          .replace('zk1', '127.0.0.1')
          .replace('10.0.0.1', '127.0.0.1')
        write(`${i}-${layout}/zoo.cfg`, text)
        write(`${i}-${layout}/myid`, '1\n')
        const planned = plan({ place: join(folder, 'zoo.cfg'), zookeeper: line, layout })
        if (planned.change.refused !== null) continue
        await planned.change.apply()
        files.push(join(folder, 'zoo.cfg'))
      }
    }
    expect(files.length).toBe(17)
    const output = await runJava(release, 'ConfigOracle', [], `${files.join('\n')}\n`)
    const verdicts = output
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as { accepted: boolean })
    expect(verdicts.flatMap((one, i) => (one.accepted ? [] : [{ file: files[i], ...one }]))).toEqual([])
  },
  60_000,
)
