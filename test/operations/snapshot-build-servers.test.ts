/*
 * Snapshots that are built from directories of real servers, read back by the classes of the same release: the tree must
 * be the one that these restore from the original files.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FIXTURES } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'
import { build } from '../helpers/snapshot-build.ts'
import { type RestoreCase, restoreWithServer, startsOf, zxidsOf } from '../helpers/tree-oracle.ts'

function placesOf(version: string): readonly string[] {
  return readdirSync(join(FIXTURES, version)).flatMap((name) => {
    const place = join(FIXTURES, version, name)
    if (existsSync(join(place, 'data'))) return [place]
    const servers = readdirSync(place).filter((one) => one.startsWith('server.'))
    return servers.map((one) => join(place, one))
  })
}

describe.each(RELEASES)('%s', (version) => {
  test.each([false, true])('the built tree is the restored one, closeSession bare: %s', async (bare) => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-build-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, 'none'))
    const original: RestoreCase[] = []
    const built: RestoreCase[] = []
    for (const place of placesOf(version)) {
      if (place.endsWith('close-session-off') !== bare) continue
      const snapshots = join(place, 'data/version-2')
      const logs = join(place, 'datalog/version-2')
      const starts = startsOf(snapshots)
      // the oracle replays one transaction at least
      const zxids = (await zxidsOf(logs)).filter((zxid) => !starts.includes(zxid))
      // the end, and moments on the way
      for (const last of [zxids.at(-1)!, zxids[zxids.length >> 1]!, zxids[(zxids.length * 7) >> 3]!]) {
        const output = join(folder, String(built.length))
        const { plan, outcome, verified } = await build({
          place: snapshots,
          logDir: logs,
          at: { kind: 'at', at: { zxid: last } },
          output,
          // without digests nothing else tells what a tree without any snapshot began with
          ...(version < '3.6' ? { zookeeper: version } : {}),
        })
        expect({ place, last, outcome }).toEqual({ place, last, outcome: 'done' })
        expect(verified.map(({ ok }) => ok)).not.toContain(false)
        const { zxid, snapshot, proof } = plan.base as {
          zxid: bigint
          snapshot: string | null
          proof: { verdict: string }
        }
        expect(zxid).toBe(last)
        const digests = version >= '3.6' && !place.endsWith('digest-off')
        expect({ place, last, verdict: proof.verdict }).toEqual({
          place,
          last,
          verdict: digests ? 'proved' : 'unproved',
        })
        const from =
          starts.find((one) => snapshot !== null && basename(snapshot).split('.')[1] === one.toString(16)) ?? null
        original.push({ name: place, snapshots, logs, from, last })
        built.push({ name: place, snapshots: join(output, 'version-2'), logs: join(folder, 'none'), from: last })
      }
    }
    if (built.length === 0) return
    const flags = [`-Dzookeeper.closeSessionTxn.enabled=${!bare}`]
    const theirs = await restoreWithServer(version, [...original, ...built], flags)
    for (const [i, one] of built.entries()) {
      const { lines, digest, failed } = theirs[original.length + i]!
      const expected = theirs[i]!
      expect({ name: one.name, failed }).toEqual({ name: one.name, failed: null })
      expect({ name: one.name, from: one.from, lines }).toEqual({
        name: one.name,
        from: one.from,
        lines: expected.lines,
      })
      expect(digest).toBe(expected.digest)
    }
  })
})
