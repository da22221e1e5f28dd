import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schema } from '../../src/schemas/log-diff.ts'
import { zkops } from '../helpers/cli.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { create, creates, log } from '../helpers/log-builder.ts'

const VERSIONS = ['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] as const
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-diff-e2e-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

async function diff(...args: string[]): Promise<{ exitCode: number | null; result: Record<string, unknown> }> {
  const { exitCode, stdout } = await zkops(['log', 'diff', '--json', ...args])
  const result = JSON.parse(stdout) as Record<string, unknown>
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema)
  expect(validate(result), JSON.stringify(validate.errors)).toBe(true)
  return { exitCode, result }
}

test.each(VERSIONS)('the members of a %s ensemble', async (version) => {
  const member = (id: number) => join(FIXTURES, version, 'ensemble', `server.${id}`, 'datalog')
  for (const [a, b] of [
    [1, 2],
    [1, 3],
    [2, 3],
  ] as const) {
    const { result } = await diff(member(a), member(b))
    expect(['identical', 'prefix'], JSON.stringify(result)).toContain(result.verdict)
    expect(result.firstDifference).toBe(null)
    expect((result.compared as { records: number }).records).toBeGreaterThan(50)
  }
})

test('each verdict with its exit code and its text', async () => {
  const all = creates(20, 0x100000001n)
  const a = write('log.a', log(all))
  const cases = [
    ['identical', 0, log(all, 999), /both end with the same zxid/],
    ['prefix', 1, log(all.slice(0, 10)), /end at 0x10000000a/],
    ['hole', 1, log([...all.slice(0, 5), ...all.slice(8)]), /a hole/],
    ['diverged', 1, log([...all.slice(0, 19), create(0x100000014n, '/\u001b[2J')]), /two different transactions/],
    ['diverged', 1, log([...all.slice(0, 18), ...creates(2, 0x200000001n)]), /uncommitted tail of epoch 1/],
  ] as const
  for (const [i, [verdict, exit, bytes, says]] of cases.entries()) {
    const b = write(`log.b${i}`, bytes)
    expect(await diff(a, b)).toMatchObject({ exitCode: exit, result: { verdict } })
    const { exitCode, stdout, stderr } = await zkops(['log', 'diff', a, b])
    expect({ exitCode, stderr }).toEqual({ exitCode: exit, stderr: '' })
    expect(stdout).toMatch(says)
    expect(stdout).toMatch(new RegExp(`^${verdict}: `, 'm'))
    expect(stdout).not.toContain('\u001b')
  }
})

test('what cannot be read is exit 3', async () => {
  const a = write('log.1', log(creates(3)))
  for (const args of [
    [a, join(folder, 'no/such')],
    [join(folder, 'no/such'), a],
  ]) {
    const { exitCode, stderr } = await zkops(['log', 'diff', ...args])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('no/such does not exist')
  }
  const junk = write('junk', Buffer.from('not a log at all, by any means'))
  expect((await diff(a, junk)).exitCode).toBe(3)
  expect((await zkops(['log', 'diff', a])).exitCode).toBe(2)
})

test('a record above the limit is compared with a larger one', async () => {
  const large = log([create(1n, '/large', new Uint8Array(3_000_000)), ...creates(2, 2n)])
  const [a, b] = [write('log.l1', large), write('log.l2', large)]
  expect((await diff(a, b)).exitCode).not.toBe(0)
  expect(await diff('--jute-maxbuffer', '4MiB', a, b)).toMatchObject({ exitCode: 0, result: { verdict: 'identical' } })
})
