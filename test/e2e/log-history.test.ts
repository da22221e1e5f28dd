import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { AclList } from '../../src/formats/txnlog/types.ts'
import { schema as historySchema } from '../../src/schemas/log-history.ts'
import { schema as lifeSchema, list as listSchema } from '../../src/schemas/log-session.ts'
import { zkops } from '../helpers/cli.ts'
import { parseCsv } from '../helpers/csv.ts'
import { FIXTURES, fixtureLogs } from '../helpers/fixtures.ts'
import { create, log, OPEN_ACL, text, txn } from '../helpers/log-builder.ts'

type Json = Record<string, unknown>

const DIR = join(FIXTURES, '3.9.5/standalone/datalog')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-story-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => zkops(['log', ...args], { cwd: folder })
const jsonOf = async (...args: string[]): Promise<Json> => {
  const { exitCode, stdout, stderr } = await run(...args, '--json')
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Json
}
const linesOf = async (...args: string[]): Promise<Json[]> => {
  const { stdout } = await run(...args, '--format', 'jsonl')
  return stdout.trim() === ''
    ? []
    : stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Json)
}
/** A file of the folder with these bytes. */
function write(name: string, bytes: string | Uint8Array): string {
  writeFileSync(join(folder, name), bytes)
  return name
}

const SECRET: AclList = [{ perms: 1, scheme: text('digest'), id: text('bob:x=') }, ...OPEN_ACL!]
const setData = (zxid: bigint, path: string, data: string | Uint8Array | null, version: number) =>
  txn(zxid, OP.setData, {
    kind: 'setData',
    path: text(path),
    data: typeof data === 'string' ? text(data) : data,
    version,
  })

