import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { EXTRAS, type Extra } from '../../src/operations/generate-config/extras/extra.ts'
import { type GenerateOptions, planGenerate } from '../../src/operations/generate-config/generate.ts'
import { lintConfigs } from '../../src/operations/zoo-cfg/lint.ts'
import { ROOT, run } from '../helpers/cli.ts'
import { FULL } from '../helpers/fixtures.ts'
import { testWith } from '../helpers/tools.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-extras-'))
process.env.XDG_CONFIG_HOME = join(stage, 'nothing')
afterEach(() => {
  for (const name of readdirSync(stage)) rmSync(join(stage, name), { recursive: true })
})
afterAll(() => rmSync(stage, { recursive: true }))

const PROFILES = FULL ? ['dev', 'small', 'medium', 'large', 'observer', 'cross-dc'] : ['dev', 'medium']
const LINES = FULL ? ['3.6', '3.7', '3.8', '3.9'] : ['3.9']
const matrix = PROFILES.flatMap((profile) => LINES.map((line) => [profile, line] as const))
const three = ['1=zk1', '2=zk2', '3=zk3']
const out = join(stage, 'out')

async function generate(over: Partial<GenerateOptions> = {}): Promise<readonly string[]> {
  const { change } = planGenerate({
    ...{ profile: 'medium', servers: three, zookeeper: undefined, output: out, facts: {}, set: [], detect: false },
    ...{ dataDir: '/var/lib/zookeeper', logDir: undefined, confDir: '/etc/zookeeper', zookeeperHome: '/opt/zookeeper' },
    ...{ name: 'orders', extras: EXTRAS },
    ...over,
  })
  await change.apply()
  return change.plan.steps.map(({ target }) => target)
}
const read = (name: string) => readFileSync(join(out, name), 'utf8')
const yaml = (name: string) => parse(read(name))
const ending = (files: readonly string[], ...ends: readonly string[]) =>
  files.filter((file) => ends.some((end) => file.endsWith(end)))

describe('compose', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'node_modules/dclint/schemas/compose.schema.json'), 'utf8'))
  const validate = new Ajv({ strict: false, validateFormats: false }).compile({ ...schema, $schema: undefined })

  test.each(matrix)('%s for %s is what the specification takes', async (profile, zookeeper) => {
    await generate({ profile, zookeeper, extras: ['compose'] })
    const compose = yaml('compose/compose.yaml')
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...compose, service: {} })).toBe(false)
    expect(Object.keys(compose.services)).toEqual(['orders-1', 'orders-2', 'orders-3'])
    const { image, volumes, networks, healthcheck } = compose.services['orders-2']
    expect(image).toBe(`zookeeper:${zookeeper}`)
    expect(networks.default.aliases).toEqual(['zk2'])
    expect(healthcheck.test).toEqual(['CMD', '/bin/bash', '/zkops/probe.sh', 'ready'])
    for (const volume of volumes as readonly string[]) {
      const [source] = volume.split(':')
      if (source!.startsWith('.')) expect(existsSync(join(out, 'compose', source!)), source).toBe(true)
      else expect(Object.keys(compose.volumes)).toContain(source)
    }
  })

  test('memory is that of heap, buffers and the JVM', async () => {
    await generate({ extras: ['compose'] })
    expect(yaml('compose/compose.yaml').services['orders-1'].mem_limit).toBe('5120m')
  })

  test.each([[['1=10.0.0.1', '2=10.0.0.2']], [['1=zk', '2=zk']]])('%j have no host names of their own', (servers) => {
    return expect(generate({ servers, extras: ['compose'] })).rejects.toThrow(/host name of its own/)
  })
})

