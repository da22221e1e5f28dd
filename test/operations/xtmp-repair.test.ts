import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { LOG_FINDINGS } from '../../src/formats/txnlog/findings.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import { planChop } from '../../src/operations/log-repair/chop.ts'
import { planPatch } from '../../src/operations/log-repair/patch.ts'
import { planSalvage } from '../../src/operations/log-repair/salvage.ts'
import type { Change } from '../../src/support/change.ts'
import { noProgress } from '../../src/support/progress.ts'
import { verify } from '../helpers/dump.ts'
import { FULL, fixtureLogs, seeded } from '../helpers/fixtures.ts'
import { create, creates, log, record, txn, writeOldFile } from '../helpers/log-builder.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-repair-'))
afterAll(() => rmSync(folder, { recursive: true }))
const input = join(folder, 'in')
const peer = join(folder, 'peer')
const output = join(folder, 'out')
beforeEach(() => {
  for (const place of [input, peer, output]) rmSync(place, { recursive: true, force: true })
  mkdirSync(input)
  mkdirSync(peer)
})

const options = (signal = new AbortController().signal) => ({
  juteMaxbuffer: 1_048_575,
  progress: noProgress,
  signal,
  output,
})
const put = (name: string, bytes: Uint8Array, place = input): string => {
  writeOldFile(join(place, name), bytes)
  return join(place, name)
}

interface Rec {
  readonly zxid: bigint
  readonly at: number
  readonly bytes: Buffer
}

/** The whole records that a log begins with. */
function recordsOf(bytes: Buffer): Rec[] {
  const records: Rec[] = []
  for (let at = 16; at + 12 < bytes.length && bytes.readInt32BE(at + 8) > 0; ) {
    const end = at + bytes.readInt32BE(at + 8) + 13
    if (end > bytes.length) break
    records.push({ at, zxid: bytes.readBigInt64BE(at + 24), bytes: bytes.subarray(at, end) })
    at = end
  }
  return records
}

const used = (bytes: Buffer): Buffer => {
  const last = recordsOf(bytes).at(-1)
  return bytes.subarray(0, last === undefined ? 16 : last.at + last.bytes.length)
}

function knownFindings({ findings }: Change) {
  for (const { code } of findings) expect(LOG_FINDINGS[code], code).toBeDefined()
}

/** What was written, log by log; every one of them is clean but for the holes that were announced. */
async function written(): Promise<Map<string, Buffer>> {
  const names = readdirSync(output).filter((name) => name.startsWith('log.'))
  const { findings } = await verify([output])
  const announced = ['log.gap', 'log.epoch-step', 'log.duplicate']
  expect(findings.filter(({ code }) => !announced.includes(code))).toEqual([])
  return new Map(names.map((name) => [name, readFileSync(join(output, name))]))
}

const fixtures = fixtureLogs().filter(({ file }) => recordsOf(readFileSync(file)).length > 3)