test('text for a person, 80 columns', async () => {
  const session = 0x100004bec300001n
  write(
    'text.log',
    log([
      create(1n, '/app', '{"a":1,"list":[1,2,3],"name":"old"}'),
      setData(2n, '/app', '{"a":1,"list":[1,2,4],"name":"old"}', 1),
      setData(3n, '/app', '{"a":1,"list":[1,2,4],"name":"old"}', 2),
      setData(4n, '/app', Uint8Array.of(0xff, 0, 1), 3),
      setData(5n, '/app', null, 4),
      txn(6n, OP.setACL, { kind: 'setACL', path: text('/app'), acl: SECRET, version: 1 }),
      create(7n, '/app/ev\u001b[31mil\n', 'esc\u001b]0;title\u0007 \u202etxt\r\nline two'),
      setData(8n, '/app/long', `${'x'.repeat(200)} 1`, 9),
      setData(9n, '/app/long', `${'x'.repeat(200)} 2`, 10),
      txn(10n, OP.createContainer, {
        kind: 'createContainer',
        path: text('/app/c'),
        data: null,
        acl: OPEN_ACL,
        parentCversion: 1,
      }),
      txn(11n, OP.deleteContainer, { kind: 'delete', path: text('/app/c') }, { session: 0n, cxid: 0 }),
      txn(
        12n,
        OP.create,
        { kind: 'create', path: text('/app/e'), data: text('e'), acl: SECRET, ephemeral: true, parentCversion: 1 },
        { session },
      ),
      txn(13n, OP.closeSession, { kind: 'closeSession', paths: [text('/app/e')], hasBody: true }, { session, cxid: 0 }),
      txn(14n, OP.delete, { kind: 'delete', path: text('/app/unknown') }),
    ]),
  )
  const { exitCode, stdout, stderr } = await run('history', '/app', '--recursive', 'text.log')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(stdout).toBe(`# text.log  2025-11-13 (UTC)
02:13:20.001 0x1         created /app
    session 0x100004bec300000, cxid 1: create
    + {"a":1,"list":[1,2,3],"name":"old"}
02:13:20.002 0x2         data    /app
    session 0x100004bec300000, cxid 2: setData
    version 0 -> 1, 35 B -> 35 B
    -     3
    +     4
02:13:20.003 0x3         data    /app
    session 0x100004bec300000, cxid 3: setData
    version 1 -> 2, 35 B -> 35 B, the same data
02:13:20.004 0x4         data    /app
    session 0x100004bec300000, cxid 4: setData
    version 2 -> 3, 35 B -> 3 B
    - {"a":1,"list":[1,2,4],"name":"old"}
    + 0xff0001 3 B
02:13:20.005 0x5         data    /app
    session 0x100004bec300000, cxid 5: setData
    version 3 -> 4, 3 B -> null
    - 0xff0001 3 B
    + null
02:13:20.006 0x6         acl     /app
    session 0x100004bec300000, cxid 6: setACL
    aversion 0 -> 1
    + acl digest:bob:x=:r
02:13:20.007 0x7         created /app/ev\\x1b[31mil\\n
    session 0x100004bec300000, cxid 7: create
    + esc\\x1b]0;title\\x07 \\u202etxt\\r
    + line two
02:13:20.008 0x8         data    /app/long
    session 0x100004bec300000, cxid 8: setData
    version ? -> 9, ? -> 202 B
    + ${'x'.repeat(71)}\u2026
02:13:20.009 0x9         data    /app/long
    session 0x100004bec300000, cxid 9: setData
    version 9 -> 10, 202 B -> 202 B
    - \u2026${'x'.repeat(17)} 1
    + \u2026${'x'.repeat(17)} 2
02:13:20.010 0xa         created /app/c
    session 0x100004bec300000, cxid 10: createContainer, container
    + null
02:13:20.011 0xb         deleted /app/c
    container clean-up: it had no children any more
    - null
02:13:20.012 0xc         created /app/e
    session 0x100004bec300001, cxid 12: create, ephemeral
    + e
    + acl digest:bob:x=:r
    + acl world:anyone:cdrwa
02:13:20.013 0xd         deleted /app/e
    its session 0x100004bec300001 expired (closed by the servers)
    - e
02:13:20.014 0xe         deleted /app/unknown
    session 0x100004bec300000, cxid 14: delete
`)
  const bare = await run('history', '/app', '--no-data', 'text.log')
  expect(bare.stdout).not.toContain('list')
  expect(bare.stdout).toContain('version 2 -> 3, 35 B -> 3 B\n')

  const life = await run('session', '0x100004bec300001', 'text.log')
  expect(life.stdout).toBe(`# text.log  2025-11-13 (UTC)
02:13:20.012 0xc         0x100004bec300001  create          /app/e  ephemeral  "e" 1 B  acl digest:bob:x=:r,world:anyone:cdrwa
02:13:20.013 0xd         0x100004bec300001  closeSession    removes /app/e
session 0x100004bec300001
created before these logs
ended   2025-11-13T02:13:20.013Z, 0xd, expired (closed by the servers)
2 transactions, 0 failed: closeSession 1, create 1
ephemerals:
  /app/e  0xc to 0xd with the session
`)
  const list = await run('session', '--list', 'text.log')
  expect(list.stdout).toBe(`session            created (UTC)         timeout     txns failed  eph.  end
0x100004bec300000  -                           -       11      0     0
0x100004bec300001  -                           -        2      0     1  expired
`)
})

describe('every fixture keeps to the published schemas', () => {
  const ajv = new Ajv2020({ allowUnionTypes: true })
  const files = fixtureLogs().map(({ file }) => file)
  const places = [...new Set(files.map((file) => file.slice(0, file.lastIndexOf('/'))))].filter((_, i) => i % 4 === 0)
  test.each(places)('%s', async (place) => {
    const history = ajv.compile(historySchema)
    for (const flags of [[], ['--no-data'], ['--decode']]) {
      const document = await jsonOf('history', '/', '-r', ...flags, place)
      expect(history(document), JSON.stringify(history.errors)).toBe(true)
      expect(await linesOf('history', '/', '-r', ...flags, place)).toEqual(document.events)
    }
    const alone = await jsonOf('history', '/app', place)
    expect(history(alone), JSON.stringify(history.errors)).toBe(true)
    expect(alone.recursive).toBe(false)
    const list = await jsonOf('session', '--list', place)
    const listed = ajv.compile(listSchema)
    expect(listed(list), JSON.stringify(listed.errors)).toBe(true)
    expect(await linesOf('session', '--list', place)).toEqual(list.sessions)
    const { session } = (list.sessions as Json[])[0]!
    const life = ajv.compile(lifeSchema)
    const document = await jsonOf('session', String(session), place)
    expect(life(document), JSON.stringify(life.errors)).toBe(true)
    expect(await linesOf('session', String(session), place)).toEqual(
      await linesOf('dump', '--session', String(session), place),
    )
    expect(await linesOf('session', String(session), place)).toEqual(document.records)
  })
})

