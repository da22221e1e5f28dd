import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { DetectResult } from '../../src/operations/generate-config/detect.ts'
import type { ExplainedMember } from '../../src/operations/generate-config/generate.ts'
import type { ProfilesResult } from '../../src/operations/generate-config/profiles.ts'
import type { TemplatesResult } from '../../src/operations/generate-config/templates.ts'
import type { LintResult } from '../../src/operations/zoo-cfg/lint.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'
import type { ChangeResult } from '../../src/support/change.ts'
import { ROOT, zkops } from '../helpers/cli.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-generate-'))
afterAll(() => rmSync(stage, { recursive: true }))
beforeEach(() => {
  for (const name of readdirSync(stage)) rmSync(join(stage, name), { recursive: true })
})

const config = (...args: readonly string[]) =>
  zkops(['config', ...args], { cwd: stage, env: { XDG_CONFIG_HOME: stage } })
const json = async <T>(...args: readonly string[]): Promise<{ exitCode: number | null; result: T }> => {
  const { exitCode, stdout } = await config(...args, '--json')
  const result = JSON.parse(stdout) as T
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(await SCHEMAS[`config-${args[0]}`]!())
  expect(validate(result), JSON.stringify(validate.errors)).toBe(true)
  return { exitCode, result }
}
const SERVERS = ['--server', '1=zk1:2888:3888', '--server', '2=zk2:2888:3888', '3=zk3:2888:3888']
const MEDIUM = [
  'generate',
  '--profile',
  'medium',
  '--ram',
  '8GiB',
  '--log-dir',
  '/ssd/zookeeper',
  ...SERVERS,
  '--output',
  'out',
]

test('without --execute and without a terminal nothing is written, and the exit code is 5', async () => {
  const { exitCode, result } = await json<ChangeResult>(...MEDIUM)
  expect(exitCode).toBe(5)
  expect(result.plan.steps.length).toBe(24)
  expect(existsSync(join(stage, 'out'))).toBe(false)
  expect((await json(...MEDIUM, '--dry-run')).exitCode).toBe(0)
  expect(existsSync(join(stage, 'out'))).toBe(false)
})

test('with --execute the files are there, findings do not change exit 0, and lint takes them', async () => {
  const { exitCode, result } = await json<ChangeResult & { members: readonly ExplainedMember[] }>(
    ...MEDIUM,
    '--execute',
    '--explain',
  )
  expect(exitCode).toBe(0)
  expect(result.outcome).toBe('done')
  expect(result.findings.map(({ code }) => code)).toEqual(['generate.log-device-unknown'])
  expect(result.members.map(({ id }) => id)).toEqual(['1', '2', '3'])
  expect(readdirSync(join(stage, 'out/3')).sort()).toEqual([
    'initialize',
    'install.sh',
    'java.env',
    'logback.xml',
    'myid',
    'zoo.cfg',
    'zoo.cfg.dynamic',
    'zookeeper.service',
  ])
  expect((await config('lint', 'out', '--zookeeper', '3.9')).exitCode).toBe(0)
})

test('a file that differs is shown before it is replaced', async () => {
  await config(...MEDIUM, '--execute')
  writeFileSync(join(stage, 'out/1/myid'), '7\n')
  const { exitCode, stdout } = await config(...MEDIUM, '--execute')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/-7\n\+1\n[\s\S]*Plan: config generate\n {2}1\. replace {2}out\/1\/myid[\s\S]*done: 1 step\n/)
})

test('--explain tells every value and its reason', async () => {
  const { stdout } = await config(...MEDIUM, '--dry-run', '--explain')
  expect(stdout).toContain('-Xmx4096m\n      Heap: 50 % of 8192 MiB of memory')
  expect(stdout).not.toContain('\nMember 2')
})

