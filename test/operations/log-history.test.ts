import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { Txn } from '../../src/formats/txnlog/types.ts'
import { watchZnodes } from '../../src/operations/log-story/watched-znodes.ts'
import { history, type Json, sessionLife, sessionList } from '../helpers/history.ts'
import { create, log, OPEN_ACL, text, txn } from '../helpers/log-builder.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-history-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
/** Logs of these transactions in a directory of their own. */
function logs(...of: readonly Txn[][]): string[] {
  const place = join(folder, `${++files}`)
  return of.map((txns, i) => {
    const file = `${place}-log.${i}`
    writeFileSync(file, log(txns, 32))
    return file
  })
}

const A = 0x100004bec300000n
const B = 0x200004bec300001n
const set = (zxid: bigint, path: string, data: string, version: number, timeMs?: bigint) =>
  txn(
    zxid,
    OP.setData,
    { kind: 'setData', path: text(path), data: text(data), version },
    timeMs === undefined ? {} : { timeMs },
  )
const remove = (zxid: bigint, path: string, session = A) =>
  txn(zxid, OP.delete, { kind: 'delete', path: text(path) }, { session })
const ephemeral = (zxid: bigint, path: string, session: bigint) =>
  txn(
    zxid,
    OP.create,
    { kind: 'create', path: text(path), data: null, acl: OPEN_ACL, ephemeral: true, parentCversion: 1 },
    { session },
  )
const close = (zxid: bigint, session: bigint, cxid: number, paths: string[] | null = null) =>
  txn(
    zxid,
    OP.closeSession,
    { kind: 'closeSession', paths: paths?.map(text) ?? null, hasBody: paths !== null },
    { session, cxid },
  )
const open = (zxid: bigint, session: bigint) =>
  txn(zxid, OP.createSession, { kind: 'createSession', timeoutMs: 4000 }, { session })
const codes = ({ findings }: { findings: readonly { code: string }[] }) => findings.map(({ code }) => code)
const told = (events: readonly Json[]) =>
  events.map(({ change, path, cause }) => [change, path, cause].filter((x) => x !== null).join(' '))

describe('what the logs do not tell', () => {
  test('an old value that was set before the first record is absent', async () => {
    const { events } = await history('/a', logs([set(5n, '/a', 'new', 7), remove(6n, '/a')]))
    expect(events).toMatchObject([
      { change: 'data', before: {}, after: { version: 7 }, kind: null },
      { change: 'deleted', before: { data: { value: 'new' }, version: 7 }, after: null, version: 7 },
    ])
    expect(events[0]!.before).toEqual({})
  })

  test('nothing found is said, with the zxids that were looked at', async () => {
    const result = await history('/a/b', logs([create(5n, '/a'), create(6n, '/a/bc')]))
    expect(result).toMatchObject({ events: [], readable: true, fromZxid: '0x5', toZxid: '0x6' })
    expect(result.findings).toMatchObject([
      { code: 'story.nothing', severity: 'info', message: expect.stringContaining('from 0x5 to 0x6') },
    ])
  })

  test('a session that ends without a list and began before: unless the znode is known not to be its own', async () => {
    const unlisted = await history('/e', logs([set(5n, '/e', 'x', 1), close(6n, B, 0)]))
    expect(codes(unlisted)).toEqual(['story.unlisted-ephemerals'])
    expect(codes(await history('/e', logs([create(5n, '/e'), close(6n, B, 0)])))).toEqual([])
    expect(codes(await history('/e', logs([create(5n, '/e'), close(6n, B, 0)]), { recursive: true }))).toEqual([
      'story.unlisted-ephemerals',
    ])
    expect(codes(await history('/e', logs([set(4n, '/e', 'x', 1), open(5n, B), close(6n, B, 0)])))).toEqual([])
    expect(codes(await history('/e', logs([set(5n, '/e', 'x', 1), close(6n, B, 0, [])])))).toEqual([])
    const [life] = [await sessionLife('0x200004bec300001', logs([close(6n, B, 0)]))]
    expect(life).toMatchObject({
      created: null,
      ended: { how: 'expired' },
      findings: [{ code: 'story.unlisted-ephemerals' }],
    })
  })

  test('a hole between logs is said, and a snapshot does not fill it', async () => {
    const result = await history('/a', logs([create(1n, '/a')], [set(9n, '/a', 'y', 3)]))
    expect(result.findings).toMatchObject([{ code: 'log.gap', severity: 'warning' }])
    expect(result.readable).toBe(true)
    const cut = await history('/a', logs([create(1n, '/a')], [set(9n, '/a', 'y', 3)], [set(10n, '/a', 'z', 4)]), {
      window: { toZxid: 9n },
    })
    expect(cut).toMatchObject({ events: [{}, {}], toZxid: '0x9', findings: [{ code: 'log.gap' }] })
  })
})

