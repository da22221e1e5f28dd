import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { SCHEMAS } from '../../src/schemas/index.ts'
import { zkops } from '../helpers/cli.ts'
import { FIXTURES } from '../helpers/fixtures.ts'

const PLACE = join(FIXTURES, 'examples')
const ajv = new Ajv2020({ strict: false })

describe('real output is what the schemas say', () => {
  test.each([
    ['show', PLACE, '--at', '0x188'],
    ['show', join(FIXTURES, '3.4.14/standalone/data')],
    ['ls', PLACE, '/app'],
    ['stat', PLACE, '/ct/ttl-hour'],
    ['cat', PLACE, '/app', '--decode'],
    ['tree', PLACE, '--depth', '3'],
    ['du', join(PLACE, 'snapshot.184'), '--depth', '3'],
  ])('snapshot %s %s', async (command, ...args) => {
    const { exitCode, stdout } = await zkops(['snapshot', command, ...args, '--json'])
    expect(exitCode).toBe(0)
    const valid = ajv.compile(await SCHEMAS[`snapshot-${command}`]!())
    expect(valid(JSON.parse(stdout)), JSON.stringify(valid.errors)).toBe(true)
  })

  test('snapshot find', async () => {
    const { stdout } = await zkops(['snapshot', 'find', PLACE, '--format', 'jsonl'])
    const valid = ajv.compile(await SCHEMAS['snapshot-find']!())
    const lines = stdout.trim().split('\n')
    expect(lines.length).toBe(359)
    for (const line of lines) expect(valid(JSON.parse(line)), JSON.stringify(valid.errors)).toBe(true)
  })
})

test('without digests there is no proof and no digest', async () => {
  const { stdout } = await zkops(['snapshot', 'show', join(FIXTURES, '3.4.14/standalone/data'), '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ digest: null, proof: null })
})

test('a script piped into the shell: answers, and the exit code of the first failure', async () => {
  const { exitCode, stdout, stderr } = await zkops(['snapshot', 'shell', PLACE], {
    input: 'cd /app\npwd\ncd nothing\ncat\nexit\npwd\n',
  })
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '/app\nafter create2\n' })
  expect(stderr).toContain('/app/nothing does not exist at 0x1ba')
})
