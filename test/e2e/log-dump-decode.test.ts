import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeBody } from '../../src/formats/txnlog/encode.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { TxnBody } from '../../src/formats/txnlog/types.ts'
import { schema } from '../../src/schemas/log-dump.ts'
import { BIN, zkops } from '../helpers/cli.ts'
import { parseCsv } from '../helpers/csv.ts'
import { FIXTURES, fixtureLogs } from '../helpers/fixtures.ts'
import { create, log, text, txn } from '../helpers/log-builder.ts'

type Json = Record<string, unknown>
interface Node extends Json {
  readonly path: string
  readonly data: { readonly encoding: string; readonly value: string } | null
  readonly decoded: Json | null
}

const folder = mkdtempSync(join(tmpdir(), 'zkops-decode-'))
afterAll(() => rmSync(folder, { recursive: true }))

const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema)

async function lines(...args: string[]): Promise<Json[]> {
  const { exitCode, stdout, stderr } = await zkops(['log', 'dump', '--format', 'jsonl', ...args])
  expect(exitCode, stderr).toBe(0)
  const parsed = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)
  for (const line of parsed) expect(validate(line), JSON.stringify([line, validate.errors])).toBe(true)
  return parsed
}

/** The line itself, and the operations inside it, as far as they have data. */
const nodesOf = (line: Json): Node[] =>
  [line, ...((line.ops as Json[]) ?? [])].filter((one): one is Node => 'decoded' in one)

const undecoded = ({ decoded, ...line }: Json): Json => ({
  ...line,
  ...(line.ops == null ? {} : { ops: (line.ops as Json[]).map(({ decoded, ...op }) => op) }),
})

const setData = (path: string, data: string): TxnBody => ({
  kind: 'setData',
  path: text(path),
  data: text(data),
  version: 1,
})
const op = (body: TxnBody) => ({ type: OP.setData, data: encodeBody(body), body })

/** A log with a payload of each form. */
const LOG = join(folder, 'log.1')
writeFileSync(
  LOG,
  log([
    create(1n, '/json', '{"a":1,"b":"\u202e"}', { timeMs: 1_763_000_000_123n }),
    create(2n, '/packed', gzipSync('{"a":[1,2]}'), { timeMs: 1_763_000_000_123n }),
    create(3n, '/count', Uint8Array.of(0, 0, 0, 7), { timeMs: 1_763_000_000_123n }),
    create(4n, '/null', null, { timeMs: 1_763_000_000_123n }),
    create(5n, '/binary', Uint8Array.of(0, 255, 1), { timeMs: 1_763_000_000_123n }),
    txn(
      6n,
      OP.multi,
      { kind: 'multi', ops: [op(setData('/json', '[]')), op(setData('/text', '')), op(setData('/t', 'x\ny'))] },
      { timeMs: 1_763_000_000_123n },
    ),
    create(7n, '/damaged', gzipSync('{"a":[1,2]}').subarray(0, 20), { timeMs: 1_763_000_000_123n }),
  ]),
)

describe('real logs of all releases', () => {
  test('--decode adds decoded beside data and changes nothing else', async () => {
    const files = fixtureLogs().map(({ file }) => file)
    const all = await lines('--decode', ...files)
    expect(all.map(undecoded)).toEqual(await lines(...files))
    for (const { data, decoded } of all.flatMap(nodesOf)) expect(decoded === null).toBe(data === null)
  })

  test.each(['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'])(
    'what the standalone server of %s has logged',
    async (version) => {
      const nodes = (await lines('--decode', join(FIXTURES, version, 'standalone/datalog'))).flatMap(nodesOf)
      const decoded = (path: string) => nodes.filter((node) => node.path === path).map((node) => node.decoded)
      expect(decoded('/app')).toEqual([{ kind: 'text', value: 'root of the application' }])
      expect(decoded('/app/data/json')).toEqual([{ kind: 'json', value: { replicas: 3, name: 'über 日本語 🚀' } }])
      expect(decoded('/app/data/binary')).toEqual([{ kind: 'binary' }])
      expect(decoded('/app/data/large')).toEqual([{ kind: 'binary' }])
      expect(decoded('/app/data/null')).toEqual([null])
      expect(decoded('/app/data/empty')).toEqual([{ kind: 'text', value: '' }])
      expect(decoded('/app/multi/a')).toContainEqual({ kind: 'text', value: '2' })
      const quota = '/zookeeper/quota/app/queue'
      expect(decoded(`${quota}/zookeeper_limits`)).toEqual([{ kind: 'quota', limits: { count: 100, bytes: 100000 } }])
      expect(decoded(`${quota}/zookeeper_stats`)).toEqual([{ kind: 'quota', usage: { count: 0, bytes: 0 } }])
    },
  )

  test.each(['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'])('the reconfigurations of %s', async (version) => {
    const logs = join(FIXTURES, version, 'ensemble/server.3/datalog')
    const configs = (await lines('--decode', '--type', 'reconfig', logs)).flatMap(nodesOf)
    expect(configs).toHaveLength(2)
    for (const { data, decoded, zxid } of configs) {
      const members = [
        ...data!.value.matchAll(/^server\.(\d)=127\.0\.0\.1:(\d+):(\d+):participant;127\.0\.0\.1:(\d+)$/gm),
      ]
      expect(decoded).toEqual({
        kind: 'zookeeper-config',
        members: members.map(([, ...numbers]) => {
          const [id, quorumPort, electionPort, clientPort] = numbers.map(Number)
          const host = '127.0.0.1'
          return { id, host, quorumPort, electionPort, role: 'participant', clientAddress: host, clientPort }
        }),
        // a configuration's version is the zxid that made it
        version: zxid,
      })
    }
    expect(configs.map(({ decoded }) => (decoded!.members as unknown[]).length)).toEqual([2, 3])
  })
})

