import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test, vi } from 'vitest'
import { BIN } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { startLoad } from '../helpers/roll-load.ts'
import { idOfState, pids, roll } from '../helpers/roller.ts'

vi.setConfig({ testTimeout: 600_000 })

const ZKOPS = `${process.execPath} ${BIN} sandbox`

/** What somebody else's service manager would do. */
const restarting = ({ status: { name } }: TestEnsemble) => `${ZKOPS} stop ${name} {id} && ${ZKOPS} start ${name} {id}`

test('an observer comes first; a command of ones own; one that restarts nothing', async () => {
  await using ensemble = await startEnsemble({ members: 3, observers: 1 })
  const observer = String(await idOfState(ensemble, 'observing'))
  const leader = await idOfState(ensemble, 'leading')
  const before = await pids(ensemble)
  const exec = ['--exec', restarting(ensemble)]
  const one = await roll(ensemble, [
    'restart',
    '--servers',
    `${observer},${leader}`,
    ...exec,
    '--settle',
    '50ms',
    '--execute',
  ])
  expect([one.exitCode, one.result.members!.map(({ state }) => state)], one.text).toEqual([0, ['observing', 'leading']])
  expect((await pids(ensemble)).filter((pid, i) => pid !== before[i]).length).toBe(2)
  const idle = await roll(ensemble, ['restart', '--servers', observer, '--exec', 'true', '--wait', '2s', '--execute'])
  expect([idle.exitCode, idle.result.stopped?.code], idle.text).toEqual([6, 'stopped.not-restarted'])
  expect(idle.result.stopped?.why).toContain('it is the process of before')
  const failing = await roll(ensemble, [
    'restart',
    '--servers',
    observer,
    '--exec',
    'echo no such unit >&2; exit 4',
    '--execute',
  ])
  expect([failing.exitCode, failing.result.stopped], failing.text).toMatchObject([6, { code: 'stopped.command' }])
  expect(failing.text).toContain('no such unit')
})

