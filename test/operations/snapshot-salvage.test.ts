import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { gunzip } from '../../src/formats/compression/gunzip.ts'
import { explain } from '../../src/operations/explain.ts'
import type { Change } from '../../src/support/change.ts'
import { FULL, fixtureSnapshots, seeded } from '../helpers/fixtures.ts'
import { verifyOne } from '../helpers/snapshot.ts'
import { BASE, node, snappy, snapshot } from '../helpers/snapshot-builder.ts'
import { nodeRecords, plannedSalvage, salvagedRecords, unpackedBytes } from '../helpers/snapshot-salvage.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-salvage-'))
afterAll(() => rmSync(folder, { recursive: true }))
const output = join(folder, 'out')
beforeEach(() => rmSync(output, { recursive: true, force: true }))

const put = (name: string, bytes: Uint8Array): string => {
  mkdirSync(join(folder, 'in'), { recursive: true })
  writeFileSync(join(folder, 'in', name), bytes)
  return join(folder, 'in', name)
}
const proofOf = ({ plan }: Change) => plan.base.proof as { verdict: string; by: string | null; text: string }

const fixtures = fixtureSnapshots().filter(({ file }) => nodeRecords(unpackedBytes(file)).length > 3)
const ROOT_NODE = Buffer.concat([Buffer.alloc(8), Buffer.alloc(8, 0xff), Buffer.alloc(60)])

const withoutAcl = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -68), bytes.subarray(-60)])

/** How far a damaged gzip file unpacks. */
function gunzipped(bytes: Buffer): Buffer {
  const pieces: Uint8Array[] = []
  try {
    const unpacking = gunzip()
    let given = false
    for (let step = unpacking.next(null); !step.done; ) {
      if (step.value !== null) pieces.push(step.value)
      const next = step.value === null ? (given ? null : bytes) : null
      if (step.value === null) given = true
      step = unpacking.next(next)
    }
  } catch {
    // what came before is there
  }
  return Buffer.concat(pieces)
}

/** Packed as servers do, and which bytes of `plain` a damaged range of it spoils. */
function packedForms(plain: Buffer) {
  const packed = snappy(plain)
  const blocks: { from: number; to: number }[] = []
  for (let at = 16; at < packed.length; at += 4 + packed.readInt32BE(at)) {
    blocks.push({ from: at, to: at + 4 + packed.readInt32BE(at) })
  }
  const spoilt = (from: number, to: number) => {
    const hit = blocks.flatMap((block, i) => (block.from < to && block.to > from ? [i] : []))
    return hit.length === 0 ? [0, 0] : [hit[0]! << 15, (hit.at(-1)! + 1) << 15]
  }
  return { gzip: gzipSync(plain), snappy: packed, spoilt }
}

