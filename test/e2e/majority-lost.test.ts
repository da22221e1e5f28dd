/*
 * docs/recover.md on real servers: three of five are lost for good, and three members go on with what the better one of
 * two survivors has. The dead come back at last, with more transactions than that.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'

const CASES = [
  { zookeeper: '3.9.5', raised: true },
  ...(FULL
    ? [
        { zookeeper: '3.5.10', raised: true },
        { zookeeper: '3.8.6', raised: true },
        // why the epoch has to be raised
        { zookeeper: '3.9.5', raised: false },
      ]
    : []),
]
const REBUILT = [1, 2, 3]
/** Above every epoch that the dead can have reached; the first leader's is one more. */
const RAISED_EPOCH = 0x10

type Server = TestEnsemble['status']['servers'][number]

test.each(CASES)('$zookeeper, epoch raised: $raised', { timeout: 300_000 }, async ({ zookeeper, raised }) => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-majority-'))
  await using ensemble = await startEnsemble({ zookeeper, members: 5 })
  const servers = ensemble.status.servers
  const server = (id: number) => servers.find((one) => one.id === id)!
  const connectOf = (...ids: number[]) => ids.map((id) => `127.0.0.1:${server(id).clientPort}`).join(',')
  // when a survivor leads, those behind it have an epoch more than is meant here
  const leading = servers.find(({ state }) => state === 'leading')!.id
  if (leading < 3) {
    await ensemble.stop(leading)
    await ensemble.start(leading)
  }
  await write(connectOf(1, 2, 3, 4, 5), '/all')
  await ensemble.stop(1)
  await write(connectOf(2, 3, 4, 5), '/without-1')
  await ensemble.stop(2)
  // another epoch, which no survivor knows
  await ensemble.stop(3, 4, 5)
  await ensemble.start(3, 4, 5)
  await write(connectOf(3, 4, 5), '/only-the-dead')
  await ensemble.kill(3, 4, 5)

  const survivors = [server(1), server(2)]
  const compare = ['data', 'compare', ...survivors.map(({ dataDir }) => dataDir), '--json']
  const compared = await zkops([...compare, ...survivors.flatMap(({ logDir }) => ['--log-dir', logDir])])
  expect(JSON.parse(compared.stdout), compared.stderr).toMatchObject({ truth: server(2).dataDir, verdict: 'prefix' })

  for (const id of REBUILT) {
    const { dataDir, logDir } = server(2)
    const output = ['--output', join(folder, String(id)), '--myid', String(id), '--execute']
    const built = await zkops(['snapshot', 'build', dataDir, '--log-dir', logDir, ...output])
    expect(built.exitCode, built.stderr).toBe(0)
  }
  const members = memberLines(server(5))
  const known = Number(readFileSync(join(server(2).dataDir, 'version-2/currentEpoch'), 'utf8'))
  const epoch = (raised ? RAISED_EPOCH : known) + 1
  const config = [...members.slice(0, REBUILT.length), `version=${epoch.toString(16)}00000000`]
  for (const id of REBUILT) rebuild(server(id), join(folder, String(id)), members.slice(0, REBUILT.length), raised)
  await ensemble.start(...REBUILT)
  for (const id of REBUILT) await isRebuilt(connectOf(id), config)

  await ensemble.start(4, 5)
  for (const id of REBUILT) await isRebuilt(connectOf(id), config)
  if (!raised) {
    // the same epoch twice, with different transactions: they keep what only they have, and serve it
    const served = [...(await rootOf(connectOf(4))), ...(await rootOf(connectOf(5)))]
    expect(served).toContain('only-the-dead')
    return rmSync(folder, { recursive: true })
  }
  // they take configuration and tree of the new members over, and lose what only they had
  for (const id of [4, 5]) await isRebuilt(connectOf(id), config)
  await write(connectOf(...REBUILT), '/afterwards')
  expect(await rootOf(connectOf(4))).toContain('afterwards')
  rmSync(folder, { recursive: true })
})

const memberLines = ({ config }: Server): readonly string[] =>
  readFileSync(`${config}.dynamic`, 'utf8').split('\n').filter(Boolean)

/** New directories in the place of the old ones, and a membership without a version. */
function rebuild(
  { dataDir, logDir, config }: Server,
  built: string,
  members: readonly string[],
  raised: boolean,
): void {
  for (const place of [dataDir, logDir]) rmSync(place, { recursive: true })
  mkdirSync(logDir)
  cpSync(built, dataDir, { recursive: true })
  if (raised) writeFileSync(join(dataDir, 'version-2/acceptedEpoch'), String(RAISED_EPOCH))
  const folder = join(config, '..')
  for (const name of readdirSync(folder)) if (name.startsWith('zoo.cfg.dynamic')) rmSync(join(folder, name))
  writeFileSync(`${config}.dynamic`, `${members.join('\n')}\n`)
  const text = readFileSync(config, 'utf8')
  writeFileSync(config, text.replace(/^dynamicConfigFile=.*$/m, `dynamicConfigFile=${config}.dynamic`))
}

/** The old membership lies in the tree that was taken over, with a version; the new one wins all the same. */
async function isRebuilt(connect: string, config: readonly string[]): Promise<void> {
  await withSession({ connect, timeoutMs: 60_000 }, async (session) => {
    const { names } = await session.children('/')
    expect([...names].sort()).toEqual(['all', 'without-1', 'zookeeper'])
    for (const path of ['/all', '/without-1']) expect(String(await session.get(path))).toBe('value 19')
    const lines = String(await session.get('/zookeeper/config')).split('\n')
    expect(lines).toEqual(config)
  })
}

const rootOf = (connect: string) =>
  withSession({ connect, timeoutMs: 60_000 }, async (session) => {
    await session.sync('/')
    return (await session.children('/')).names
  })

async function write(connect: string, path: string): Promise<void> {
  await withSession({ connect, timeoutMs: 60_000 }, async (session) => {
    await session.create(path, null)
    for (let i = 0; i < 20; i++) await session.set(path, Buffer.from(`value ${i}`))
  })
}
