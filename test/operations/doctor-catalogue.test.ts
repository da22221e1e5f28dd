/*
 * What the doctor predicts for every failure of the catalogue that one directory shows, and for random damage, against
 * the loaders of the real servers: outcome, last zxid, nodes and digest must be the same.
 */
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoctorResult } from '../../src/operations/doctor/doctor.ts'
import {
  type CatalogueEntry,
  ENTRIES,
  MEMBER_ENTRIES,
  MEMBER_PERMISSION_ENTRIES,
  PERMISSION_ENTRIES,
  setApart,
  trimNewest,
} from '../helpers/catalogue.ts'
import { randomDamage, Victim } from '../helpers/damages.ts'
import {
  askDoctor,
  copyTogether,
  type DoctorCase,
  historyOf,
  type Predicted,
  predict,
  startAll,
  UNPRIVILEGED,
  wrongIn,
} from '../helpers/doctor.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'zkops-doctor-'))
})
afterAll(() => {
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('version-2')) chmodSync(join(root, name), 0o700)
  }
  rmSync(root, { recursive: true })
})

const TIMEOUT_MS = 900_000

/** In a process each, which takes its time. */
const SAMPLED: ReadonlySet<string> = new Set(['3.5.10', '3.9.5'])

function cases(fixture: string, entries: readonly CatalogueEntry[], where: string): readonly DoctorCase[] {
  return entries.map(({ id, what, damage, role, flags = [], apart }, i): DoctorCase => {
    const dir = copyTogether(fixture, join(root, where, String(i)))
    const victim = new Victim(dir)
    trimNewest(victim, role === undefined ? 9 : 1)
    const history = historyOf(dir)
    const logDir = apart ? setApart(victim) : dir
    damage(victim)
    return { name: `${id} ${what}`, role: role ?? 'standalone', dataDir: dir, logDir, flags, history }
  })
}

/** The member of an ensemble fixture with the most logs. */
const MEMBER = 'ensemble/server.3'

async function compare(version: string, all: readonly DoctorCase[], jvmFlags: readonly string[] = []): Promise<void> {
  const ours: Predicted[] = []
  for (const one of all) ours.push(await predict(version, one))
  const theirs = await startAll(version, all, jvmFlags)
  expect(theirs).toHaveLength(all.length)
  const wrong = all.flatMap((one, i) => {
    const found = wrongIn(ours[i]!, theirs[i]!, one)
    return found.length === 0 ? [] : [{ case: one.name, wrong: found }]
  })
  expect(wrong).toEqual([])
}

describe.each(RELEASES)('%s', (version) => {
  // 3.4 refuses records of later releases, so it gets its own files
  const sources = FULL && version > '3.5' ? ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : [version]

  test.each(sources)(
    'the catalogue on the directory of a standalone %s',
    async (source) => {
      await compare(version, cases(`${source}/standalone`, ENTRIES, `${version}-${source}`))
    },
    TIMEOUT_MS,
  )

  test.each(sources)(
    'the catalogue on a member of %s',
    async (source) => {
      await compare(version, cases(`${source}/${MEMBER}`, MEMBER_ENTRIES, `${version}-${source}-member`))
    },
    TIMEOUT_MS,
  )

  test('V3: jute.maxbuffer below records and znodes', async () => {
    for (const flag of ['jute.maxbuffer=40', 'jute.maxbuffer=1100']) {
      const entries = ENTRIES.filter(({ id }) => id === 'T0' || id === 'T15').map((one) => ({ ...one, flags: [flag] }))
      await compare(version, cases(`${version}/standalone`, entries, `${version}-${flag}`), [`-D${flag}`])
    }
  })

  test.skipIf(!FULL && !SAMPLED.has(version))(
    'permissions',
    async () => {
      const all = [
        ...cases(`${version}/standalone`, PERMISSION_ENTRIES, `${version}-permissions`),
        ...cases(`${version}/${MEMBER}`, MEMBER_PERMISSION_ENTRIES, `${version}-member-permissions`),
      ]
      const ours: DoctorResult['prediction'][] = []
      for (const one of all) ours.push((await askDoctor(version, one)).prediction)
      const theirs = await startAll(version, all, [], UNPRIVILEGED)
      const wrong = all.flatMap(({ name, role }, i) => {
        const [our, their] = [ours[i]!, theirs[i]!]
        const isRight =
          our.outcome === (their.serves ? 'serves' : 'refuses') &&
          (their.serves || their.message.startsWith(our.message)) &&
          (!their.serves || our.message === '' || their.log.some((line) => line.includes(our.message))) &&
          (!their.serves || String(our.lastZxid) === their.lastZxid) &&
          (!their.serves || role === 'quorum' || our.nodes === their.nodes)
        return isRight ? [] : [{ name, our, their }]
      })
      expect(wrong).toEqual([])
    },
    TIMEOUT_MS,
  )
})

describe('random damage', () => {
  const count = FULL ? 400 : 25
  const releases = FULL ? RELEASES : (['3.5.10', '3.8.6', '3.9.5'] as const)
  test.each(releases)(
    '%s',
    async (version) => {
      const random = seeded(Number(version.replaceAll('.', '')))
      // 3.4 refuses records of later releases
      const fixtures = [`${version}/standalone`, `${version < '3.5' ? version : '3.8.6'}/standalone`]
      for (const [n, fixture] of fixtures.entries()) {
        const all = Array.from({ length: count }, (_, i): DoctorCase => {
          const dir = join(root, `random-${version}-${n}-${i}`)
          cpSync(copyTogether(fixture, `${dir}-whole`), dir, { recursive: true })
          rmSync(`${dir}-whole`, { recursive: true })
          const history = historyOf(dir)
          const told = randomDamage(new Victim(dir), random)
          return { name: `${fixture} ${i}: ${told}`, role: 'standalone', dataDir: dir, logDir: dir, flags: [], history }
        })
        await compare(version, all)
      }
    },
    TIMEOUT_MS,
  )
})