test('--with takes several, apart by blanks or commas; lint still sees the members only', async () => {
  const made = ['--with', 'compose,kubernetes', 'prometheus', '--name', 'orders']
  const { exitCode, result } = await json<ChangeResult>(...MEDIUM, ...made, '--execute')
  expect(exitCode).toBe(0)
  expect(result.verified.every(({ ok }) => ok === true)).toBe(true)
  expect(readdirSync(join(stage, 'out')).sort()).toEqual(['1', '2', '3', 'compose', 'kubernetes', 'prometheus'])
  expect(readFileSync(join(stage, 'out/kubernetes/statefulset.yaml'), 'utf8')).toContain('\n  name: orders\n')
  const lint = await json<LintResult>('lint', 'out', '--zookeeper', '3.9')
  expect([lint.exitCode, lint.result.files.length]).toEqual([0, 3])
  const wrong = await config(...MEDIUM, '--with', 'helm')
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('compose')])
  expect((await config(...MEDIUM, '--with', 'prometheus', '--zookeeper', '3.5')).exitCode).toBe(2)
})

test('--from-data sizes by what a server has written, and --explain says by which files', async () => {
  const data = join(ROOT, 'test/fixtures/3.9.5/ensemble/server.1')
  const given = ['--from-data', join(data, 'data'), '--from-logs', join(data, 'datalog'), '--write-rate', '7']
  const { result } = await json<ChangeResult & { evidence: string }>(...MEDIUM, ...given, '--explain', '--dry-run')
  expect(result.evidence).toMatch(/server\.1\/data: snapshot\.\w+ and \d+ logs? behind it at 0x/)
  expect(result.plan.base).toMatchObject({ facts: { writesPerSecond: 7, from: result.evidence } })
  const { stdout } = await config(...MEDIUM, ...given, '--explain', '--dry-run')
  expect(stdout).toContain(`Read from ${result.evidence}\nMember 1\n`)
  expect((await config(...MEDIUM, '--from-data', 'no/such')).exitCode).toBe(3)
  expect((await config(...MEDIUM, '--from-logs', '.')).exitCode).toBe(2)
})

test('profiles are listed and shown', async () => {
  const { result } = await json<ProfilesResult>('profiles')
  expect(result.profiles.map(({ name }) => name)).toEqual(['dev', 'small', 'cross-dc', 'medium', 'observer', 'large'])
  expect((await json<ProfilesResult>('profiles', 'show', 'large')).result.profiles[0]!.settings).toHaveProperty(
    'largeRequestThreshold',
  )
  expect((await config('profiles', 'show', 'no/such.yaml')).exitCode).toBe(3)
  expect((await config('profiles', 'show', 'larg')).stderr).toContain('Did you mean large?')
  expect((await config('profiles', 'show')).exitCode).toBe(2)
})

test('detect prints one document that the schema describes, and --detect lets the machine speak', async () => {
  const { exitCode, result } = await json<DetectResult>('detect', '--probe-fsync', '.')
  expect(exitCode).toBe(result.findings.some(({ severity }) => severity !== 'info') ? 1 : 0)
  expect(result.fsync?.directory).toBe('.')
  expect((await config('detect', '--probe-fsync', 'no/such')).exitCode).toBe(3)
  const plan = await json<ChangeResult>(...MEDIUM, '--detect', '--dry-run')
  expect(plan.result.plan.base).toMatchObject({ facts: { cores: result.cores, ramBytes: 8 * 2 ** 30 } })
})

test('templates are listed, ejected, and then come first', async () => {
  const listed = (await json<TemplatesResult>('templates')).result
  expect(listed.templates.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['config/zoo.cfg', 'container/probe.sh', 'kubernetes/claim.yaml', 'profiles/medium.yaml']),
  )
  expect(listed.templates.every(({ own }) => !own)).toBe(true)
  expect(listed.userFolder).toBe(join(stage, 'zkops/templates'))
  expect((await json('templates', '--eject', 'zkops/templates')).exitCode).toBe(5)
  expect((await json('templates', '--eject', 'zkops/templates', '--execute')).exitCode).toBe(0)
  expect((await json<TemplatesResult>('templates')).result.templates.every(({ own }) => own)).toBe(true)
  writeFileSync(join(stage, 'zkops/templates/config/logback.xml'), '<configuration/>\n')
  expect((await config(...MEDIUM, '--execute')).exitCode).toBe(0)
  expect(readFileSync(join(stage, 'out/1/logback.xml'), 'utf8')).toBe('<configuration/>\n')
})
