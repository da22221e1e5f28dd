import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { schema } from '../../src/schemas/snapshot-diff.ts'
import { zkops } from '../helpers/cli.ts'
import { FIXTURES } from '../helpers/fixtures.ts'

const FOLDER = join(FIXTURES, '3.9.5/standalone/data/version-2')
const BEFORE = join(FOLDER, 'snapshot.33')
const AFTER = join(FOLDER, 'snapshot.49')
const valid = new Ajv2020({ strict: false }).compile(schema)

test('text: a line a node, then the counts; exit 1 when something differs', async () => {
  const { exitCode, stdout } = await zkops(['snapshot', 'diff', BEFORE, AFTER])
  expect(exitCode).toBe(1)
  expect(stdout.split('\n').slice(0, -2)).toEqual([
    '+ /app/container/child  persistent  version 0  null',
    '+ /app/ttl  ttl 3600000 ms  version 0  "t" 1 B',
    '+ /app/multi/container  container  version 0  null',
    '+ /app/multi/g  persistent  version 0  "g" 1 B',
    '- /app/queue/item-0000000001  persistent  version 0  "job 1" 5 B',
  ])
  expect(stdout).toContain('4 added, 1 removed, 0 changed: ')
})

test('exit 0 when nothing differs', async () => {
  const { exitCode, stdout } = await zkops(['snapshot', 'diff', AFTER, AFTER])
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^0 added, 0 removed, 0 changed: /)])
})

test('the document holds counts, lines the nodes before and after', async () => {
  const document = await zkops(['snapshot', 'diff', '--json', BEFORE, AFTER])
  const counts = JSON.parse(document.stdout) as Record<string, unknown>
  expect(valid(counts), JSON.stringify(valid.errors)).toBe(true)
  expect([document.exitCode, counts]).toMatchObject([1, { added: 4, removed: 1, changed: 0 }])
  for (const more of [[], ['--no-data']]) {
    const { exitCode, stdout } = await zkops(['snapshot', 'diff', '--format', 'jsonl', ...more, BEFORE, AFTER])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect([exitCode, lines.length]).toEqual([1, 5])
    for (const line of lines) expect(valid(line), JSON.stringify(valid.errors)).toBe(true)
  }
})
