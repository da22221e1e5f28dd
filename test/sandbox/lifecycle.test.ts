import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { isRunning, processIdentity } from '../../src/sandbox/process.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

const ask = (port: number, word: string) => fourLetterWord('127.0.0.1', port, word, { timeoutMs: 5000 })

describe.each(RELEASES)('%s', (version) => {
  test('a lone server serves, with an AdminServer from 3.5 on, and is gone afterwards', async () => {
    const ensemble = await startEnsemble({ zookeeper: version, members: 0 })
    const [server] = ensemble.status.servers
    expect(server).toMatchObject({ role: 'standalone', state: 'standalone' })
    expect(await ask(server!.clientPort, 'srvr')).toContain(`Zookeeper version: ${version}`)
    if (server!.adminPort !== null) {
      const answer = await fetch(`http://127.0.0.1:${server!.adminPort}/commands/ruok`)
      expect(await answer.json()).toMatchObject({ command: 'ruok', error: null })
    }
    expect(server!.adminPort === null).toBe(version.startsWith('3.4'))
    const identity = processIdentity(server!.pid!)!
    await ensemble.down()
    expect(isRunning(identity)).toBe(false)
    expect(existsSync(ensemble.status.dir)).toBe(false)
  })

  if (FULL || ['3.4.14', '3.5.10', '3.9.5'].includes(version))
    test('three members and an observer find each other; each can be killed, stopped, paused and brought back', async () => {
      await using ensemble = await startEnsemble({ zookeeper: version, members: 3, observers: 1 })
      const states = async () => (await ensemble.observe()).servers.map(({ state }) => state)
      expect((await states()).sort()).toEqual(['following', 'following', 'leading', 'observing'])
      const follower = ensemble.status.servers.find(({ state }) => state === 'following')!.id

      await ensemble.kill(follower)
      expect((await states())[follower - 1]).toBe('down')
      await ensemble.start(follower)
      expect((await states())[follower - 1]).toBe('following')

      await ensemble.pause(follower)
      expect((await states())[follower - 1]).toBe('paused')
      await ensemble.resume(follower)

      await ensemble.stop()
      expect(await states()).toEqual(['down', 'down', 'down', 'down'])
      const again = await ensemble.start()
      expect(again.servers.map(({ state }) => state).sort()).toEqual(['following', 'following', 'leading', 'observing'])
    })
})

test('properties, JVM flags and the superuser reach the servers; the password is for its owner only', async () => {
  await using ensemble = await startEnsemble({
    zookeeper: '3.8',
    members: 3,
    properties: { tickTime: 777, maxClientCnxns: 13 },
    jvmFlags: ['-Dzkops.test=reached'],
  })
  const [first] = ensemble.status.servers
  const conf = await ask(first!.clientPort, 'conf')
  expect(conf).toContain('tickTime=777')
  expect(conf).toContain('maxClientCnxns=13')
  expect(await ask(first!.clientPort, 'envi')).toBeTruthy()
  const argv = readFileSync(`/proc/${first!.pid}/cmdline`, 'utf8')
  expect(argv).toContain('-Dzkops.test=reached')
  const password = await ensemble.password()
  expect(password.length).toBeGreaterThan(16)
  expect(argv).not.toContain(password)
  expect(statSync(ensemble.status.passwordFile).mode & 0o777).toBe(0o600)
  expect(statSync(first!.config).mode & 0o777).toBe(0o600)
  // reconfiguring needs the superuser
  await runJava('3.8.6', 'Workload', [ensemble.connect, '3.8.6', 'reconfig', password, '-', '3'])
  expect(readdirSync(join(first!.config, '..')).some((name) => name.startsWith('zoo.cfg.dynamic.'))).toBe(true)
  await expect(
    runJava('3.8.6', 'Workload', [ensemble.connect, '3.8.6', 'reconfig', 'wrong', '-', '2']),
  ).rejects.toThrow('NoAuth')
})
