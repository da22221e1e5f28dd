import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateLog } from '../../bench/generate-log.ts'
import { BIN } from '../helpers/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-memory-'))
const small = join(folder, 'log.1')
const large = join(folder, 'log.2')
beforeAll(() => {
  generateLog(small, 12e6)
  generateLog(large, 72e6)
})
afterAll(() => rmSync(folder, { recursive: true }))

const PEAK =
  "data:text/javascript,process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + ' KiB'))"

/** The highest memory of a whole process in MiB. */
async function peak(...args: string[]): Promise<number> {
  const child = spawn(process.execPath, ['--import', PEAK, BIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // certificates that some environments add are read at every start
    env: { ...process.env, NODE_ENV: undefined, NODE_EXTRA_CA_CERTS: undefined } as NodeJS.ProcessEnv,
  })
  const said = await text(child.stderr)
  const found = /peak (\d+) KiB/.exec(said)
  if (found === null) throw new Error(said)
  return Number(found[1]) / 1024
}

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