test('--decode says what is no text, and keeps the diff of what is', async () => {
  const packed = gzipSync('{"a":1}')
  write('packed.log', log([create(1n, '/p', packed), setData(2n, '/p', 'plain', 1), setData(3n, '/p', 'other', 2)]))
  const { stdout } = await run('history', '/p', '--decode', 'packed.log')
  const signed = stdout.split('\n').filter((line) => /^ {4}[-+] /.test(line))
  expect(signed).toEqual([
    '    + gzip of {"a":1} 7 B',
    '    - gzip of {"a":1} 7 B',
    '    + plain',
    '    - plain',
    '    + other',
  ])
  expect((await linesOf('history', '/p', '--decode', 'packed.log'))[0]!.after).toMatchObject({
    decoded: { kind: 'gzip', bytes: 7 },
  })
})

test('the version of the data stands beside a change of the access list, too', async () => {
  const setAcl = txn(3n, OP.setACL, { kind: 'setACL', path: text('/v'), acl: SECRET, version: 1 })
  write('versions.log', log([create(1n, '/v'), setData(2n, '/v', 'x', 1), setAcl]))
  expect((await linesOf('history', '/v', 'versions.log')).map(({ version }) => version)).toEqual([0, 1, 1])
  write('unknown.log', log([setAcl]))
  expect((await linesOf('history', '/v', 'unknown.log')).map(({ version }) => version)).toEqual([null])
})

test('CSV holds what JSON lines hold', async () => {
  const [header, ...rows] = parseCsv((await run('history', '/app', '-r', '--format', 'csv', DIR)).stdout)
  const events = await linesOf('history', '/app', '-r', DIR)
  expect(rows.length).toBe(events.length)
  const column = (name: string) => rows.map((row) => row[header!.indexOf(name)])
  expect(column('zxid')).toEqual(events.map(({ zxid }) => zxid))
  expect(column('cause')).toEqual(events.map(({ cause }) => cause ?? ''))
  expect(column('path')).toEqual(events.map(({ path }) => path))
  const sessions = parseCsv((await run('session', '--list', '--format', 'csv', DIR)).stdout)
  expect(sessions.slice(1).map(([id]) => id)).toEqual(
    (await linesOf('session', '--list', DIR)).map(({ session }) => session),
  )
})

test('places: several files, gzip, standard input, data directories are all the same', async () => {
  const expected = await linesOf('history', '/app/members', '-r', DIR)
  const told = (events: readonly Json[]) => events.map(({ zxid, path, change, cause }) => [zxid, path, change, cause])
  const logs = fixtureLogs()
    .filter(({ file }) => file.startsWith(`${DIR}/`))
    .map(({ file }) => file)
  expect(told(await linesOf('history', '/app/members', '-r', ...logs))).toEqual(told(expected))
  mkdirSync(join(folder, 'backup'))
  for (const file of logs)
    writeFileSync(join(folder, 'backup', `${file.slice(file.lastIndexOf('/') + 1)}.gz`), gzipSync(readFileSync(file)))
  expect(told(await linesOf('history', '/app/members', '-r', 'backup'))).toEqual(told(expected))
  const one = await zkops(['log', 'history', '/app/data/text', '-', '--format', 'jsonl'], {
    input: readFileSync(join(DIR, 'version-2/log.1')),
  })
  expect(one.stdout.trim().split('\n').length).toBe(4)
})