describe('salvage', () => {
  test('recovers every record whose bytes are intact, and invents none', { timeout: 1_800_000 }, async () => {
    const random = seeded(2026)
    const below = (n: number) => Math.floor(random() * n)
    for (let round = 0; round < (FULL ? 10_000 : 250); round++) {
      const fixture = fixtures[below(fixtures.length)]!
      const whole = used(readFileSync(fixture.file))
      const records = recordsOf(whole)
      const from = below(whole.length)
      const length = 1 + below(random() < 0.5 ? 4 : 400)
      const to = Math.min(whole.length, from + length)
      const garbage = () => Buffer.from(Array.from({ length: to - from }, () => below(256)))
      const flipped = Buffer.from(whole)
      flipped[from]! ^= 1 << below(8)
      const [kind, damaged] = (
        [
          ['flip', flipped],
          ['zero', Buffer.concat([whole.subarray(0, from), Buffer.alloc(to - from), whole.subarray(to)])],
          ['garbage', Buffer.concat([whole.subarray(0, from), garbage(), whole.subarray(to)])],
          ['insert', Buffer.concat([whole.subarray(0, from), garbage(), whole.subarray(from)])],
          ['cut out', Buffer.concat([whole.subarray(0, from), whole.subarray(to)])],
          ['truncate', whole.subarray(0, from)],
        ] as const
      )[below(6)]!
      if (round < 6300) continue
      const title = `round ${round}: ${kind} ${from}..${to} of ${fixture.name}`
      const end = kind === 'flip' || kind === 'insert' ? from + 1 : kind === 'truncate' ? whole.length : to
      const intact = records.filter(
        ({ at, bytes }) => at + bytes.length <= from || at >= (kind === 'insert' ? from : end),
      )
      const change = await planSalvage({ ...options(), places: [put('log.1', damaged)] })
      knownFindings(change)
      if (change.refused !== null) {
        expect(intact, title).toEqual([])
        continue
      }
      // a flip in the dbid or version of the header, or equal bytes
      if (change.plan.steps.length === 0) {
        expect(
          recordsOf(damaged).map(({ zxid }) => zxid),
          title,
        ).toEqual(expect.arrayContaining(intact.map(({ zxid }) => zxid)))
        continue
      }
      await change.apply()
      const salvaged = [...(await written()).values()].flatMap(recordsOf)
      const originals = new Set(records.map(({ bytes }) => bytes.toString('latin1')))
      for (const one of salvaged) expect(originals.has(one.bytes.toString('latin1')), title).toBe(true)
      const got = new Set(salvaged.map(({ bytes }) => bytes.toString('latin1')))
      for (const one of intact) expect(got.has(one.bytes.toString('latin1')), `${title}, zxid ${one.zxid}`).toBe(true)
      rmSync(output, { recursive: true })
    }
  })

  const txns = creates(9)
  const whole = log(txns)
  const [, , third, , , , , , ninth] = recordsOf(whole)
  const thirdEnd = third!.at + third!.bytes.length
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(whole)
    bytes[at] = value
    return bytes
  }
  test.each<[string, Buffer, string]>([
    ['an end mark', changed(third!.at + third!.bytes.length - 1, 0), 'end-mark'],
    ['a length that is too large', changed(third!.at + 11, 0xff), 'length'],
    ['a length of zero', changed(third!.at + 11, 0), 'length'],
    ['a length that cannot be', changed(third!.at + 8, 0x80), 'length'],
    ['the length of the last record', changed(ninth!.at + 10, 0x40), 'length'],
    ['the upper half of a checksum', changed(third!.at + 1, 9), 'checksum-field'],
    ['the last end mark, cut off', whole.subarray(0, -1), 'end-mark'],
    [
      'an end mark that is missing',
      Buffer.concat([whole.subarray(0, thirdEnd - 1), whole.subarray(thirdEnd)]),
      'end-mark',
    ],
  ])('puts right %s, because the checksum proves the record', async (_name, damaged, wrong) => {
    const change = await planSalvage({ ...options(), places: [put('log.1', damaged)] })
    expect(change.findings).toMatchObject([{ code: 'log.mended', evidence: { wrong } }])
    expect(change.plan.loses).toMatchObject({ txns: 0, bytes: 0 })
    await change.apply()
    expect((await written()).get('log.1')).toEqual(whole)
  })

  test('never takes a record whose checksum does not fit, nor writes a new one', async () => {
    const damaged = changed(third!.at + 60, 0x7a)
    const change = await planSalvage({ ...options(), places: [put('log.1', damaged)] })
    expect(change.plan.loses).toEqual({ txns: 1, firstZxid: 3n, lastZxid: 3n, znodes: [], bytes: third!.bytes.length })
    expect(change.findings.map(({ code }) => code)).toEqual(['log.quarantined', 'log.lost'])
    await change.apply()
    const zxids = recordsOf((await written()).get('log.1')!).map(({ zxid }) => zxid)
    expect(zxids).toEqual([1n, 2n, 4n, 5n, 6n, 7n, 8n, 9n])
    const name = `log.1.bytes-${third!.at}-${third!.at + third!.bytes.length}`
    const quarantined = readFileSync(join(output, 'quarantine', name))
    expect(quarantined).toEqual(damaged.subarray(third!.at, third!.at + third!.bytes.length))
  })

  test('leaves out what an older, longer file left behind the end, and a log inside a damaged value', async () => {
    const inside = log([create(500n, '/inside')]).subarray(16)
    const bytes = Buffer.concat([
      log([...creates(5), create(6n, '/value', inside), ...creates(5, 7n)], 100),
      Buffer.concat(creates(3, 2n, 33).map(record)),
      Buffer.alloc(64),
    ])
    const sixth = recordsOf(bytes)[5]!
    bytes[sixth.at + 50]! ^= 1
    const change = await planSalvage({ ...options(), places: [put('log.1', bytes)] })
    await change.apply()
    const zxids = recordsOf((await written()).get('log.1')!).map(({ zxid }) => zxid)
    expect(zxids).toEqual([1n, 2n, 3n, 4n, 5n, 7n, 8n, 9n, 10n, 11n])
    expect(change.findings.filter(({ code }) => code === 'log.quarantined')).toHaveLength(2)
  })

  test('writes the usual header over a strange one, and says so', async () => {
    const bytes = log(creates(4))
    bytes[15] = 9
    bytes[recordsOf(bytes)[1]!.at + 50]! ^= 1
    const change = await planSalvage({ ...options(), places: [put('log.1', bytes)] })
    expect(change.findings[0]).toMatchObject({ code: 'log.mended', evidence: { wrong: 'header', dbId: 9n } })
    await change.apply()
    expect((await written()).get('log.1')!.subarray(0, 16)).toEqual(log([]))
  })

  test('quarantines what comes from logs of the same name in several places', async () => {
    const bytes = log(creates(4))
    bytes[recordsOf(bytes)[1]!.at + 50]! ^= 1
    const other = log(creates(4, 5n))
    other[recordsOf(other)[1]!.at + 50]! ^= 1
    const places = [put('log.1', bytes), put('log.1', other, peer)]
    await (await planSalvage({ ...options(), places })).apply()
    expect(readdirSync(join(output, 'quarantine'))).toHaveLength(2)
  })

  test('names a log by its first record, and writes a header where it is lost', async () => {
    const bytes = log(creates(4, 0x20n))
    bytes.fill(0, 0, 16)
    const change = await planSalvage({ ...options(), places: [put('log.7', bytes)] })
    await change.apply()
    expect((await written()).get('log.20')).toEqual(log(creates(4, 0x20n)))
  })

  test.each([
    [0, 16],
    [4, 6],
    [9, 16],
    [0, 5],
  ])('finds the first record where bytes %i to %i of the header were cut out', async (from, to) => {
    const bytes = log(creates(4))
    const damaged = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
    await (await planSalvage({ ...options(), places: [put('log.1', damaged)] })).apply()
    expect((await written()).get('log.1')).toEqual(bytes)
  })

  test('says what is lost at the end of an epoch is unknown', async () => {
    const bytes = log([...creates(3), ...creates(2, 0x100000001n), ...creates(2, 0x100000004n)])
    const first = recordsOf(bytes)[2]!
    bytes[first.at + 30]! ^= 1
    bytes[first.at + first.bytes.length + 30]! ^= 1
    const change = await planSalvage({ ...options(), places: [put('log.1', bytes)] })
    const lost = change.findings.filter(({ code }) => code === 'log.lost').map(({ evidence }) => evidence)
    expect(lost).toEqual([
      { after: 2n, before: 0x100000002n, txns: null },
      { after: 0x100000002n, before: 0x100000004n, txns: 1 },
    ])
  })

  test('has nothing to do for whole logs, and refuses what holds no record', async () => {
    put('log.1', whole)
    expect((await planSalvage({ ...options(), places: [input] })).plan.steps).toEqual([])
    const garbage = put('log.1', Buffer.alloc(3000, 'no log'))
    expect((await planSalvage({ ...options(), places: [garbage] })).refused).toMatchObject({
      code: 'refused.nothing-valid',
    })
  })
})

