import { appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { planConvert } from '../../src/operations/convert-config.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { modeOf, type RealServer, startServer, zkCli } from '../helpers/server.ts'

type Step = readonly [from: string, to: string, layout: 'dynamic' | 'static' | 'as-is']

const SAMPLE: readonly Step[] = [
  ['3.4.14', '3.9.5', 'dynamic'],
  ['3.9.5', '3.9.5', 'static'],
]
const ALL: readonly Step[] = [
  ...SAMPLE,
  ['3.4.14', '3.5.10', 'as-is'],
  ['3.4.14', '3.6.4', 'dynamic'],
  ['3.4.14', '3.7.2', 'as-is'],
  ['3.4.14', '3.8.6', 'dynamic'],
  ['3.5.10', '3.8.6', 'static'],
  ['3.5.10', '3.9.5', 'as-is'],
]

/** Keys that only an upgrade corrects: each of them is wrong for the newer server, or does nothing. */
const PROPERTIES = {
  electionAlg: 3,
  quorumListenOnAllIPs: 'no',
  'zookeeper.snapCount': 5000,
  'jute.maxbuffer': 2_000_000,
}

test.each(FULL ? ALL : SAMPLE)(
  'members of %s run as %s from converted files (%s), with what they had',
  async (from, to, layout) => {
    const properties = from === '3.4.14' ? PROPERTIES : {}
    await using ensemble = await startEnsemble({ zookeeper: from, members: 3, properties })
    const { servers } = ensemble.status
    await zkCli(servers[0]!.clientPort, 'create /before data')
    await ensemble.stop()
    const place = dirname(dirname(servers[0]!.config))
    const { change, members } = planConvert({ place, zookeeper: to, layout, output: undefined, confDir: undefined })
    expect(change.refused).toBeNull()
    await change.apply()
    if (from !== to || layout !== 'as-is')
      expect(members.every(({ changes }) => changes.length > 0)).toBe(from === '3.4.14' || layout !== 'as-is')
    // what the order of the roll says of members that never wrote a snapshot
    for (const { config } of servers) if (from === '3.4.14') appendFileSync(config, 'snapshot.trust.empty=true\n')
    const started: RealServer[] = []
    try {
      for (const { config, clientPort } of servers) started.push(await startServer({ version: to, config, clientPort }))
      for (const server of started) await server.reach('leader', 'follower')
      const modes = await Promise.all(servers.map(({ clientPort }) => modeOf(clientPort)))
      expect([...modes].sort()).toEqual(['follower', 'follower', 'leader'])
      expect(await zkCli(servers[2]!.clientPort, 'create /after data', 'ls /')).toContain('[after, before, zookeeper]')
      for (const { clientPort } of servers) {
        const conf = await fourLetterWord('127.0.0.1', clientPort, 'conf', { timeoutMs: 5000 })
        expect(conf.match(/^server\.\d=.*;127\.0\.0\.1:\d+$/gm)).toHaveLength(3)
      }
    } finally {
      for (const server of started) await server[Symbol.asyncDispose]()
    }
  },
  120_000,
)