describe('the three formats', () => {
  const expected = [
    [{ kind: 'json', value: { a: 1, b: '\u202e' } }],
    [{ kind: 'gzip', bytes: 11, value: { kind: 'json', value: { a: [1, 2] } } }],
    [{ kind: 'int32', value: 7 }],
    [null],
    [{ kind: 'binary' }],
    [
      { kind: 'json', value: [] },
      { kind: 'text', value: '' },
      { kind: 'text', value: 'x\ny' },
    ],
    [{ kind: 'gzip', error: 'unexpected end of file' }],
  ]

  test('jsonl', async () => {
    const all = await lines('--decode', LOG)
    expect(all.map((line) => nodesOf(line).map(({ decoded }) => decoded))).toEqual(expected)
    // right behind what it is about
    expect(Object.keys(all[0]!).join()).toContain('path,data,decoded,acl')
  })

  test('csv: a column more, JSON in it', async () => {
    const plain = parseCsv((await zkops(['log', 'dump', '--format', 'csv', LOG])).stdout)
    const decoded = parseCsv((await zkops(['log', 'dump', '--format', 'csv', '--decode', LOG])).stdout)
    const column = decoded[0]!.indexOf('decoded')
    expect(decoded[0]![column - 1]).toBe('data')
    expect(decoded.slice(1).map((row) => (row[column] === '' ? null : JSON.parse(row[column]!)))).toEqual(
      expected.map((of, i) => (i === 5 ? null : of[0])),
    )
    const opsAt = decoded[0]!.indexOf('ops')
    expect((JSON.parse(decoded[6]![opsAt]!) as Node[]).map((one) => one.decoded)).toEqual(expected[5])
    // the multi's differ in their operations
    const others = (rows: string[][]) => rows.filter((_, i) => i !== 6)
    const without = decoded.map((row) => row.filter((_, i) => i !== column))
    expect(others(without)).toEqual(others(plain))
  })

  test('text: what it is in place of the bytes, escaped and as wide as data may be', async () => {
    const packed = gzipSync('{"a":[1,2]}').length
    const { stdout } = await zkops(['log', 'dump', '--decode', '--data-width', '12', LOG])
    expect(
      stdout
        .split('\n')
        .slice(1, -1)
        .map((line) => line.slice(44).replace(/ +/, ' ')),
    ).toEqual([
      'create /json  {"a":1,"b":… 17 B',
      `create /packed  gzip of {"a":[1,2]} 11 B, ${packed} B`,
      'create /count  int32 7 4 B',
      'create /null  null',
      'create /binary  0x00ff01 3 B',
      'multi 3 operations',
      'setData /json  version 1  [] 2 B',
      'setData /text  version 1  "" 0 B',
      'setData /t  version 1  "x\\ny" 3 B',
      'create /damaged  gzip, damaged: unexpected … 20 B',
    ])
    expect((await zkops(['log', 'dump', '--decode', LOG])).stdout).toContain('{"a":1,"b":"\\u202e"} 17 B')
    const sizes = ['log', 'dump', '--data-width', '0', LOG]
    expect((await zkops([...sizes, '--decode'])).stdout).toBe((await zkops(sizes)).stdout)
  })
})