describe('kubernetes', () => {
  testWith('kubernetes-validate')(
    'is what the API takes, with no field that it does not know',
    async () => {
      const files: string[] = []
      for (const [profile, zookeeper] of matrix) {
        const output = join(stage, `${profile}-${zookeeper}`)
        files.push(...ending(await generate({ profile, zookeeper, output, extras: ['kubernetes'] }), '.yaml'))
      }
      expect(files.length).toBe(6 * matrix.length)
      const { exitCode, stdout, stderr } = await run('kubernetes-validate', ['--strict', ...files])
      expect(exitCode, stdout + stderr).toBe(0)
      const wrong = join(stage, 'wrong.yaml')
      writeFileSync(wrong, readFileSync(files.at(-1)!, 'utf8').replace('minReadySeconds', 'minReadySecond'))
      expect((await run('kubernetes-validate', ['--strict', wrong])).exitCode).not.toBe(0)
    },
    120_000,
  )

  test('a pod is a member: names, ids and ports fit together', async () => {
    const servers = ['2=zk2:2888:3888', '5=zk5', '7=zk7:2888:3888:observer']
    await generate({ servers, extras: ['kubernetes', 'prometheus'] })
    const { spec, metadata } = yaml('kubernetes/statefulset.yaml')
    const [container] = spec.template.spec.containers
    const [headless, clients] = parseAllDocuments(read('kubernetes/services.yaml')).map((one) => one.toJS())
    const { data } = yaml('kubernetes/configmap.yaml')
    expect(spec.replicas).toBe(3)
    expect(container.env.find(({ name }: { name: string }) => name === 'POD_IDS').value).toBe('2 5 7')
    expect(headless.metadata.name).toBe(spec.serviceName)
    expect(headless.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true })
    expect(clients.metadata.name).toBe('orders')
    expect(data['zoo.cfg.dynamic'].split('\n').slice(0, 3)).toEqual([
      'server.2=orders-0.orders-headless:2888:3888:participant;2181',
      'server.5=orders-1.orders-headless:2888:3888:participant;2181',
      'server.7=orders-2.orders-headless:2888:3888:observer;2181',
    ])
    expect(data['zoo.cfg']).toContain('\nmetricsProvider.httpHost=0.0.0.0\n')
    const labels = spec.selector.matchLabels
    expect(spec.template.metadata.labels).toMatchObject(labels)
    expect(yaml('kubernetes/disruption-budget.yaml').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: labels },
    })
    const [rule] = spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution
    expect(rule).toEqual({ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } })
    expect(container.livenessProbe.exec.command.at(-1)).toBe('live')
    expect(container.readinessProbe.exec.command.at(-1)).toBe('ready')
    expect(metadata.name).toBe('orders')
    expect(spec.volumeClaimTemplates.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual([
      'data',
      'log',
    ])
  })

  test('what is in the map is accepted by a server, and lint has nothing to say', async () => {
    await generate({ extras: ['kubernetes'] })
    const { data } = yaml('kubernetes/configmap.yaml')
    mkdirSync(join(stage, 'pod'))
    for (const [name, text] of Object.entries(data)) writeFileSync(join(stage, 'pod', name), text as string)
    writeFileSync(join(stage, 'pod/myid'), '1\n')
    const { signal } = new AbortController()
    const looks = { checkFiles: false, resolve: false, detect: false, signal }
    const { accepted, findings } = await lintConfigs({ places: [join(stage, 'pod')], zookeeper: '3.9', ...looks })
    expect(accepted).toBe(true)
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(data['probe.sh']).toMatch(/^#!\/bin\/bash\n/)
  })

  test('another setting makes another sum, so that pods are moved', async () => {
    const sum = () => yaml('kubernetes/statefulset.yaml').spec.template.metadata.annotations['zkops/configuration']
    await generate({ extras: ['kubernetes'] })
    const before = sum()
    await generate({ extras: ['kubernetes'], set: ['syncLimit=6'] })
    expect(sum()).not.toBe(before)
  })

  test('3.4 is refused', async () => {
    await expect(generate({ zookeeper: '3.4', extras: ['kubernetes'] })).rejects.toThrow(/3\.4 has its members/)
  })
})

