import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { withSession } from '../../src/cluster/client/session.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { BIN, type CliResult, zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { expectValid } from '../helpers/schema.ts'
import { makeCertificates, type TestCertificates, tlsProperties } from '../helpers/tls.ts'

let ensemble: TestEnsemble
let folder: string
let files: TestCertificates
let securePort: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-znode-'))
  files = await makeCertificates(folder)
  ;[securePort] = (await freePorts(1, new Set())) as [number]
  ensemble = await startEnsemble({ zookeeper: '3.8', members: 0, properties: tlsProperties(files, securePort) })
  await withSession({ connect: ensemble.connect, timeoutMs: 20_000 }, async (session) => {
    await session.create('/app', Buffer.from('root of it'))
    await session.create('/app/bin', Buffer.from([0, 1, 255]))
    await session.create('/app/empty', Buffer.from(''))
    await session.create('/app/box', null, 'container')
    await session.create('/app/box/é\u202e', Buffer.from('{"a":1}'))
    await session.create('/app/own', Buffer.from('hidden'))
    await session.create('/app/own/below', Buffer.from('hidden'))
    await session.setAcl('/app/own', [{ perms: 31, scheme: 'digest', id: 'app:x' }])
    await session.create('/wide', null)
    await Promise.all(Array.from({ length: 500 }, (_, i) => session.create(`/wide/n${i}`, Buffer.alloc(i % 7))))
  })
})
afterAll(async () => {
  await ensemble?.down()
  rmSync(folder, { recursive: true })
})

const znode = (...args: string[]): Promise<CliResult> => zkops(['znode', ...args, '--connect', ensemble.connect])
const json = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await znode(...args, '--json')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const result = JSON.parse(stdout)
  await expectValid(`znode-${args[0]}`, result)
  return result
}

test('ls: names, a table, and JSON with access lists', async () => {
  expect((await znode('ls', '/app')).stdout).toBe('bin\nbox\nempty\nown\n')
  expect((await znode('ls', '/app/box')).stdout).toBe('é\\u202e\n')
  const { stdout } = await znode('ls', '/app', '--long', '--sync')
  expect(stdout).toMatch(/^TYPE +BYTES +CHILDREN +VERSION +MODIFIED \(UTC\) +NAME\n/)
  // servers do not tell that it is a container
  expect(stdout).toMatch(/^persistent +0 +1 +0 .* box$/m)
  const { children, zxid, path, findings } = await json('ls', '/app')
  expect({ zxid, path }).toEqual({ zxid: null, path: '/app' })
  // what may not be read is told
  expect(children.map((child: { path: string }) => child.path)).toEqual(['/app/bin', '/app/box', '/app/empty'])
  expect(findings).toMatchObject([{ code: 'znode.not-readable', path: '/app/own' }])
  expect(children[0]).toMatchObject({
    type: 'persistent',
    dataBytes: 3,
    acl: [{ perms: 'cdrwa', scheme: 'world', id: 'anyone' }],
    stat: { version: 0, numChildren: 0 },
  })
})

test('get: bytes as they are, what they are, and null', async () => {
  expect((await znode('get', '/app')).stdout).toBe('root of it')
  expect(await json('get', '/app/bin')).toMatchObject({ data: { encoding: 'base64', value: 'AAH/' } })
  expect(await json('get', '/app/box/é\u202e', '--decode')).toMatchObject({ decoded: { kind: 'json' } })
  expect(await znode('get', '/app/none')).toMatchObject({ exitCode: 3, stdout: '' })
  expect(await znode('get', '/app/own')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('no auth') })
})

test('stat as zkCli, and as somebody who may', async () => {
  const { stdout } = await znode('stat', '/app')
  expect(stdout).toMatch(/^\/app\ncZxid +0x[0-9a-f]+\n/)
  expect(stdout).toMatch(/^cversion +4$/m)
  expect(stdout).toMatch(/^acl +world:anyone:cdrwa$/m)
  const words = ['znode', 'stat', '/app/own', '--connect', ensemble.connect, '--auth-user', 'super', '--json']
  const result = await zkops(words, { env: { ZKOPS_PASSWORD: await ensemble.password() } })
  expect(JSON.parse(result.stdout)).toMatchObject({ acl: [{ perms: 'cdrwa', scheme: 'digest', id: 'app:x' }] })
  const noTerminal = await zkops(words)
  expect(noTerminal).toMatchObject({ exitCode: 2 })
  expect(await znode('stat', '/app/own')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('no auth') })
})

test('tree, du and find see what the server has', async () => {
  const tree = await json('tree', '/wide', '--limit', '3')
  expect(tree).toMatchObject({ path: '/wide', nodes: 501, omittedChildren: 497 })
  expect((await znode('tree', '/app/box')).stdout).toContain('é\\u202e')
  const du = await json('du', '/', '--top', '2')
  const { clientPort } = ensemble.status.servers[0]!
  const srvr = await fourLetterWord('127.0.0.1', clientPort, 'srvr', { timeoutMs: 5000 })
  // what lies below /app/own may not be listed
  expect(du.nodes).toBe(Number(/Node count: (\d+)/.exec(srvr)![1]) - 2)
  expect(du.widest[0]).toEqual({ path: '/wide', children: 500, listBytes: 4 + 10 * 6 + 90 * 7 + 400 * 8 })
  expect(du.findings).toMatchObject([{ code: 'znode.not-readable', path: '/app/own' }])
  const found = await znode('find', '/wide', '--min-bytes', '6', '--match', '/wide/n1*')
  expect(found.stdout.split('\n').slice(0, 3)).toEqual(['/wide/n104', '/wide/n111', '/wide/n118'])
  const lines = (await znode('find', '/app', '--data', '^.?root|"a"', '--format', 'jsonl')).stdout.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).path)).toEqual(['/app', '/app/box/é\u202e'])
  for (const line of lines) await expectValid('znode-find', JSON.parse(line))
  const open = await znode('find', '/app', '--acl', 'world:*')
  expect(open.stdout).toBe('/app\n/app/bin\n/app/box\n/app/box/é\\u202e\n/app/empty\n')
})

