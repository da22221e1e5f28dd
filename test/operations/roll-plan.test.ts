import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { configKind, wantedFiles } from '../../src/operations/roll/config.ts'
import { prepareRoll } from '../../src/operations/roll/prepare.ts'
import { restartKind } from '../../src/operations/roll/restart.ts'
import { upgradeKind } from '../../src/operations/roll/upgrade.ts'
import type { RollKindOf, RollOptions } from '../../src/operations/roll/work.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FakeEnsemble } from '../helpers/fake-ensemble.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-roll-plan-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const context = { progress: noProgress, signal: new AbortController().signal }

const planOf = (members: FakeEnsemble, kind: RollKindOf, options: Partial<RollOptions> = {}) => {
  const rest = { servers: undefined, exec: undefined, settleMs: undefined, waitMs: undefined }
  return prepareRoll({ live: { inventory: members.inventory }, ...rest, ...options }, context, kind)
}

const runs = (steps: readonly { readonly detail: string }[]) => steps.map(({ detail }) => detail.split('; runs: ')[1])

test.each([
  [
    'ssh',
    'exec: ssh {host}\nrestart: sudo systemctl restart zookeeper@{id}',
    "ssh 127.0.0.1 'sudo systemctl restart zookeeper@1'",
  ],
  [
    'docker',
    'exec: docker exec zk{id} sh -c\nstop: kill 1\nstart: {here: "docker start zk{id}"}',
    "docker exec zk1 sh -c 'kill 1' ; docker start zk1",
  ],
  ['kubectl', 'restart: {here: "kubectl delete pod zk-{id} --context {zone}"}', 'kubectl delete pod zk-1 --context z1'],
])('the very commands are in the plan: %s', async (_, fields, command) => {
  await using members = await FakeEnsemble.start(fields)
  const { plan, refused } = await planOf(members, restartKind)
  expect(refused).toBeNull()
  expect(plan.steps.map(({ target }) => target)).toEqual([1, 3, 2].map((id) => `server ${id} (127.0.0.1)`))
  expect(runs(plan.steps)).toEqual([1, 3, 2].map((id) => command.replaceAll(/(zk-?|@|z)1\b/g, `$1${id}`)))
})

test('a command that is given comes first; without any nothing is planned', async () => {
  await using members = await FakeEnsemble.start('timeout: 2s')
  await expect(planOf(members, restartKind)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('server'),
  })
  const { plan } = await planOf(members, restartKind, { exec: 'ssh {host} restart {id}', servers: [3] })
  expect(runs(plan.steps)).toEqual(['ssh 127.0.0.1 restart 3'])
  await expect(planOf(members, restartKind, { exec: 'true', servers: [7] })).rejects.toMatchObject({ code: 'usage' })
})

test.each([
  ['3.9.5', ['3.8.6', '3.8.6', '3.8.6'], undefined, 3],
  ['3.9', ['3.9.4', '3.8.6', '3.9.5'], undefined, 1],
  ['3.9.3', ['3.8.6', '3.8.6', '3.8.6'], 'refused.upgrade-release', 0],
  ['3.9.5', ['3.4.14', '3.4.14', '3.4.14'], 'refused.upgrade-path', 0],
  ['3.8.6', ['3.9.5', '3.8.6', '3.8.6'], 'refused.downgrade', 0],
  ['3.8.4', ['3.8.6', '3.8.6', '3.8.6'], 'refused.downgrade', 0],
])('to %s from %j: %s', async (to, versions, code, steps) => {
  await using members = await FakeEnsemble.start('exec: ssh {host}\nrestart: sudo upgrade-zookeeper {to}', versions)
  const { plan, refused, findings } = await planOf(members, upgradeKind(to, noProgress), { to })
  expect(refused?.code).toBe(code)
  expect(plan.steps.length).toBe(steps)
  if (steps > 0) expect(runs(plan.steps)[0]).toMatch(new RegExp(`sudo upgrade-zookeeper ${to}'$`))
  if (steps === 3) expect(findings.map((finding) => finding.code)).toContain('roll.data-not-seen')
})

test.each([
  [['server.4=zk4:2888:3888'], 'refused.membership'],
  [['sslQuorum=true'], 'refused.tls'],
  [['tickTime=fast'], 'refused.config'],
])('a file with %j is refused', async (set, code) => {
  const config = join(mkdtempSync(join(folder, 'config-')), 'zoo.cfg')
  const servers = [1, 2, 3].map((id) => `server.${id}=zk${id}:2888:3888`)
  writeFileSync(
    config,
    `tickTime=2000\ndataDir=${folder}\nclientPort=2181\ninitLimit=10\nsyncLimit=5\n${servers.join('\n')}\n`,
  )
  writeFileSync(join(folder, 'myid'), '1\n')
  await using members = await FakeEnsemble.start(`restart: 'true'\nconfig: ${config}`)
  const { refused } = await planOf(
    members,
    configKind(wantedFiles({ place: undefined, set }), () => {}),
  )
  expect(refused?.code).toBe(code)
})

test('a secret that changes is shown as changed, not as it is', async () => {
  const config = join(mkdtempSync(join(folder, 'config-')), 'zoo.cfg')
  writeFileSync(config, `dataDir=${folder}\nclientPort=2181\nssl.keyStore.password=old-secret\n`)
  await using members = await FakeEnsemble.start(`restart: 'true'\nconfig: ${config}`)
  const wanted = wantedFiles({ place: undefined, set: ['ssl.keyStore.password=new-secret', 'snapCount=7'] })
  let shown = ''
  const { plan } = await planOf(
    members,
    configKind(wanted, (diffs) => {
      shown = JSON.stringify(diffs)
    }),
    { servers: [2] },
  )
  expect(shown).toContain('ssl.keyStore.password=(hidden) (old)')
  expect(shown).toContain('snapCount=7')
  const all = shown + JSON.stringify(plan, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  expect(all).not.toMatch(/(old|new)-secret/)
})
