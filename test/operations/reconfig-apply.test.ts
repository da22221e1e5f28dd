import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseMembership } from '../../src/cluster/membership.ts'
import { journalsFolder, listJournals, progressOf } from '../../src/operations/journal/journal.ts'
import { type PreparedReconfig, prepareReconfig } from '../../src/operations/reconfig/change.ts'
import { sameMembership } from '../../src/operations/reconfig/present.ts'
import type { Acceptable } from '../../src/operations/reconfig/refusals.ts'
import type { Request } from '../../src/operations/reconfig/requested.ts'
import { prepareResume } from '../../src/operations/reconfig/resume.ts'
import { abortReconfig, reconfigStatus } from '../../src/operations/reconfig/status.ts'
import { FULL } from '../helpers/fixtures.ts'
import { Crash, type ModelEnsemble, modelEnsemble, PASSWORD } from '../helpers/model-ensemble.ts'

const model = vi.hoisted(() => ({ ensemble: undefined as unknown as ModelEnsemble }))
vi.mock('../../src/cluster/client/session.ts', () => ({
  withSession: (...args: Parameters<ModelEnsemble['withSession']>) => model.ensemble.withSession(...args),
}))

const state = mkdtempSync(join(tmpdir(), 'zkops-apply-'))
vi.stubEnv('XDG_STATE_HOME', state)
vi.stubEnv('ZKOPS_PASSWORD', PASSWORD)
beforeAll(async () => {
  model.ensemble = await modelEnsemble([1, 2, 3, 4, 5, 6])
})
afterAll(async () => {
  await model.ensemble[Symbol.asyncDispose]()
  rmSync(state, { recursive: true, force: true })
})
beforeEach(() => rmSync(journalsFolder(), { recursive: true, force: true }))

interface Scenario {
  readonly title: string
  readonly voters: readonly number[]
  readonly observers?: readonly number[]
  readonly down?: readonly number[]
  readonly request: () => Request
  readonly accept?: readonly Acceptable[]
  /** Lines afterwards. */
  readonly to: () => readonly string[]
  readonly steps: number
}

const line = (id: number, role?: string) => model.ensemble.servers.get(id)!.line(role)
const moved = (id: number) => line(id).replace(/:2000\d:/, `:${21_000 + id}:`)
const voters = (...ids: readonly number[]) => ids.map((id) => line(id))

const SCENARIOS: readonly Scenario[] = [
  {
    title: 'a server joins',
    voters: [1, 2, 3],
    request: () => ({ kind: 'add', servers: [line(4)], specs: [] }),
    to: () => voters(1, 2, 3, 4),
    steps: 1,
  },
  {
    title: 'the leader leaves, and its answer is lost',
    voters: [1, 2, 3, 4],
    request: () => ({ kind: 'remove', ids: ['4'] }),
    accept: ['leader'],
    to: () => voters(1, 2, 3),
    steps: 1,
  },
  {
    title: 'an observer gets a vote in two steps',
    voters: [1, 2, 3],
    observers: [4],
    request: () => ({ kind: 'role', id: '4', role: 'participant' }),
    to: () => voters(1, 2, 3, 4),
    steps: 2,
  },
  {
    title: 'a dead member is replaced',
    voters: [1, 2, 3],
    down: [1],
    request: () => ({ kind: 'replace', id: '1', by: line(5) }),
    to: () => voters(2, 3, 5),
    steps: 1,
  },
  {
    title: 'two move, one leaves, one comes: three steps',
    voters: [1, 2, 3, 4, 5],
    request: () => ({ kind: 'apply', entries: [moved(1), moved(2), ...voters(3, 5, 6)] }),
    to: () => [moved(1), moved(2), ...voters(3, 5, 6)],
    steps: 3,
  },
]

const CONTEXT = { ask: () => Promise.reject(new Error('asked')), signal: new AbortController().signal }
const live = () => ({ connect: model.ensemble.connect, authUser: 'super', timeoutMs: 2000 })

function begin({ voters: ids, observers, down = [] }: Scenario): ModelEnsemble {
  const { ensemble } = model
  ensemble.begin(ids, observers)
  for (const id of down) ensemble.servers.get(id)!.up = false
  return ensemble
}

const prepare = ({ request, accept = [] }: Scenario): Promise<PreparedReconfig> =>
  prepareReconfig({ live: live(), request: request(), accept, strict: false }, CONTEXT)

const resume = (): Promise<PreparedReconfig> =>
  prepareResume({ live: live(), journal: undefined, accept: [], strict: false }, CONTEXT)

const isThere = (scenario: Scenario) =>
  sameMembership(parseMembership(model.ensemble.lines), parseMembership(scenario.to()))

/** The process that was killed is this one, which goes on: its journals are made those of one that is gone. */
async function forget(): Promise<void> {
  for (const { file } of await listJournals()) {
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`"pid":${process.pid},`, '"pid":4194305,'))
  }
}

