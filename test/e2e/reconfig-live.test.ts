import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePorts } from '../../src/sandbox/ports.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { type Operator, operatorOf } from '../helpers/operator.ts'
import { lostWrites, report, startWriter, type Writer } from '../helpers/writer.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

describe.each(FULL ? ['3.5.10', '3.6.4', '3.8.6', '3.9.5'] : ['3.9.5'])(
  'members of %s change under load',
  (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-reconfig-'))
    let ensemble: TestEnsemble
    let writer: Writer
    let user: Operator

    beforeAll(async () => {
      ensemble = await startEnsemble({ zookeeper: version, members: 3 })
      user = await operatorOf(ensemble, version, folder)
      writer = await startWriter(ensemble.connect)
    })
    afterAll(async () => {
      await writer?.stop()
      await user?.[Symbol.asyncDispose]()
      await ensemble?.down()
      rmSync(folder, { recursive: true, force: true })
    })

    test('a joiner that does not run, then the whole of P1 with one confirmation', async () => {
      const ports = await freePorts(3, new Set())
      const nobody = `server.4=127.0.0.1:${ports[0]}:${ports[1]}:participant;127.0.0.1:${ports[2]}`
      await user.refused('refused.joiner-down', 'add', nobody)
      const joiner = await user.joiner(4)
      await joiner.reach('follower')
      const planned = await user.reconfig(['add', joiner.line, '--dry-run'])
      expect(planned.exitCode, planned.text).toBe(0)
      expect(planned.result.prechecks.map(({ check }) => check)).toEqual(
        expect.arrayContaining([...Array.from({ length: 10 }, (_, i) => `PRE${i + 1}`), 'joiner 4']),
      )
      expect(planned.result.prechecks.filter(({ result }) => result === 'refused')).toEqual([])
      // by the inventory, which knows the AdminServers
      const { result } = await user.done('add', 'server.4', ...user.inventory(joiner))
      expect(result.undo).toContain('zkops reconfig remove 4')
      expect(result.verified).toContainEqual(expect.objectContaining({ check: 'POST4 votes as planned', ok: true }))
      const autocreate = result.prechecks.find(({ detail }) => detail === 'as its AdminServer says')
      expect(autocreate === undefined).toBe(version === '3.5.10')
      expect(await user.members()).toBe('1 2 3 4')
      // again: it is a member
      await user.refused('refused.member', 'add', joiner.line)
    })

    test('who may not, and what must not be', async () => {
      const wrong = await user.reconfig(['remove', '4', '--execute'], { ZKOPS_PASSWORD: 'wrong' })
      expect(wrong.exitCode, wrong.text).toBe(5)
      expect(wrong.result.error?.code ?? wrong.result.refused?.code).toBe('refused.not-authorised')
      await user.refused('refused.unknown-id', 'remove', '9')
      await user.refused('refused.leader', 'remove', String(await user.leader()))
      expect(await user.members()).toBe('1 2 3 4')
    })

    test('removal: what goes is safe to stop only when that is proved', async () => {
      const id = await user.follower()
      const { result } = await user.done('remove', String(id))
      expect(result.verified).toContainEqual(expect.objectContaining({ check: `safe to stop server ${id}`, ok: true }))
      await ensemble.stop(id)
      expect(await user.members()).toBe([1, 2, 3, 4].filter((one) => one !== id).join(' '))
    })

    test('a dead member is replaced in one request', async () => {
      const dead = await user.follower()
      const joiner = await user.joiner(5)
      await joiner.reach('follower')
      await ensemble.kill(dead)
      const { result } = await user.done('replace', String(dead), '--with', joiner.line)
      expect(result.plan.steps.length).toBe(1)
      expect(result.verified).toContainEqual(
        expect.objectContaining({ check: `safe to stop server ${dead}`, ok: true }),
      )
      expect(await user.members()).toBe(`${await user.leader()} 4 5`)
    })

    test.runIf(FULL)('a leader is removed when that is accepted', async () => {
      const id = await user.leader()
      const like = { from: undefined, live: { connect: ensemble.connect } }
      const joiner = await user.joiner(6, 'participant', like)
      await joiner.reach('follower')
      await user.done('add', joiner.line)
      const { result } = await user.done('remove', String(id), '--accept', 'leader')
      expect(result.verified).toContainEqual(expect.objectContaining({ check: `safe to stop server ${id}`, ok: true }))
    })

    test('no acknowledged write was lost', async () => {
      await writer.stop()
      expect(writer.acknowledged.length).toBeGreaterThan(100)
      expect(await lostWrites(ensemble.connect, writer)).toEqual([])
      report(`members of ${version}`, writer)
    })
  },
)
