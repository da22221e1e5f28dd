import { spawn } from 'node:child_process'
import {
  existsSync,
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
import { setTimeout as sleep } from 'node:timers/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SCHEMAS } from '../../src/schemas/index.ts'
import { BIN, zkops } from '../helpers/cli.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-sandbox-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(async () => {
  for (const { name } of await list()) await sandbox('down', name)
})

const env = () => ({ XDG_STATE_HOME: join(folder, 'state') })
const sandbox = (...args: string[]) => zkops(['sandbox', ...args], { env: env(), cwd: folder })

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await sandbox(...args, '--json')
  expect(exitCode, stderr).toBe(0)
  const result = JSON.parse(stdout) as Record<string, unknown>
  const validate = new Ajv2020().compile(await SCHEMAS[`sandbox-${args[0]}`]!())
  expect(validate(result), JSON.stringify(validate.errors)).toBe(true)
  return result
}

const list = async () => (await json('ls')).sandboxes as { name: string; dir: string }[]

/** Processes whose command line mentions the folder. */
function processes(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) && pid !== String(process.pid)
      } catch {
        return false
      }
    })
}

test('up, ls, status, kill, start, pause, resume, stop, logs, down, each with its JSON', async () => {
  expect(await list()).toEqual([])
  const up = await json('up', '--members', '3', '--name', 'one')
  const servers = up.servers as { id: number; state: string; clientPort: number; dataDir: string; logDir: string }[]
  expect(up).toMatchObject({ name: 'one', zookeeper: '3.9.5' })
  expect(up.connect).toBe(servers.map(({ clientPort }) => `127.0.0.1:${clientPort}`).join(','))
  expect(servers.map(({ state }) => state).sort()).toEqual(['following', 'following', 'leading'])
  for (const { dataDir, logDir } of servers) expect(existsSync(dataDir) && existsSync(logDir)).toBe(true)
  const stateOf = (result: Record<string, unknown>, id: number) => (result.servers as typeof servers)[id - 1]!.state
  const follower = servers.find(({ state }) => state === 'following')!.id

  expect(await list()).toMatchObject([{ name: 'one' }])
  // the name may be left out while there is one only
  expect(stateOf(await json('kill', String(follower)), follower)).toBe('down')
  expect(stateOf(await json('start', 'one', `server.${follower}`), follower)).toBe('following')
  expect(stateOf(await json('pause', 'one', String(follower)), follower)).toBe('paused')
  await json('resume', 'one', String(follower))
  expect(stateOf(await json('stop', 'one', String(follower)), follower)).toBe('down')
  expect(stateOf(await json('status', 'one'), follower)).toBe('down')
  expect((await sandbox('logs', 'one', '1')).stdout).toContain('INFO')
  expect((await sandbox('status')).stdout).toContain(String(up.connect))

  const kept = await json('down', 'one', '--keep-data')
  expect(kept).toEqual({ name: 'one', dir: up.dir, kept: true })
  expect(readdirSync(join(servers[0]!.dataDir, 'version-2')).length).toBeGreaterThan(0)
  expect(processes()).toEqual([])
  rmSync(String(up.dir), { recursive: true })
})

test('two at once do not meet', async () => {
  const [a, b] = await Promise.all([json('up', '--standalone'), json('up', '--standalone')])
  const ports = [a, b].flatMap(({ servers }) =>
    (servers as { clientPort: number; adminPort: number }[]).flatMap((one) => [one.clientPort, one.adminPort]),
  )
  expect(new Set(ports).size).toBe(4)
  expect(new Set([a.name, b.name])).toEqual(new Set(['sandbox', 'sandbox-2']))
})

test.each([30, 120, 200, 350, 700])(
  'a zkops that is killed %i ms into `up` leaves nothing that `down` cannot clean',
  async (ms) => {
    const child = spawn(process.execPath, [BIN, 'sandbox', 'up', '--members', '3', '--name', 'killed'], {
      env: { ...process.env, ...env() },
      stdio: 'ignore',
    })
    await sleep(ms)
    child.kill('SIGKILL')
    const left = await list()
    for (const { name } of left) expect((await sandbox('down', name)).exitCode).toBe(0)
    // a shell that had not become a server yet ends by itself
    for (let tries = 0; processes().length > 0 && tries < 50; tries++) await sleep(50)
    expect(processes()).toEqual([])
    expect(existsSync(join(folder, 'state/zkops/sandboxes/killed'))).toBe(false)
    expect(await list()).toEqual([])
    const again = await json('up', '--standalone', '--name', 'killed')
    expect(again.name).toBe('killed')
  },
)