const folder = mkdtempSync(join(tmpdir(), 'zkops-roll-ways-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An inventory of its members; `more`: fields of each. */
function inventory({ status }: TestEnsemble, more: (id: number, config: string) => string): readonly string[] {
  const file = join(folder, `${status.name}.yaml`)
  const servers = status.servers.map(
    ({ id, role, clientPort, adminPort, config }) =>
      `      - {id: ${id}, host: 127.0.0.1, role: ${role}, ports: {client: ${clientPort}, admin: ${adminPort}}${more(id, config)}}`,
  )
  writeFileSync(file, `ensembles:\n  prod:\n    servers:\n${servers.join('\n')}\n`)
  return ['--inventory', file]
}

test('by an inventory: files are read, replaced and brought back through exec', async () => {
  await using ensemble = await startEnsemble({ members: 3 })
  const id = await idOfState(ensemble, 'following')
  const own = (_: number, config: string) =>
    `, config: '${config}', exec: 'env LC_ALL=C sh -c', restart: '${restarting(ensemble)}'`
  const access = inventory(ensemble, own)
  const { config } = ensemble.status.servers[id - 1]!
  const before = readFileSync(config, 'utf8')
  const args = ['config', '--servers', String(id), '--set', 'syncLimit=7', '--execute']
  const set = await roll(ensemble, args, { access })
  expect([set.exitCode, set.result.outcome], set.text).toEqual([0, 'done'])
  expect(set.result.verified).toContainEqual(expect.objectContaining({ check: 'syncLimit', ok: true }))
  expect(readFileSync(config, 'utf8')).toBe(before.replace('syncLimit=5', 'syncLimit=7'))
  const undo = set.result.undo!.split(' ').slice(2)
  const back = await roll(ensemble, [...undo, '--execute'], { access })
  expect([back.exitCode, back.result.outcome], back.text).toEqual([0, 'done'])
  expect(readFileSync(config, 'utf8')).toBe(before)
  // secrets stand in the file and nowhere else
  expect(before).toContain('superDigest=')
  expect(set.text + back.text).not.toContain(/superDigest=(\S+)/.exec(before)![1])
})

const full = test.skipIf(!FULL)

full.each(['3.5', '3.6', '3.8'])('%s: a restart under load loses no write', async (zookeeper) => {
  await using ensemble = await startEnsemble({ members: 3, zookeeper })
  const load = await startLoad(ensemble.connect)
  const before = await pids(ensemble)
  const { exitCode, text, result } = await roll(ensemble, ['restart', '--settle', '500ms', '--execute'])
  expect([exitCode, result.outcome], text).toEqual([0, 'done'])
  expect((await pids(ensemble)).every((pid, i) => pid !== null && pid !== before[i])).toBe(true)
  expect(await load.lost()).toBe(0)
  console.log(
    `${zookeeper}: longest gap ${Math.round(load.longestGapMs)} ms, ${result.timing!.waitedShare * 100} % waiting`,
  )
})

full('3.4: members that are named, or refused', async () => {
  await using ensemble = await startEnsemble({ members: 3, zookeeper: '3.4' })
  const unknown = await roll(ensemble, ['restart', '--execute'])
  expect([unknown.exitCode, unknown.result.refused?.code], unknown.text).toEqual([5, 'refused.members-unknown'])
  const load = await startLoad(ensemble.connect)
  const before = await pids(ensemble)
  const access = inventory(ensemble, () => '')
  const named = await roll(ensemble, ['restart', '--settle', '500ms', '--execute'], { access })
  expect([named.exitCode, named.result.members?.map(({ state }) => state)], named.text).toEqual([
    0,
    ['following', 'following', 'leading'],
  ])
  expect((await pids(ensemble)).every((pid, i) => pid !== null && pid !== before[i])).toBe(true)
  expect(await load.lost()).toBe(0)
})

full('where reconfig is off, each leader has a version of its own', async () => {
  await using ensemble = await startEnsemble({ members: 3, properties: { reconfigEnabled: 'false' } })
  for (let i = 0; i < 2; i++) {
    const { exitCode, text, result } = await roll(ensemble, ['restart', '--settle', '100ms', '--execute'])
    expect([exitCode, result.outcome], text).toEqual([0, 'done'])
  }
})

full('the leader changes in the pause: whoever leads then is last', async () => {
  await using ensemble = await startEnsemble({ members: 3 })
  const leader = await idOfState(ensemble, 'leading')
  const rolling = roll(ensemble, ['restart', '--settle', '12s', '--execute'])
  const first = await pids(ensemble)
  while ((await pids(ensemble)).every((pid, i) => pid === first[i])) await sleep(200)
  // the first one is on its way back
  await sleep(5000)
  await ensemble.stop(leader)
  await ensemble.start(leader)
  const { exitCode, text, result } = await rolling
  expect([exitCode, result.outcome], text).toEqual([0, 'done'])
  // whoever was restarted before may lead now, too
  const states = result.members!.map(({ state }) => state)
  expect([-1, 2]).toContain(states.indexOf('leading'))
  expect(result.members!.find(({ id }) => id === leader)!.state).toBe('following')
})

full('the leader changes while another one is restarted: it stops, and can be gone on with', async () => {
  await using ensemble = await startEnsemble({ members: 5 })
  const leader = await idOfState(ensemble, 'leading')
  const { name } = ensemble.status
  const id = await idOfState(ensemble, 'following')
  const exec = `${restarting(ensemble)} && ${ZKOPS} stop ${name} ${leader} && ${ZKOPS} start ${name} ${leader}`
  const stopped = await roll(ensemble, [
    'restart',
    '--servers',
    `${id},${leader}`,
    '--exec',
    exec,
    '--settle',
    '0s',
    '--execute',
  ])
  expect([stopped.exitCode, stopped.result.stopped?.code], stopped.text).toEqual([6, 'stopped.leader-changed'])
  expect(stopped.result.stepsDone).toBe(1)
  const resumed = await roll(ensemble, ['resume', '--execute'])
  expect([resumed.exitCode, resumed.result.members!.map((one) => one.id)], resumed.text).toEqual([0, [leader]])
})

full('from 3.5 to 3.9 by 3.6 and 3.8, under load', async () => {
  await using ensemble = await startEnsemble({ members: 3, zookeeper: '3.5.10' })
  const load = await startLoad(ensemble.connect)
  for (const to of ['3.6.4', '3.8', '3.9.5']) {
    const { exitCode, text, result } = await roll(ensemble, ['upgrade', '--to', to, '--settle', '300ms', '--execute'])
    expect([exitCode, result.outcome], text).toEqual([0, 'done'])
    expect(result.verified).toContainEqual(expect.objectContaining({ check: 'the release', ok: true }))
  }
  const back = await roll(ensemble, ['upgrade', '--to', '3.6.4', '--execute'])
  expect([back.exitCode, back.result.refused?.code], back.text).toEqual([5, 'refused.downgrade'])
  const none = await roll(ensemble, ['upgrade', '--to', '3.9', '--execute'])
  expect(none.result.outcome, none.text).toBe('nothing')
  expect(await load.lost()).toBe(0)
  console.log(`3.5 to 3.9: ${load.acknowledged} writes, longest gap ${Math.round(load.longestGapMs)} ms`)
})