test('a znode that comes again is another one: the next session ends do not touch it', async () => {
  const { events } = await history(
    '/e',
    logs([
      open(1n, A),
      open(2n, B),
      ephemeral(3n, '/e', A),
      remove(4n, '/e', B),
      ephemeral(5n, '/e', B),
      close(6n, A, 0),
      close(7n, B, 9),
    ]),
  )
  expect(told(events)).toEqual(['created /e', 'deleted /e explicit', 'created /e', 'deleted /e session-closed'])
  expect(events.map(({ session }) => session)).toEqual([
    '0x100004bec300000',
    '0x200004bec300001',
    '0x200004bec300001',
    '0x200004bec300001',
  ])
})

test('a znode that went without a record is said to have', async () => {
  const { events } = await history('/a', logs([create(1n, '/a'), create(2n, '/a'), remove(3n, '/a'), create(4n, '/a')]))
  expect(events.map(({ unrecordedEnd }) => unrecordedEnd)).toEqual([undefined, true, undefined, undefined])
})

test('a listed path is not told twice when the session is known to own it', async () => {
  const { events } = await history('/e', logs([ephemeral(3n, '/e', A), close(4n, A, 0, ['/e', '/other'])]), {
    recursive: true,
  })
  expect(told(events)).toEqual(['created /e', 'deleted /e session-expired'])
})

test('logs of several members are one story', async () => {
  const txns = [create(1n, '/a'), set(2n, '/a', 'y', 1), set(3n, '/a', 'z', 2)]
  const result = await history('/a', logs(txns, txns.slice(0, 2), [...txns.slice(1), set(4n, '/a', 'w', 3)]))
  expect(result.events.map(({ zxid }) => zxid)).toEqual(['0x1', '0x2', '0x3', '0x4'])
  expect(codes(result)).toEqual(['story.repeated', 'story.repeated'])
  // a shorter copy in between makes no hole
  const longer = [...txns, set(4n, '/a', 'w', 3)]
  expect(codes(await history('/a', logs(longer, txns, [set(5n, '/a', 'v', 4)])))).toEqual(['story.repeated'])
  const { sessions } = await sessionList(logs(txns, txns))
  expect(sessions).toMatchObject([{ txns: 3 }])
})

test('the window cuts what is shown, not what is known', async () => {
  const places = logs([
    create(1n, '/a', 'x', { timeMs: 1000n }),
    set(2n, '/a', 'y', 1, 2000n),
    set(3n, '/a', 'z', 2, 3000n),
  ])
  const from = await history('/a', places, { window: { fromZxid: 2n, toZxid: 2n } })
  expect(from.events).toMatchObject([{ zxid: '0x2', before: { data: { value: 'x' }, version: 0 } }])
  const since = await history('/a', places, { window: { since: new Date(2500) } })
  expect(since.events).toMatchObject([{ zxid: '0x3', before: { data: { value: 'y' } } }])
  const until = await history('/a', places, { window: { until: new Date(1500) } })
  expect(until.events.map(({ zxid }) => zxid)).toEqual(['0x1'])
  const limited = await history('/a', places, { limit: 1 })
  expect(limited).toMatchObject({ eventsOmitted: 2, events: [{ zxid: '0x1' }], findings: [{ code: 'story.omitted' }] })
})