describe('random damages', () => {
  test.each(FULL ? [1, 2, 3, 4] : [1])(
    'every intact node is kept, none is made up, seed %i',
    { timeout: 3_600_000 },
    async (seed) => {
      const random = seeded(seed)
      const below = (n: number) => Math.floor(random() * n)
      const verdicts: Record<string, number> = {}
      for (let round = 0; round < (FULL ? 2500 : 150); round++) {
        const fixture = fixtures[below(fixtures.length)]!
        const plain = unpackedBytes(fixture.file)
        const records = nodeRecords(plain)
        const form = (['none', 'none', 'none', 'gzip', 'snappy'] as const)[below(5)]!
        const forms = form === 'none' ? undefined : packedForms(plain)
        const whole = form === 'none' ? plain : forms![form]
        const from = below(whole.length)
        const to = Math.min(whole.length, from + 1 + below(random() < 0.5 ? 4 : 400))
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
        const name = `${basename(fixture.file).split('.').slice(0, 2).join('.')}${{ none: '', gzip: '.gz', snappy: '.snappy' }[form]}`
        const title = `round ${round}: ${kind} ${from}..${to} of ${fixture.name} (${form})`
        const end = kind === 'flip' ? from + 1 : kind === 'insert' ? from : kind === 'truncate' ? whole.length : to
        let [badFrom, badTo] = [from, end] as number[]
        if (form === 'snappy') [badFrom, badTo] = forms!.spoilt(from, Math.max(end, from + 1))
        if (form === 'gzip') {
          const got = gunzipped(damaged)
          badFrom = got.findIndex((byte, i) => byte !== plain[i])
          if (badFrom < 0) badFrom = got.length
          badTo = plain.length
        }
        // cut out as many bytes as the nodes behind have, and these become the value of the node that was cut
        const cutNode = records.find(({ at, bytes }) => at < from && at + bytes.length > from)
        const cutEnd = cutNode === undefined ? 0 : cutNode.at + cutNode.bytes.length + to - from
        const isSwallowed =
          kind === 'cut out' && form === 'none' && records.some((one) => one.at + one.bytes.length === cutEnd)
        if (isSwallowed) badTo = cutEnd
        const isIntact = (one: { at: number; bytes: Buffer }) =>
          one.at + one.bytes.length <= badFrom! || one.at >= badTo!
        const intact = records.filter(isIntact)
        const change = await plannedSalvage({ file: put(name, damaged), output, acceptLoss: true }).catch((error) => {
          throw new Error(`${title}: ${error.message}`, { cause: error })
        })
        for (const { code } of change.findings) expect((await explain(code)).code).toBe(code)
        if (change.refused !== null) {
          expect(intact, title).toEqual([])
          continue
        }
        if (change.plan.steps.length === 0) {
          expect((await verifyOne(put(name, damaged))).verdict, title).toBe('valid')
          continue
        }
        const { verdict, by } = proofOf(change)
        verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
        await change.apply()
        const { tree, orphans } = salvagedRecords(output, name.split('.').slice(0, 2).join('.'), name)
        const originals = new Set(records.map(({ bytes }) => bytes.toString('latin1')))
        const damagedPaths = new Set(records.filter((one) => !isIntact(one)).map(({ path }) => path))
        const got = new Set(tree.map(({ bytes }) => bytes.toString('latin1')))
        const apart = new Set(orphans.map(({ bytes }) => bytes.toString('latin1')))
        for (const { path, bytes } of intact) {
          const text = bytes.toString('latin1')
          const lostAbove = [...damagedPaths].some((above) => above !== '' && path.startsWith(`${above}/`))
          expect(got.has(text) || (lostAbove && apart.has(text)), `${title}: ${path}`).toBe(true)
        }
        const others = [...tree, ...orphans].filter(({ bytes }) => !originals.has(bytes.toString('latin1')))
        if (verdict === 'complete') {
          // a digest covers neither access lists nor what lies below /zookeeper
          const covered = (all: typeof records) =>
            all
              .filter(({ path }) => by !== 'digest' || !path.startsWith('/zookeeper/'))
              .map(({ bytes }) => (by === 'digest' ? withoutAcl(bytes) : bytes).toString('latin1'))
          expect(new Set(covered(tree)), title).toEqual(new Set(covered(records)))
        }
        // what is no original is one with damaged bytes where the damage is, or the root that was accepted
        const read = form === 'none' ? damaged : undefined
        for (const { path, bytes } of others) {
          if (path === '' && bytes.equals(ROOT_NODE)) continue
          // what a damaged packed block unpacks to may be anything
          if (read === undefined) continue
          const at = read.indexOf(bytes)
          expect(
            at >= 0 && at < Math.max(end, from + 1) + (kind === 'insert' ? to - from : 0) && at + bytes.length > from,
            `${title}: ${path}`,
          ).toBe(true)
        }
        rmSync(output, { recursive: true })
      }
      if (FULL) process.stderr.write(`${JSON.stringify(verdicts)}\n`)
      expect(Object.keys(verdicts).length).toBeGreaterThan(2)
    },
  )
})

