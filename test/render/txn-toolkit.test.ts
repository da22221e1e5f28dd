import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { Txn, TxnBody } from '../../src/formats/txnlog/types.ts'
import { zkops } from '../helpers/cli.ts'
import { FULL, fixtureLogs, seeded } from '../helpers/fixtures.ts'
import { create, log, OPEN_ACL, text, txn } from '../helpers/log-builder.ts'
import { runJava } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-toolkit-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the tool of 3.9.5 prints of each log. */
async function toolkit(logs: readonly string[], timeZone = 'UTC'): Promise<string[]> {
  const outputs = logs.map((_, i) => join(folder, `tool-${timeZone.replaceAll('/', '-')}-${i}`))
  const input = logs.map((file, i) => `${file}\t${outputs[i]}\n`).join('')
  await runJava('3.9.5', 'ToolkitOracle', [], input, [`-Duser.timezone=${timeZone}`])
  return outputs.map((file) => readFileSync(file, 'utf8'))
}

async function ours(file: string, timeZone = 'UTC', nodeArgs: readonly string[] = []): Promise<string> {
  return (await zkops(['log', 'dump', '--format', 'toolkit', file], { env: { TZ: timeZone }, nodeArgs })).stdout
}

const written = (name: string, content: Uint8Array): string => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

test('prints every log of every release as the tool does', { timeout: 120_000 }, async () => {
  const logs = fixtureLogs()
    .filter((_, i) => FULL || i % 5 === 0)
    .map(({ file }) => file)
  const expected = await toolkit(logs)
  for (const [i, file] of logs.entries()) expect(await ours(file), file).toBe(expected[i])
  expect(expected.some((one) => one.includes('multi ') && one.includes('EOF reached after'))).toBe(true)
})

describe('what real servers rarely write', () => {
  const node = (body: Partial<TxnBody>) => ({ ...create(1n, '/a').body, ...body }) as TxnBody
  const path = text('/a')
  const two = [...OPEN_ACL!, { perms: 1, scheme: text('digest'), id: text('a,b}%\n') }]
  const random = seeded(7)
  /** Bytes near every border of UTF-8, so that all its malformed forms come up. */
  const nearlyUtf8 = (): Uint8Array => {
    const choice = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef]
    choice.push(0xf0, 0xf1, 0xf4, 0xf5, 0xf8, 0xff, 0x0a)
    return Uint8Array.from({ length: Math.floor(random() * 24) }, () => choice[Math.floor(random() * choice.length)]!)
  }
  const odd: readonly (readonly [string, readonly Txn[]])[] = [
    ['null path', [txn(1n, OP.create, node({ path: null })), txn(2n, OP.delete, { kind: 'delete', path: null })]],
    ['null and long lists', [txn(1n, OP.create, node({ acl: null })), txn(2n, OP.create, node({ acl: two }))]],
    [
      'setACL',
      [null, [], two].map((acl, i) => txn(BigInt(i + 1), OP.setACL, { kind: 'setACL', path, acl, version: 1 })),
    ],
    ['create of 3.3', [txn(1n, OP.create, node({ parentCversion: null }))]],
    ['a path with commas', [txn(1n, OP.delete, { kind: 'delete', path: text('/a,b}%\0\r\n') })]],
    ['negative numbers', [txn(-5n, OP.error, { kind: 'error', code: -9999 }, { session: -1n, cxid: -7 })]],
    ['no time', [create(1n, '/a', 'x', { timeMs: 0n }), create(2n, '/a', 'x', { timeMs: -86_400_001n })]],
    [
      'a multi of anything',
      [
        txn(1n, OP.multi, {
          kind: 'multi',
          ops: [
            { type: OP.error, data: Uint8Array.of(255, 255, 255, 155), body: { kind: 'error', code: -101 } },
            { type: 1, data: null, body: { kind: 'unknown', bytes: path } },
          ],
        }),
      ],
    ],
    [
      'values near UTF-8',
      Array.from({ length: 2000 }, (_, i) =>
        txn(BigInt(i + 1), OP.setData, { kind: 'setData', path, data: nearlyUtf8(), version: i }),
      ),
    ],
    ['a long value', [txn(1n, OP.setData, { kind: 'setData', path, data: Buffer.alloc(900_000, 0xe9), version: 1 })]],
  ]
  let expected: string[]
  beforeAll(async () => {
    expected = await toolkit(odd.map(([name, txns]) => written(name.replaceAll(' ', '-'), log(txns))))
  }, 60_000)
  test.each(odd.map(([name], i) => [name, i] as const))('%s', async (name, i) => {
    const file = join(folder, name.replaceAll(' ', '-'))
    expect(expected[i]).toContain('EOF reached')
    expect(await ours(file)).toBe(expected[i])
    // without SIMD
    expect(await ours(file, 'UTC', ['--jitless'])).toBe(expected[i])
  })
})

describe('damage', () => {
  const whole = log([create(1n, '/a'), create(2n, '/b', 'value'), create(3n, '/c')])
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(whole)
    bytes[at] = value
    return bytes
  }
  const record = 13 + whole.readUInt32BE(16 + 8)
  const second = 16 + record
  const end = whole.length
  const cases: readonly (readonly [string, Buffer])[] = [
    ['a wrong checksum', changed(second + 5, 0)],
    ['a wrong byte in the data', changed(second + 60, 0)],
    ['a wrong end mark', changed(second - 1, 0x43)],
    ['a wrong end mark and checksum', Buffer.concat([changed(20, 7).subarray(0, second - 1), Buffer.of(0)])],
    ['a zero length', Buffer.concat([whole.subarray(0, second), Buffer.alloc(40)])],
    ['a length that cannot be', changed(second + 8, 0x7f)],
    ['cut before the end mark', whole.subarray(0, end - 1)],
    ['cut in a payload', whole.subarray(0, end - 9)],
    ['cut in a head', whole.subarray(0, second + 9)],
    ['a header only', whole.subarray(0, 16)],
    ['a short header', whole.subarray(0, 12)],
    ['no magic', changed(0, 0)],
  ]
  let expected: string[]
  beforeAll(async () => {
    expected = await toolkit(cases.map(([name, bytes]) => written(name.replaceAll(' ', '-'), bytes)))
  }, 60_000)
  test.each(cases.map(([name], i) => [name, i] as const))('%s', async (name, i) => {
    expect(await ours(join(folder, name.replaceAll(' ', '-')))).toBe(expected[i])
  })

  test('a wrong checksum is said on stderr, and the exit code is 3', async () => {
    const file = written('bad', changed(second + 5, 0))
    const { exitCode, stderr } = await zkops(['log', 'dump', '--format', 'toolkit', file])
    expect(stderr).toContain('log.checksum')
    expect(exitCode).toBe(3)
  })
})

test.each(['America/New_York', 'Europe/Berlin', 'Asia/Tokyo', 'Asia/Kolkata', 'America/Sao_Paulo', 'Etc/GMT-3'])(
  'the local time of %s',
  async (timeZone) => {
    // winter, summer, and both sides of noon and midnight
    const times = [1_769_000_000_000n, 1_784_000_000_000n, 1_784_030_000_000n, 1_800_057_599_000n, 1_800_057_600_000n]
    const file = written('times', log(times.map((timeMs, i) => create(BigInt(i + 1), '/a', 'x', { timeMs }))))
    expect(await ours(file, timeZone)).toBe((await toolkit([file], timeZone))[0])
  },
  30_000,
)
