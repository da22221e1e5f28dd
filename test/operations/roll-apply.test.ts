import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { progressOf, readJournal } from '../../src/operations/journal/journal.ts'
import { configKind, wantedFiles } from '../../src/operations/roll/config.ts'
import { prepareRoll } from '../../src/operations/roll/prepare.ts'
import { prepareResume } from '../../src/operations/roll/resume.ts'
import { rollStatus } from '../../src/operations/roll/status.ts'
import type { RollApplied, RollKind, RollKindOf, RollOptions } from '../../src/operations/roll/work.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FakeEnsemble } from '../helpers/fake-ensemble.ts'
import { expectValid } from '../helpers/schema.ts'

// what real servers do not do at will; test/e2e/roll-*.test.ts hold the same against real ones

const folder = mkdtempSync(join(tmpdir(), 'zkops-roll-apply-'))
const state = process.env.XDG_STATE_HOME
beforeEach(() => {
  process.env.XDG_STATE_HOME = mkdtempSync(join(folder, 'state-'))
})
afterAll(() => {
  process.env.XDG_STATE_HOME = state
  rmSync(folder, { recursive: true, force: true })
})

const context = () => ({ progress: noProgress, signal: new AbortController().signal })

/** A restart whose command does this. */
function doing(restart: (id: number) => Promise<void>, more: Partial<RollKind> = {}): RollKindOf {
  return async () => ({
    ...{ kind: 'roll restart', verb: 'restart', ...more },
    actions: ({ id }) => [{ does: 'restart', text: 'restart', run: () => restart(id) }],
  })
}

const OPTIONS = { servers: undefined, exec: 'true', settleMs: 50, waitMs: 2500 }

async function rolled(
  ensemble: FakeEnsemble,
  kind: RollKindOf,
  options: Partial<RollOptions> = {},
): Promise<RollApplied> {
  const live = { inventory: ensemble.inventory }
  const change = await prepareRoll({ live, ...OPTIONS, ...options }, context(), kind)
  expect(change.refused).toBeNull()
  const applied = (await change.apply()) as RollApplied
  const { plan, refused, findings } = change
  const outcome = applied.stopped === undefined ? 'done' : 'stopped'
  await expectValid('roll-restart', { plan, refused, findings, outcome, ...applied })
  return applied
}

const order = ({ members }: RollApplied) => members.map(({ id }) => id)

test('one after the other, the observer first and the leader last', async () => {
  await using ensemble = await FakeEnsemble.start('timeout: 2s', ['3.8.6', '3.8.6', '3.8.6', '3.8.6'], [4])
  let away = 0
  const applied = await rolled(
    ensemble,
    doing(async (id) => {
      expect(++away).toBe(1)
      await ensemble.restart(id)
      away--
    }),
  )
  expect(order(applied)).toEqual([4, 1, 3, 2])
  expect(applied.verified.filter(({ ok }) => ok !== true)).toEqual([])
  const { done, outcome } = progressOf(await readJournal(applied.journal!))
  expect([[...done], outcome]).toEqual([[1, 2, 3, 4], 'done'])
})

test('who leads is looked at before each one', async () => {
  await using ensemble = await FakeEnsemble.start('timeout: 2s')
  const applied = await rolled(
    ensemble,
    doing(async (id) => {
      await ensemble.restart(id)
      // in the pause
      if (id === 1) setTimeout(() => void ensemble.lead(3), 450)
    }),
    { settleMs: 1200 },
  )
  expect([order(applied), applied.stopped]).toEqual([[1, 2, 3], undefined])
})

test('a leader that changes while another one is away stops it', async () => {
  await using ensemble = await FakeEnsemble.start('timeout: 2s')
  const stopped = await rolled(
    ensemble,
    doing(async (id) => {
      await ensemble.lead(3)
      await ensemble.restart(id)
    }),
  )
  expect([order(stopped), stopped.stopped?.code]).toEqual([[1], 'stopped.leader-changed'])
  const live = { inventory: ensemble.inventory }
  const { changes } = await rollStatus({ live, all: false })
  expect(changes.map(({ steps }) => steps.map(({ state: one }) => one))).toEqual([['done', 'open', 'open']])
  // this very process is the one that would have to end first
  const change = await prepareResume({ live, journal: undefined }, context())
  expect([change.refused?.code, change.plan.base.done]).toEqual(['refused.locked', [1]])
})

