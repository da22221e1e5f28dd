import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runningServer } from '../../src/datadir/running-server.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { creates, log } from '../helpers/log-builder.ts'
import { RELEASES } from '../helpers/oracle.ts'

let folder: string
let data: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-running-'))
  data = join(folder, 'data')
  mkdirSync(join(data, 'version-2'), { recursive: true })
  writeFileSync(join(data, 'version-2/log.1'), log(creates(3)))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A process that lives until it is told to go; `file` is open in it, for writing unless told. */
async function withProcess<T>(file: string, work: (pid: number) => Promise<T>, open = '<>'): Promise<T> {
  const child = spawn('sh', ['-c', `exec 3${open}"$1"; echo; read wait`, 'sh', file], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const exit = once(child, 'exit')
  await once(child.stdout, 'data')
  try {
    return await work(child.pid!)
  } finally {
    child.stdin.end()
    await exit
  }
}

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as { port: number }).port }
}

test('a directory that nobody has', async () => {
  expect(await runningServer(data)).toBeUndefined()
  expect(await runningServer(join(folder, 'missing'))).toBeUndefined()
})

describe('a pid file', () => {
  test('of a process that lives, and that ended', async () => {
    const file = join(data, 'zookeeper_server.pid')
    const pid = await withProcess('/dev/null', async (pid) => {
      writeFileSync(file, `${pid}`)
      for (const place of [data, join(data, 'version-2')]) {
        expect(await runningServer(place)).toMatchObject({ evidence: 'pid-file', pid })
      }
      return pid
    })
    expect(await runningServer(data), `${pid}`).toBeUndefined()
  })
  test.each(['', 'none', '0', '-1', '99999999999'])('with %j in it', async (content) => {
    writeFileSync(join(data, 'zookeeper_server.pid'), content)
    expect(await runningServer(data)).toBeUndefined()
  })
})

test('open files, also by way of a link', async () => {
  const file = join(data, 'version-2/log.1')
  symlinkSync(data, join(folder, 'link'))
  await withProcess(file, async (pid) => {
    for (const place of [data, join(data, 'version-2'), join(folder, 'link')]) {
      expect(await runningServer(place)).toMatchObject({ evidence: 'open-files', pid })
    }
    const other = join(folder, 'data-2/version-2')
    mkdirSync(other, { recursive: true })
    expect(await runningServer(other)).toBeUndefined()
  })
  expect(await runningServer(data)).toBeUndefined()
})

test('open files of a version-2 that is a link to a directory of another name', async () => {
  const elsewhere = join(folder, 'disk2/v2')
  mkdirSync(elsewhere, { recursive: true })
  writeFileSync(join(elsewhere, 'log.1'), log(creates(3)))
  writeFileSync(join(elsewhere, 'notes'), '')
  const linked = join(folder, 'linked')
  mkdirSync(linked)
  symlinkSync(elsewhere, join(linked, 'version-2'))
  const places = [linked, join(linked, 'version-2'), elsewhere]
  await withProcess(join(elsewhere, 'log.1'), async (pid) => {
    for (const place of places) expect(await runningServer(place)).toMatchObject({ evidence: 'open-files', pid })
  })
  const seen = await withProcess(join(elsewhere, 'notes'), () => Promise.all(places.map(runningServer)))
  expect(seen.map((one) => one?.evidence)).toEqual(['open-files', 'open-files', undefined])
  writeFileSync(join(linked, 'zookeeper_server.pid'), '')
  await withProcess('/dev/null', async (pid) => {
    writeFileSync(join(linked, 'zookeeper_server.pid'), `${pid}`)
    expect((await runningServer(join(linked, 'version-2')))?.evidence).toBe('pid-file')
  })
})

test('a reader that is no JVM has nothing', async () => {
  const found = await withProcess(join(data, 'version-2/log.1'), () => runningServer(data), '<')
  expect(found).toBeUndefined()
})

describe('ports of a zoo.cfg that names the directory', () => {
  const config = (text: string, place = 'conf/zoo.cfg') => {
    mkdirSync(join(folder, 'conf'), { recursive: true })
    writeFileSync(join(folder, place), text)
  }
  test.each<[string, (port: number) => string, boolean]>([
    ['clientPort', (port) => `dataDir=${data}\nclientPort=${port}\n`, true],
    [
      'secureClientPort and dataLogDir',
      (port) => `dataDir=/other\ndataLogDir = ${data}\nsecureClientPort: ${port}`,
      true,
    ],
    ['its own server line', (port) => `dataDir=${data}\nserver.2=127.0.0.1:1:2;0.0.0.0:${port}`, true],
    ["another member's line", (port) => `dataDir=${data}\nserver.3=127.0.0.1:1:2;0.0.0.0:${port}`, false],
    ['another directory', (port) => `dataDir=${data}-2\nclientPort=${port}\n`, false],
    ['a comment', (port) => `dataDir=${data}\n#clientPort=${port}\n`, false],
  ])('%s', async (_name, text, runs) => {
    writeFileSync(join(data, 'myid'), '2\n')
    const { server, port } = await listen()
    config(text(port))
    const found = await runningServer(data)
    server.close()
    await once(server, 'close')
    expect(found?.evidence).toBe(runs ? 'port' : undefined)
    expect(await runningServer(data)).toBeUndefined()
  })
})

test.each(FULL ? RELEASES : ['3.9.5'])(
  'a real server of %s has its directories while it runs, and nothing is written',
  async (zookeeper) => {
    await using ensemble = await startEnsemble({ zookeeper, members: 0 })
    const { dataDir, logDir } = ensemble.status.servers[0]!
    expect(await runningServer(dataDir)).toBeDefined()
    mkdirSync(join(dataDir, 'version-2'), { recursive: true })
    const output = join(dataDir, 'salvaged')
    const input = join(folder, 'damaged/log.1')
    mkdirSync(join(folder, 'damaged'))
    writeFileSync(input, readFileSync(join(data, 'version-2/log.1')).fill(7, 100, 120))
    const salvage = () => zkops(['log', 'salvage', input, '--output', output, '--execute', '--json'])
    const refused = await salvage()
    expect(refused.exitCode, refused.stdout + refused.stderr).toBe(5)
    expect(JSON.parse(refused.stdout)).toMatchObject({
      outcome: 'refused',
      refused: { code: 'refused.running-server' },
    })
    // another member's port in a zoo.cfg of ours, as after a port was taken by somebody else's server
    mkdirSync(join(folder, 'conf'))
    writeFileSync(
      join(folder, 'conf/zoo.cfg'),
      `dataDir=${data}\nclientPort=${ensemble.status.servers[0]!.clientPort}\n`,
    )
    expect(await runningServer(data)).toBeUndefined()
    await ensemble.kill()
    expect([await runningServer(dataDir), await runningServer(logDir)]).toEqual([undefined, undefined])
    expect((await salvage()).exitCode).toBe(0)
  },
)