describe('one thing damaged', () => {
  const fixture = fixtures.find(({ name }) => /3\.9\.5\/standalone\/data\/version-2\/snapshot\.69$/.test(name))!
  const whole = unpackedBytes(fixture.file)
  const records = nodeRecords(whole)
  const name = basename(fixture.file)
  const older = fixture.file.replace(/snapshot\.69$/, 'snapshot.49')
  const edited = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(whole)
    change(bytes)
    return bytes
  }
  const [seal1, seal2, seal3] = [whole.length - 67, whole.length - 34, whole.length - 13] as const
  const aclsAt = 20 + 12 * whole.readInt32BE(16)
  const salvaged = async (bytes: Buffer, options: { from?: string[]; logs?: string[] } = {}) => {
    const change = await plannedSalvage({ file: put(name, bytes), output, ...options })
    expect(change.refused).toBeNull()
    await change.apply()
    return { change, ...salvagedRecords(output, name, name), written: readFileSync(join(output, 'version-2', name)) }
  }

  test.each<[string, (bytes: Buffer) => void, string]>([
    ['the header', (one) => one.fill(0, 0, 9), 'header'],
    ['the count of sessions', (one) => one.writeInt32BE(77, 16), 'sessions'],
    ['the count of access lists', (one) => one.writeInt32BE(1, aclsAt), 'acls'],
    ['the first seal', (one) => one.fill(7, seal1, seal1 + 13), 'trailer'],
    ['the second seal', (one) => one.fill(7, seal2, seal2 + 8), 'trailer'],
    ['the last seal', (one) => one.fill(7, seal3 + 4), 'trailer'],
  ])('%s is mended, and the file is as it was', async (_title, change, wrong) => {
    const { change: made, written } = await salvaged(edited(change))
    expect(made.findings.find(({ code }) => code === 'snapshot.mended')?.evidence?.wrong).toBe(wrong)
    expect(proofOf(made).verdict).toBe('complete')
    expect(written.equals(whole)).toBe(true)
  })

  test('a digest block that does not fit is left out', async () => {
    const { change, tree, written } = await salvaged(edited((one) => one.fill(1, seal1 + 13, seal1 + 33)))
    expect(proofOf(change)).toMatchObject({ verdict: 'complete', by: 'seal' })
    expect(tree.length).toBe(records.length)
    expect(written.length).toBe(whole.length - 54)
  })

  test('junk behind the end is left out', async () => {
    const { change, written } = await salvaged(Buffer.concat([whole, Buffer.from('some junk')]))
    expect(proofOf(change).verdict).toBe('complete')
    expect(written.equals(whole)).toBe(true)
  })

  test('a parent is lost: its children are kept apart, and it is named', async () => {
    const parent = records.find(({ path }) => path === '/app')!
    const { change, tree, orphans } = await salvaged(edited((one) => one.fill(0xee, parent.at + 2, parent.at + 60)))
    expect(change.plan.loses.znodes).toContain('/app')
    expect(change.findings.map(({ code }) => code)).toContain('snapshot.lost-parent')
    expect(proofOf(change).verdict).toBe('incomplete')
    const below = records.filter(({ path }) => path.startsWith('/app/'))
    expect(orphans.map(({ path }) => path)).toEqual(below.map(({ path }) => path))
    expect(tree.length + orphans.length).toBe(records.length - 1)
  })

  test('lost access lists: refused, and closed when that is accepted', async () => {
    const file = put(
      name,
      edited((one) => one.fill(0xff, aclsAt + 12, aclsAt + 30)),
    )
    const refused = await plannedSalvage({ file, output })
    expect(refused.refused?.code).toBe('refused.acls-lost')
    const accepted = await plannedSalvage({ file, output, acceptLoss: true })
    expect(accepted.findings.map(({ code }) => code)).toContain('snapshot.acl-lost')
    await accepted.apply()
    expect((await verifyOne(join(output, 'version-2', name))).serverAccepts).toBe(true)
  })

  test('filled from an older snapshot alone, because the stored digest is met', async () => {
    const old = new Set(nodeRecords(unpackedBytes(older)).map(({ bytes }) => bytes.toString('latin1')))
    // one that did not change since, and has no children
    const same = records.find(
      ({ path, bytes }) =>
        path.startsWith('/app/') &&
        old.has(bytes.toString('latin1')) &&
        !records.some((one) => one.path.startsWith(`${path}/`)),
    )!
    const lost = edited((one) => one.fill(0, same.at, same.at + same.bytes.length - 10))
    expect(proofOf((await salvaged(lost)).change).verdict).toBe('incomplete')
    rmSync(output, { recursive: true })
    const { change, tree } = await salvaged(lost, { from: [older] })
    expect(proofOf(change)).toMatchObject({ verdict: 'complete', by: 'digest' })
    expect(new Set(tree.map(({ bytes }) => bytes.toString('latin1')))).toEqual(
      new Set(records.map(({ bytes }) => bytes.toString('latin1'))),
    )
    expect((await verifyOne(join(output, 'version-2', name))).digest?.match).toBe(true)
    rmSync(output, { recursive: true })
    // a changed value breaks nothing around it
    const value = records.find(
      ({ path, bytes }) =>
        path.startsWith('/app/') && bytes.length > 84 + path.length && old.has(bytes.toString('latin1')),
    )!
    const changed = edited((one) => {
      one[value.at + 8 + value.path.length]! ^= 4
    })
    const alone = await salvaged(changed)
    expect(proofOf(alone.change).verdict).toBe('unproved')
    rmSync(output, { recursive: true })
    const mended = await salvaged(changed, { from: [older] })
    expect(mended.change.findings.map(({ code }) => code)).toContain('snapshot.altered')
    expect(proofOf(mended.change)).toMatchObject({ verdict: 'complete', by: 'digest' })
    expect(mended.tree.map(({ path }) => path)).toEqual(records.map(({ path }) => path))
  })

  test('nothing is taken over that is not proved', async () => {
    const lost = edited((one) => one.fill(0, records[6]!.at, records[records.length - 4]!.at + 20))
    const { change, tree } = await salvaged(lost, { from: [older] })
    expect(change.findings.map(({ code }) => code)).toContain('snapshot.not-filled')
    expect(proofOf(change).verdict).toBe('incomplete')
    const originals = new Set(records.map(({ bytes }) => bytes.toString('latin1')))
    expect(tree.every(({ bytes }) => originals.has(bytes.toString('latin1')))).toBe(true)
  })

  test('a whole snapshot: nothing to do', async () => {
    const { plan } = await plannedSalvage({ file: put(name, whole), output })
    expect(plan.steps).toEqual([])
  })
})

