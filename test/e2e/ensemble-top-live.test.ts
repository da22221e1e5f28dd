import { describe, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import type { TopLook } from '../../src/operations/ensemble/top/watch.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { zkopsInPty } from '../helpers/pty.ts'
import { expectValid } from '../helpers/schema.ts'

const RELEASES = FULL ? ['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.4.14', '3.9.5']

/** Writes one after the other until told to stop; says how many. */
function load(connect: string) {
  let stopped = false
  const state = { writes: 0, startedAt: 0 }
  const done = withSession({ connect, timeoutMs: 120_000 }, async (session) => {
    await session.create('/busy', null)
    state.startedAt = performance.now()
    while (!stopped) {
      await session.set('/busy', Buffer.from('x'))
      state.writes++
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })
  return {
    state,
    stop: async () => {
      stopped = true
      await done
    },
  }
}

describe.each(RELEASES)('%s', (zookeeper) => {
  test('numbers are those of what happens; a member that hangs stops nothing', async () => {
    await using ensemble = await startEnsemble({ zookeeper, members: 3 })
    const modern = !/^3\.[45]/.test(zookeeper)
    const writes = load(ensemble.connect)
    try {
      const args = ['ensemble', 'top', '--connect', ensemble.connect]
      const [before, from] = [writes.state.writes, performance.now()]
      const { exitCode, stdout, stderr } = await zkops([
        ...args,
        '--interval',
        '1s',
        '--count',
        '4',
        '--format',
        'jsonl',
      ])
      const rate = (writes.state.writes - before) / ((performance.now() - from) / 1000)
      expect(exitCode, stderr).toBe(0)
      const looks = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as TopLook)
      expect(looks).toHaveLength(4)
      for (const look of looks) await expectValid('ensemble-top', look)
      const last = looks.at(-1)!
      expect(last.members.map(({ state }) => state).sort()).toEqual(['following', 'following', 'leading'])
      const seen = looks.slice(1).map(({ writesPerS }) => writesPerS!)
      const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length
      expect(mean).toBeGreaterThan(rate * 0.5)
      expect(mean).toBeLessThan(rate * 2)
      expect(last.requestsPerS!).toBeGreaterThan(mean * 0.5)
      expect(last.latencyMs === null).toBe(!modern)
      expect(last.clients).toMatchObject([{ address: '127.0.0.1', connections: expect.any(Number) }])
      expect(last.clients![0]!.connections).toBeGreaterThanOrEqual(1)
      expect(last.clients![0]!.requestsPerS!).toBeGreaterThan(mean * 0.5)

      const pty = zkopsInPty([...args, '--interval', '400ms', '--timeout', '2s'], { columns: 100 })
      await pty.until((screen) => /leading/.test(screen) && screen.match(/following/g)?.length === 2)
      await pty.until((screen) => /127\.0\.0\.1 +\d+ +[\d,.]+ +\d+/.test(screen))
      const follower = last.members.find(({ state }) => state === 'following')!
      await ensemble.pause(
        follower.id ?? ensemble.status.servers.find((one) => one.clientPort === follower.clientPort)!.id,
      )
      await pty.until((screen) => /following \(\d+ s ago\)/.test(screen))
      const clock = (screen: string) => /(\d\d:\d\d:\d\d)Z/.exec(screen)![1]!
      const then = clock(pty.screen().join('\n'))
      // the others go on while it hangs
      await pty.until((screen) => clock(screen) > then)
      await pty.until((screen) => /127\.0\.0\.1:\d+ +down/.test(screen), 20_000)
      pty.send('q')
      const end = await pty.end
      expect([end.code, end.after]).toEqual([0, end.before])
    } finally {
      for (const { id } of ensemble.status.servers) await ensemble.resume(id)
      await writes.stop()
    }
  })
})