describe('chop', () => {
  test.each(fixtures.filter((_, i) => FULL || i % 6 === 0).map((one) => [one.name, one] as const))(
    '%s ends with the zxid, byte for byte',
    async (name, { file }) => {
      const bytes = readFileSync(file)
      const records = recordsOf(bytes)
      const cut = records[Math.floor(seeded(name.length)() * records.length)]!
      const kept = records.filter(({ zxid }) => zxid <= cut.zxid)
      const change = await planChop({ ...options(), places: [put(basename(file), bytes)], toZxid: cut.zxid })
      knownFindings(change)
      expect(change.refused).toBeNull()
      expect(change.plan.loses).toMatchObject({
        txns: records.length - kept.length,
        bytes: records.slice(kept.length).reduce((sum, one) => sum + one.bytes.length, 0),
      })
      await change.apply()
      const last = kept.at(-1)!
      expect([...(await written()).values()]).toEqual([bytes.subarray(0, last.at + last.bytes.length)])
    },
  )

  test('keeps the logs before, cuts the one with the zxid, drops those behind, and says what goes', async () => {
    put('log.1', log(creates(4)))
    put('log.5', log(creates(4, 5n), 500))
    put('log.9', log(creates(2, 9n)))
    const change = await planChop({ ...options(), places: [input], toZxid: 6n })
    expect(change.plan.loses).toMatchObject({
      txns: 4,
      firstZxid: 7n,
      lastZxid: 10n,
      znodes: ['/n/7', '/n/8', '/n/9', '/n/10'],
    })
    await change.apply()
    expect(await written()).toEqual(
      new Map([
        ['log.1', log(creates(4))],
        ['log.5', log(creates(2, 5n))],
      ]),
    )
    // the given logs are as they were
    expect(readdirSync(input)).toEqual(['log.1', 'log.5', 'log.9'])
  })

  test('warns of snapshots above the cut, and keeps the start of an epoch apart', async () => {
    put('log.1', log([...creates(3), ...creates(3, 0x100000001n)]))
    for (const name of ['snapshot.2', 'snapshot.100000000', 'snapshot.100000003']) put(name, Buffer.from(''))
    for (const [toZxid, above] of [
      [3n, [0x100000000n, 0x100000003n]],
      [0x100000001n, [0x100000003n]],
    ] as const) {
      const change = await planChop({ ...options(), places: [input], toZxid })
      const warned = change.findings.filter(({ code }) => code === 'log.snapshot-above')
      expect(warned.map(({ zxid }) => zxid)).toEqual(above)
      await change.apply()
      expect(recordsOf((await written()).get('log.1')!).at(-1)!.zxid).toBe(toZxid)
      rmSync(output, { recursive: true })
    }
  })

  test('cuts at the last good record of a damaged log; records hidden behind the damage count as lost', async () => {
    const bytes = log(creates(9))
    bytes[recordsOf(bytes)[4]!.at + 20]! ^= 1
    put('log.1', bytes)
    const change = await planChop({ ...options(), places: [input], toZxid: 4n })
    expect(change.refused).toBeNull()
    expect(change.plan.loses).toMatchObject({ txns: 4, firstZxid: 6n, lastZxid: 9n })
    await change.apply()
    expect(recordsOf((await written()).get('log.1')!)).toHaveLength(4)
  })

  const refusals: readonly [string, () => void, bigint, string][] = [
    [
      'a zxid that is in a hole',
      () => put('log.1', log([...creates(3), ...creates(3, 7n)])),
      5n,
      'refused.not-a-boundary',
    ],
    ['a zxid before the first', () => put('log.5', log(creates(3, 5n))), 4n, 'refused.not-a-boundary'],
    ['a zxid behind the last', () => put('log.5', log(creates(3, 5n))), 8n, 'refused.not-a-boundary'],
    [
      'damage before it',
      () => {
        const bytes = log(creates(4))
        bytes[recordsOf(bytes)[2]!.at + 20]! ^= 1
        put('log.1', bytes)
        put('log.5', log(creates(4, 5n)))
      },
      6n,
      'refused.damaged',
    ],
    [
      'two logs that begin alike',
      () => [put('log.1', log(creates(3))), put('log.0001', log(creates(3)))],
      2n,
      'refused',
    ],
  ]
  test.each(refusals)('refuses %s', async (_name, prepare, toZxid, code) => {
    prepare()
    const change = await planChop({ ...options(), places: [input], toZxid })
    expect(change.refused?.code).toMatch(code)
    expect(change.plan.steps).toEqual([])
    await expect(change.apply()).rejects.toThrow()
    expect(existsSync(output)).toBe(false)
  })
})

