/* Running servers: nothing is changed under them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { runJava } from '../helpers/oracle.ts'

test('members that run: epochs and logs agree, and nothing is repaired under them', async () => {
  await using ensemble = await startEnsemble({ zookeeper: '3.8' })
  const { servers } = ensemble.status
  const directories = servers.map(({ dataDir }) => dataDir)
  const logs = servers.flatMap(({ logDir }) => ['--log-dir', logDir])
  const check = await zkops(['epoch', 'check', ...directories, ...logs])
  expect(check, check.stderr).toMatchObject({ exitCode: 0 })

  const file = join(directories[0]!, 'version-2/currentEpoch')
  const epoch = readFileSync(file, 'utf8')
  writeFileSync(file, '')
  const own = [directories[0]!, '--log-dir', servers[0]!.logDir]
  const repair = await zkops(['epoch', 'repair', ...own, '--execute', '--json'])
  expect(repair.exitCode, repair.stdout).toBe(5)
  expect(JSON.parse(repair.stdout).refused.code).toBe('refused.running-server')
  const doctored = [directories[0]!, '--log-dir', servers[0]!.logDir, '--role', 'quorum']
  const again = await zkops(['data', 'repair', ...doctored, '--execute', '--json'])
  expect([again.exitCode, JSON.parse(again.stdout).refused?.code]).toEqual([5, 'refused.running-server'])
  expect(readFileSync(file, 'utf8')).toBe('')
  writeFileSync(file, epoch)
  expect((await ensemble.observe()).servers.map(({ state }) => state).sort()).toEqual([
    'following',
    'following',
    'leading',
  ])
}, 120_000)

test('a damaged member: emptied by the command that the doctor prints, it comes back with everything', async () => {
  await using ensemble = await startEnsemble({ zookeeper: '3.9' })
  await runJava('3.9.5', 'Workload', [ensemble.connect, '3.9.5', 'some', '40'])
  const follower = (await ensemble.observe()).servers.find(({ state }) => state === 'following')!
  await ensemble.kill(follower.id)
  const logs = join(follower.logDir, 'version-2')
  const newest = readdirSync(logs)
    .filter((name) => name.startsWith('log.'))
    .sort()
    .at(-1)!
  const bytes = readFileSync(join(logs, newest))
  bytes[200]! ^= 1
  writeFileSync(join(logs, newest), bytes)
  const place = [follower.dataDir, '--log-dir', follower.logDir, '--server', '3.9']
  const doctor = JSON.parse((await zkops(['data', 'doctor', ...place, '--json'])).stdout)
  expect([doctor.prediction.outcome, doctor.remedies[0].code]).toEqual(['refuses', 'data.resync'])
  const repair = ['data', 'repair', ...place, '--remedy', 'data.resync', '--execute', '--json']
  const asked = await zkops(repair)
  expect(asked.exitCode, asked.stdout).toBe(5)
  const range = /--confirm (\S+)$/.exec(JSON.parse(asked.stdout).refused.why)![1]!
  const done = await zkops([...repair, '--accept-loss', '--confirm', range])
  expect(done.exitCode, done.stdout + done.stderr).toBe(0)
  expect([readdirSync(logs), readdirSync(join(follower.dataDir, 'version-2'))]).toEqual([[], []])
  const { servers } = await ensemble.start(follower.id)
  expect(servers.find(({ id }) => id === follower.id)!.state).toBe('following')
  const tree = await runJava('3.9.5', 'Workload', [`127.0.0.1:${follower.clientPort}`, '3.9.5', 'tree'])
  expect(tree.split('\n').filter((line) => line.startsWith('/more')).length).toBeGreaterThan(10)
  // the member has gone on: what was there must not come back
  const undo = await zkops(['data', 'undo', follower.dataDir, '--execute', '--json'])
  expect([undo.exitCode, JSON.parse(undo.stdout).refused.code]).toEqual([5, 'refused.running-server'])
}, 180_000)
