/*
 * What `snapshot verify` says of whole and damaged snapshots, against the loaders of real releases.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FULL, fixtureSnapshots, seeded } from '../helpers/fixtures.ts'
import { loadWithServer, RELEASES } from '../helpers/oracle.ts'
import { verifyOne } from '../helpers/snapshot.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-snapshots-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const snapshots = fixtureSnapshots()
const formOf = (name: string) => (name.endsWith('.gz') ? 'gzip' : name.endsWith('.snappy') ? 'snappy' : 'none')

describe('whole snapshots', () => {
  test.each(snapshots.map((one) => [one.name, one] as const))('%s is valid, and a server loads it', async (_, one) => {
    const result = await verifyOne(one.file)
    expect(result).toMatchObject({ verdict: 'valid', serverAccepts: true, compression: formOf(one.name) })
    expect(result.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(result.digest?.match).not.toBe(false)
  })

  test.each(RELEASES)('%s loads the same', async (version) => {
    // 3.4 and 3.5 take names of two parts only
    const old = version < '3.6'
    const ours = snapshots.filter((one) => one.version <= version && !(old && formOf(one.name) !== 'none'))
    const loaded = await loadWithServer(
      version,
      ours.map(({ file }) => file),
    )
    for (const [i, { file, name }] of ours.entries()) {
      const result = await verifyOne(file)
      expect([name, loaded[i]]).toMatchObject([
        name,
        { outcome: 'loads', nodes: result.nodes, sessions: result.sessions },
      ])
      if (loaded[i]!.digest === null || result.digest === null) continue
      if (result.digest.match === true)
        expect([name, loaded[i]!.digest]).toEqual([name, `0x${result.digest.computed!.toString(16)}`])
    }
  })
})

/** Seeded damage: flipped bits, zeroed and repeated ranges, cuts, bytes behind the end. */
function damages(bytes: Buffer, count: number, seed: number): readonly Buffer[] {
  const random = seeded(seed)
  const at = (most: number) => Math.floor(random() * most)
  return Array.from({ length: count }, (_, i) => {
    const copy = Buffer.from(bytes)
    // every third one hits what lies behind the nodes, where servers differ most
    const place = i % 3 === 0 ? bytes.length - 1 - at(Math.min(70, bytes.length)) : at(bytes.length)
    switch (i % 7) {
      case 0:
      case 1:
      case 2:
        copy[place]! ^= 1 << at(8)
        return copy
      case 3:
        return copy.subarray(0, place)
      case 4:
        return copy.fill(0, place, Math.min(copy.length, place + at(20)))
      case 5:
        return Buffer.concat([copy, bytes.subarray(bytes.length - at(60))])
      default:
        return Buffer.concat([copy.subarray(0, place), copy.subarray(place + 1 + at(30))])
    }
  })
}

describe('damaged snapshots', () => {
  const count = FULL ? 400 : 40
  const sources = snapshots.filter(
    ({ name }) => /snapshot\.(184|49|48|25|37)\b/.test(name) && (FULL || /3\.9\.5|3\.8\.6|examples/.test(name)),
  )
  test.each(sources.map(({ name, file }) => [name, file] as const))(
    '%s: 3.9.5 agrees on what it loads',
    { timeout: 600_000 },
    async (name, file) => {
      const bytes = readFileSync(file)
      const files = damages(bytes, count, bytes.length).map((damaged, i) => {
        const place = join(folder, `${name.replaceAll('/', '-')}-${i}`)
        mkdirSync(place)
        const damagedFile = join(place, basename(name))
        writeFileSync(damagedFile, damaged)
        return damagedFile
      })
      const loaded = await loadWithServer('3.9.5', files)
      for (const [i, one] of files.entries()) {
        const result = await verifyOne(one)
        const how = result.findings.find(({ code }) => code === 'snapshot.not-loaded')?.evidence?.server
        const ours = result.serverAccepts ? 'loads' : how
        const seen = { one, ours, verdict: result.verdict, findings: result.findings.map(({ code }) => code) }
        expect({ ...seen, ours: loaded[i]!.outcome, message: loaded[i]!.message }).toEqual({
          ...seen,
          message: loaded[i]!.message,
        })
        if (loaded[i]!.outcome === 'loads') expect(loaded[i]!.nodes).toBe(result.nodes)
      }
    },
  )
})
