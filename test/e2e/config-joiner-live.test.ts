import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { type JoinerOptions, planJoiner } from '../../src/operations/joiner/joiner.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { makeJoiners } from '../helpers/joiners.ts'
import { startServer, zkCli } from '../helpers/server.ts'

const conf = (port: number) => fourLetterWord('127.0.0.1', port, 'conf', { timeoutMs: 5000 })
const membersBy = async (port: number) => (await conf(port)).match(/^server\.\d+/gm)

test.each(FULL ? ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.9.5'])(
  'a participant joins a running ensemble of %s and is added to it',
  async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-joiner-'))
    try {
      await using ensemble = await startEnsemble({ zookeeper: version, members: 3 })
      const first = ensemble.status.servers[0]!.clientPort
      await zkCli(first, 'create /before data')
      const [member] = await makeJoiners(ensemble, version, folder, [4], 'participant')
      const { config, clientPort, value } = member!
      {
        await using joiner = await startServer({ version, config, clientPort })
        await joiner.reach('follower')
        expect(await membersBy(first)).toEqual(['server.1', 'server.2', 'server.3'])
        const password = await ensemble.password()
        const said = await zkCli(first, `addauth digest super:${password.trim()}`, `reconfig -add server.4=${value}`)
        expect(said).toContain('Committed new configuration')
        expect(await zkCli(clientPort, 'create /after data', 'ls /')).toContain('[after, before, zookeeper]')
        for (const port of [first, clientPort]) {
          expect(await membersBy(port)).toEqual(['server.1', 'server.2', 'server.3', 'server.4'])
        }
      }
      // it comes back, and counts: three of four are needed, and one of the others is down
      await ensemble.stop(3)
      await using again = await startServer({ version, config, clientPort })
      await again.reach('follower', 'leader')
      expect(await zkCli(clientPort, 'create /last data', 'ls /')).toContain('[after, before, last, zookeeper]')
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  120_000,
)

test.each(FULL ? ['3.5.10', '3.9.5'] : [])(
  'an observer joins a running ensemble of %s, with nothing at hand but the running members',
  async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-joiner-'))
    try {
      await using ensemble = await startEnsemble({ zookeeper: version, members: 3 })
      const [member] = await makeJoiners(ensemble, version, folder, [9], 'observer')
      const { config, clientPort, value } = member!
      await using joiner = await startServer({ version, config, clientPort })
      // once it has the members' configuration, in which it is not, it is a follower without a vote
      await joiner.reach('observer', 'follower')
      const first = ensemble.status.servers[0]!.clientPort
      const password = (await ensemble.password()).trim()
      await zkCli(first, `addauth digest super:${password}`, `reconfig -add server.9=${value}`)
      await joiner.reach('observer')
      expect(await membersBy(first)).toContain('server.9')
      expect(await zkCli(clientPort, 'create /seen data', 'ls /')).toContain('[seen, zookeeper]')
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  120_000,
)

test('running members have the last word about what is shared and who they are', async () => {
  await using ensemble = await startEnsemble({ members: 3 })
  const { signal } = new AbortController()
  const folder = mkdtempSync(join(tmpdir(), 'zkops-joiner-'))
  try {
    const file = join(folder, 'zoo.cfg')
    const text = readFileSync(ensemble.status.servers[0]!.config, 'utf8')
    const refused = async (over: Partial<JoinerOptions>) => {
      const options = { ids: [4], servers: ['zk4:2888:3888;2181'], from: file, live: { connect: ensemble.connect } }
      const places = {
        confDir: '/c',
        dataDir: '/d',
        logDir: undefined,
        adminPort: undefined,
        output: join(folder, 'out'),
      }
      return (await planJoiner({ ...options, ...places, zookeeper: undefined, ...over }, signal)).change.refused
    }
    writeFileSync(file, text)
    expect(await refused({})).toBeNull()
    // a list that is behind does not matter, what runs does
    writeFileSync(file, text.replace(/^dynamicConfigFile=.*$/m, 'server.1=elsewhere:2888:3888;2181'))
    expect(await refused({})).toBeNull()
    expect(await refused({ ids: [3] })).toMatchObject({ code: 'refused.id-taken' })
    writeFileSync(file, text.replace('syncLimit=5', 'syncLimit=7').replace('tickTime=2000\n', ''))
    expect(await refused({})).toMatchObject({
      code: 'refused.static-differs',
      counterexample: {
        differences: expect.arrayContaining([
          { member: 'server 2', key: 'syncLimit', running: '5', file: '7' },
          { member: 'server 1', key: 'tickTime', running: '2000', file: '3000' },
        ]),
      },
    })
    await ensemble.stop()
    await expect(refused({})).rejects.toMatchObject({ code: 'server.refused' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 60_000)

test.each(FULL ? ['3.6.4', '3.9.5'] : [])(
  'without the others a joiner without data elects nobody (%s)',
  async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-joiner-'))
    try {
      await using ensemble = await startEnsemble({ zookeeper: version, members: 1 })
      const [member] = await makeJoiners(ensemble, version, folder, [4], 'participant')
      await ensemble.stop()
      await using joiner = await startServer({ version, ...member! })
      await expect(joiner.reach(8000, 'leader', 'standalone')).rejects.toThrow('not serving')
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  120_000,
)
