import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { parseJvmEnv } from '../../src/config/jvm-env.ts'
import { RELEASE_LINES } from '../../src/config/release.ts'
import { type GenerateOptions, generateConfig, planGenerate } from '../../src/operations/generate-config/generate.ts'
import { listProfiles, loadProfile } from '../../src/operations/generate-config/profiles.ts'
import { showSnapshot } from '../../src/operations/show-snapshot.ts'
import { statLogs } from '../../src/operations/stat-log.ts'
import { lintConfigs } from '../../src/operations/zoo-cfg/lint.ts'
import { loadMember } from '../../src/operations/zoo-cfg/load.ts'
import { noProgress } from '../../src/support/progress.ts'
import { ROOT } from '../helpers/cli.ts'
import { FULL } from '../helpers/fixtures.ts'
import { testWith } from '../helpers/tools.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-generate-'))
const empty = mkdtempSync(join(tmpdir(), 'zkops-xdg-'))
process.env.XDG_CONFIG_HOME = empty
afterEach(() => {
  for (const root of [stage, empty]) for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true })
})
afterAll(() => {
  for (const folder of [stage, empty]) rmSync(folder, { recursive: true })
})

const GIB = 2 ** 30
const PROFILES = ['dev', 'small', 'cross-dc', 'medium', 'observer', 'large']
const three = ['1=zk1.example.org', '2=zk2.example.org', '3=zk3.example.org']
const options = (over: Partial<GenerateOptions> = {}): GenerateOptions => ({
  profile: 'medium',
  servers: three,
  zookeeper: undefined,
  output: join(stage, 'out'),
  facts: {},
  dataDir: '/var/lib/zookeeper',
  logDir: undefined,
  confDir: '/etc/zookeeper',
  zookeeperHome: '/opt/zookeeper',
  set: [],
  detect: false,
  name: 'zookeeper',
  extras: [],
  ...over,
})
const generate = async (over: Partial<GenerateOptions> = {}) => {
  const generated = planGenerate(options(over))
  await generated.change.apply()
  return generated
}
const read = (name: string) => readFileSync(join(stage, 'out', name), 'utf8')
const settings = (id = '1') => loadMember(join(stage, 'out', id, 'zoo.cfg')).member.settings
const value = (key: string, id = '1') => settings(id).get(key)?.value
const flags = (id = '1') => parseJvmEnv('java.env', read(`${id}/java.env`))

const shapes = {
  'one member': ['1=zk1.example.org'],
  'three members': three,
  'five members': [...three, '4=zk4.example.org', '5=zk5.example.org'],
  'three members and an observer': [...three, '4=zk4.example.org:2888:3888:observer'],
}
const matrix = PROFILES.flatMap((profile) => RELEASE_LINES.map((line) => [profile, line] as const))

test.each(matrix)(
  'what %s makes for %s is accepted by a server, and lint has nothing else to say than the profile',
  async (profile, line) => {
    const accepted = new Set(loadProfile(profile).accepts.map(({ code }) => code))
    for (const [shape, servers] of Object.entries(shapes).filter(
      ([shape]) => FULL || !/^three members$|five/.test(shape),
    )) {
      const output = join(stage, shape)
      await generate({ profile, zookeeper: line, servers, output })
      const { signal } = new AbortController()
      const looks = { checkFiles: false, resolve: false, detect: false, signal }
      const result = await lintConfigs({ places: [output], zookeeper: line, ...looks })
      expect([shape, result.accepted, result.serverError]).toEqual([shape, true, null])
      expect(result.files.length).toBe(servers.length)
      const found = result.findings.filter(
        ({ severity, code }) => severity === 'error' || (severity === 'warning' && !accepted.has(code)),
      )
      expect([shape, found.map(({ code, message }) => `${code}: ${message}`)]).toEqual([shape, []])
    }
  },
)

test('every finding that a profile accepts is one that lint can have', async () => {
  const { CONFIG_FINDINGS } = await import('../../src/config/findings.ts')
  for (const { accepts } of listProfiles(undefined).profiles)
    for (const { code } of accepts) expect(Object.keys(CONFIG_FINDINGS)).toContain(code)
})

