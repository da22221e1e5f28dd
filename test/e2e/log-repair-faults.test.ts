/*
 * The commands that write logs, with something going wrong at each of their steps: there is the old state or the new
 * one, never a third, and nothing where a server reads.
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ROOT, zkops } from '../helpers/cli.ts'
import { verify } from '../helpers/dump.ts'
import { FULL } from '../helpers/fixtures.ts'
import { creates, log } from '../helpers/log-builder.ts'

const FAULTS = ['--import', join(ROOT, 'test/helpers/faults.mjs')]
const folder = mkdtempSync(join(tmpdir(), 'zkops-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A data directory; what is written goes beside its version-2. */
const data = join(folder, 'data')
const logs = join(data, 'version-2')
const peer = join(folder, 'peer')
const output = join(data, 'out put ü')

beforeAll(() => {
  mkdirSync(logs, { recursive: true })
  mkdirSync(peer)
  writeFileSync(join(data, 'myid'), '1')
  const whole = log(creates(300), 100)
  writeFileSync(join(peer, 'log.1'), whole)
  const damaged = Buffer.from(whole)
  damaged.fill(7, 9000, 9400)
  writeFileSync(join(logs, 'log.1'), damaged)
  writeFileSync(join(logs, 'log.12d'), log(creates(20, 301n)))
})
beforeEach(() => {
  for (const name of readdirSync(data))
    if (!['version-2', 'myid'].includes(name)) rmSync(join(data, name), { recursive: true })
})

const COMMANDS = {
  chop: ['log', 'chop', logs, '--to-zxid', '0x14', '--output', output],
  salvage: ['log', 'salvage', logs, '--output', output],
  patch: ['log', 'patch', logs, '--from', peer, '--output', output],
}

const originals = () => readdirSync(logs).map((name) => [name, readFileSync(join(logs, name)).toString('base64')])

function contents(place: string): readonly (readonly [string, string])[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file.slice(place.length), readFileSync(file).toString('base64')] as const)
}

const commands = Object.entries(COMMANDS).filter(([name]) => FULL || name === 'salvage')
const stride = FULL ? 1 : 3

describe.each(commands)('%s', (_name, args) => {
  let steps: number
  let done: ReturnType<typeof contents>
  const faulty = (fault: string, at: number) =>
    zkops([...args, '--execute'], { nodeArgs: FAULTS, env: { ZKOPS_FAULT: fault, ZKOPS_FAULT_AT: String(at) } })

  /** What lies beside version-2: nothing, the whole result, or what no server reads. */
  const check = async (title: string, leftovers: boolean) => {
    const names = readdirSync(data).filter((name) => name !== 'version-2' && name !== 'myid')
    const partial = names.filter((name) => name.startsWith('.out put ü.partial-'))
    expect(partial.length, title).toBeLessThanOrEqual(leftovers ? 1 : 0)
    const others = names.filter((name) => !partial.includes(name))
    if (others.length > 0) {
      expect(others, title).toEqual(['out put ü'])
      expect(contents(output), title).toEqual(done)
    }
    for (const name of names) rmSync(join(data, name), { recursive: true })
    return others.length > 0
  }

  test('counts its steps', async () => {
    const before = originals()
    const count = join(folder, 'count')
    const { exitCode } = await zkops([...args, '--execute'], { nodeArgs: FAULTS, env: { ZKOPS_FAULT_COUNT: count } })
    expect(exitCode).toBe(0)
    steps = Number(readFileSync(count, 'utf8'))
    expect(steps).toBeGreaterThan(8)
    done = contents(output)
    expect((await verify([output])).files.every(({ tail }) => tail === 'end-of-file')).toBe(true)
    expect(originals()).toEqual(before)
  })

  test('killed before any of them', { timeout: 120_000 }, async () => {
    for (let at = steps; at > 0; at -= stride) {
      expect((await faulty('KILL', at)).signal, `step ${at}`).toBe('SIGKILL')
      // only the sync of the parent comes behind the rename
      expect(await check(`step ${at}`, true)).toBe(at === steps)
    }
  })

  test.each(FULL ? ['ENOSPC', 'EIO', 'EACCES', 'EROFS'] : ['ENOSPC'])(
    '%s at any of them',
    { timeout: 120_000 },
    async (code) => {
      for (let at = steps; at > 0; at -= stride) {
        const { exitCode, stderr } = await faulty(code, at)
        expect(exitCode, `step ${at}: ${stderr}`).toBe(6)
        expect(stderr, `step ${at}`).toMatch(/error: .*out put ü/)
        // a directory that has its name already stays, and is said to be complete
        expect(await check(`step ${at}`, false)).toBe(at === steps)
        expect(stderr.includes('is complete')).toBe(at === steps)
      }
    },
  )

  test('interrupted at any of them', { timeout: 120_000 }, async () => {
    for (let at = steps; at > 0; at -= stride) {
      const { exitCode, stderr } = await faulty('SIGINT', at)
      const finished = await check(`step ${at}`, false)
      expect(exitCode, `step ${at}: ${stderr}`).toBe(finished ? 0 : 130)
    }
  })
})

describe('places', () => {
  const chop = (place: string) =>
    zkops(['log', 'chop', logs, '--to-zxid', '0x14', '--output', place, '--execute', '--json'])
  const refusal = async (place: string) => {
    const { exitCode, stdout } = await chop(place)
    expect(exitCode, stdout).toBe(5)
    return (JSON.parse(stdout) as { refused: { code: string } }).refused.code
  }

  test('a link to an empty directory is followed, others are in the way', async () => {
    const real = join(folder, 'real')
    const link = join(folder, 'link')
    mkdirSync(real)
    symlinkSync(real, link)
    expect((await chop(link)).exitCode).toBe(0)
    expect(readdirSync(real)).toEqual(['log.1'])
    expect(await refusal(link)).toBe('refused.target-exists')
    rmSync(real, { recursive: true })
    expect(await refusal(link)).toBe('refused.target-exists')
    rmSync(link)
    // a link into a server's directory is that directory
    symlinkSync(logs, link)
    expect(await refusal(join(link, 'out'))).toBe('refused.server-directory')
    rmSync(link)
  })

  test('the input, a place inside it, below a file, version-2 itself', async () => {
    expect(await refusal(logs)).toBe('refused.target-exists')
    expect(await refusal(join(logs, 'log.1'))).toBe('refused.target-exists')
    expect(await refusal(join(logs, 'out'))).toBe('refused.server-directory')
    expect(await refusal(join(logs, 'log.1', 'out'))).toBe('refused.target-exists')
    expect(await refusal(join(folder, 'a', 'version-2', 'out'))).toBe('refused.server-directory')
  })

  test('names with spaces, newlines and other scripts', async () => {
    for (const name of ['with space', 'ünïcödé', '日本語', 'new\nline', '-dash', 'quote"\'']) {
      const place = join(folder, 'names', name)
      expect((await chop(place)).exitCode, name).toBe(0)
      expect(readdirSync(place)).toEqual(['log.1'])
    }
  })

  test('a directory that may not be written', async () => {
    const place = join(folder, 'closed')
    mkdirSync(place)
    chmodSync(place, 0o555)
    const { exitCode } = await chop(join(place, 'out'))
    // root may write everywhere
    expect([0, 6]).toContain(exitCode)
    expect(process.getuid?.() === 0 || exitCode === 6).toBe(true)
    chmodSync(place, 0o755)
  })
})
