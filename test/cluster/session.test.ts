import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { errorCodeOf } from '../../src/cluster/client/errors.ts'
import type { WatchEvent } from '../../src/cluster/client/operations.ts'
import { type Session, type SessionOptions, withSession } from '../../src/cluster/client/session.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { makeCertificates, type TestCertificates, tlsProperties } from '../helpers/tls.ts'

const WAIT_MS = 15_000

const soon = <T>(promise: Promise<T>): Promise<T> =>
  Promise.race([promise, new Promise<never>((_, reject) => setTimeout(() => reject(new Error('nothing came')), 5000))])

describe.each(['3.4.14', '3.5.10', '3.9.5'])('a server of %s', (zookeeper) => {
  let ensemble: TestEnsemble
  const modern = zookeeper !== '3.4.14'
  const open = <T>(work: (session: Session) => Promise<T>, more: Partial<SessionOptions> = {}) =>
    withSession({ connect: ensemble.connect, timeoutMs: WAIT_MS, ...more }, work)
  beforeAll(async () => {
    ensemble = await startEnsemble({ zookeeper, members: modern ? 1 : 0 })
  })
  afterAll(() => ensemble?.down())

  test('creates, reads, changes and deletes', async () => {
    await open(async (session) => {
      expect(session.id).toBeGreaterThan(0n)
      expect(session.timeoutMs).toBe(10_000)
      expect(await session.create('/a', Buffer.from('one'))).toBe('/a')
      const stat = await session.set('/a', Buffer.from([0, 255]), 0)
      expect(stat).toMatchObject({ version: 1, dataLength: 2, numChildren: 0, ephemeralOwner: 0n })
      expect(stat.mzxid).toBeGreaterThan(stat.czxid)
      expect(Math.abs(Number(stat.mtime) - Date.now())).toBeLessThan(60_000)
      expect((await session.get('/a'))?.equals(Buffer.from([0, 255]))).toBe(true)
      expect(await session.create('/a/s', Buffer.from(''), 'sequential')).toBe('/a/s0000000000')
      expect(await session.create('/a/e', null, 'ephemeral')).toBe('/a/e')
      const { names, stat: parent } = await session.children('/a')
      expect(names.toSorted()).toEqual(['e', 's0000000000'])
      expect(parent).toMatchObject({ numChildren: 2, cversion: 2 })
      expect((await session.exists('/a/e'))?.ephemeralOwner).toBe(session.id)
      expect(await session.exists('/none')).toBe(null)
      await session.sync('/')
    })
    // the session is closed, so its ephemeral is gone
    await open(async (session) => {
      expect(await session.exists('/a/e')).toBe(null)
      await session.delete('/a/s0000000000')
      await session.delete('/a', 1)
      expect(await session.exists('/a')).toBe(null)
    })
  })

  test('every failure is a code of its own and shows no data', async () => {
    await open(async (session) => {
      await session.create('/f', Buffer.from('secret'))
      await session.create('/f/c', Buffer.from('secret'))
      const ephemeral = await session.create('/e', null, 'ephemeral')
      const failures = [
        [session.create('/f', Buffer.from('secret')), 'server.node-exists'],
        [session.create('/none/c', Buffer.from('secret')), 'server.no-node'],
        [session.create(`${ephemeral}/c`, null), 'server.no-children-for-ephemerals'],
        [session.set('/f', Buffer.from('secret'), 7), 'server.bad-version'],
        [session.delete('/f'), 'server.not-empty'],
        [session.get('/none'), 'server.no-node'],
        [session.children('/none'), 'server.no-node'],
        [session.acl('/none'), 'server.no-node'],
        [session.setAcl('/f', []), 'server.invalid-acl'],
        [session.create('no-slash', Buffer.from('secret')), 'server.bad-arguments'],
      ] as const
      const outcomes = await Promise.allSettled(failures.map(([promise]) => promise))
      for (const [i, [, code]] of failures.entries()) {
        const error = (outcomes[i] as PromiseRejectedResult).reason as Error
        expect(error).toMatchObject({ code })
        expect(error.message).not.toContain('secret')
      }
      await session.delete('/f/c')
      await session.delete('/f')
    })
  })

  test('access lists, and who may do what', async () => {
    const password = await ensemble.password()
    await open(async (session) => {
      await session.create('/own', Buffer.from('x'))
      await session.setAcl('/own', [{ perms: 1, scheme: 'digest', id: 'app:x' }])
      await expect(session.get('/own')).rejects.toMatchObject({ code: 'server.no-auth', hint: expect.anything() })
    })
    await open(
      async (session) => {
        expect(await session.acl('/own')).toMatchObject({ acl: [{ perms: 1, scheme: 'digest', id: 'app:x' }] })
        expect(String(await session.get('/own'))).toBe('x')
        await session.delete('/own')
      },
      { auth: { scheme: 'digest', credentials: `super:${password}` } },
    )
    await expect(open(async () => {}, { auth: { scheme: 'nonsense', credentials: 'x' } })).rejects.toMatchObject({
      code: 'server.auth-failed',
    })
  })

  test('watches tell what happens, once', async () => {
    await open(async (session) => {
      const told: WatchEvent[] = []
      const next = (start: (onEvent: (event: WatchEvent) => void) => Promise<unknown>) =>
        new Promise<WatchEvent>((resolve, reject) => {
          start((event) => {
            told.push(event)
            resolve(event)
          }).catch(reject)
        })
      const created = next((on) => session.exists('/w', on))
      await session.sync('/')
      await session.create('/w', Buffer.from('1'))
      expect(await soon(created)).toEqual({ type: 'created', path: '/w' })
      const changed = next((on) => session.read('/w', on))
      const child = next((on) => session.children('/w', on))
      await session.sync('/')
      await session.set('/w', Buffer.from('2'))
      await session.set('/w', Buffer.from('3'))
      await session.create('/w/c', null)
      expect(await soon(changed)).toEqual({ type: 'changed', path: '/w' })
      expect(await soon(child)).toEqual({ type: 'child', path: '/w' })
      await session.delete('/w/c')
      const deleted = next((on) => session.exists('/w', on))
      await session.sync('/')
      await session.delete('/w')
      expect(await soon(deleted)).toEqual({ type: 'deleted', path: '/w' })
      expect(told).toHaveLength(4)
    })
  })

  test('no session is left behind, also when the work fails', async () => {
    await expect(
      open(async (session) => {
        await session.create('/left', null, 'ephemeral')
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    const { clientPort } = ensemble.status.servers[0]!
    const cons = async () => fourLetterWord('127.0.0.1', clientPort, 'cons', { timeoutMs: 5000 })
    // a busy server takes its time; much sooner than a session expires
    await expect.poll(async () => (await cons()).match(/sid=0x[1-9a-f]/g) ?? [], { timeout: 4000 }).toEqual([])
    await open(async (session) => expect(await session.exists('/left')).toBe(null))
  })

  if (modern)
    test('the configuration is read and changed', async () => {
      const credentials = `super:${await ensemble.password()}`
      await open(
        async (session) => {
          const { text, version } = await session.config()
          expect(text).toMatch(/^server\.1=127\.0\.0\.1:\d+:\d+:participant;127\.0\.0\.1:\d+$/m)
          const joining = 'server.9=127.0.0.1:9:10:observer;127.0.0.1:11'
          await expect(
            session.reconfig({ joining, leaving: null, members: null, version: version + 1n }),
          ).rejects.toMatchObject({ code: 'server.bad-version' })
          const joined = await session.reconfig({ joining, leaving: null, members: null, version })
          expect(joined.version).toBeGreaterThan(version)
          expect(joined.text).toContain('server.9=127.0.0.1:9:10:observer')
          const left = await session.reconfig({ joining: null, leaving: '9', members: null, version: joined.version })
          expect(left.text).not.toContain('server.9=')
          await expect(
            session.reconfig({ joining: 'server.9=nonsense', leaving: null, members: null, version: left.version }),
          ).rejects.toMatchObject({ code: 'server.bad-arguments' })
        },
        { auth: { scheme: 'digest', credentials } },
      )
      await open(async (session) => {
        const { version } = await session.config()
        await expect(session.reconfig({ joining: null, leaving: '7', members: null, version })).rejects.toMatchObject({
          code: 'server.no-auth',
        })
      })
    })
  else
    test('there is no configuration to be read', async () => {
      await open(async (session) => {
        await expect(session.config()).rejects.toMatchObject({ code: 'server.no-node' })
      })
    })
})

describe.each(['3.5.10', '3.9.5'])('TLS with a server of %s', (zookeeper) => {
  let folder: string
  let files: TestCertificates
  let ensemble: TestEnsemble
  let port: number
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zkops-tls-'))
    files = await makeCertificates(folder)
    ;[port] = (await freePorts(1, new Set())) as [number]
    ensemble = await startEnsemble({ zookeeper, members: 0, properties: tlsProperties(files, port) })
  })
  afterAll(async () => {
    await ensemble?.down()
    rmSync(folder, { recursive: true })
  })
  const material = (more: object = {}) => ({
    ca: readFileSync(files.ca),
    cert: readFileSync(files.clientCert),
    key: readFileSync(files.clientKey),
    ...more,
  })
  const open = <T>(tls: object, work: (session: Session) => Promise<T>, host = '127.0.0.1') =>
    withSession({ connect: `${host}:${port}`, timeoutMs: WAIT_MS, tls }, work)

  test('a session through the tunnel does all that another does', async () => {
    const value = Buffer.alloc(900_000, 'x')
    await open(material(), async (session) => {
      await session.create('/tls', value)
      expect((await session.get('/tls'))?.equals(value)).toBe(true)
      await session.delete('/tls')
    })
    await open(material({ servername: 'zk.example.org' }), async (session) => {
      await Promise.all(Array.from({ length: 300 }, (_, i) => session.create(`/many${i}`, null, 'ephemeral')))
      expect((await session.children('/')).names.length).toBeGreaterThanOrEqual(300)
    })
    await open(material(), async (session) => expect(await session.exists('/many1')).toBe(null), 'localhost')
  })

  test.each([
    ['an authority that did not sign it', () => ({ ca: readFileSync(files.otherCa) }), 'server.tls'],
    ['another name', () => ({ servername: 'zk9.example.org' }), 'server.tls'],
    ['no certificate of ours', () => ({ cert: undefined, key: undefined }), 'server.tls'],
    ['no PEM', () => ({ cert: Buffer.from('nonsense') }), 'input.tls'],
  ])('%s', async (_, more, code) => {
    const startedAt = performance.now()
    await expect(open(material(more()), async () => {})).rejects.toMatchObject({ code, hint: expect.anything() })
    expect(performance.now() - startedAt).toBeLessThan(WAIT_MS - 1000)
  })

  test('TLS on the plain port', async () => {
    const { connect } = ensemble
    await expect(withSession({ connect, timeoutMs: WAIT_MS, tls: material() }, async () => {})).rejects.toMatchObject({
      code: 'server.tls',
    })
  })
})

describe('nobody there', () => {
  const open = (connect: string, more: Partial<SessionOptions> = {}) =>
    withSession({ connect, timeoutMs: 700, ...more }, async () => {})
  let silent: Server
  let silentPort: number
  beforeAll(async () => {
    silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    silentPort = (silent.address() as { port: number }).port
  })
  afterAll(() => silent.close())

  test('a closed port is refused at once, a silent one in time', async () => {
    const [port] = await freePorts(1, new Set())
    await expect(open(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'server.refused' })
    const startedAt = performance.now()
    await expect(open(`127.0.0.1:${silentPort},127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'server.timeout' })
    expect(performance.now() - startedAt).toBeLessThan(2000)
  })

  test('TLS with a closed and with a silent port', async () => {
    const [port] = await freePorts(1, new Set())
    await expect(open(`127.0.0.1:${port}`, { tls: {} })).rejects.toMatchObject({ code: 'server.refused' })
    await expect(open(`127.0.0.1:${silentPort}`, { tls: {} })).rejects.toMatchObject({ code: 'server.timeout' })
  })

  test('a name that does not resolve, what is no address, and an interruption', async () => {
    await expect(open('no-such-host.invalid:2181')).rejects.toMatchObject({ code: 'server.unresolvable' })
    await expect(open('nonsense')).rejects.toMatchObject({ code: 'usage' })
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('stop')), 50)
    await expect(open(`127.0.0.1:${silentPort}`, { signal: controller.signal })).rejects.toThrow()
  })
})

test('codes that are not known have a name as well', () => {
  expect(errorCodeOf(-101)).toBe('server.no-node')
  expect(errorCodeOf(-4711)).toBe('server.error')
})
