import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ConvertedFile } from '../../src/operations/convert-config.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'
import type { ChangeResult } from '../../src/support/change.ts'
import { zkops } from '../helpers/cli.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-members-'))
afterAll(() => rmSync(stage, { recursive: true }))
beforeEach(() => {
  for (const name of readdirSync(stage)) rmSync(join(stage, name), { recursive: true })
  const lines = [1, 2, 3].map((id) => `server.${id}=zk${id}:2888:3888`)
  for (const id of [1, 2, 3]) {
    mkdirSync(join(stage, `members/${id}`), { recursive: true })
    const text = ['dataDir=/data', 'clientPort=2181', 'initLimit=10', 'syncLimit=5', 'jute.maxbuffer=5', ...lines]
    writeFileSync(join(stage, `members/${id}/zoo.cfg`), `${text.join('\n')}\n`)
    writeFileSync(join(stage, `members/${id}/myid`), `${id}\n`)
  }
})

const config = (...args: readonly string[]) =>
  zkops(['config', ...args], { cwd: stage, env: { XDG_CONFIG_HOME: stage, ZKOPS_ENSEMBLE: undefined } })
const validates = async (schema: string, result: unknown) => {
  const validate = new Ajv2020({ allowUnionTypes: true, strictTypes: false }).compile(await SCHEMAS[schema]!())
  expect(validate(result), JSON.stringify(validate.errors)).toBe(true)
}
const json = async <T>(schema: string, ...args: readonly string[]): Promise<{ exitCode: number | null; result: T }> => {
  const { exitCode, stdout } = await config(...args, '--json')
  const result = JSON.parse(stdout) as T
  await validates(schema, result)
  return { exitCode, result }
}

test('config inventory init: plan, refusal without --execute, result, and a file that fits its schema', async () => {
  const args = ['inventory', 'init', '--config', 'members', '--ensemble', 'prod']
  expect((await json('config-inventory-init', ...args, '--dry-run')).exitCode).toBe(0)
  expect((await json('config-inventory-init', ...args)).exitCode).toBe(5)
  expect(existsSync(join(stage, 'zkops.yaml'))).toBe(false)
  const { exitCode, result } = await json<ChangeResult>('config-inventory-init', ...args, '--execute')
  expect([exitCode, result.outcome]).toEqual([0, 'done'])
  await validates('inventory', parse(readFileSync(join(stage, 'zkops.yaml'), 'utf8')))
  const text = await config(...args, '--execute')
  expect([text.exitCode, text.stdout]).toEqual([0, 'Nothing to do.\n'])
  const both = await config('inventory', 'init', '--config', 'members', '--connect', 'a:1')
  expect(both.exitCode).toBe(2)
})

test('config generate takes the members of it', async () => {
  await config('inventory', 'init', '--config', 'members', '--ensemble', 'prod', '--execute')
  const args = ['generate', '--profile', 'small', '--inventory', 'zkops.yaml', '--output', 'out', '--execute']
  expect((await json('config-generate', ...args)).exitCode).toBe(0)
  expect(readFileSync(join(stage, 'out/2/zoo.cfg'), 'utf8')).toContain('dataDir=/data\n')
  expect((await config('generate', '--profile', 'small', '--output', 'out')).exitCode).toBe(2)
  expect((await config(...args, '--server', '1=a')).exitCode).toBe(2)
})

test('config joiner: result, how to go on, and refusals with exit code 5', async () => {
  const args = ['joiner', '--id', '4', '--server', 'zk4:2888:3888;2181', '--from', 'members']
  const { exitCode, result } = await json<ChangeResult & { next: readonly string[] }>(
    'config-joiner',
    ...args,
    '--execute',
  )
  expect([exitCode, result.outcome, result.next.length]).toEqual([0, 'done', 4])
  expect(readdirSync(join(stage, 'joiner-4')).sort()).toEqual(['java.env', 'myid', 'zoo.cfg', 'zoo.cfg.dynamic'])
  const taken = await json<ChangeResult>('config-joiner', ...args.with(2, '3'), '--execute')
  expect([taken.exitCode, taken.result.refused?.code]).toEqual([5, 'refused.id-taken'])
  expect(existsSync(join(stage, 'joiner-3'))).toBe(false)
  expect((await config('joiner', '--id', '4', '--server', 'zk4:2888:3888;2181')).exitCode).toBe(2)
  expect((await config(...args.with(6, 'none.cfg'))).exitCode).toBe(3)
})

test('config convert: what becomes what, the order, and the old files', async () => {
  const args = ['convert', 'members', '--zookeeper', '3.9', '--to', 'dynamic']
  const plan = await config(...args, '--dry-run')
  expect(plan.stdout).toContain('-server.1=zk1:2888:3888\n')
  expect(plan.stdout).toContain('How to bring them onto the members:')
  const { exitCode, result } = await json<
    ChangeResult & { members: readonly ConvertedFile[]; order: readonly string[] }
  >('config-convert', ...args, '--execute')
  expect([exitCode, result.outcome, result.members.length]).toEqual([0, 'done', 3])
  expect(result.order.length).toBeGreaterThan(4)
  expect(result.findings.map(({ code }) => code)).toEqual(Array(3).fill('convert.takes-effect'))
  expect(readFileSync(join(stage, 'members/1/zoo.cfg.dynamic'), 'utf8')).toContain('server.3=zk3:2888:3888;2181\n')
  expect((await config('lint', 'members', '--zookeeper', '3.9', '--json')).stdout).toContain('"accepted": true')
  expect((await config('convert', 'none.cfg')).exitCode).toBe(3)
})
