import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { planInit } from '../../src/operations/data-dir/init.ts'
import { type JoinerOptions, planJoiner } from '../../src/operations/joiner/joiner.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import type { TestEnsemble } from './ensemble.ts'

const filesOf = ({ status }: TestEnsemble) => dirname(dirname(status.servers[0]!.config))

/** Makes the files of new members as a user would, and puts them where they belong. */
export async function makeJoiners(
  ensemble: TestEnsemble,
  version: string,
  folder: string,
  ids: readonly number[],
  role: string,
  like: Pick<JoinerOptions, 'from' | 'live'> = { from: filesOf(ensemble) },
) {
  const ports = await freePorts(4 * ids.length, new Set())
  const portsOf = (i: number) => ports.slice(4 * i, 4 * i + 4) as [number, number, number, number]
  const servers = ids.map((_, i) => {
    const [quorum, election, client] = portsOf(i)
    return `127.0.0.1:${quorum}:${election}:${role};127.0.0.1:${client}`
  })
  const members = []
  for (const [i, id] of ids.entries()) {
    const [home, data, logs] = ['conf', 'data', 'log'].map((name) => join(folder, String(id), name)) as [
      string,
      string,
      string,
    ]
    const { signal } = new AbortController()
    const { change, next } = await planJoiner(
      {
        ...{ ids: [id], servers: [servers[i]!], ...like },
        ...{ zookeeper: version, output: home, confDir: home, dataDir: data, logDir: logs, adminPort: portsOf(i)[3] },
      },
      signal,
    )
    expect(change.refused).toBeNull()
    await change.apply()
    await (await planInit({ directory: data, logDir: logs, myid: id, role: 'joiner' })).apply()
    members.push({
      id,
      config: join(home, 'zoo.cfg'),
      clientPort: portsOf(i)[2],
      adminPort: portsOf(i)[3],
      value: servers[i]!,
      next,
    })
  }
  return members
}
