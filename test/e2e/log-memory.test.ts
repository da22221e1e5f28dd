import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateLog } from '../../bench/generate-log.ts'
import { peak } from '../helpers/peak.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-memory-'))
const small = join(folder, 'log.1')
const large = join(folder, 'log.2')
beforeAll(() => {
  generateLog(small, 12e6)
  generateLog(large, 72e6)
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['verify', ['verify']],
  ['dump --format text', ['dump']],
  ['dump --format jsonl', ['dump', '--format', 'jsonl']],
  ['dump --format csv', ['dump', '--format', 'csv']],
  ['dump --format toolkit', ['dump', '--format', 'toolkit']],
  ['salvage --dry-run', ['salvage', '--output', join(folder, 'new'), '--dry-run']],
  ['chop', ['chop', '--to-zxid', '0x100', '--output', join(folder, 'new'), '--dry-run']],
])('%s needs no more memory for a larger log', async (_name, args) => {
  const little = await peak('log', ...args, small)
  const much = await peak('log', ...args, large)
  expect(much).toBeLessThan(80)
  expect(much).toBeLessThan(little * 1.15)
})