test.each([
  [
    ['--decode', '--no-data'],
    ['--decode', '--no-data'],
  ],
  [
    ['--decode-with', 'cat', '--no-data'],
    ['--decode-with', '--no-data'],
  ],
  [
    ['--decode', '--decode-with', 'cat'],
    ['--decode', '--decode-with'],
  ],
])('%j together are exit 2, both named', async (args, names) => {
  const { exitCode, stdout, stderr } = await zkops(['log', 'dump', ...args, LOG])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  for (const name of names) expect(stderr).toMatch(new RegExp(`${name}\\b`))
})

describe('--decode-with', () => {
  test('each payload on stdin, what it is about in the environment, null data left out', async () => {
    const runs = join(folder, 'runs')
    const command = `echo run >> ${runs}; printf '{"hex":"%s","about":"%s"}' "$(od -An -v -tx1 | tr -d ' \\n')" "$ZKOPS_PATH $ZKOPS_ZXID $ZKOPS_TYPE"`
    const all = await lines('--decode-with', command, LOG)
    expect(all.map(undecoded)).toEqual(await lines(LOG))
    const answers = all.flatMap((line) => nodesOf(line).map((node) => ({ line, node })))
    for (const { line, node } of answers) {
      const { path, data } = node
      const bytes = data && Buffer.from(data.value, data.encoding as BufferEncoding)
      const about = `${path} ${line.zxid} ${node.type}`
      expect(node.decoded).toEqual(bytes && { kind: 'program', value: { hex: bytes.toString('hex'), about } })
    }
    expect(answers).toHaveLength(9)
    expect(readFileSync(runs, 'utf8')).toBe('run\n'.repeat(8))
  })

  test('failures stay where they are, the dump goes on', async () => {
    const command = 'test "$ZKOPS_TYPE" = create || { echo "not mine: $ZKOPS_TYPE" >&2; exit 3; }; echo mine'
    const all = await lines('--decode-with', command, LOG)
    expect(all[0]!.decoded).toEqual({ kind: 'program', value: 'mine' })
    expect(nodesOf(all[5]!)[2]!.decoded).toEqual({ kind: 'program', error: 'exit 3: not mine: setData' })
    expect(all[6]!.decoded).toEqual({ kind: 'program', value: 'mine' })
    const { exitCode, stdout } = await zkops(['log', 'dump', '--decode-with', command, LOG])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('/json  "mine" 17 B\n')
    expect(stdout).toContain('version 1  program failed: exit 3: not mine: setData 3 B\n')
    const csv = parseCsv((await zkops(['log', 'dump', '--format', 'csv', '--decode-with', command, LOG])).stdout)
    expect(csv[1]![csv[0]!.indexOf('decoded')]).toBe('{"kind":"program","value":"mine"}')
  })

  test('what a program prints is escaped', async () => {
    const { stdout } = await zkops(['log', 'dump', '--limit', '1', '--decode-with', "printf '\\033[31mred\\007'", LOG])
    expect(stdout).toContain('"\\x1b[31mred\\x07" 17 B')
  })

  test('filters and limits spare runs', async () => {
    const runs = join(folder, 'few')
    expect(await lines('--decode-with', `echo run >> ${runs}`, '--path', '/json', '--limit', '1', LOG)).toHaveLength(1)
    expect(readFileSync(runs, 'utf8')).toBe('run\n')
  })

  test('a program that is not there: exit 4', async () => {
    const { exitCode, stdout, stderr } = await zkops([
      'log',
      'dump',
      '--format',
      'jsonl',
      '--decode-with',
      'no-such-program',
      LOG,
    ])
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' })
    expect(stderr).toMatch(
      /^error: The decoding program cannot be run: .*no-such-program.*not found\n→ .*--decode-with/,
    )
  })

  test('each record is shown as soon as it is decoded; SIGINT ends the program and exits 130', async () => {
    const pidFile = join(folder, 'pid')
    const command = `test $ZKOPS_ZXID = 0x1 && exit; echo $$ > ${pidFile}; exec sleep 1000`
    const child = spawn(process.execPath, [BIN, 'log', 'dump', '--format', 'jsonl', '--decode-with', command, LOG])
    let stdout = ''
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString()
    })
    const closed = new Promise((resolve) => child.on('close', resolve))
    while (!(existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n') && stdout.endsWith('\n')))
      await sleep(10)
    expect(JSON.parse(stdout)).toMatchObject({ zxid: '0x1', decoded: { kind: 'program', value: '' } })
    child.kill('SIGINT')
    expect(await closed).toBe(130)
    const pid = Number(readFileSync(pidFile, 'utf8'))
    while (existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await sleep(10)
  })
})