describe('form', () => {
  test.each(PROFILES)('%s states what every file must state', async (profile) => {
    await generate({ profile })
    const lines = read('1/zoo.cfg').split('\n')
    for (const line of lines) expect(line).toMatch(/^(#.*|[\w.]+=\S.*|)$/)
    for (const [i, line] of lines.entries()) if (/^\w/.test(line)) expect(lines[i - 1]).toMatch(/^# [A-Z0-9].*\.$/)
    expect(value('standaloneEnabled')).toBe('false')
    expect(value('autopurge.purgeInterval')).toBe('1')
    expect(value('4lw.commands.whitelist')?.split(',')).toContain('srvr')
    expect(value('admin.serverPort')).toBe('8080')
    expect(value('dynamicConfigFile')).toBe('/etc/zookeeper/zoo.cfg.dynamic')
    expect(existsSync(join(stage, 'out/1/zoo.cfg.dynamic'))).toBe(true)
    expect(read('1/zoo.cfg')).not.toContain('autocreate')
    if (profile === 'dev') expect(value('dataLogDir')).toBe(undefined)
    else expect(value('dataLogDir')).not.toBe(value('dataDir'))
    const { heapBytes, startHeapBytes, properties } = flags()
    expect([heapBytes, startHeapBytes].every((bytes) => bytes! >= 128 * 2 ** 20)).toBe(true)
    expect(properties.get('zookeeper.db.autocreate')?.value).toBe('false')
    expect(properties.get('zookeeper.datadir.autocreate')?.value).toBe('false')
    expect(read('1/initialize')).toBe('')
    expect(read('2/myid')).toBe('2\n')
  })

  test('the same input gives the same bytes, wherever they go and in whatever order members are named', async () => {
    await generate()
    await generate({ output: join(stage, 'other'), servers: [...three].reverse() })
    const files = (readdirSync(join(stage, 'out'), { recursive: true }) as string[]).filter((name) =>
      name.includes('/'),
    )
    expect(files.length).toBe(3 * 8)
    for (const name of files) expect(readFileSync(join(stage, 'other', name), 'utf8')).toBe(read(name))
  })

  test('3.4 has its members in zoo.cfg, and nothing that came later', async () => {
    await generate({ zookeeper: '3.4', servers: [...three, '4=zk4:2888:3888:observer;127.0.0.1:2181'] })
    expect(value('server.2')).toBe('zk2.example.org:2888:3888:participant')
    expect(value('peerType', '4')).toBe('observer')
    expect(value('clientPortAddress', '4')).toBe('127.0.0.1')
    expect(value('dynamicConfigFile')).toBe(undefined)
    expect(readdirSync(join(stage, 'out/1')).sort()).toEqual([
      'install.sh',
      'java.env',
      'log4j.properties',
      'myid',
      'zoo.cfg',
      'zookeeper.service',
    ])
  })

  test('members on one host share no directory and no port', async () => {
    await generate({ servers: ['1=zk', '2=zk', '3=other'] })
    expect([value('dataDir', '1'), value('dataDir', '2'), value('dataDir', '3')]).toEqual([
      '/var/lib/zookeeper/1',
      '/var/lib/zookeeper/2',
      '/var/lib/zookeeper',
    ])
    expect(value('dynamicConfigFile', '2')).toBe('/etc/zookeeper/2/zoo.cfg.dynamic')
    expect([value('admin.serverPort', '1'), value('admin.serverPort', '2')]).toEqual(['8080', '8081'])
    expect(read('1/zoo.cfg.dynamic').split('\n').slice(0, 2)).toEqual([
      'server.1=zk:2888:3888:participant;2181',
      'server.2=zk:2889:3889:participant;2182',
    ])
  })

  test.each([
    ['1=zk1', 'zk1:2888:3888:participant;2181'],
    ['1=zk1;127.0.0.1:2182', 'zk1:2888:3888:participant;127.0.0.1:2182'],
    ['1=zk1:1:2:PARTICIPANT', 'zk1:1:2:PARTICIPANT;2181'],
    ['1=[2001:db8::1]', '[2001:db8::1]:2888:3888:participant;2181'],
    ['1=[2001:db8::1]:1:2;[::]:2181', '[2001:db8::1]:1:2:participant;[::]:2181'],
    ['1=a:1:2|b:3:4;2181', 'a:1:2:participant|b:3:4:participant;2181'],
  ])('--server %s', async (server, line) => {
    await generate({ servers: [server] })
    expect(read('1/zoo.cfg.dynamic')).toBe(`server.1=${line}\n`)
  })

  test('several addresses need a flag', async () => {
    await generate({ servers: ['1=a:1:2|b:3:4'] })
    expect(flags().properties.get('zookeeper.multiAddress.enabled')?.value).toBe('true')
  })

  test.each([
    [{ servers: ['zk1'] }, /ID=HOST/],
    [{ servers: ['1=zk1:2888'] }, /server line/],
    [{ servers: ['1=zk1:x:y'] }, /server line/],
    [{ servers: ['1=a', '1=b'] }, /twice/],
    [{ servers: ['1=a:1:2:observer'] }, /no voter/],
    [{ dataDir: 'relative' }, /--data-dir relative/],
    [{ logDir: "/a'b" }, /--log-dir/],
    [{ set: ['tickTime'] }, /key=value/],
    [{ set: ['server.1=a'] }, /--server/],
    [{ set: ['dataDir=/x'] }, /--data-dir/],
    [{ set: ['jute.maxbuffer=$(id)'] }, /shell/],
    [{ set: ['x=a\nb'] }, /key=value/],
    [{ zookeeper: '3.3' }, /3\.3/],
    [{ profile: 'medum' }, /profile medum/],
  ] as const)('refuses %j', (over, message) => {
    expect(() => planGenerate(options(over as Partial<GenerateOptions>))).toThrow(message)
  })
})

describe('values', () => {
  test.each([
    ['medium', 8 * GIB, null, 4096],
    ['medium', 16 * GIB, null, 8192],
    ['medium', 128 * GIB, null, 31 * 1024],
    ['medium', 2 * GIB, null, 1024],
    ['small', null, null, 2048],
    ['large', null, null, 8192],
    ['dev', 8 * GIB, null, 512],
    // 400 MB of data: 1.6 M znodes of 260 B, 939 MB of tree, 1044 MB live
    ['medium', 8 * GIB, 400e6, 2048],
    ['medium', 8 * GIB, 1000, 1024],
    ['medium', 4 * GIB, 5e9, 3072],
  ])('%s with %s bytes of memory and %s of data has a heap of %s MiB', async (profile, ramBytes, dataBytes, heap) => {
    await generate({ profile, facts: { ramBytes, dataBytes } })
    expect(flags().heapBytes! / 2 ** 20).toBe(heap)
  })

  test('a large tree has a long initLimit, and a leader that does not answer is noticed all the same', async () => {
    // the example of the formula: a snapshot of 940 MB with 2.8 M znodes takes 29 s, so 43 ticks
    await generate({ facts: { dataBytes: 2.8e6 * 260 } })
    expect(value('initLimit')).toBe('43')
    await generate({ facts: { dataBytes: 2e9 }, output: join(stage, 'big') })
    const big = loadMember(join(stage, 'big/1/zoo.cfg')).member.settings
    expect(Number(big.get('initLimit')?.value)).toBeGreaterThan(100)
    expect(big.get('connectToLearnerMasterLimit')?.value).toBe('10')
  })

  test('many writes make snapshots rarer', async () => {
    await generate({ facts: { dataBytes: 300e6, writesPerSecond: 2000 } })
    expect(value('snapCount')).toBe('500000')
    expect(read('1/zoo.cfg')).toMatch(/take up to \d+ MiB between purges/)
  })

  test('--set wins, and flags go to java.env', async () => {
    await generate({
      set: [
        'maxClientCnxns=7',
        'maxSessionTimeout=60000',
        'jute.maxbuffer=4194304',
        'db.autocreate=true',
        'group.1=1:2:3',
      ],
    })
    expect([value('maxClientCnxns'), value('maxSessionTimeout')]).toEqual(['7', '60000'])
    expect(flags().properties.get('jute.maxbuffer')?.value).toBe('4194304')
    expect(flags().properties.get('zookeeper.db.autocreate')?.value).toBe('true')
    expect(read('1/java.env').match(/db\.autocreate=/g)?.length).toBe(1)
    expect(read('1/zoo.cfg.dynamic')).toContain('group.1=1:2:3\n')
  })

  test.each([
    [{ logDevice: 'ssd' }, []],
    [{}, ['generate.log-device-unknown']],
    [{ logDevice: 'shared' }, ['generate.log-device-shared']],
    [{ logDevice: 'hdd' }, ['generate.log-device-slow']],
    [{ logDevice: 'network' }, ['generate.log-device-slow']],
    [{ logDevice: 'ssd', ramBytes: 4 * GIB, cores: 1 }, ['generate.small-machine', 'generate.small-machine']],
    [{ logDevice: 'ssd', dataBytes: 5e9 }, ['generate.heap-short']],
    [{ logDevice: 'ssd', logDeviceBytes: GIB }, []],
    [{ logDevice: 'ssd', logDeviceBytes: GIB / 2 }, ['generate.log-device-small']],
    [{ logDevice: 'hdd', logDeviceBytes: GIB / 2 }, ['generate.log-device-small', 'generate.log-device-slow']],
    // 2000 writes of 400 B for an hour, five logs of 500000 transactions and one more
    [{ logDevice: 'ssd', logDeviceBytes: 7 * GIB, writesPerSecond: 2000 }, ['generate.log-device-small']],
    [{ logDevice: 'ssd', logDeviceBytes: 8 * GIB, writesPerSecond: 2000 }, []],
    [
      { logDevice: 'ssd', logDeviceBytes: 8 * GIB, writesPerSecond: 2000, txnBytes: 800 },
      ['generate.log-device-small'],
    ],
  ] as const)('%j is said', (facts, codes) => {
    const { change } = planGenerate(options({ facts: { ...facts } }))
    expect(change.findings.map(({ code }) => code)).toEqual(codes)
  })

  test('what logs take, and that it does not fit, stands above dataLogDir', async () => {
    await generate({ facts: { logDevice: 'ssd', logDeviceBytes: GIB / 2 } })
    expect(read('1/zoo.cfg')).toMatch(
      /^# .*It lies on an SSD\. They take up to \d+ MiB between purges: .* holds 512 MiB, which is too little\.\ndataLogDir=/m,
    )
    await generate({ set: ['snapCount=20000', 'preAllocSize=4096'], facts: { logDeviceBytes: GIB / 2 } })
    expect(read('1/zoo.cfg')).toMatch(/^# .* holds 512 MiB\.\ndataLogDir=/m)
  })

  test('what is no number is not reckoned with', async () => {
    await generate({
      set: ['snapCount=many', 'autopurge.purgeInterval=-1', 'preAllocSize=x', 'autopurge.snapRetainCount='],
      facts: { dataBytes: 1e8, writesPerSecond: 10 },
    })
    expect(read('1/zoo.cfg')).not.toMatch(/NaN|-\d+ [KM]iB/)
  })

  test('logs and data in one directory are refused where the profile wants them apart', () => {
    expect(() => planGenerate(options({ logDir: '/var/lib/zookeeper/' }))).toThrow(/medium wants them apart/)
    const { members } = planGenerate(options({ profile: 'dev', logDir: '/var/lib/zookeeper' }))
    expect(members[0]!.values.some(({ key }) => key === 'dataLogDir')).toBe(false)
  })

  test('many sessions want more connections, files and memory', async () => {
    await generate({ facts: { sessions: 12_345, watches: 4e6, dataBytes: 100e6 } })
    expect(value('maxCnxns')).toBe('25000')
    expect(read('1/zookeeper.service')).toContain('LimitNOFILE=24946\n')
    // 100 MB, 384615 znodes, 400 MB of watches, 100 MB for the rest: 735 MB live
    expect(flags().heapBytes! / 2 ** 20).toBe(1536)
    await generate({ facts: { sessions: 100 } })
    expect(value('maxCnxns')).toBe('5000')
  })

  test('long lines between voters are waited for, and said', async () => {
    await generate({ facts: { roundTripMs: 10 } })
    expect(value('syncLimit')).toBe('5')
    await generate({ facts: { roundTripMs: 4000 } })
    expect(value('syncLimit')).toBe('6')
    const codes = (profile: string, roundTripMs: number) =>
      planGenerate(options({ profile, facts: { roundTripMs, logDevice: 'ssd' } })).change.findings.map(
        ({ code }) => code,
      )
    expect(codes('medium', 40)).toEqual(['generate.far-apart'])
    expect(codes('medium', 10)).toEqual([])
    expect(codes('cross-dc', 40)).toEqual([])
  })

  test('logs in the data directory share its device', () => {
    const { change } = planGenerate(options({ logDir: '/var/lib/zookeeper/log', facts: { logDevice: 'ssd' } }))
    expect(change.findings.map(({ code }) => code)).toEqual(['generate.log-device-shared'])
  })
})

describe('from data', () => {
  const EXAMPLES = join(ROOT, 'test/fixtures/examples')
  const reading = (place: string | undefined, logDir?: string) => {
    return { place, logDir, juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress }
  }

  test('tree, sessions and rate are those of snapshot and logs, and evidence says which', async () => {
    const { change, evidence } = await generateConfig(options({ facts: { sessions: 3 } }), reading(EXAMPLES))
    const { facts } = change.plan.base as { facts: Record<string, unknown> }
    const shown = await showSnapshot({ ...reading(EXAMPLES), place: EXAMPLES })
    expect(facts).toMatchObject({ znodes: shown.nodes, sessions: 3, ephemerals: shown.kinds.ephemeral })
    expect(facts.dataBytes).toBeGreaterThan(shown.dataBytes)
    const stat = await statLogs({
      ...reading(EXAMPLES),
      places: [EXAMPLES],
      filter: {},
      top: 1,
      depth: 1,
      exact: false,
    })
    expect(facts.txnBytes).toBe(Math.ceil(stat.bytes / stat.txns))
    expect(facts.writesPerSecond).toBeGreaterThanOrEqual(stat.rates.mean!)
    expect(evidence).toMatch(
      /examples: snapshot\.184 and 1 log behind it at 0x1ba: 360 znodes, .*; 120 transactions of 263 B, .* in the busiest minute \(2026-/,
    )
    expect(evidence).toBe(facts.from)
  })

  test.each(['3.5.10', '3.6.4', '3.9.5'])('a server of %s is what it is sized by, its logs apart', async (version) => {
    const member = join(ROOT, 'test/fixtures', version, 'ensemble/server.1')
    const { evidence, members } = await generateConfig(
      options(),
      reading(join(member, 'data'), join(member, 'datalog')),
    )
    expect(evidence).toMatch(/snapshot\.\w+ and \d+ logs? behind it at 0x[1-9a-f]\w+: \d+ znodes/)
    const heap = members[0]!.values.find(({ key }) => key === '-Xmx')!
    expect(heap.why).toMatch(/^Heap: twice what \d+ KiB of data, \d+ znodes, \d+ sessions \(read from data\)/)
  })

  test('without it nothing is read; what is no data directory is said', async () => {
    expect((await generateConfig(options(), reading(undefined))).evidence).toBe(null)
    await expect(generateConfig(options(), reading(join(stage, 'no')))).rejects.toMatchObject({ code: 'input.missing' })
    mkdirSync(join(stage, 'empty'))
    await expect(generateConfig(options(), reading(join(stage, 'empty')))).rejects.toMatchObject({
      code: expect.stringMatching(/^input\./),
    })
  })
})

describe('writing', () => {
  test('a second time there is nothing to do, and what was changed by hand is shown and kept', async () => {
    await generate()
    expect(planGenerate(options()).change.plan.steps).toEqual([])
    writeFileSync(join(stage, 'out/2/zoo.cfg'), 'mine\n')
    const again = planGenerate(options())
    expect(again.change.plan.steps.map(({ action, target }) => [action, target])).toEqual([
      ['replace', join(stage, 'out/2/zoo.cfg')],
    ])
    expect(again.diffs.map(({ before }) => before)).toEqual([['mine']])
    await again.change.apply()
    const kept = readdirSync(join(stage, 'out/2')).find((name) => name.startsWith('zoo.cfg.before-'))
    expect(read(`2/${kept}`)).toBe('mine\n')
    expect(read('2/zoo.cfg')).toContain('tickTime=2000')
  })

  test('what appears between plan and change is not overwritten', async () => {
    const { change } = planGenerate(options())
    mkdirSync(join(stage, 'out/1'), { recursive: true })
    writeFileSync(join(stage, 'out/1/zoo.cfg'), 'new\n')
    await expect(change.apply()).rejects.toMatchObject({ code: 'refused.changed' })
    expect(read('1/zoo.cfg')).toBe('new\n')
  })
})

describe('profiles', () => {
  const own = (name: string, text: string) => {
    mkdirSync(join(empty, 'zkops/templates/profiles'), { recursive: true })
    writeFileSync(join(empty, `zkops/templates/profiles/${name}.yaml`), text)
  }

  test('are six, smallest first, and a user may add one that extends another', () => {
    expect(listProfiles(undefined).profiles.map(({ name }) => name)).toEqual(PROFILES)
    own(
      'ours',
      'extends: medium\nram: 12GiB\nsettings:\n  syncLimit: {value: 8, why: Our network is slow.}\n  maxCnxns:\n',
    )
    const ours = loadProfile('ours')
    expect([ours.ramBytes, ours.settings.syncLimit?.value, ours.settings.maxCnxns, ours.openFiles]).toEqual([
      12 * GIB,
      '8',
      undefined,
      16384,
    ])
  })

  test('what a profile sets itself comes before formulas, and flags go where they work', async () => {
    const set = (key: string, value: string) => `  ${key}: {value: ${value}, why: We say so.}\n`
    own('ours', `extends: medium\nsettings:\n${set('admin.serverPort', '9090')}${set('jute.maxbuffer', '2097152')}`)
    await generate({ profile: 'ours' })
    expect(read('1/zoo.cfg').match(/^admin\.serverPort=.*/gm)).toEqual(['admin.serverPort=9090'])
    expect(read('1/zoo.cfg')).not.toContain('jute.maxbuffer')
    expect(flags().properties.get('jute.maxbuffer')?.value).toBe('2097152')
  })

  test.each([
    ['extends: medium\ncolour: red\n', /colour: no such field/],
    ['extends: medium\nheap: {share: 2}\n', /heap: share: expected/],
    ['extends: medium\nram: lots\n', /ram: expected a size/],
    ['extends: medium\nsettings: {syncLimit: 5}\n', /syncLimit/],
    ['extends: medium\nsettings: {a: {value: "x\\ny", why: no}}\n', /one line/],
    ['summary: x\n', /cores.*missing/],
    ['extends: bad\n', /extends itself/],
    ['a: &a 1\nb: *a\n', /aliases|YAML|no such field/],
    [': [', /YAML/],
    ['- 1\n', /no profile/],
  ])('%j is refused with its reason', (text, message) => {
    own('bad', text)
    expect(() => loadProfile('bad')).toThrow(message)
  })

  test('a template of the user comes first, and one that does not fit says so', async () => {
    const folder = join(empty, 'zkops/templates/config')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'logback.xml'), '<configuration/>\n')
    await generate()
    expect(read('1/logback.xml')).toBe('<configuration/>\n')
    writeFileSync(join(folder, 'myid'), '{{nobody}}\n')
    expect(() => planGenerate(options())).toThrow(/nobody/)
  })
})

testWith('systemd-analyze')('systemd takes the unit', async () => {
  const home = join(stage, 'zookeeper')
  mkdirSync(join(home, 'bin'), { recursive: true })
  writeFileSync(join(home, 'bin/zkServer.sh'), '#!/bin/sh\n')
  chmodSync(join(home, 'bin/zkServer.sh'), 0o755)
  await generate({ zookeeperHome: home, servers: ['1=zk', '2=zk'] })
  for (const id of ['1', '2']) {
    const unit = join(stage, 'out', id, `zookeeper-${id}.service`)
    const output = execFileSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8', stdio: 'pipe' })
    expect(output).toBe('')
  }
})

test('the shell takes install.sh and java.env', async () => {
  await generate()
  for (const name of ['install.sh', 'java.env']) execFileSync('sh', ['-n', join(stage, 'out/1', name)])
  const sourced = execFileSync('sh', ['-euc', `. "${join(stage, 'out/1/java.env')}"; printf %s "$SERVER_JVMFLAGS"`], {
    encoding: 'utf8',
  })
  expect(sourced).toMatch(/^-Xms4096m -Xmx4096m .*-Dzookeeper.datadir.autocreate=false$/)
})

describe('members of an inventory', () => {
  const inventory = (text: string) => {
    const file = join(stage, 'zkops.yaml')
    writeFileSync(file, text)
    return file
  }

  test('with their directories, ports, roles, groups and release', async () => {
    const file = inventory(`ensembles:
  prod:
    zookeeper: '3.8'
    dataDir: /data/zk
    servers:
      - {id: 1, host: zk1, group: 1, config: /opt/conf/zoo.cfg}
      - {id: 2, host: '2001:db8::2', group: 1, dataLogDir: /ssd/zk, ports: {client: 2182, admin: 9090}}
      - {id: 3, host: zk3, group: 1, weight: 2, clientHost: lb}
      - {id: 4, host: zk4, role: observer, addresses: [zk4b:2888:3888]}
`)
    await generate({ servers: [], inventory: file, logDir: '/log/zk' })
    expect(read('1/zoo.cfg.dynamic').split('\n')).toEqual([
      'server.1=zk1:2888:3888:participant;2181',
      'server.2=[2001:db8::2]:2888:3888:participant;2182',
      'server.3=zk3:2888:3888:participant;lb:2181',
      'server.4=zk4:2888:3888:observer|zk4b:2888:3888:observer;2181',
      'group.1=1:2:3',
      'weight.3=2',
      '',
    ])
    expect([value('dataDir'), value('dataLogDir'), value('dynamicConfigFile')]).toEqual([
      '/data/zk',
      '/log/zk',
      '/opt/conf/zoo.cfg.dynamic',
    ])
    expect([value('dataLogDir', '2'), value('admin.serverPort', '2'), value('admin.serverPort', '1')]).toEqual([
      '/ssd/zk',
      '9090',
      '8080',
    ])
    expect(read('1/zoo.cfg')).toContain('3.8')
    const { signal } = new AbortController()
    const looks = { checkFiles: false, resolve: false, detect: false, signal }
    const { accepted, findings } = await lintConfigs({ places: [join(stage, 'out')], zookeeper: '3.8', ...looks })
    expect([accepted, findings.filter(({ severity }) => severity === 'error')]).toEqual([true, []])
  })

  test.each([
    ['ensembles: {a: {connect: x}, b: {connect: y}}', 'several ensembles and no default'],
    ['ensembles: {a: {connect: x}}', 'does not say who the servers of a are'],
    ['ensembles: {a: {servers: [{id: 1, host: x, dataDir: /a b}]}}', 'In the inventory /a b is no absolute path'],
    ['ensembles: {a: {servers: [{id: 1, host: x, role: observer}]}}', 'there is no voter among the members'],
    ['ensembles: {a: {servers: [{id: x, host: x}]}}', 'expected a whole number'],
  ])('%s makes none', async (text, words) => {
    await expect(generate({ servers: [], inventory: inventory(text) })).rejects.toThrow(words)
    expect(existsSync(join(stage, 'out'))).toBe(false)
  })
})
