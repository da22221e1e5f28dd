import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zkops } from '../helpers/cli.ts'
import { type FakeMember, fakeMember, fakeWords } from '../helpers/fake-member.ts'
import { type Pty, type PtyOptions, zkopsInPty } from '../helpers/pty.ts'

/* The terminal, with a member that answers as a real one; real ensembles are in ensemble-top-live.test.ts. */

let one: FakeMember
let connect: string
beforeAll(async () => {
  one = await fakeMember({ kind: 'words', words: fakeWords({ id: 1, mode: 'standalone', zxid: '0x5' }) })
  connect = `127.0.0.1:${one.port}`
})
afterAll(() => one[Symbol.asyncDispose]())

const top = (options: PtyOptions = {}, ...more: readonly string[]): Pty =>
  zkopsInPty(['ensemble', 'top', '--connect', connect, '--interval', '100ms', ...more], options)

const shown = (screen: string) => /standalone .*\n[\s\S]*q quit/.test(screen)

const LEFT = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const boom = 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("boom")})'

describe('the terminal is as it was, after', () => {
  test.each<[string, (pty: Pty) => void, number, PtyOptions?]>([
    ['q', (pty) => pty.send('q'), 0],
    ['Ctrl-C', (pty) => pty.send('\x03'), 130],
    ['Ctrl-C, twice', (pty) => pty.send('\x03\x03'), 130],
    ['Ctrl-D', (pty) => pty.send('\x04'), 130],
    ['SIGINT', (pty) => pty.signal('SIGINT'), 130],
    ['SIGTERM', (pty) => pty.signal('SIGTERM'), 130],
    ['SIGHUP', (pty) => pty.signal('SIGHUP'), -1],
    ['an exception that nobody catches', (pty) => pty.signal('SIGUSR2'), 1, { nodeArgs: ['--import', boom] }],
  ])('%s', async (_what, act, code, options = {}) => {
    const pty = top(options)
    await pty.until(shown)
    act(pty)
    const end = await pty.end
    expect([end.code, end.after]).toEqual([code, end.before])
    const output = pty.output()
    expect(output.split('\x1b[?1049h')).toHaveLength(2)
    expect(output.split(LEFT)).toHaveLength(2)
    // what is said at the end is said where one sees it
    const behind = output.slice(output.indexOf(LEFT) + LEFT.length)
    expect(behind).not.toContain('\x1b[?')
    if (code === 1) expect(behind).toContain('boom')
  })

  test('an address that is none, and says so where one sees it', async () => {
    const pty = zkopsInPty(['ensemble', 'top', '--connect', 'a:b'])
    const end = await pty.end
    expect([end.code, end.after]).toEqual([2, end.before])
    expect(pty.output().split(LEFT)[1]).toContain('a:b is no host:port')
  })
})

test('a terminal that is gone ends it', async () => {
  const pty = top()
  await pty.until(shown)
  pty.hangup()
  expect((await pty.end).code).toBe(-1)
})

test('Ctrl-Z gives the terminal back, and going on shows the screen again', async () => {
  const pty = top()
  await pty.until(shown)
  pty.send('\x1a')
  await pty.until(() => pty.output().split('\x1b[?1049h').length === 3)
  await pty.until(shown)
  pty.send('q')
  const end = await pty.end
  expect([end.code, end.after]).toEqual([0, end.before])
})

test('keys: sort, filter, pause, help, clients', async () => {
  const pty = top()
  await pty.until(shown)
  pty.send('s')
  await pty.until((screen) => /req\/s[↑↓]/.test(screen))
  pty.send('/nobody\r')
  await pty.until((screen) => screen.includes('only: nobody') && !screen.includes('standalone '))
  pty.send('\x1b')
  await pty.until((screen) => shown(screen) && !screen.includes('only:'))
  pty.send('p')
  const paused = await pty.until((screen) => screen.includes('PAUSED'))
  await new Promise((resolve) => setTimeout(resolve, 1300))
  expect(pty.screen().join('\n')).toBe(paused)
  pty.send('p')
  await pty.until((screen) => !screen.includes('PAUSED'))
  pty.send('h')
  await pty.until((screen) => screen.includes('the other way round'))
  pty.send('hc')
  await pty.until((screen) => shown(screen) && !screen.includes('client '))
  pty.send('q')
  expect((await pty.end).code).toBe(0)
})

