import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BIN, run, zkops } from '../helpers/cli.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { follow } from '../helpers/follow.ts'
import { create, creates, log } from '../helpers/log-builder.ts'

const DIR = join(FIXTURES, '3.9.5/standalone/datalog')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-tail-e2e-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['text', []],
  ['jsonl', []],
  ['csv', []],
  ['jsonl', ['--no-data']],
  ['jsonl', ['--decode']],
  ['jsonl', ['--errors']],
  ['jsonl', ['--type', 'create,setData']],
  ['csv', ['--path', '/app/**']],
] as const)('all of it as %s %j is what log dump prints', async (format, flags) => {
  const tail = await zkops(['log', 'tail', '-n', '100000', '--format', format, ...flags, DIR])
  const dump = await zkops(['log', 'dump', '--format', format, ...flags, DIR])
  expect(tail.stdout).toBe(dump.stdout)
  expect({ exitCode: tail.exitCode, stderr: tail.stderr }).toEqual({ exitCode: 0, stderr: dump.stderr })
})

test('the last ten, of files, version-2, compressed files and standard input', async () => {
  const dump = await zkops(['log', 'dump', '--format', 'jsonl', DIR])
  const lastTen = dump.stdout.trim().split('\n').slice(-10)
  for (const place of [DIR, join(DIR, 'version-2')]) {
    expect((await zkops(['log', 'tail', '--format', 'jsonl', place])).stdout.trim().split('\n')).toEqual(lastTen)
  }
  const bytes = log(creates(30))
  const zipped = join(folder, 'log.1.gz')
  writeFileSync(zipped, gzipSync(bytes))
  for (const [args, input] of [
    [[zipped], ''],
    [['-'], bytes],
  ] as const) {
    const { stdout } = await zkops(['log', 'tail', '-n', '2', '--format', 'jsonl', ...args], { input })
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { zxid: string }).zxid),
    ).toEqual(['0x1d', '0x1e'])
    const followed = await zkops(['log', 'tail', '-f', ...args], { input })
    expect(followed.exitCode).toBe(2)
    expect(followed.stderr).toContain('cannot be followed')
  }
})

test('what is damaged is exit 3, what is missing too, an empty directory as well unless it is followed', async () => {
  const bytes = log(creates(30))
  bytes[1000]! ^= 1
  const damaged = join(folder, 'log.2')
  writeFileSync(damaged, bytes)
  const { exitCode, stdout, stderr } = await zkops(['log', 'tail', '-n', '1', damaged])
  expect(exitCode).toBe(3)
  expect(stdout).toContain('/n/')
  expect(stderr).toContain('log.checksum')
  mkdirSync(join(folder, 'empty'))
  expect((await zkops(['log', 'tail', join(folder, 'empty')])).exitCode).toBe(3)
  expect((await zkops(['log', 'tail', '-f', join(folder, 'nothing')])).exitCode).toBe(3)
  expect((await zkops(['log', 'tail', '--type', 'craete', DIR])).exitCode).toBe(2)
})

test('an interrupt ends it with 130, at once and with everything printed', async () => {
  const tail = follow(['--format', 'csv', '-n', '2', DIR])
  await tail.until(() => tail.stdout().split('\r\n').length >= 4)
  const startedAt = performance.now()
  const { exitCode, stdout } = await tail.interrupt()
  expect(exitCode).toBe(130)
  expect(performance.now() - startedAt).toBeLessThan(2000)
  expect(stdout).toMatch(/^file,offset/)
})

test('| head ends it with 0 when the next record comes', async () => {
  const dir = join(folder, 'live')
  mkdirSync(dir)
  writeFileSync(join(dir, 'log.1'), log(creates(3)))
  const line = `"${process.execPath}" "${BIN}" log tail -f --format jsonl "${dir}"; echo "exit $?" >&2`
  let over = false
  const done = run('sh', ['-c', `{ ${line}; } | head -n 1`]).finally(() => {
    over = true
  })
  for (let zxid = 4; !over; zxid++) {
    await sleep(300)
    writeFileSync(join(dir, `log.${zxid.toString(16)}`), log(creates(1, BigInt(zxid))))
  }
  const { stdout, stderr } = await done
  expect(JSON.parse(stdout)).toMatchObject({ zxid: '0x1' })
  expect(stderr).toBe('exit 0\n')
})

test('control characters do not reach the terminal', async () => {
  const file = join(folder, 'log.9')
  writeFileSync(file, log([create(9n, '/\u001b[2J', '\u001b]0;x\u0007')]))
  expect((await zkops(['log', 'tail', file])).stdout).not.toContain('\u001b')
})
