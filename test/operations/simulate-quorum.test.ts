import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listsOf } from '../../src/cli/list-flag.ts'
import { type SimulateOptions, simulateQuorum } from '../../src/operations/quorum/simulate.ts'
import { simulationText } from '../../src/render/quorum-simulate.ts'
import { createStyle } from '../../src/render/style.ts'
import { expectValid } from '../helpers/schema.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-plan-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const OPTIONS: SimulateOptions = {
  plan: undefined,
  servers: [],
  method: 'files',
  down: '',
  failures: undefined,
  emptyReturns: false,
}
const simulate = (options: Partial<SimulateOptions>) => simulateQuorum({ ...OPTIONS, ...options })
const plan = async (text: string, options: Partial<SimulateOptions> = {}) => {
  const file = join(folder, 'a.plan')
  writeFileSync(file, text)
  return simulate({ plan: file, ...options })
}
const style = createStyle({ color: false, unicode: false })

test('three to five at once, for a person and for a program', async () => {
  const result = await simulate({ servers: ['1=zk1,2=zk2,3=zk3', '1=zk1,2=zk2,3=zk3,4=zk4,5=zk5'] })
  expect(result).toMatchObject({
    safe: false,
    example: {
      kind: 'two-leaders',
      step: 1,
      quorums: [
        [2, 3],
        [1, 4, 5],
      ],
    },
    methods: { files: { safe: false }, reconfig: { safe: true, counterexample: null } },
    instead: ['1,2,3', '1,2,3,4', '1,2,3,4,5'],
  })
  await expectValid('quorum-simulate', result)
  expect(simulationText(result, style)).toBe(`\
          zk1  zk2  zk3  zk4  zk5  A QUORUM       CAN LOSE
now       *    *    *    .    .    2 of 3 voters  1
1. files  *    *    *    *    *    3 of 5 voters  2  <- here
* votes  o observes  x does not run  . no member
unsafe by editing files, one restart after the other: in step 1, zk2 and zk3 (2 of 3 voters) can decide by the old files while zk1, zk4 and zk5 (3 of 5 voters) decide by the new ones: no member is in both, so there can be two leaders, or a leader without acknowledged writes
safe by reconfig
safe by files: 1,2,3 -> 1,2,3,4 -> 1,2,3,4,5
`)
})

test('a plan file with all there is', async () => {
  const result = await plan(`
# zk3 is dead
now 1=zk1:2888:3888 2=zk2:2888:3888, 3=zk3:2888:3888   # with commas or without
down 3
behind 9
empty 9
reconfig 1=zk1:2888:3888 2=zk2:2888:3888 4=zk4:2888:3888;2181
restart server.1 2 4
stop 4
start 4
start-empty 4
`)
  expect(result).toMatchObject({ safe: true, counterexample: null, failures: 0, method: null, methods: null })
  expect(result.steps.map(({ action, survives }) => [action, survives])).toEqual([
    ['now', 0],
    ['reconfig', 1],
    ['restart', 1],
    ['stop', 0],
    ['start', 1],
    ['start', 1],
  ])
  expect(result.names).toEqual({ 1: 'zk1', 2: 'zk2', 3: 'zk3', 4: 'zk4' })
  await expectValid('quorum-simulate', result)
})

test.each([
  ['lists alone', '1,2,3\n1,2,3,4\n', true],
  ['lists as JSON', '[[1,2,3],["1","2","3","4","5"]]', false],
  ['lists in texts', '["1,2,3","1,2,3,4"]', true],
  ['a saved plan', '{"plan":{"base":{"memberships":[[1,2,3],[1,2,3,4]],"down":[4]},"steps":[]}}', false],
  ['the same without its frame', '{"base":{"memberships":[[1,2,3],[1,2,3,4]]}}', true],
])('a file of %s', async (_, text, safe) => {
  expect((await plan(text)).safe).toBe(safe)
})

describe('what is no plan is said with its line', () => {
  test.each([
    ['now 1,2,3\nrecnofig 1,2\n', 'line 2: there is no step recnofig'],
    ['reconfig 1,2,3\n', 'line 1: the membership to begin with comes first'],
    ['now 1\nnow 2\n', 'line 2: the membership to begin with is said twice'],
    ['now 1,2,3\nstop zk1\n', 'line 2: zk1 is no id of a server'],
    ['now 1,2,3\n', 'there is no step in'],
    ['# nothing\n', 'there is no membership in'],
    ['{"plan":', 'this is no JSON'],
    ['{}', 'this plan names no memberships'],
    ['[[{}]]', 'a membership is a list of ids or server lines'],
  ])('%j', async (text, message) => {
    await expect(plan(text)).rejects.toMatchObject({ code: 'input.plan', message: expect.stringContaining(message) })
  })

  test('nothing, too little and both', async () => {
    await expect(simulate({})).rejects.toMatchObject({ code: 'usage' })
    await expect(simulate({ servers: ['1,2,3'] })).rejects.toMatchObject({ code: 'usage' })
    await expect(simulate({ plan: 'x', servers: ['1', '2'] })).rejects.toMatchObject({ code: 'usage' })
    await expect(simulate({ plan: join(folder, 'none') })).rejects.toMatchObject({ code: 'input.missing' })
  })
})

test.each([
  ['--servers 1,2,3 --servers 1,2', ['1,2,3', '1,2']],
  ['--servers 1,2,3 1,2', ['1,2,3', '1,2']],
  ['--servers=1,2,3 --json --servers=1', ['1,2,3', '1']],
  ['--servers 1 2 3 --down 4 --servers 1 2', ['1,2,3', '1,2']],
  ['--servers 1 --servers 1,2 -- --servers 3', ['1', '1,2']],
])('%s are lists', (words, lists) => {
  expect(listsOf(words.split(' '), '--servers')).toEqual(lists)
})
