/* Running servers: nothing is changed under them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'

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
  expect(readFileSync(file, 'utf8')).toBe('')
  writeFileSync(file, epoch)
  expect((await ensemble.observe()).servers.map(({ state }) => state).sort()).toEqual([
    'following',
    'following',
    'leading',
  ])
}, 120_000)