describe('patch', () => {
  const whole = creates(12)
  const without = (...zxids: bigint[]) => whole.filter(({ header }) => !zxids.includes(header.zxid))

  test('a damaged record and a hole are filled; the result is the peer, byte for byte', async () => {
    const bytes = log(without(8n, 9n))
    bytes[recordsOf(bytes)[3]!.at + 40]! ^= 4
    put('log.1', log(whole), peer)
    const change = await planPatch({ ...options(), places: [put('log.1', bytes)], peers: [peer] })
    expect(change.findings.filter(({ code }) => code === 'log.patched')).toHaveLength(2)
    expect(change.plan.loses.txns).toBe(0)
    await change.apply()
    expect((await written()).get('log.1')).toEqual(log(whole))
  })

  test('a hole between two logs becomes a log of its own, also from a peer whose logs are cut elsewhere', async () => {
    put('log.1', log(whole.slice(0, 3)))
    put('log.9', log(whole.slice(8)))
    put('log.1', log(whole.slice(0, 5)), peer)
    put('log.6', log(whole.slice(5)), peer)
    const change = await planPatch({ ...options(), places: [input], peers: [peer] })
    await change.apply()
    expect((await written()).get('log.4')).toEqual(log(whole.slice(3, 8)))
  })

  test('across an epoch', async () => {
    const all = [...creates(3), ...creates(3, 0x100000001n)]
    put('log.1', log(all), peer)
    const change = await planPatch({
      ...options(),
      places: [put('log.1', log([...all.slice(0, 2), ...all.slice(4)]))],
      peers: [peer],
    })
    await change.apply()
    expect((await written()).get('log.1')).toEqual(log(all))
  })

  test('the second peer fills what the first cannot; what nobody has is said', async () => {
    const other = join(folder, 'other')
    mkdirSync(other)
    put('log.1', log(without(5n)), peer)
    put('log.1', log(without(10n)), other)
    const change = await planPatch({ ...options(), places: [put('log.1', log(without(3n, 5n, 10n)))], peers: [other] })
    expect(change.findings.filter(({ code }) => code === 'log.lost')).toMatchObject([
      { evidence: { after: 9n, before: 11n } },
    ])
    const both = await planPatch({ ...options(), places: [join(input, 'log.1')], peers: [other, peer] })
    await both.apply()
    expect((await written()).get('log.1')).toEqual(log(whole))
    rmSync(other, { recursive: true })
  })

  const foreign = whole.map((one) => (one.header.zxid === 4n ? create(4n, '/another') : one))
  const refusals: readonly [string, Buffer, string][] = [
    ['whose neighbour on the left is another', log(foreign), 'refused.diverged'],
    [
      'whose neighbour on the right is another',
      log(whole.map((one) => (one.header.zxid === 7n ? create(7n, '/x') : one))),
      'refused.diverged',
    ],
    ['with the same hole', log(without(5n, 6n)), 'refused.no-match'],
    ['with a hole in the hole', log(without(6n)), 'refused.no-match'],
    ['that begins too late', log(whole.slice(4)), 'refused.no-match'],
    ['that ends too early', log(whole.slice(0, 6)), 'refused.no-match'],
  ]
  test.each(refusals)('refuses a peer %s', async (_name, bytes, code) => {
    put('log.1', bytes, peer)
    const change = await planPatch({ ...options(), places: [put('log.1', log(without(5n, 6n)))], peers: [peer] })
    expect(change.refused?.code).toBe(code)
    expect(existsSync(output)).toBe(false)
  })

  test('does not call a failed multi another history when members wrote it in other bytes', async () => {
    const data = Buffer.alloc(4)
    const multi = (type: number) =>
      txn(4n, OP.multi, { kind: 'multi', ops: [{ type, data, body: { kind: 'unknown', bytes: data } }] })
    const [mine, peers] = [1, -1].map((type) => whole.map((one) => (one.header.zxid === 4n ? multi(type) : one)))
    put('log.1', log(peers!), peer)
    const places = [put('log.1', log(mine!.filter(({ header }) => header.zxid !== 5n)))]
    const change = await planPatch({ ...options(), places, peers: [peer] })
    expect(change.refused).toMatchObject({ code: 'refused.no-match', why: expect.stringContaining('the same request') })
  })

  test('has nothing to do without a hole', async () => {
    put('log.1', log(whole), peer)
    const change = await planPatch({ ...options(), places: [put('log.1', log(whole))], peers: [peer] })
    expect(change).toMatchObject({ refused: null, plan: { steps: [] } })
  })
})

