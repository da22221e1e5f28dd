/*
 * What config generate emits for cron, systemd, Nagios, Icinga, Prometheus and Kubernetes, run as it stands there, on a
 * real ensemble: while it is well, and when one member was killed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type CliResult, run, zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { healthUntil } from '../helpers/health.ts'
import { installedMachine, type Machine } from '../helpers/installed.ts'
import { testWith } from '../helpers/tools.ts'

/** Of systemd, and of the shell that starts Nagios. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

let folder: string
let ensemble: TestEnsemble
let machine: Machine
let victim: number
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-templates-'))
  ensemble = await startEnsemble({ members: 3 })
  // the chance of --splay is what a sample does not wait for
  machine = installedMachine(folder, FULL ? '' : '--import=data:text/javascript,Math.random=()=>0.05')
  await generate(ensemble.status.servers.map(({ id, clientPort }) => `${id}=127.0.0.1;127.0.0.1:${clientPort}`))
})
afterAll(async () => {
  await ensemble.down()
  rmSync(folder, { recursive: true })
})

async function generate(servers: readonly string[], extras = 'cron,timer,nagios,prometheus', output = 'out') {
  const with_ = [
    '--profile',
    'small',
    '--with',
    extras,
    '--name',
    'orders',
    '--output',
    join(folder, output),
    '--execute',
  ]
  const { exitCode, stderr } = await zkops(['config', 'generate', '--server', ...servers, ...with_])
  expect(exitCode, stderr).toBe(0)
}

const read = (name: string) => readFileSync(join(folder, 'out', name), 'utf8')
const varLib = (name: string) => join(machine.varLib, name)

/** /etc/cron.d: five fields, a user, a command that /bin/sh gets. */
function cron(name: string): Promise<CliResult> {
  const text = read(name)
  const path = /^PATH=(.*)$/m.exec(text)![1]!
  const line = /^(?:[\d*/,-]+ ){5}zkops (.+)$/m.exec(text)![1]!
  return machine.run(['/bin/sh', '-c', line], path)
}

