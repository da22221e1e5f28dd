import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SNAPSHOT_FINDINGS } from '../../src/formats/snapshot/findings.ts'
import { dumpSnapshot } from '../../src/operations/dump-snapshot.ts'
import { nodeJson } from '../../src/render/snapshot-json.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FULL, fixtureSnapshots, seeded } from '../helpers/fixtures.ts'
import { verifyOne } from '../helpers/snapshot.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-damage-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Reads the bytes under a snapshot's name; whatever they are, there is a verdict and a dump that ends. */
async function readDamaged(bytes: Uint8Array, name: string) {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  const verified = await verifyOne(file)
  let dumped = 0
  let readable = true
  const options = { juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress }
  for await (const part of dumpSnapshot({ ...options, place: file })) {
    if (part.kind === 'nodes') {
      for (let row = 0; row < part.count; row++) JSON.stringify(nodeJson(part, row, { data: true }))
      dumped += part.count
    }
    if (part.kind === 'end') readable = part.readable
  }
  for (const { code, message, file: where, offset } of verified.findings) {
    expect(SNAPSHOT_FINDINGS[code], code).toBeDefined()
    expect(message).not.toBe('')
    expect(where).toBe(file)
    if (offset !== undefined) expect(offset).toBeGreaterThanOrEqual(0)
  }
  expect(dumped).toBe(verified.nodes)
  if (!readable) expect(verified.verdict).toBe('damaged')
  return verified
}

/** All positions of a short range, a seeded sample of a long one, and all of its end. */
function positions(length: number, most: number, seed: number): readonly number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  const random = seeded(seed)
  const sample = Array.from({ length: most }, () => Math.floor(random() * length))
  return [...sample, ...Array.from({ length: Math.min(most, 70) }, (_, i) => length - 1 - i)]
}

const snapshots = fixtureSnapshots().filter(({ name }, i) => FULL || i % 6 === 0 || /3\.9\.5\/(gzip|snappy)/.test(name))

describe.each(snapshots.map((one) => [one.name, one] as const))('%s', (name, one) => {
  const bytes = readFileSync(one.file)
  const most = FULL ? 300 : 40
  const isPlain = !/\.(gz|snappy)$/.test(name)

  test('every flipped byte ends in a verdict; in a plain one it is damaged, with a place', async () => {
    for (const at of positions(bytes.length, most, 17)) {
      const flipped = Buffer.from(bytes)
      flipped[at]! ^= 1 << (at % 8)
      const { verdict, findings } = await readDamaged(flipped, basename(name))
      if (!isPlain) continue
      expect([at, verdict]).toEqual([at, 'damaged'])
      expect(findings.some(({ severity, offset }) => severity === 'error' && offset !== undefined)).toBe(true)
    }
  })

  test('every truncation ends in a verdict', async () => {
    const whole = await verifyOne(one.file)
    for (const at of positions(bytes.length, most, 23)) {
      const { verdict, nodes, format } = await readDamaged(bytes.subarray(0, at), basename(name))
      expect(nodes).toBeLessThanOrEqual(whole.nodes)
      // cut behind a seal it is a whole snapshot of an older line
      if (isPlain && verdict === 'valid') expect(format < whole.format).toBe(true)
    }
  })
})
