import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { freePorts } from '../../src/sandbox/ports.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { operatorOf } from '../helpers/operator.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-reconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('joiners that are none, and ensembles that take none', async () => {
  await using ensemble = await startEnsemble({ members: 3 })
  await using other = await startEnsemble({ members: 1 })
  await using user = await operatorOf(ensemble, '3.9.5', folder)
  const { clientPort, quorumPort, electionPort } = other.status.servers[0]!
  const asOther = (id: number) => `server.${id}=127.0.0.1:${quorumPort}:${electionPort};127.0.0.1:${clientPort}`
  // it says itself which server it is
  await user.refused('refused.wrong-id', 'add', asOther(4))
  await user.refused('refused.member', 'add', asOther(1))
  // one that waits for members that are not there
  const joiner = await user.joiner(4)
  await joiner.reach('follower')
  const ports = await freePorts(2, new Set())
  const wrong = joiner.line.replace(/127\.0\.0\.1:\d+:\d+/, `127.0.0.1:${ports[0]}:${ports[1]}`)
  await user.refused('refused.joiner-differs', 'add', wrong)
  await ensemble.pause(...ensemble.status.servers.map(({ id }) => id))
  const silent = await user.reconfig(['add', joiner.line, '--timeout', '1s', '--execute'])
  expect(silent.exitCode, silent.text).toBe(4)
  await ensemble.resume()

  await using alone = await startEnsemble({ members: 0 })
  await using owner = await operatorOf(alone, '3.9.5', join(folder, 'alone'))
  await owner.refused('refused.not-kept', 'remove', '1')
})

test.runIf(FULL).each(['3.5.10', '3.9.5'])('reconfigEnabled=false (%s)', async (zookeeper) => {
  await using ensemble = await startEnsemble({ zookeeper, members: 4, properties: { reconfigEnabled: 'false' } })
  await using user = await operatorOf(ensemble, zookeeper, folder)
  const outcome = await user.reconfig(['remove', String(await user.follower()), '--execute'])
  expect(outcome.exitCode, outcome.text).toBe(5)
  expect(['refused.reconfig-disabled', 'refused.not-kept']).toContain(
    outcome.result.error?.code ?? outcome.result.refused?.code,
  )
})