describe('a large snapshot', () => {
  const nodes = [
    ...BASE,
    node('/a', { pzxid: 9n }),
    ...Array.from({ length: 3000 }, (_, i) => node(`/a/n${i}`, { data: `value ${i} ${'x'.repeat(i % 90)}` })),
  ]
  const whole = snapshot(nodes)

  test('snappy goes on behind damaged blocks', async () => {
    const packed = snappy(whole)
    const blocks: number[] = []
    for (let at = 16; at < packed.length; at += 4 + packed.readInt32BE(at)) blocks.push(at)
    expect(blocks.length).toBeGreaterThan(8)
    for (const damage of [
      (one: Buffer) => one.fill(0xff, blocks[3]! + 500, blocks[3]! + 520),
      (one: Buffer) => one.writeInt32BE(0x7fffffff, blocks[4]!),
      (one: Buffer) => one.fill(0, blocks[4]! - 3, blocks[6]! + 9),
    ]) {
      const damaged = Buffer.from(packed)
      damage(damaged)
      const change = await plannedSalvage({ file: put('snapshot.1.snappy', damaged), output })
      expect(change.findings.map(({ code }) => code)).toContain('snapshot.packed-lost')
      expect(proofOf(change).verdict).toBe('incomplete')
      await change.apply()
      const { tree } = salvagedRecords(output, 'snapshot.1', 'snapshot.1.snappy')
      const originals = new Set(nodeRecords(whole).map(({ bytes }) => bytes.toString('latin1')))
      expect(tree.every(({ bytes }) => originals.has(bytes.toString('latin1')))).toBe(true)
      expect(tree.length).toBeGreaterThan(nodes.length / 2)
      expect(tree.at(-1)!.path).toBe('/a/n2999')
      rmSync(output, { recursive: true })
    }
  })

  test('a value that holds a snapshot gives no znodes', async () => {
    const inner = snapshot([...BASE, node('/a', { data: 'inner' }), node('/evil')])
    const outer = snapshot([...BASE, node('/a', { data: inner }), node('/b')])
    const at = nodeRecords(outer).find(({ path }) => path === '/a')!.at
    const damaged = Buffer.from(outer)
    damaged.fill(0xff, outer.length - 60, outer.length - 50)
    damaged[at + 20]! ^= 1
    const change = await plannedSalvage({ file: put('snapshot.1', damaged), output })
    await change.apply()
    expect(salvagedRecords(output, 'snapshot.1', 'snapshot.1').tree.map(({ path }) => path)).toEqual([
      '',
      '/zookeeper',
      '/zookeeper/quota',
      '/a',
      '/b',
    ])
  })

  test('a small file that unpacks to very much is read in little memory', async () => {
    const bomb = gzipSync(Buffer.concat([whole.subarray(0, 4000), Buffer.alloc(100 << 20)]))
    const before = process.memoryUsage().rss
    const change = await plannedSalvage({ file: put('snapshot.1.gz', bomb), output })
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20)
    expect(change.refused).toBeNull()
    expect(proofOf(change).verdict).toBe('incomplete')
  })
})
