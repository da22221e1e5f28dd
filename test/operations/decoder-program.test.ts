import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { type ProgramDecoded, runDecoder } from '../../src/operations/decoder-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-decoder-'))
afterAll(() => rmSync(folder, { recursive: true }))

const never = new AbortController().signal
const decode = (
  command: string,
  payload: Uint8Array | string = 'payload',
  options: { timeoutMs?: number; signal?: AbortSignal; about?: Record<string, string> } = {},
): Promise<ProgramDecoded> =>
  runDecoder(
    Buffer.from(payload),
    { command, timeoutMs: options.timeoutMs, signal: options.signal ?? never },
    options.about ?? {},
  )

/** What a program has written into the file, once it has. */
async function pidIn(file: string): Promise<number> {
  for (;;) {
    if (existsSync(file) && readFileSync(file, 'utf8').endsWith('\n')) return Number(readFileSync(file, 'utf8'))
    await sleep(10)
  }
}

/** Waits until the process is gone; a test that hangs here has failed. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    // a zombie of another parent is gone as well
    if (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.startsWith('Z')) return
    await sleep(10)
  }
}

describe('answers', () => {
  test.each<[string, unknown]>([
    ['cat', 'payload'],
    ['echo two; echo lines', 'two\nlines'],
    ['true', ''],
    ['echo \'{"a":[1]}\'', { a: [1] }],
    ['echo 5', 5],
    ['echo null', null],
    ['echo 72057594037927937', '72057594037927937'],
    ['echo {a', '{a'],
    ["printf 'a\\n\\n'", 'a\n'],
    ["printf '\\377'", '\ufffd'],
    ['cat | wc -c', 7],
    ['echo lost >&2; echo kept', 'kept'],
  ])('%s', async (command, value) => {
    expect(await decode(command)).toEqual({ kind: 'program', value })
  })

  test('every byte arrives, also of a payload larger than a pipe', async () => {
    const bytes = Buffer.alloc(1_000_000, Buffer.from(Array.from({ length: 256 }, (_, i) => i)))
    expect(await decode('base64 | tr -d "\\n" | tail -c 400000', bytes)).toEqual({
      kind: 'program',
      value: bytes.toString('base64').slice(-400_000),
    })
  })

  test('a program that does not read a large payload', async () => {
    expect(await decode('echo done', Buffer.alloc(4 << 20))).toEqual({ kind: 'program', value: 'done' })
  })

  test('the payload is nowhere on a command line, what it is about is in the environment', async () => {
    const about = { ZKOPS_PATH: '/a; rm "b" $(c)\n日本', ZKOPS_ZXID: '0x5' }
    const { value } = (await decode(
      'tr "\\0" " " < /proc/$$/cmdline; printf "%s %s" "$ZKOPS_PATH" "$ZKOPS_ZXID"',
      'secret',
      { about },
    )) as { value: string }
    expect(value).toMatch(/^sh -c tr /)
    expect(value).not.toContain('secret')
    expect(value.endsWith(`${about.ZKOPS_PATH} 0x5`)).toBe(true)
  })

  test('paths that no variable can hold', async () => {
    expect(await decode('printf %s "$ZKOPS_PATH"', '', { about: { ZKOPS_PATH: '/a\0b' } })).toEqual({
      kind: 'program',
      value: '/a\ufffdb',
    })
    expect(await decode('cat', '', { about: { ZKOPS_PATH: `/${'x'.repeat(1_000_000)}` } })).toEqual({
      kind: 'program',
      error: 'the path is too long for an environment variable',
    })
  })
})

describe('failures are answers', () => {
  test.each<[string, string]>([
    ['echo out; echo first >&2; echo second >&2; exit 3', 'exit 3: first'],
    ['exit 1', 'exit 1'],
    ['kill -SEGV $$', 'killed by SIGSEGV'],
    ['printf "%05000d" 0 >&2; exit 2', `exit 2: ${'0'.repeat(200)}`],
    ['yes', 'more than 1048576 bytes of output'],
    ['head -c 1048577 /dev/zero', 'more than 1048576 bytes of output'],
  ])('%s', async (command, error) => {
    expect(await decode(command)).toEqual({ kind: 'program', error })
  })

  test('the largest output', async () => {
    const { value } = (await decode('head -c 1048576 /dev/zero')) as { value: string }
    expect(value).toHaveLength(1 << 20)
  })

  test('endless stderr is no harm', async () => {
    expect(await decode('yes oh >&2', '', { timeoutMs: 300 })).toEqual({
      kind: 'program',
      error: 'no end within 0.3 s',
    })
  })
})

describe('what is too slow is killed, with all it has started', () => {
  test.concurrent.each([
    ['itself', 'echo $$ > FILE; exec sleep 1000'],
    ['a child of it', 'sleep 1000 & echo $! > FILE; wait'],
    ['deaf to signals', 'trap "" TERM INT HUP; echo $$ > FILE; while :; do sleep 1; done'],
    ['a child that holds the output', 'sleep 1000 & echo $! > FILE'],
  ])('%s', async (name, command) => {
    const file = join(folder, name.replaceAll(' ', '-'))
    expect(await decode(command.replace('FILE', file), '', { timeoutMs: 1500 })).toEqual({
      kind: 'program',
      error: 'no end within 1.5 s',
    })
    await gone(await pidIn(file))
  })

  test('one that has left the group cannot hold us up', async () => {
    const file = join(folder, 'left')
    expect(await decode(`setsid sleep 1000 & echo $! > ${file}; sleep 1000`, '', { timeoutMs: 1500 })).toMatchObject({
      error: 'no end within 1.5 s',
    })
    process.kill(await pidIn(file), 'SIGKILL')
  })

  test('what a program leaves behind ends with it', async () => {
    const file = join(folder, 'behind')
    expect(await decode(`sleep 1000 >/dev/null 2>&1 & echo $! > ${file}; echo done`)).toEqual({
      kind: 'program',
      value: 'done',
    })
    await gone(await pidIn(file))
  })

  test('on interruption too, which is no answer', async () => {
    const file = join(folder, 'interrupted')
    const controller = new AbortController()
    const running = decode(`echo $$ > ${file}; exec sleep 1000`, '', { signal: controller.signal })
    const failed = expect(running).rejects.toMatchObject({ code: 'interrupted' })
    const pid = await pidIn(file)
    controller.abort()
    await failed
    await gone(pid)
    await expect(decode('cat', '', { signal: controller.signal })).rejects.toMatchObject({ code: 'interrupted' })
  })
})

test.each([
  ['no-such-program --now', /no-such-program.*not found/],
  ['/etc/passwd', /[Pp]ermission denied/],
])('a program that cannot be run stops the work: %s', async (command, message) => {
  await expect(decode(command)).rejects.toMatchObject({
    code: 'environment.program',
    message: expect.stringMatching(message) as string,
  })
})