test('a second member that goes stops it', async () => {
  await using ensemble = await FakeEnsemble.start('timeout: 2s')
  const stopped = await rolled(
    ensemble,
    doing(async (id) => {
      await ensemble.restart(id)
      await ensemble.end(3)
    }),
  )
  expect(stopped.stopped).toMatchObject({
    code: 'stopped.not-back',
    why: expect.stringContaining('server 3 (down) has served before'),
  })
  expect(order(stopped)).toEqual([])
  expect(stopped.verified).toMatchObject([{ ok: true, detail: 'server 3 (down) does not serve' }])
})

test('a gate that shuts in the pause stops it before the next one', async () => {
  await using ensemble = await FakeEnsemble.start('timeout: 2s')
  const stopped = await rolled(
    ensemble,
    doing(async (id) => {
      await ensemble.restart(id)
      if (id === 1) setTimeout(() => void ensemble.end(2), 500)
    }),
    { settleMs: 1000 },
  )
  expect([order(stopped), stopped.stopped?.code]).toEqual([[1], 'stopped.blocked'])
})

test('one that comes back otherwise than planned stops it', async () => {
  await using ensemble = await FakeEnsemble.start('timeout: 2s')
  const after = async (member: { version: string | null }) => (member.version === '3.9.5' ? undefined : 'it is old')
  const stopped = await rolled(
    ensemble,
    doing((id) => ensemble.restart(id, id === 3 ? undefined : '3.9.5'), { after }),
  )
  expect([order(stopped), stopped.stopped]).toMatchObject([
    [1],
    { code: 'stopped.not-as-planned', why: 'server 3 serves, but it is old' },
  ])
})

test('what the members are told to be is put in place before each one, and kept to go back', async () => {
  const files = [1, 2, 3].map((id) => {
    const place = join(folder, `conf${id}`)
    mkdirSync(place)
    writeFileSync(join(place, 'zoo.cfg'), `dataDir=${folder}\nclientPort=2181\ntickTime=2000\nsnapCount=${id}\n`)
    return join(place, 'zoo.cfg')
  })
  await using ensemble = await FakeEnsemble.start('timeout: 2s')
  const inventory = readFileSync(ensemble.inventory, 'utf8').replaceAll(
    /\{id: (\d),/g,
    `{id: $1, config: ${folder}/conf$1/zoo.cfg,`,
  )
  writeFileSync(ensemble.inventory, inventory)
  const set = wantedFiles({ place: undefined, set: ['snapCount=9', 'tickTime='] })
  const kind =
    (wanted: ReturnType<typeof wantedFiles>): RollKindOf =>
    async (scene) => {
      const own = await configKind(wanted, () => {})(scene)
      const run = (id: number) => async () => {
        // it is in place when the member goes
        expect(files.map((file) => readFileSync(file, 'utf8'))[id - 1]).not.toBe(before[id - 1])
        await ensemble.restart(id)
      }
      return { ...own, actions: ({ id }) => [{ does: 'restart', text: 'restart', run: run(id) }] }
    }
  let before = files.map((file) => readFileSync(file, 'utf8'))
  const applied = await rolled(ensemble, kind(set), { servers: [1, 3] })
  expect([order(applied), applied.stopped]).toEqual([[1, 3], undefined])
  const first = before
  before = files.map((file) => readFileSync(file, 'utf8'))
  expect(before[0]).toBe(`dataDir=${folder}\nclientPort=2181\nsnapCount=9\n`)
  expect(before[1]).toBe(first[1])
  const old = /^zkops roll config (\S+\/old)$/.exec(applied.undo!)![1]!
  const back = await rolled(ensemble, kind(wantedFiles({ place: old, set: [] })))
  expect(order(back)).toEqual([1, 3])
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(first)
})
