import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BIN, ROOT, run } from '../helpers/cli.ts'

const LOG = join(ROOT, 'test/fixtures/examples/log.1')
/** Enough copies that the output is far larger than any pipe. */
const MANY = Array.from({ length: 200 }, () => LOG)
const dump = ['log', 'dump', '--format', 'jsonl', ...MANY]

test('| head ends at once with 0 and no message', async () => {
  const line = `"${process.execPath}" "${BIN}" ${dump.join(' ')}; echo "exit $?" >&2`
  const { stdout, stderr } = await run('sh', ['-c', `{ ${line}; } | head -n 1`])
  expect(JSON.parse(stdout)).toMatchObject({ zxid: '0x1' })
  expect(stderr).toBe('exit 0\n')
})

test('a non-blocking pipe that is full (EAGAIN) loses nothing', async () => {
  // a parent that shares its own pipe ends makes them non-blocking for the child
  const script = `
    const { spawn } = require('node:child_process')
    process.stdout._handle?.setBlocking?.(false)
    spawn(process.execPath, ${JSON.stringify([BIN, ...dump])}, { stdio: ['ignore', 'inherit', 'inherit'] })
      .on('close', (code) => { process.exitCode = code })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let lines = 0
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) lines++
    // a slow reader
    child.stdout.pause()
    setTimeout(() => child.stdout.resume(), 1)
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  expect(bytes).toBeGreaterThan(1 << 21)
  expect(lines).toBe(200 * 66)
})

test('SIGINT in the middle of a stream exits 130', async () => {
  const child = spawn(process.execPath, [BIN, 'log', 'dump', '-'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  // stdin stays open, so the command waits for more
  await new Promise((resolve) => setTimeout(resolve, 700))
  child.kill('SIGINT')
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(130)
  expect(stderr).toContain('Interrupted')
})

test('a full disk under the output is one sentence', async () => {
  const { stderr } = await run('sh', [
    '-c',
    `"${process.execPath}" "${BIN}" ${dump.join(' ')} > /dev/full; echo "exit $?" >&2`,
  ])
  expect(stderr).toMatch(/^error: The output could not be written: ENOSPC\n.*exit 6\n$/s)
})