test('SIGINT during `up` takes down what was started', async () => {
  const child = spawn(process.execPath, [BIN, 'sandbox', 'up', '--members', '3'], {
    env: { ...process.env, ...env() },
    stdio: 'ignore',
  })
  await sleep(500)
  child.kill('SIGINT')
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130)
  expect(await list()).toEqual([])
  expect(processes()).toEqual([])
})

test('a server that does not start: exit 4, its reason, and nothing left', async () => {
  const { exitCode, stderr } = await sandbox('up', '--standalone', '--property', 'tickTime=soon')
  expect(exitCode).toBe(4)
  expect(stderr).toMatch(/Server 1 of sandbox ended while it started\n→ .*tickTime|NumberFormat|soon/s)
  expect(await list()).toEqual([])
})

describe('wrong calls', () => {
  test('a name that is taken: 5', async () => {
    await json('up', '--standalone', '--name', 'twice')
    const { exitCode, stderr } = await sandbox('up', '--standalone', '--name', 'twice')
    expect(exitCode).toBe(5)
    expect(stderr).toContain('zkops sandbox down twice')
  })

  test('a folder that is not empty: 5, and it is left alone', async () => {
    const dir = join(folder, 'full')
    mkdirSync(dir)
    writeFileSync(join(dir, 'mine'), 'x')
    const { exitCode } = await sandbox('up', '--standalone', '--dir', dir)
    expect(exitCode).toBe(5)
    expect(readdirSync(dir)).toEqual(['mine'])
  })

  test('an unknown sandbox: 3, with the nearest name', async () => {
    await json('up', '--standalone', '--name', 'rehearsal')
    const { exitCode, stderr } = await sandbox('status', 'reharsal')
    expect(exitCode).toBe(3)
    expect(stderr).toContain('Did you mean rehearsal?')
    expect((await sandbox('kill', 'rehearsal', '7')).exitCode).toBe(2)
  })

  test.each([
    [['up', '--zookeeper', '2.0'], 2],
    [['up', '--property', 'novalue'], 2],
    [['up', '--name', '../x'], 2],
    [['status', 'none'], 3],
    [['up', '--zookeeper-home', '/nowhere'], 3],
    [['logs', 'none', '1', '--json'], 2],
  ])('%j exits %i', async (args, code) => {
    expect((await sandbox(...args)).exitCode).toBe(code)
  })

  test('no Java, no Maven: exit 4, naming what to install', async () => {
    const bare = join(folder, 'bare')
    mkdirSync(bare)
    const call = () =>
      zkops(['sandbox', 'install'], { env: { PATH: bare, ZKOPS_CACHE: join(folder, 'cache'), JAVA_HOME: undefined } })
    const noJava = await call()
    expect(noJava.exitCode).toBe(4)
    expect(noJava.stderr).toContain('default-jre-headless')
    symlinkSync('/bin/true', join(bare, 'java'))
    const noMaven = await call()
    expect(noMaven.exitCode).toBe(4)
    expect(noMaven.stderr).toContain('apt-get install maven')
  })

  test('a failing Maven: exit 4, its last words, and nothing left behind', async () => {
    const bin = join(folder, 'failing')
    mkdirSync(bin)
    symlinkSync('/bin/true', join(bin, 'java'))
    writeFileSync(join(bin, 'mvn'), '#!/bin/sh\necho "[ERROR] no such artifact"\nexit 1\n', { mode: 0o755 })
    const cache = join(folder, 'cache2')
    const { exitCode, stderr } = await zkops(['sandbox', 'install', '3.8'], {
      env: { PATH: `${bin}:/bin:/usr/bin`, ZKOPS_CACHE: cache, JAVA_HOME: undefined },
    })
    expect(exitCode).toBe(4)
    expect(stderr).toContain('no such artifact')
    expect(readdirSync(join(cache, 'zookeeper'))).toEqual([])
  })
})

test('versions lists what the cache and ZOOKEEPER_HOME hold, and a home can be run', async () => {
  const { versions } = (await json('versions')) as { versions: { version: string; source: string; location: string }[] }
  const cached = versions.find(({ version, source }) => version === '3.9.5' && source === 'cache')!
  expect(cached).toBeDefined()
  // the cache's layout is that of an unpacked distribution
  const status = await json('up', '--standalone', '--zookeeper-home', cached.location)
  expect(status.zookeeper).toBe('3.9.5')
  const home = await zkops(['sandbox', 'versions', '--json'], { env: { ...env(), ZOOKEEPER_HOME: cached.location } })
  expect(JSON.parse(home.stdout).versions).toContainEqual({
    version: '3.9.5',
    source: 'home',
    location: cached.location,
    installed: true,
  })
})