test('it follows the size of its window, and draws only what changes', async () => {
  const pty = top({ rows: 24, columns: 80 })
  await pty.until(shown)
  expect(pty.screen()).toHaveLength(24)
  pty.resize(40, 160)
  await pty.until((screen) => /znodes/.test(screen) && screen.split('\n').length === 40 && /q quit.*$/.test(screen))
  pty.resize(5, 20)
  await pty.until((screen) => screen.startsWith('zkops top'))
  pty.resize(24, 80)
  await pty.until(shown)
  const before = pty.output().length
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const drawn = pty.output().slice(before)
  // the clock, and with it a line or two for each of fifteen looks
  expect(drawn).toContain('\x1b[1;1H')
  expect(drawn).not.toMatch(/\x1b\[2J|\x1b\[J/)
  expect(drawn.length).toBeLessThan(15 * 300)
  pty.send('q')
  expect((await pty.end).code).toBe(0)
})

test('NO_COLOR paints nothing, colours are there otherwise', async () => {
  for (const [env, painted] of [
    [{ NO_COLOR: '1', FORCE_COLOR: undefined }, false],
    [{ NO_COLOR: undefined, FORCE_COLOR: undefined }, true],
  ] as const) {
    const pty = top({ env })
    await pty.until(shown)
    pty.send('q')
    await pty.end
    expect(/\x1b\[\d+m/.test(pty.output())).toBe(painted)
  }
})

test('a dumb terminal gets one table after the other', async () => {
  const pty = top({ env: { TERM: 'dumb' } }, '--count', '2')
  const end = await pty.end
  expect([end.code, end.after]).toEqual([0, end.before])
  expect(pty.output()).not.toContain('\x1b')
  expect(pty.output().match(/standalone /g)!.length).toBeGreaterThanOrEqual(2)
})

test('names of members never reach a terminal raw', async () => {
  const words = fakeWords({ id: 1, mode: 'standalone', zxid: '0x5', version: '3.9.5\x1b]0;owned\x07\x1b[31m' })
  const cons =
    ' /\x1b[2J10.0.0.7:1[1](queued=0,recved=1,sent=1,sid=0x1,to=1)\n /10.\u009b31m0.7:1[1](queued=0,recved=1,sent=1,sid=0x1,to=1)\n'
  await using hostile = await fakeMember({ kind: 'words', words: { ...words, cons } })
  const args = [
    'ensemble',
    'top',
    '--connect',
    `127.0.0.1:${hostile.port}`,
    '--interval',
    '100ms',
    '--filter',
    '\x1b[31m',
  ]
  const pty = zkopsInPty(args, { columns: 200 })
  await pty.until((screen) => screen.includes('only: \\x1b[31m'))
  pty.send('\x1b')
  await pty.until((screen) => screen.includes('10.\\x9b31m0.7'))
  pty.send('q')
  await pty.end
  expect(pty.output()).not.toMatch(/\x1b\]|\u009b|\x07/)
})

describe('without a terminal', () => {
  test('lines of JSON, and an end', async () => {
    const args = ['ensemble', 'top', '--connect', connect, '--interval', '100ms', '--count', '3', '--format', 'jsonl']
    const { exitCode, stdout, stderr } = await zkops(args)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const looks = stdout.trim().split('\n')
    expect(looks).toHaveLength(3)
    for (const look of looks)
      expect(JSON.parse(look)).toMatchObject({ standalone: true, members: [{ state: 'standalone' }] })
  })

  test('tables, without a byte that moves a cursor', async () => {
    const { exitCode, stdout } = await zkops([
      'ensemble',
      'top',
      '--connect',
      connect,
      '--interval',
      '100ms',
      '-n',
      '2',
    ])
    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('\x1b')
    expect(stdout.match(/one server, standalone/g)).toHaveLength(2)
  })

  test('nobody answers: exit 4; too often: exit 2', async () => {
    const args = ['ensemble', 'top', '--connect', '127.0.0.1:1', '--interval', '100ms', '-n', '1']
    expect((await zkops(args)).exitCode).toBe(4)
    const often = await zkops(['ensemble', 'top', '--connect', connect, '--interval', '1ms'])
    expect(often.exitCode).toBe(2)
    expect(often.stderr).toContain('100ms at least')
  })
})

describe('status --watch', () => {
  const watch = (options: PtyOptions = {}) =>
    zkopsInPty(['ensemble', 'status', '--connect', connect, '--watch', '--interval', '100ms'], options)

  test('shows the same place again and again, until interrupted', async () => {
    const pty = watch()
    await pty.until((screen) => screen.includes('standalone'))
    await pty.until(() => pty.output().split('\x1b[H\x1b[J').length > 4)
    expect(
      pty
        .screen()
        .join('\n')
        .match(/one server, standalone/g),
    ).toHaveLength(1)
    pty.send('\x03')
    const end = await pty.end
    expect([end.code, end.after]).toEqual([130, end.before])
  })

  test('moves no cursor of a dumb terminal', async () => {
    const pty = watch({ env: { TERM: 'dumb' } })
    await pty.until(() => pty.output().split('one server, standalone').length > 3)
    pty.signal('SIGTERM')
    expect((await pty.end).code).toBe(130)
    expect(pty.output()).not.toContain('\x1b')
  })
})

test('its memory stays as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-top-'))
  const probe = join(folder, 'probe.mjs')
  const { writeFileSync, readFileSync } = await import('node:fs')
  const file = join(folder, 'heap')
  writeFileSync(
    probe,
    `import { appendFileSync } from 'node:fs'
setInterval(() => { globalThis.gc(); appendFileSync(${JSON.stringify(file)}, process.memoryUsage().heapUsed + '\\n') }, 500).unref()`,
  )
  const args = ['ensemble', 'top', '--connect', connect, '--interval', '100ms', '--count', '60', '--format', 'jsonl']
  await zkops(args, { nodeArgs: ['--expose-gc', '--import', probe] })
  const heaps = readFileSync(file, 'utf8').trim().split('\n').map(Number)
  rmSync(folder, { recursive: true })
  expect(heaps.length).toBeGreaterThan(8)
  // two thirds of the looks change nothing that stays
  expect(heaps.at(-1)! - heaps[Math.floor(heaps.length / 3)]!).toBeLessThan(300_000)
})
