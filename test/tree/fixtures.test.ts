import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createPlainTree } from '../../src/tree/kernel/plain-tree.ts'
import { rulesOf } from '../../src/tree/rules.ts'
import { FIXTURES, seeded } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'
import { dump, type RestoreCase, restoreHere, restoreWithServer, startsOf, zxidsOf } from '../helpers/tree-oracle.ts'

/** Every directory of a real server under test/fixtures. */
function placesOf(version: string): readonly string[] {
  const cases = readdirSync(join(FIXTURES, version)).map((name) => join(FIXTURES, version, name))
  return cases.flatMap((place) =>
    existsSync(join(place, 'data'))
      ? [place]
      : readdirSync(place)
          .filter((name) => name.startsWith('server.'))
          .map((name) => join(place, name)),
  )
}

/** From every snapshot and from none, to the end and to some point on the way. */
async function casesOf(place: string): Promise<readonly RestoreCase[]> {
  const snapshots = join(place, 'data/version-2')
  const logs = join(place, 'datalog/version-2')
  const random = seeded(place.length)
  const zxids = await zxidsOf(logs)
  return [...startsOf(snapshots), null].flatMap((from) => {
    const name = `${place.slice(FIXTURES.length + 1)} from ${from === null ? 'nothing' : from.toString(16)}`
    const whole = { name, snapshots, logs, from }
    const later = zxids.filter((zxid) => zxid > (from ?? 0n))
    const last = later[Math.floor(random() * later.length)]
    return last === undefined ? [whole] : [whole, { ...whole, name: `${name} to ${last.toString(16)}`, last }]
  })
}

const minorOf = (version: string): number => Number(version.split('.')[1])

describe.each(RELEASES)('%s', (version) => {
  const rules = rulesOf(version)
  const places = placesOf(version)

  // by the flags of the servers that wrote them: a reader with others misreads closeSession
  test.each([false, true])('restores what the release restores, closeSession bare: %s', async (bare) => {
    const chosen = places.filter((place) => place.endsWith('close-session-off') === bare)
    const cases = (await Promise.all(chosen.map(casesOf))).flat()
    if (cases.length === 0) return
    const theirs = await restoreWithServer(version, cases, [`-Dzookeeper.closeSessionTxn.enabled=${!bare}`])
    for (const [i, one] of cases.entries()) {
      const ours = await restoreHere(one, { rules })
      const plain = await restoreHere(one, { rules, kernel: createPlainTree() })
      const their = theirs[i]!
      expect({ name: one.name, failed: their.failed }).toEqual({ name: one.name, failed: null })
      const found = dump(ours)
      expect({ name: one.name, lines: found.lines }).toEqual({ name: one.name, lines: their.lines })
      if (their.digest !== null) expect(found.digest).toBe(their.digest)
      expect({ ...dump(plain), name: one.name }).toEqual({ ...found, name: one.name })
      expect({ ...plain.proof, name: one.name }).toEqual({ ...ours.proof, name: one.name })
      expect(their.mismatches).toEqual([])
      expect({ name: one.name, wrong: ours.proof.firstMismatch, explained: ours.proof.explained }).toEqual({
        name: one.name,
        wrong: null,
        explained: [],
      })
      if (minorOf(version) >= 6 && !one.name.includes('digest-off') && ours.proof.txns > 20) {
        expect(ours.proof.checked).toBeGreaterThan(0)
      }
    }
  })
})
