import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import { canary, end, longCanary, STEPS, until } from '../helpers/canary.ts'
import { allSessions, treeOf } from '../helpers/cluster-clients.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'

/* Canaries on real ensembles: what they see, and that they leave nothing. */

const RELEASES = FULL ? ['3.4', '3.5', '3.6', '3.7', '3.8', '3.9'] : ['3.4', '3.9']

describe.each(RELEASES)('%s', (zookeeper) => {
  const all = FULL || zookeeper === '3.9'
  let ensemble: TestEnsemble
  let before: readonly string[]
  beforeAll(async () => {
    ensemble = await startEnsemble({ zookeeper, members: 3, observers: zookeeper === '3.4' ? 0 : 1 })
    await withSession({ connect: ensemble.connect, timeoutMs: 30_000 }, async (session) => {
      await session.create('/app', Buffer.from('mine'))
    })
    before = await treeOf(ensemble)
  })
  afterAll(() => ensemble?.down())

  /** Sooner than sessions expire: of those that were not known before none is left, closed as they should be. */
  const nothingLeft = async (known: readonly string[] = []) => {
    const closed = async () => (await allSessions(ensemble)).every((id) => known.includes(id))
    expect(await until(closed, 6000)).toBe(true)
    expect(await treeOf(ensemble)).toEqual(before)
  }

  test('every member passes, each seen by another one, and nothing is left', async () => {
    const { exitCode, result, codes } = await canary(ensemble.connect)
    expect({ exitCode, status: result.status, codes }).toEqual({ exitCode: 0, status: 'ok', codes: [] })
    expect(result.members).toHaveLength(ensemble.status.servers.length)
    for (const member of result.members) {
      expect(member).toMatchObject({ ok: true, rounds: 1, performance: null, reason: null })
      expect(member.reader).not.toBe(String(member.id))
      for (const step of STEPS) expect(member[`${step}Ms` as 'createMs']).toBeGreaterThan(0)
    }
    await nothingLeft()
  })

  test.runIf(all)('--performance passes or fails by its limits', async () => {
    const many = ['--performance', '--rounds', '5']
    const { exitCode, result } = await canary(ensemble.connect, many)
    expect({ exitCode, verdict: result.verdict, rounds: result.rounds }).toEqual({
      exitCode: 0,
      verdict: 'pass',
      rounds: 5,
    })
    for (const { performance } of result.members) {
      const { p50, p95, p99, max } = performance!.create
      expect([p50, p95, p99, max].toSorted((a, b) => a - b)).toEqual([p50, p95, p99, max])
    }
    const failed = await canary(ensemble.connect, [...many, '--critical', 'create-p99=0.001'])
    expect(failed).toMatchObject({ exitCode: 1, result: { verdict: 'fail', status: 'critical' } })
    expect(new Set(failed.codes)).toEqual(new Set(result.members.map(({ id }) => `canary.slow ${id}`)))
    await nothingLeft()
  })

  test.runIf(all)('interrupted, it cleans up', async () => {
    expect(await end(await longCanary(ensemble.connect), 'SIGTERM')).toBe(130)
    await nothingLeft()
  })

  test('killed, the next run removes what it left, though its sessions last', async () => {
    await end(await longCanary(ensemble.connect), 'SIGKILL')
    const killed = await allSessions(ensemble)
    const { exitCode, codes } = await canary(ensemble.connect)
    expect(exitCode).toBe(0)
    expect(codes.filter((code) => code !== 'canary.left-over')).toEqual([])
    await nothingLeft(killed)
  })

  test.runIf(all)('one that runs is left alone, and both end well', async () => {
    const known = await allSessions(ensemble)
    const long = await longCanary(ensemble.connect)
    for (let i = 0; i < 2; i++) {
      const { exitCode, codes } = await canary(ensemble.connect)
      expect({ exitCode, codes: codes.filter((code) => code !== 'canary.parent-left') }).toEqual({
        exitCode: 0,
        codes: [],
      })
      expect(long.exitCode).toBeNull()
    }
    expect(await end(long, 'SIGINT')).toBe(130)
    await nothingLeft(known)
  })

  test.runIf(all)("somebody else's znodes stay as they are, be they called the same", async () => {
    const connect = ensemble.connect
    const paths = ['/mine', '/mine/canary-0123456789ab-1', '/mine/keep']
    await withSession({ connect, timeoutMs: 30_000 }, async (session) => {
      for (const path of paths) await session.create(path, Buffer.from('mine'))
    })
    const tree = await treeOf(ensemble)
    expect(await canary(connect, ['--parent', '/mine'])).toMatchObject({ exitCode: 0, codes: [] })
    expect(await end(await longCanary(connect, '/mine/keep'), 'SIGKILL')).toBeNull()
    const killed = await allSessions(ensemble)
    expect(await canary(connect, ['--parent', '/mine/keep'])).toMatchObject({ exitCode: 0 })
    expect(await treeOf(ensemble)).toEqual(tree)
    await withSession({ connect, timeoutMs: 30_000 }, async (session) => {
      for (const path of paths.toReversed()) await session.delete(path)
    })
    await nothingLeft(killed)
  })

  if (FULL && zookeeper !== '3.4')
    test('killed and never run again, nothing is left when the sessions are over', async () => {
      await end(await longCanary(ensemble.connect), 'SIGKILL')
      const gone = async () => JSON.stringify(await treeOf(ensemble)) === JSON.stringify(before)
      expect(await until(gone, 150_000)).toBe(true)
      expect(await allSessions(ensemble)).toEqual([])
    }, 200_000)
})
