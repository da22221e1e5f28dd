import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { gunzip } from '../../src/formats/compression/gunzip.ts'
import { explain } from '../../src/operations/explain.ts'
import type { Change } from '../../src/support/change.ts'
import { FULL, fixtureSnapshots, seeded } from '../helpers/fixtures.ts'
import { verifyOne } from '../helpers/snapshot.ts'
import { snappy } from '../helpers/snapshot-builder.ts'
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
  test('every intact node is kept, none is made up', { timeout: 3_600_000 }, async () => {
    const random = seeded(2026)
    const below = (n: number) => Math.floor(random() * n)
    const verdicts: Record<string, number> = {}
    for (let round = 0; round < (FULL ? 10_000 : 150); round++) {
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
      const isIntact = (one: { at: number; bytes: Buffer }) => one.at + one.bytes.length <= badFrom! || one.at >= badTo!
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
        const counted = others.filter(({ path }) => by !== 'digest' || !path.startsWith('/zookeeper/'))
        expect(counted, title).toEqual([])
        expect(tree.length, title).toBeGreaterThanOrEqual(
          records.filter(({ path }) => by !== 'digest' || !path.startsWith('/zookeeper/')).length,
        )
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
  })
})