describe('prometheus', () => {
  testWith('promtool')('promtool takes rules and configuration, and each alarm is one on what it is for', async () => {
    await generate({ servers: [...three, '4=zk4:2888:3888:observer'], extras: ['prometheus'] })
    const folder = join(out, 'prometheus')
    for (const check of [
      ['rules', 'alerts.yml'],
      ['config', 'prometheus.yml'],
    ] as const)
      execFileSync('promtool', ['check', ...check], { cwd: folder, stdio: 'pipe' })
    const cases = readFileSync(new URL('./alerts.yml', import.meta.url), 'utf8')
    writeFileSync(join(folder, 'cases.yml'), cases)
    const { exitCode, stdout, stderr } = await run('promtool', ['test', 'rules', 'cases.yml'], { cwd: folder })
    expect(exitCode, stdout + stderr).toBe(0)
    const alarms = yaml('prometheus/alerts.yml').groups[0].rules.map(({ alert }: { alert: string }) => alert)
    for (const alarm of alarms) expect(cases).toContain(`alertname: ${alarm}\n`)
  })

  test('members show their metrics where it looks for them, on one address', async () => {
    await generate({ servers: ['1=zk', '2=zk', '3=other'], extras: ['prometheus'] })
    const { static_configs } = yaml('prometheus/prometheus.yml').scrape_configs[0]
    expect(static_configs.map(({ targets }: { targets: string[] }) => targets)).toEqual([
      ['zk:7000'],
      ['zk:7001'],
      ['other:7000'],
    ])
    expect(read('2/zoo.cfg')).toMatch(/\nmetricsProvider\.httpHost=zk\n[\s\S]*\nmetricsProvider\.httpPort=7001\n/)
    const { signal } = new AbortController()
    const looks = { checkFiles: false, resolve: false, detect: false, signal }
    const { accepted, findings } = await lintConfigs({ places: [out], zookeeper: '3.9', ...looks })
    expect([accepted, findings.filter(({ severity }) => severity !== 'info')]).toEqual([true, []])
  })

  test('the port is the one that was set', async () => {
    await generate({ set: ['metricsProvider.httpPort=9141'], extras: ['prometheus', 'kubernetes'] })
    expect(read('prometheus/prometheus.yml')).toContain('["zk3:9141"]')
    expect(read('kubernetes/network-policy.yaml')).toContain('- port: 9141\n')
  })

  test('hosts that mean something to a shell are refused', async () => {
    await expect(generate({ servers: ['1=zk$(id)'], extras: ['prometheus'] })).rejects.toThrow(/is no host of/)
  })

  test('before 3.6 servers have none', async () => {
    await expect(generate({ zookeeper: '3.5', extras: ['prometheus'] })).rejects.toThrow(/from 3\.6 on/)
  })
})