test('watch tells what happens, in order', async () => {
  const child = spawn(process.execPath, [
    BIN,
    ...['znode', 'watch', '/watched', '--children', '--format', 'jsonl', '--count', '8', '--connect', ensemble.connect],
  ])
  const lines: Record<string, unknown>[] = []
  let wake = () => {}
  let rest = ''
  child.stdout.on('data', (chunk) => {
    const parts = `${rest}${chunk}`.split('\n')
    rest = parts.pop()!
    for (const part of parts) lines.push(JSON.parse(part))
    wake()
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const seen = async (count: number) => {
    while (lines.length < count) await new Promise<void>((resolve) => (wake = resolve))
  }
  await withSession({ connect: ensemble.connect, timeoutMs: 20_000 }, async (session) => {
    await seen(1)
    await session.create('/watched', Buffer.from('1'))
    await seen(2)
    await session.set('/watched', Buffer.from('2'))
    await seen(3)
    await session.create('/watched/c', null)
    await seen(4)
    await session.delete('/watched/c')
    await seen(5)
    await session.delete('/watched')
    await seen(6)
    await session.create('/watched', null)
    await seen(7)
    await session.create('/watched/d', null)
    expect(await ended).toBe(0)
    await session.delete('/watched/d')
    await session.delete('/watched')
  })
  expect(lines).toMatchObject([
    { event: 'is', exists: false },
    { event: 'created', exists: true, version: 0, data: { value: '1' } },
    { event: 'changed', version: 1, data: { value: '2' } },
    { event: 'child', added: ['c'] },
    { event: 'child', removed: ['c'] },
    { event: 'deleted', exists: false },
    { event: 'created', exists: true, version: 0 },
    { event: 'child', added: ['d'] },
  ])
  for (const line of lines) await expectValid('znode-watch', line)
})

describe('through TLS', () => {
  const tls = (...more: string[]) => [
    ...['znode', 'ls', '/app', '--connect', `localhost:${securePort}`],
    ...['--tls-ca', files.ca, '--tls-cert', files.clientCert, '--tls-key', files.clientKey, ...more],
  ]

  test('from flags and from the inventory', async () => {
    expect(await zkops(tls())).toMatchObject({ exitCode: 0, stdout: 'bin\nbox\nempty\nown\n' })
    const file = join(folder, 'zkops.yaml')
    const [ca, cert, key] = [files.ca, files.clientCert, files.clientKey]
    writeFileSync(
      file,
      `ensembles: {prod: {connect: 'localhost:${securePort}/app', tls: {ca: ${ca}, cert: ${cert}, key: ${key}}}}\n`,
    )
    expect(await zkops(['znode', 'ls', '/', '--inventory', file])).toMatchObject({ stdout: 'bin\nbox\nempty\nown\n' })
  })

  test('what is wrong is said', async () => {
    expect(await zkops(tls('--tls-servername', 'zk9.example.org'))).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('TLS with localhost'),
    })
    const missing = ['znode', 'ls', '--connect', `localhost:${securePort}`, '--tls-ca', join(folder, 'none.pem')]
    expect(await zkops(missing)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('none.pem') })
  })
})

test('an interruption closes the session', async () => {
  const child = spawn(process.execPath, [BIN, 'znode', 'watch', '/app', '--connect', ensemble.connect])
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  expect(code).toBe(130)
  expect(await sessions()).toEqual([])
})

test('without the native client it says how to get it', async () => {
  writeFileSync(
    join(folder, 'hook.mjs'),
    "export async function resolve(s, c, next) { if (s === 'zookeeper') throw new Error('not here'); return next(s, c) }",
  )
  writeFileSync(
    join(folder, 'register.mjs'),
    "import { register } from 'node:module'\nregister('./hook.mjs', import.meta.url)\n",
  )
  const result = await zkops(['znode', 'ls', '--connect', ensemble.connect], {
    nodeArgs: ['--import', join(folder, 'register.mjs')],
  })
  expect(result).toMatchObject({ exitCode: 4, stdout: '' })
  expect(result.stderr).toContain('npm install -g --allow-scripts=zookeeper zkops')
})

/** Ids of sessions that have a connection. */
async function sessions(): Promise<readonly string[]> {
  const { clientPort } = ensemble.status.servers[0]!
  const cons = await fourLetterWord('127.0.0.1', clientPort, 'cons', { timeoutMs: 5000 })
  return cons.match(/sid=0x[1-9a-f]/g) ?? []
}

test('nobody there is exit 4, and no session is left behind', async () => {
  const [port] = await freePorts(1, new Set())
  const result = await zkops(['znode', 'ls', '--connect', `127.0.0.1:${port}`, '--json'])
  expect(result.exitCode).toBe(4)
  expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: 'server.refused' } })
  expect(await sessions()).toEqual([])
})
