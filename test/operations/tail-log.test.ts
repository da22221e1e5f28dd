import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { writeLogHeader } from '../../src/formats/txnlog/header.ts'
import type { Txn } from '../../src/formats/txnlog/types.ts'
import { explain } from '../../src/operations/explain.ts'
import { type TailLogOptions, tailLogs } from '../../src/operations/tail-log/tail-logs.ts'
import { txnJson } from '../../src/render/txn-json.ts'
import type { Finding } from '../../src/support/finding.ts'
import { noProgress } from '../../src/support/progress.ts'
import { create, creates, log, record } from '../helpers/log-builder.ts'

let stage: string
let dir: string
let made = 0
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-tail-'))
})
beforeEach(() => {
  dir = join(stage, String(made++), 'version-2')
  mkdirSync(dir, { recursive: true })
})
afterAll(() => rmSync(stage, { recursive: true }))

const write = (name: string, bytes: Uint8Array) => writeFileSync(join(dir, name), bytes)
/** In place, as a server writes into its padding. */
const overwrite = (name: string, bytes: Uint8Array, position: number) => {
  const fd = openSync(join(dir, name), 'r+')
  writeSync(fd, bytes, 0, bytes.length, position)
  closeSync(fd)
}
const append = (name: string, ...txns: readonly Txn[]) =>
  appendFileSync(join(dir, name), Buffer.concat(txns.map(record)))

interface Tail {
  readonly zxids: number[]
  readonly findings: Finding[]
  until(what: () => boolean): Promise<void>
  /** What has come when things had time to come. */
  settled(): Promise<number[]>
}

let stopping: (() => Promise<unknown>) | undefined
afterEach(async () => {
  await stopping?.()
  stopping = undefined
})

function options(place: string, more: Partial<TailLogOptions>): TailLogOptions {
  const signal = new AbortController().signal
  const common = { filter: {}, decode: false, juteMaxbuffer: 1_048_575, signal, progress: noProgress }
  return { place, lines: 10, follow: false, ...common, ...more }
}

async function collect(tail: AsyncIterable<unknown>, zxids: number[], findings: Finding[]): Promise<void> {
  for await (const part of tail as ReturnType<typeof tailLogs>) {
    if (part.kind === 'note') findings.push(...part.findings)
    else for (let row = 0; row < part.count; row++) zxids.push(Number(txnJson(part, row, { data: true }).zxid))
  }
}

async function last(place: string, more: Partial<TailLogOptions> = {}): Promise<{ zxids: number[]; codes: string[] }> {
  const zxids: number[] = []
  const findings: Finding[] = []
  await collect(tailLogs(options(place, more)), zxids, findings)
  return { zxids, codes: findings.map(({ code }) => code) }
}

