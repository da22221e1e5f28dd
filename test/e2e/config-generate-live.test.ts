import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planGenerate } from '../../src/operations/generate-config/generate.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { isRunning, readIdentity } from '../../src/sandbox/process.ts'
import { FULL } from '../helpers/fixtures.ts'
import { install, serverCommand, serving, start, stockClient, stop } from '../helpers/generated.ts'
import { RELEASES } from '../helpers/oracle.ts'

const PROFILES = ['dev', 'small', 'medium', 'large', 'observer', 'cross-dc']
/** Voters and observers. */
const SHAPES = [
  [1, 0],
  [3, 1],
  [5, 0],
] as const
const all = PROFILES.flatMap((profile) =>
  RELEASES.flatMap((version) => SHAPES.map(([voters, observers]) => ({ profile, version, voters, observers }))),
)
const cases = all.filter(
  ({ profile, version, voters }) =>
    FULL || (profile === 'medium' && voters === 3 && ['3.5.10', '3.9.5'].includes(version)),
)

/** What the members are, the leader first. */
function modesOf(version: string, voters: number, observers: number): readonly string[] {
  // up to 3.4 a server alone is no ensemble
  if (voters === 1 && version.startsWith('3.4.')) return ['standalone']
  return ['leader', ...Array(voters - 1).fill('follower'), ...Array(observers).fill('observer')]
}

describe.each(cases)('$profile on $version, $voters voters and $observers observers', (one) => {
  const { profile, version, voters, observers } = one
  test('start from the generated files, elect and serve', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-generated-'))
    const ids = Array.from({ length: voters + observers }, (_, i) => i + 1)
    const ports = await freePorts(4 * ids.length, new Set())
    const clientPorts = ids.map((_, i) => ports[4 * i + 2]!)
    const servers = ids.map((id, i) => {
      const [quorum, election, client] = ports.slice(4 * i)
      return `${id}=127.0.0.1:${quorum}:${election}:${id > voters ? 'observer' : 'participant'};127.0.0.1:${client}`
    })
    // members that share a host get folders of their own
    const place = (name: string) => join(folder, name, ids.length === 1 ? '1' : '')
    const { change } = planGenerate({
      ...{ profile, servers, zookeeper: version, output: join(folder, 'out'), facts: {}, detect: false },
      ...{ dataDir: place('data'), logDir: profile === 'dev' ? undefined : place('log'), confDir: place('etc') },
      ...{ zookeeperHome: '/opt/zookeeper', set: [], name: 'zookeeper', extras: [] },
    })
    await change.apply()
    const started = []
    try {
      for (const id of ids) {
        const command = await serverCommand(version, install(folder, id))
        started.push(start(folder, id, ['sh', '-euc', command]))
      }
      const modes = await serving(started, clientPorts)
      const order = ['leader', 'follower', 'observer']
      expect([...modes].sort((a, b) => order.indexOf(a) - order.indexOf(b))).toEqual(
        modesOf(version, voters, observers),
      )
      await stockClient(clientPorts[0]!, 'create', '/made', 'here')
      expect(await stockClient(clientPorts.at(-1)!, 'ls', '/')).toContain('[made, zookeeper]')
      for (const { pidFile } of started) expect(isRunning(readIdentity(pidFile)!)).toBe(true)
    } finally {
      for (const server of started) await stop(server)
      rmSync(folder, { recursive: true })
    }
  }, 240_000)
})