test('damage: what is before it, then the finding, and exit 3; a torn end of the last log is a note', async () => {
  copyFileSync(join(DIR, 'version-2/log.1'), join(folder, 'damaged.log'))
  const bytes = readFileSync(join(folder, 'damaged.log'))
  bytes[4000]! ^= 1
  write('damaged.log', bytes)
  const { exitCode, stdout, stderr } = await run('history', '/app', 'damaged.log')
  expect(exitCode).toBe(3)
  expect(stdout).toContain('created /app')
  expect(stderr).toContain('log.checksum')
  const document = await run('history', '/app', 'damaged.log', '--json')
  expect(document.exitCode).toBe(3)
  expect(JSON.parse(document.stdout)).toMatchObject({
    events: [{ change: 'created' }],
    findings: [{ code: 'log.checksum' }],
  })
  expect((await run('session', '--list', 'damaged.log')).exitCode).toBe(3)
  expect((await run('session', '0x100008036690000', 'damaged.log')).exitCode).toBe(3)
  write('torn.log', log([create(1n, '/a'), create(2n, '/b')]).subarray(0, -20))
  const torn = await run('history', '/a', 'torn.log')
  expect(torn).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('log.torn-tail') })
})

test('nothing found is exit 0, said on stderr with the zxids', async () => {
  const { exitCode, stdout, stderr } = await run('history', '/not/there', DIR)
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
  expect(stderr).toMatch(
    /story\.nothing: the logs at hand hold no such change of \/not\/there: they reach from 0x1 to 0x\w+/,
  )
  const session = await run('session', '0x77', DIR)
  expect(session).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('nothing of session 0x77') })
})

test.each([
  [['history', 'app', DIR], 'is no path'],
  [['history', '/app'], 'files'],
  [['session', '0x1'], 'no logs'],
  [['session', 'zz', DIR], 'no zxid or session id'],
])('%j is wrong usage', async (args, said) => {
  const { exitCode, stderr } = await run(...args)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(said)
})

test('session ids in decimal', async () => {
  const document = await jsonOf('session', String(0x100008036690002n), DIR)
  expect(document).toMatchObject({ session: '0x100008036690002', txns: 5, ended: { how: 'closed', cxid: 4 } })
})

describe('--audit', () => {
  const line = (time: string, session: string, user: string, ip: string, rest: string) =>
    `${time} INFO audit.Slf4jAuditLogger: session=${session}\tuser=${user}\tip=${ip}\t${rest}\tresult=success\n`
  const SESSION = '0x100004bec300000'

  test('one user is joined, several are said, the nearest in time first', async () => {
    write('a.log', log([create(1n, '/a'), setData(2n, '/a', 'y', 1), setData(3n, '/b', 'y', 1)]))
    const created = line(
      '2025-11-13 03:13:20,001',
      SESSION,
      'bob',
      '10.0.0.1',
      'operation=create\tznode=/a\tznode_type=persistent',
    )
    const changed = (clock: string, user: string) =>
      line(`2025-11-13 ${clock}`, SESSION, user, '10.0.0.2', 'operation=setData\tznode=/a')
    write('audit.log', created + changed('03:13:21,500', 'late') + changed('03:13:20,003', 'near'))
    const { events } = await jsonOf('history', '/', '-r', 'a.log', '--audit', 'audit.log')
    expect(events).toMatchObject([
      { user: 'bob', ip: '10.0.0.1', audit: { match: 'operation', ambiguous: false } },
      { user: 'near', ip: '10.0.0.2', audit: { match: 'operation', ambiguous: true } },
      { path: '/b', audit: { match: 'session', ambiguous: true } },
    ])
    const { stdout } = await run('history', '/a', 'a.log', '--audit', 'audit.log')
    expect(stdout).toContain('    audit: bob from 10.0.0.1\n')
    expect(stdout).toContain('    audit: near from 10.0.0.2; others are possible\n')
  })

  test('a file that is none is refused, a missing one named', async () => {
    write('none.log', 'nothing\nof the kind\n')
    expect(await run('history', '/a', 'a.log', '--audit', 'none.log')).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('none.log holds no line'),
    })
    expect(await run('history', '/a', 'a.log', '--audit', 'gone.log')).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('gone.log'),
    })
  })
})