describe('where it is written', () => {
  const plan = async (place: string, signal?: AbortSignal) => {
    put('log.1', log(creates(3)))
    return planChop({ ...options(signal), places: [input], toZxid: 2n, output: place })
  }
  test('a target that exists, a file, and places where a server reads are refused', async () => {
    mkdirSync(join(folder, 'data/version-2'), { recursive: true })
    put('myid', Buffer.from('1'), join(folder, 'data'))
    for (const [place, code] of [
      [input, 'refused.target-exists'],
      [join(input, 'log.1'), 'refused.target-exists'],
      [join(input, 'log.7'), 'refused.server-directory'],
      [join(folder, 'data/version-2/out'), 'refused.server-directory'],
    ] as const) {
      expect((await plan(place)).refused?.code, place).toBe(code)
    }
    rmSync(join(folder, 'data/version-2'), { recursive: true })
    expect((await plan(join(folder, 'data/version-2'))).refused?.code).toBe('refused.server-directory')
  })

  test('an empty directory and one whose parents are missing are made', async () => {
    mkdirSync(output)
    await (await plan(output)).apply()
    expect(readdirSync(output)).toEqual(['log.1'])
    const deep = join(folder, 'deep/er/out')
    await (await plan(deep)).apply()
    expect(readdirSync(deep)).toEqual(['log.1'])
  })

  test('an interruption, or an input that changed since the plan, leaves nothing behind', async () => {
    const controller = new AbortController()
    const interrupted = await plan(output, controller.signal)
    controller.abort()
    await expect(interrupted.apply()).rejects.toThrow()
    const changed = await plan(output)
    put('log.1', log([txn(1n, OP.delete, { kind: 'delete', path: Buffer.from('/n/1') }), ...creates(2, 2n)]))
    await expect(changed.apply()).rejects.toMatchObject({ code: 'stopped.verify' })
    expect(readdirSync(folder).filter((name) => name.includes('out'))).toEqual([])
  })
})