describe('schedules', () => {
  const jobs = (extras: readonly Extra[], servers = three) => generate({ extras, servers })

  test('what cron takes: a schedule, a user, a command; no dot in a name', async () => {
    const files = (await jobs(['cron'], ['1=zk', '2=zk', '3=zk3'])).filter((file) => /\/zkops-[^/]*$/.test(file))
    expect(files.map((file) => file.slice(out.length + 1))).toEqual([
      'cron/zkops-health-orders',
      '1/zkops-purge-1',
      '2/zkops-purge-2',
      '3/zkops-purge',
    ])
    for (const file of files) {
      const lines = readFileSync(file, 'utf8').split('\n')
      const [line] = lines.filter((one) => /^[\d*]/.test(one))
      expect(line).toMatch(/^(\S+ ){5}(zkops|zookeeper) zkops [^%]*$/)
      for (const one of lines) expect(one).toMatch(/^(#.*|PATH=.*|[\d*].*|)$/)
    }
    expect(read('cron/zkops-health-orders')).toContain(
      ' zkops health check --connect zk:2181,zk:2182,zk3:2181 --state /var/lib/zkops/orders-cron.json --quiet --splay 20s\n',
    )
    expect(read('2/zkops-purge-2')).toContain(
      ' zkops data purge --config /etc/zookeeper/2/zoo.cfg --keep 5 --execute >/dev/null\n',
    )
  })

  testWith('systemd-analyze')('systemd takes the units', async () => {
    const units = ending(await jobs(['timer'], ['1=zk', '2=zk']), '.service', '.timer').filter((unit) =>
      /\/zkops-[^/]*$/.test(unit),
    )
    expect(units.length).toBe(6)
    for (const unit of units) {
      const output = execFileSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8', stdio: 'pipe' })
      expect(output).toBe('')
    }
    expect(read('1/zkops-purge-1.service')).toContain('--keep 5 --execute\n')
    expect(read('timer/zkops-health-orders.service')).toContain('--state %S/zkops-orders/timer.json --quiet\n')
  })

  test('the Nagios and Icinga objects name the command and its state file', async () => {
    await jobs(['nagios'], ['1=[2001:db8::1]', '2=zk2;10.0.0.2:2182'])
    const nagios = read('nagios/zkops.cfg')
    expect(nagios).toContain('check_zookeeper![2001:db8::1]:2181,10.0.0.2:2182!/var/lib/zkops/orders-nagios.json')
    expect(nagios).toContain('--connect $ARG1$ --state $ARG2$ --format nagios')
    expect(read('nagios/icinga2.conf')).toContain('"--format" = "nagios"')
  })
})

testWith('nagios4')('Nagios takes the objects with the templates that come with it', async () => {
  await generate({ extras: ['nagios'] })
  const stock = ['commands', 'contacts', 'timeperiods', 'templates'].map((one) => `/etc/nagios4/objects/${one}.cfg`)
  const lines = [
    ...[...stock, join(out, 'nagios/zkops.cfg')].map((one) => `cfg_file=${one}`),
    ...['log_file', 'lock_file', 'temp_file', 'object_cache_file', 'status_file'].map(
      (one) => `${one}=${stage}/${one}`,
    ),
    ...[`temp_path=${stage}`, `check_result_path=${stage}`],
    ...[`nagios_user=${userInfo().username}`, `nagios_group=${userInfo().username}`],
  ]
  writeFileSync(join(stage, 'nagios.cfg'), `${lines.join('\n')}\n`)
  const { exitCode, stdout } = await run('nagios4', ['-v', join(stage, 'nagios.cfg')])
  expect(exitCode, stdout).toBe(0)
  expect(stdout).toMatch(/Checked 1 services?\.[\s\S]*Checked 1 hosts?\.[\s\S]*Total Errors: +0/)
})

testWith('shellcheck')('shellcheck has nothing to say to any shell text', async () => {
  const files = await generate({ servers: [...three, '4=zk4:2888:3888:observer'] })
  const scripts = ending(files, '.sh')
  expect(scripts.length).toBe(4 + 4 + 4)
  for (const script of scripts) expect(statSync(script).mode & 0o111, script).not.toBe(0)
  execFileSync('shellcheck', scripts, { stdio: 'pipe' })
  // sourced by zkEnv.sh, which uses what it sets
  execFileSync('shellcheck', ['--shell=sh', '--exclude=SC2034', ...ending(files, 'java.env')], { stdio: 'pipe' })
})

describe('start.sh', () => {
  const places = { dataDir: join(stage, 'data'), logDir: join(stage, 'log'), confDir: join(stage, 'conf') }
  const start = (env: Readonly<Record<string, string>>) =>
    run('sh', [join(out, 'compose/start-2.sh'), 'echo', 'started'], {
      env: { FILES: join(out, '2'), MEMBER_ID: '2', ...env },
    })
  const made = () => generate({ ...places, extras: ['compose'] })

  test('lays the files, and lets a member without data vote only when it is told to', async () => {
    await made()
    expect(await start({})).toMatchObject({ exitCode: 0, stdout: 'started\n', stderr: '' })
    expect(readdirSync(places.confDir).sort()).toEqual(['java.env', 'logback.xml', 'zoo.cfg', 'zoo.cfg.dynamic'])
    expect(readFileSync(join(places.dataDir, 'myid'), 'utf8')).toBe('2\n')
    expect(existsSync(join(places.logDir, 'initialize'))).toBe(false)
    await start({ INITIALIZE: 'yes' })
    expect(existsSync(join(places.logDir, 'initialize'))).toBe(true)
  })

  test('a member with data is never made a new one, nor another one', async () => {
    await made()
    await start({})
    writeFileSync(join(places.logDir, 'version-2/log.1'), '')
    await start({ INITIALIZE: 'yes' })
    expect(existsSync(join(places.logDir, 'initialize'))).toBe(false)
    expect(await start({ MEMBER_ID: '3' })).toMatchObject({ exitCode: 1, stdout: '' })
  })

  test('a pod knows its id by its place', async () => {
    await made()
    await start({ MEMBER_ID: '', POD_IDS: '4 7 9', POD_NAME: 'orders-zk-1' })
    expect(readFileSync(join(places.dataDir, 'myid'), 'utf8')).toBe('7\n')
  })

  test('members that a reconfig wrote stay in force, and new settings come in', async () => {
    await made()
    await start({})
    const own = join(places.confDir, 'zoo.cfg.dynamic.100000003')
    writeFileSync(own, 'server.2=zk2:2888:3888;2181\n')
    const config = join(places.confDir, 'zoo.cfg')
    writeFileSync(config, `tickTime=1\ndynamicConfigFile=${own}\n`)
    await start({})
    const text = readFileSync(config, 'utf8')
    expect(text).toContain(`\ndynamicConfigFile=${own}\n`)
    expect(text).toContain('\ntickTime=2000\n')
  })
})

test('the unit of a server is taken, too, with all extras beside it', async () => {
  const home = join(stage, 'zookeeper')
  mkdirSync(join(home, 'bin'), { recursive: true })
  writeFileSync(join(home, 'bin/zkServer.sh'), '#!/bin/sh\n')
  chmodSync(join(home, 'bin/zkServer.sh'), 0o755)
  await generate({ zookeeperHome: home })
  expect(readdirSync(out).sort()).toEqual(
    ['1', '2', '3', 'compose', 'cron', 'kubernetes', 'nagios', 'prometheus', 'timer'].sort(),
  )
  await expect(generate({ name: 'Not a name' })).rejects.toThrow(/--name Not a name/)
})