describe.each(SCENARIOS)('$title', (scenario) => {
  test('is carried out, verified and over', async () => {
    const ensemble = begin(scenario)
    const { change, prechecks } = await prepare(scenario)
    expect(prechecks.filter(({ result }) => result === 'refused')).toEqual([])
    expect([change.refused, change.plan.steps.length]).toEqual([null, scenario.steps])
    const { verified, stepsDone, journal } = await change.apply()
    expect(isThere(scenario)).toBe(true)
    expect([stepsDone, ensemble.changes]).toEqual([scenario.steps, scenario.steps])
    expect(verified.filter(({ ok }) => ok === false)).toEqual([])
    const [one] = await listJournals()
    expect([one!.file, progressOf(one!).outcome]).toEqual([journal, 'done'])
    expect(readFileSync(journal!, 'utf8')).not.toContain(PASSWORD)
  })

  test.each(['lost-before', 'lost-after'] as const)('although the answers are %s', async (answer) => {
    const ensemble = begin(scenario)
    ensemble.answers = [answer, answer]
    await (await prepare(scenario)).change.apply()
    expect([isThere(scenario), ensemble.changes]).toEqual([true, scenario.steps])
  })

  test('killed at any operation it is gone on with, and each step happens once', async () => {
    begin(scenario)
    await (await prepare(scenario)).change.apply()
    const all = model.ensemble.operations
    const stride = FULL ? 1 : 5
    for (let at = 1; at <= all; at += stride) {
      for (const after of [false, true]) {
        rmSync(journalsFolder(), { recursive: true, force: true })
        const title = `${after ? 'behind' : 'before'} operation ${at} of ${all}`
        const ensemble = begin(scenario)
        ensemble.crash = { at, after }
        const killed = async () => (await prepare(scenario)).change.apply()
        await expect(killed(), title).rejects.toBeInstanceOf(Crash)
        ensemble.crash = null
        await forget()
        const { changes } = await reconfigStatus({ live: live(), all: false })
        const again = changes.length > 0 ? await resume() : await prepare(scenario)
        expect(again.change.refused, title).toBe(null)
        const { verified } = await again.change.apply()
        expect(
          verified.filter(({ ok }) => ok === false),
          title,
        ).toEqual([])
        expect([isThere(scenario), ensemble.changes], title).toEqual([true, scenario.steps])
        const whole = Array.from({ length: scenario.steps }, (_, i) => i + 1)
        expect([...progressOf((await listJournals())[0]!).done].sort(), title).toEqual(whole)
        expect((await reconfigStatus({ live: live(), all: false })).changes, title).toEqual([])
      }
    }
  })
})

const ROLE = SCENARIOS[2]!

describe('half-way', () => {
  const stop = async () => {
    const ensemble = begin(ROLE)
    const { change } = await prepare(ROLE)
    // the one that comes back goes down in between
    const original = ensemble.withSession
    const watched = vi.spyOn(ensemble, 'withSession').mockImplementation((...args) => {
      if (ensemble.changes === 1 && ensemble.crash === null)
        ensemble.crash = { at: ensemble.operations + 4, after: false }
      return original(...args)
    })
    await expect(change.apply()).rejects.toBeInstanceOf(Crash)
    watched.mockRestore()
    ensemble.crash = null
    await forget()
    return ensemble
  }

  test('no other change begins, somebody else is told, and it can be given up', async () => {
    const ensemble = await stop()
    expect(ensemble.changes).toBe(1)
    const other = await prepare({ ...SCENARIOS[0]!, request: () => ({ kind: 'add', servers: [line(5)], specs: [] }) })
    expect(other.change.refused).toMatchObject({ code: 'refused.unfinished' })
    const { changes } = await reconfigStatus({ live: live(), all: false })
    expect(changes.map(({ running, steps }) => [running, steps.map((one) => one.state)])).toEqual([
      [false, ['done', expect.stringMatching(/open|unknown/)]],
    ])

    Object.assign(ensemble, { lines: voters(1, 2), version: ensemble.version + 100n })
    const moved = await resume()
    expect(moved.change.refused).toMatchObject({ code: 'refused.moved' })
    const aborted = await abortReconfig({ live: live(), journal: undefined })
    expect(aborted.undo).toContain('zkops reconfig role 4 observer --connect')
    expect((await reconfigStatus({ live: live(), all: false })).changes).toEqual([])
    expect((await reconfigStatus({ live: live(), all: true })).changes.length).toBe(1)
    expect((await abortReconfig({ live: live(), journal: undefined })).change).toBe(null)
    expect((await resume()).change.plan.steps).toEqual([])
  })

  test('somebody who changes the members at the same time stops it', async () => {
    const ensemble = begin(ROLE)
    const { change } = await prepare(ROLE)
    const original = ensemble.withSession
    const watched = vi.spyOn(ensemble, 'withSession').mockImplementation((...args) => {
      if (ensemble.changes === 1) Object.assign(ensemble, { version: ensemble.version + 1n, lines: voters(1, 2) })
      if (ensemble.changes === 1) ensemble.changes = 2
      return original(...args)
    })
    await expect(change.apply()).rejects.toMatchObject({
      code: 'stopped.moved',
      hint: expect.stringContaining('zkops reconfig abort'),
    })
    watched.mockRestore()
  })
})

test('with a wrong password nothing happens, and nothing is unfinished', async () => {
  vi.stubEnv('ZKOPS_PASSWORD', 'wrong')
  const ensemble = begin(SCENARIOS[0]!)
  const { change } = await prepare(SCENARIOS[0]!)
  expect(change.refused).toMatchObject({ code: 'refused.not-authorised' })
  vi.stubEnv('ZKOPS_PASSWORD', PASSWORD)
  expect(ensemble.changes).toBe(0)
  expect(await listJournals()).toEqual([])
})