function follow(place = dir, more: Partial<TailLogOptions> = {}): Tail {
  const controller = new AbortController()
  const zxids: number[] = []
  const findings: Finding[] = []
  const done = collect(
    tailLogs(options(place, { follow: true, signal: controller.signal, ...more })),
    zxids,
    findings,
  ).catch((error: unknown) => error)
  stopping = async () => {
    controller.abort()
    const error = (await done) as { code?: string; name?: string }
    expect(['AbortError', 'ZkopsError']).toContain(error.name)
    for (const { code } of findings) expect((await explain(code)).summary).not.toBe('')
  }
  return {
    zxids,
    findings,
    async until(what) {
      for (let i = 0; i < 200 && !what(); i++) await sleep(25)
      expect(what(), JSON.stringify({ zxids, findings: findings.map(({ code }) => code) })).toBe(true)
    },
    async settled() {
      await sleep(600)
      return zxids
    },
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const codes = ({ findings }: Tail) => findings.map(({ code }) => code)

describe('the last records', () => {
  test('across logs, as few of them as it takes', async () => {
    write('log.1', log(creates(5)))
    write('log.6', log(creates(4, 6n)))
    write('log.a', log(creates(3, 10n), 10_000))
    expect(await last(dir)).toEqual({ zxids: numbers(3, 12), codes: [] })
    expect(await last(dir, { lines: 3 })).toEqual({ zxids: [10, 11, 12], codes: [] })
    expect(await last(dir, { lines: 4 })).toEqual({ zxids: numbers(9, 12), codes: [] })
    expect(await last(dir, { lines: 99 })).toEqual({ zxids: numbers(1, 12), codes: [] })
    expect(await last(dir, { lines: 0 })).toEqual({ zxids: [], codes: [] })
    expect(await last(join(dir, 'log.6'), { lines: 2 })).toEqual({ zxids: [8, 9], codes: [] })
    expect(await last(dir, { lines: 2, filter: { path: (path) => path.endsWith('/3') || path === '/n/7' } })).toEqual({
      zxids: [3, 7],
      codes: [],
    })
  })

  test('what ends a log is said', async () => {
    write('log.1', Buffer.concat([log(creates(5)), log(creates(1, 6n)).subarray(16, 40)]))
    expect(await last(dir, { lines: 2 })).toEqual({ zxids: [4, 5], codes: ['log.torn-tail'] })
  })

  test('many records in many pieces', async () => {
    write('log.1', log(creates(40_000, 1n, 10)))
    expect((await last(dir, { lines: 15_000 })).zxids).toEqual(numbers(25_001, 40_000))
  })
})

describe('following', () => {
  test('an empty directory, a header that grows, records in pieces of one byte', async () => {
    const tail = follow()
    await sleep(150)
    const bytes = log(creates(3))
    write('log.1', new Uint8Array())
    for (const byte of bytes) {
      appendFileSync(join(dir, 'log.1'), Uint8Array.of(byte))
      if (byte % 16 === 0) await sleep(5)
    }
    await tail.until(() => tail.zxids.length === 3)
    expect({ zxids: await tail.settled(), codes: codes(tail) }).toEqual({ zxids: [1, 2, 3], codes: [] })
  })

  test('padding that is written over in pieces', async () => {
    const file = Buffer.concat([log(creates(2)), new Uint8Array(200_000)])
    write('log.1', file)
    const tail = follow()
    await tail.until(() => tail.zxids.length === 2)
    const more = Buffer.concat(creates(3, 3n).map(record))
    const start = log(creates(2)).length
    for (let at = 0; at < more.length; at += 7) {
      overwrite('log.1', more.subarray(at, at + 7), start + at)
      await sleep(20)
    }
    await tail.until(() => tail.zxids.length >= 5)
    expect({ zxids: await tail.settled(), codes: codes(tail) }).toEqual({ zxids: numbers(1, 5), codes: [] })
  })

  test('rolls, several at once too, and logs that are purged meanwhile', async () => {
    write('log.1', log(creates(20), 1000))
    const tail = follow(dir, { lines: 2 })
    await tail.until(() => tail.zxids.length === 2)
    write('log.15', log(creates(1, 21n)))
    await tail.until(() => tail.zxids.length === 3)
    rmSync(join(dir, 'log.1'))
    append('log.15', ...creates(4, 22n))
    write('log.1a', log(creates(5, 26n)))
    write('log.1f', log(creates(5, 31n)))
    rmSync(join(dir, 'log.15'))
    await tail.until(() => tail.zxids.length === 17)
    expect({ zxids: await tail.settled(), codes: codes(tail) }).toEqual({ zxids: numbers(19, 35), codes: [] })
  })

  test('a log instead of a directory: from there on', async () => {
    write('log.1', log(creates(5)))
    write('log.6', log(creates(5, 6n)))
    const tail = follow(join(dir, 'log.1'), { lines: 1 })
    await tail.until(() => tail.zxids.length === 6)
    write('log.b', log(creates(1, 11n)))
    await tail.until(() => tail.zxids.length === 7)
    expect(tail.zxids).toEqual(numbers(5, 11))
  })

  test('records larger than any buffer', async () => {
    write('log.1', log(creates(1)))
    const tail = follow(dir, { juteMaxbuffer: 50_000_000 })
    await tail.until(() => tail.zxids.length === 1)
    append('log.1', create(2n, '/large', new Uint8Array(9_000_000)), create(3n, '/small'))
    await tail.until(() => tail.zxids.length === 3)
    expect(tail.zxids).toEqual([1, 2, 3])
  })

  test('a log that is cut (TRUNC), then the next one', async () => {
    write('log.1', log(creates(10), 1000))
    const tail = follow()
    await tail.until(() => tail.zxids.length === 10)
    truncateSync(join(dir, 'log.1'), log(creates(7)).length)
    await tail.until(() => tail.findings.length === 1)
    expect(tail.findings[0]).toMatchObject({ code: 'tail.cut', zxid: 10n, evidence: { readTo: 10n, nowEndsAt: 7n } })
    write('log.8', log(creates(3, 8n)))
    await tail.until(() => tail.zxids.length === 13)
    expect({ zxids: await tail.settled(), codes: codes(tail) }).toEqual({
      zxids: [...numbers(1, 10), 8, 9, 10],
      codes: ['tail.cut'],
    })
  })

  test('a truncation that takes newer logs with it', async () => {
    write('log.1', log(creates(10)))
    write('log.b', log(creates(5, 11n)))
    write('log.10', log(creates(5, 16n)))
    const tail = follow(dir, { lines: 5 })
    await tail.until(() => tail.zxids.length === 5)
    // to 0xa, and the next transaction: all between two looks
    rmSync(join(dir, 'log.10'))
    rmSync(join(dir, 'log.b'))
    write('log.b', log(creates(2, 11n, 30)))
    await tail.until(() => tail.zxids.length === 7)
    expect({ zxids: await tail.settled(), codes: codes(tail) }).toEqual({
      zxids: [...numbers(16, 20), 11, 12],
      codes: ['tail.removed'],
    })
  })

  test('a directory that is wiped and filled again', async () => {
    write('log.1', log(creates(5)))
    const tail = follow()
    await tail.until(() => tail.zxids.length === 5)
    rmSync(join(dir, 'log.1'))
    await tail.until(() => tail.findings.length === 1)
    write('log.20', log(creates(2, 32n)))
    await tail.until(() => tail.zxids.length === 7)
    expect({ zxids: tail.zxids, codes: codes(tail) }).toEqual({
      zxids: [...numbers(1, 5), 32, 33],
      codes: ['tail.removed'],
    })
  })

  test('other records in place of those that were read', async () => {
    write('log.1', log(creates(5), 2000))
    const tail = follow()
    await tail.until(() => tail.zxids.length === 5)
    overwrite('log.1', log([...creates(4), create(21n, '/other'), create(22n, '/other')]), 0)
    await tail.until(() => tail.zxids.length === 11)
    expect({ zxids: tail.zxids, codes: codes(tail).slice(0, 1) }).toEqual({
      zxids: [...numbers(1, 5), ...numbers(1, 4), 21, 22],
      codes: ['tail.rewritten'],
    })
  })

  test('a file that is replaced by its copy goes on where it was', async () => {
    write('log.1', log(creates(5)))
    const tail = follow()
    await tail.until(() => tail.zxids.length === 5)
    write('copy', log(creates(7)))
    renameSync(join(dir, 'copy'), join(dir, 'log.1'))
    await tail.until(() => tail.zxids.length === 7)
    expect({ zxids: await tail.settled(), codes: codes(tail) }).toEqual({ zxids: numbers(1, 7), codes: [] })
  })

  test('a jump of the zxids is a note, a warning when no snapshot bridges it', async () => {
    write('log.1', log(creates(5)))
    const tail = follow()
    await tail.until(() => tail.zxids.length === 5)
    write('snapshot.63', new Uint8Array())
    write('log.64', log(creates(2, 100n)))
    await tail.until(() => tail.zxids.length === 7)
    append('log.64', create(200n, '/far'))
    await tail.until(() => tail.findings.length === 2)
    expect(tail.findings).toMatchObject([
      { code: 'log.gap', severity: 'info', zxid: 100n },
      { code: 'tail.jump', severity: 'warning', zxid: 200n },
    ])
  })

  test('an end that does not become a record is said once, and the next log is read', async () => {
    const bytes = log(creates(5))
    bytes[bytes.length - 5]! ^= 1
    write('log.1', bytes)
    const tail = follow()
    await tail.until(() => tail.findings.length === 1)
    expect(tail.findings[0]).toMatchObject({ code: 'log.checksum', file: join(dir, 'log.1') })
    write('log.6', log(creates(2, 6n)))
    await tail.until(() => tail.zxids.length === 6)
    expect(tail.zxids).toEqual([1, 2, 3, 4, 6, 7])
  }, 15_000)

  test('a torn end of an older log', async () => {
    write('log.1', Buffer.concat([log(creates(5)), log(creates(1, 6n)).subarray(16, 40), new Uint8Array(500)]))
    const tail = follow()
    await tail.until(() => tail.zxids.length === 5)
    write('log.6', Buffer.concat([writeLogHeader()]))
    append('log.6', ...creates(1, 6n))
    await tail.until(() => tail.zxids.length === 6)
    expect({ zxids: tail.zxids, codes: codes(tail) }).toEqual({ zxids: numbers(1, 6), codes: ['log.torn-tail'] })
  })
})