/** %S is /var/lib for units of the system; nothing of the line is for a shell. */
function unit(): Promise<CliResult> {
  const line = /^ExecStart=(.*)$/m.exec(read('timer/zkops-health-orders.service'))![1]!
  expect(line).not.toMatch(/["'\\$]/)
  return machine.run(line.replaceAll('%S', '/var/lib').split(' '), SYSTEM_PATH)
}

/** $ARG1$ and $ARG2$ are what check_command has behind its name. */
function nagios(): Promise<CliResult> {
  const text = read('nagios/zkops.cfg')
  const [, ...values] = /check_command +(.*)$/m.exec(text)![1]!.split('!')
  const line = /command_line +(.*)$/m.exec(text)![1]!
  return machine.run(['/bin/sh', '-c', line.replace(/\$ARG(\d)\$/g, (_all, n) => values[Number(n) - 1]!)], SYSTEM_PATH)
}

function icinga(): Promise<CliResult> {
  const text = read('nagios/icinga2.conf')
  const command = JSON.parse(/command = (\[.*\])/.exec(text)![1]!) as string[]
  const vars = new Map([...text.matchAll(/vars\.(\w+) = "(.*)"/g)].map(([, name, value]) => [name!, value!]))
  const flags = [...text.matchAll(/^ {4}"(--\w+)" = "(.*)"$/gm)].flatMap(([, flag, value]) => [flag!, value!])
  expect(flags).toHaveLength(6)
  return machine.run(
    [...command, ...flags.map((one) => one.replace(/^\$(\w+)\$$/, (_all, name) => vars.get(name)!))],
    SYSTEM_PATH,
  )
}

async function all() {
  // one after the other: on a busy machine answers that take long would be a finding
  const byCron = await cron('cron/zkops-health-orders')
  const byUnit = await unit()
  const byNagios = await nagios()
  const byIcinga = await icinga()
  const byMetrics = await cron('prometheus/zkops-metrics-orders')
  const metrics = readFileSync(varLib('prometheus/node-exporter/zkops-orders.prom'), 'utf8')
  return { byCron, byUnit, byNagios, byIcinga, byMetrics, metrics }
}

const STATES = ['zkops/orders-cron', 'zkops-orders/timer', 'zkops/orders-nagios', 'zkops/orders-metrics'].map(
  (name) => `${name}.json`,
)
const state = (name: string) => JSON.parse(readFileSync(varLib(name), 'utf8'))
const sample = (metrics: string, name: string, label = '') =>
  metrics
    .split('\n')
    .find((line) => line.startsWith(`${name}{`) && line.includes(label))
    ?.split(' ')
    .at(-1)

describe('the emitted lines', () => {
  test('while all is well: cron and timer are silent, Nagios and Icinga say OK, the metrics are 0', async () => {
    await healthUntil(['--connect', ensemble.connect], ({ status }) => status === 'ok')
    const { byCron, byUnit, byNagios, byIcinga, byMetrics, metrics } = await all()
    const silent = { exitCode: 0, signal: null, stdout: '', stderr: '' }
    expect({ byCron, byUnit, byMetrics }).toEqual({ byCron: silent, byUnit: silent, byMetrics: silent })
    for (const { exitCode, stdout, stderr } of [byNagios, byIcinga]) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toMatch(/^ZOOKEEPER OK: 3 of 3 voters synced; can lose 1; leader \d since [^|\n]* \| 'voters'=3;/)
    }
    for (const name of STATES) expect(Object.keys(state(name).members), name).toEqual(['1', '2', '3'])
    expect(sample(metrics, 'zkops_check_success')).toBe('1')
    expect(sample(metrics, 'zkops_check_status', 'check="all"')).toBe('0')
  })

  testWith('promtool')('the emitted alarms are about these metrics, and off', async () => {
    await expectAlarms([])
  })

  test('a member was killed: cron mails it, the unit fails, Nagios and Icinga are critical, the metrics are 2', async () => {
    victim = ensemble.status.servers.find(({ state: role }) => role === 'following')!.id
    const before = STATES.map((name) => state(name).at as string)
    await ensemble.kill(victim)
    const left = ensemble.status.servers.find(({ id }) => id !== victim)!
    await healthUntil(['--connect', `127.0.0.1:${left.clientPort}`], ({ result }) => result.quorum.serving === 2)
    const { byCron, byUnit, byNagios, byIcinga, byMetrics, metrics } = await all()
    for (const { exitCode, stdout, stderr } of [byCron, byUnit]) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
      expect(stdout).toMatch(/: CRITICAL: 2 of 3 voters synced; can lose 0; leader \d/)
      expect(stdout).toContain(`server ${victim}`)
    }
    for (const { exitCode, stdout, stderr } of [byNagios, byIcinga]) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' })
      expect(stdout).toMatch(/^ZOOKEEPER CRITICAL: 2 of 3 voters synced; [^|\n]* \| 'voters'=3;/)
      expect(stdout).toContain(`warning health.member-down: server ${victim}: it does not answer`)
    }
    expect(byMetrics).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect(sample(metrics, 'zkops_check_success')).toBe('1')
    expect(sample(metrics, 'zkops_check_status', 'check="all"')).toBe('2')
    expect(sample(metrics, 'zkops_member_up', `sid="${victim}"`)).toBe('0')
    for (const [i, name] of STATES.entries()) {
      expect(Date.parse(state(name).at), name).toBeGreaterThan(Date.parse(before[i]!))
      expect(Object.keys(state(name).breaches), name).toContain(`health.member-down ${victim}`)
    }
  })

  testWith('promtool')('the emitted alarms are on, with their labels', async () => {
    await expectAlarms(['health.no-spare'])
  })

  test('Kubernetes: the probes of the survivor are as the manifest has them, those of the dead are not', async () => {
    const of = async (id: number) => {
      const { clientPort } = ensemble.status.servers.find((one) => one.id === id)!
      const output = `pods-${id}`
      await generate(
        [1, 2, 3].map((pod) => `${pod}=zk${pod};${clientPort}`),
        'kubernetes',
        output,
      )
      const file = (name: string) => parse(readFileSync(join(folder, output, 'kubernetes', name), 'utf8'))
      const script = join(folder, `probe-${id}.sh`)
      writeFileSync(script, file('configmap.yaml').data['probe.sh'])
      const [container] = file('statefulset.yaml').spec.template.spec.containers
      const exits = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(async (name) => {
        const [program, , word] = container[name].exec.command as string[]
        expect(container[name].exec.command).toEqual(['/bin/bash', '/zkops/probe.sh', word])
        return (await run(program!, [script, word!])).exitCode
      })
      return Promise.all(exits)
    }
    const survivor = [1, 2, 3].find((id) => id !== victim)!
    expect(await of(survivor)).toEqual([0, 0, 0])
    expect(await of(victim)).toEqual([1, 1, 1])
  })
})

/** Which checks alarm by the emitted rules when Prometheus sees the emitted metrics for five minutes. */
async function expectAlarms(critical: readonly string[]): Promise<void> {
  const metrics = varLib('prometheus/node-exporter/zkops-orders.prom')
  const { exitCode, stdout, stderr } = await run('promtool', ['check', 'metrics'], { input: readFileSync(metrics) })
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  const series = readFileSync(metrics, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('zkops_'))
    .map((line) => ({ series: line.slice(0, line.lastIndexOf(' ')), values: `${line.split(' ').at(-1)}x20` }))
  const alarm = (alertname: string, checks: readonly string[]) => ({
    ...{ eval_time: '5m', alertname },
    exp_alerts: checks.map((check) => ({
      exp_labels: { severity: 'critical', cluster: ensemble.connect, check },
      exp_annotations: { summary: `orders: ${check} is critical.` },
    })),
  })
  const cases = {
    rule_files: ['alerts.yml'],
    tests: [
      {
        ...{ interval: '15s', input_series: series },
        alert_rule_test: [
          alarm('ZooKeeperCheckCritical', critical),
          alarm('ZooKeeperCheckFailed', []),
          alarm('ZooKeeperCheckSilent', []),
        ],
      },
    ],
  }
  const place = join(folder, 'out/prometheus')
  expect(existsSync(join(place, 'alerts.yml'))).toBe(true)
  writeFileSync(join(place, 'cases.yml'), JSON.stringify(cases))
  const tested = await run('promtool', ['test', 'rules', 'cases.yml'], { cwd: place })
  expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0)
}