test('a failed multi, whatever is left of its bodies, changes nothing; one with an operation that servers do not know stops there', async () => {
  const op = (type: number, path: string) => ({
    type,
    data: Buffer.concat([Buffer.from([0, 0, 0, path.length]), text(path)]),
    body: { kind: 'delete', path: text(path) } as const,
  })
  const multi = (zxid: bigint, ...ops: ReturnType<typeof op>[]) => txn(zxid, OP.multi, { kind: 'multi', ops })
  const { events } = await history(
    '/',
    logs([
      multi(1n, op(OP.delete, '/a'), op(OP.error, '/b')),
      multi(2n, op(OP.delete, '/c'), op(OP.delete, '/c/d')),
      multi(3n, op(OP.delete, '/e'), op(99, '/f'), op(OP.delete, '/g')),
    ]),
    { recursive: true },
  )
  expect(events.map(({ path, withParent }) => [path, withParent])).toEqual([
    ['/c', undefined],
    ['/c/d', true],
    ['/e', undefined],
  ])
})

test('paths that are part of others, and bytes of a path inside data, are told apart', async () => {
  const places = logs([
    create(1n, '/a'),
    create(2n, '/a/b', '/a'),
    create(3n, '/ab', '\0\0\0\x02/a'),
    create(4n, '/b/a'),
    set(5n, '/a', '/a/b', 1),
  ])
  expect((await history('/a', places)).events.map(({ zxid }) => zxid)).toEqual(['0x1', '0x5'])
  expect((await history('/a', places, { recursive: true })).events.map(({ zxid }) => zxid)).toEqual([
    '0x1',
    '0x2',
    '0x5',
  ])
  expect((await history('/a/b', places)).events.map(({ zxid }) => zxid)).toEqual(['0x2'])
})

test('no more values are kept than there is room for', () => {
  const znodes = watchZnodes({ watched: () => true, recursive: true, data: true, keptBytes: 2 * (128 + 5) })
  const place = { file: 'log.1', offset: 16 }
  znodes.apply(create(1n, '/a', '12345'), place)
  znodes.apply(create(2n, '/b', '12345'), place)
  znodes.apply(create(3n, '/c', '12345'), place)
  expect(znodes.forgotten()).toBe(1)
  const [a] = znodes.apply(set(4n, '/a', 'new', 1), place)
  expect(a!.before).toEqual({ dataBytes: 5, version: 0 })
  const [c] = znodes.apply(set(5n, '/c', 'new', 1), place)
  expect(Buffer.from(c!.before!.data!).toString()).toBe('12345')
})

test.each(['a', '', '/a/', '//a', '/a//b'])('%j is no path', async (path) => {
  await expect(history(path, logs([]))).rejects.toMatchObject({ code: 'usage' })
})

test('a session id with its highest bit set', async () => {
  const id = BigInt.asIntN(64, 0xf00004bec300000an)
  const places = logs([open(1n, id), ephemeral(2n, '/e', id), close(3n, id, 4)])
  expect(await sessionLife('0xf00004bec300000a', places)).toMatchObject({
    session: '0xf00004bec300000a',
    txns: 3,
    ephemerals: [{ path: '/e' }],
  })
  expect((await history('/e', places)).events).toMatchObject([
    { owner: '0xf00004bec300000a' },
    { cause: 'session-closed' },
  ])
  expect((await sessionList(places)).sessions).toMatchObject([{ session: '0xf00004bec300000a', ephemerals: 1 }])
})

test('thousands of sessions, each with its own row', async () => {
  const ids = Array.from({ length: 5000 }, (_, i) => (BigInt((i % 5) + 1) << 56n) | BigInt(i * 65536))
  const txns = ids.flatMap((id, i) => [open(BigInt(2 * i + 1), id), close(BigInt(2 * i + 2), id, i % 2)])
  const { sessions } = await sessionList(logs(txns))
  expect(sessions.length).toBe(5000)
  expect(new Set(sessions.map(({ session }) => session)).size).toBe(5000)
  for (const one of sessions) expect(one).toMatchObject({ txns: 2, errors: 0 })
  expect(sessions.filter(({ ended }) => (ended as Json).how === 'expired').length).toBe(2500)
})
