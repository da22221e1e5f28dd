/*
 * Real servers started by start.sh, as Compose and Kubernetes start them, and asked by probe.sh. Names of hosts come from
 * a file that the JVM reads in place of the system's, so each member has a name of its own on this machine.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { planGenerate } from '../../src/operations/generate-config/generate.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { BIN, run } from '../helpers/cli.ts'
import { FULL } from '../helpers/fixtures.ts'
import { mode, type StartedServer, serverCommand, serving, start, stockClient, stop } from '../helpers/generated.ts'

const IDS = [1, 2, 3]

/** Metrics that the alarms name: as Prometheus gets them, and what `mntr` calls them. */
function metricsOfAlarms(folder: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(folder, 'prometheus/alerts.yml'), 'utf8')
  const names = [...text.matchAll(/\b([a-z_]+)\{ensemble="[^"]*"([^}]*)\}/g)].map(([, name, more]) => {
    const [, metric, kind] = /^(.*?)(?:_(sum|count))?$/.exec(name!)!
    if (more!.includes('quantile="0.99"')) return [name!, `zk_p99_${name}`] as const
    // gauges, too, may end in _count
    if (kind === 'count' && !name!.startsWith('fsynctime')) return [name!, `zk_${name}`] as const
    return [name!, kind === undefined ? `zk_${name}` : `zk_${kind === 'count' ? 'cnt' : kind}_${metric}`] as const
  })
  return new Map(names.filter(([name]) => !name.startsWith('jvm_memory')))
}

/** Of a member by itself, in an output of its own: on one machine their directories must differ. */
async function generate(folder: string, id: number, servers: readonly string[], zookeeper: string): Promise<string> {
  const output = join(folder, `out-${id}`)
  const place = (name: string) => join(folder, name, String(id))
  const { change } = planGenerate({
    ...{ profile: 'medium', servers, zookeeper, output, facts: {}, set: [`admin.serverPort=${8080 + id}`] },
    ...{ dataDir: place('data'), logDir: place('log'), confDir: place('etc'), zookeeperHome: '/opt/zookeeper' },
    ...{ detect: false, name: 'orders', extras: ['compose', 'cron'] },
  })
  await change.apply()
  return output
}

test.each(FULL ? ['3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.9.5'])(
  'members of %s start in containers, tell no leader from death, and vote only with data',
  async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'zkops-start-'))
    const ports = await freePorts(9, new Set())
    const clientPorts = IDS.map((_, i) => ports[3 * i + 2]!)
    const servers = IDS.map((id, i) => `${id}=zk${id}:${ports[3 * i]}:${ports[3 * i + 1]};${clientPorts[i]}`)
    const hosts = join(folder, 'hosts')
    writeFileSync(hosts, ['localhost', ...IDS.map((id) => `zk${id}`)].map((name) => `127.0.0.1 ${name}\n`).join(''))
    const started = new Map<number, StartedServer>()
    const begin = async (id: number, first: boolean) => {
      const output = join(folder, `out-${id}`)
      const command = await serverCommand(version, join(folder, 'etc', String(id)), [`-Djdk.net.hosts.file=${hosts}`])
      const env = [`MEMBER_ID=${id}`, `FILES=${output}/${id}`, ...(first ? ['INITIALIZE=yes'] : [])]
      const script = ['env', ...env, 'sh', join(output, `compose/start-${id}.sh`), 'sh', '-euc', command]
      started.set(id, start(folder, id, script))
    }
    const probe = async (id: number, word: string) =>
      (await run('bash', [join(folder, `out-${id}/compose/probe-${id}.sh`), word])).exitCode === 0
    const probes = async (id: number) => ({ live: await probe(id, 'live'), ready: await probe(id, 'ready') })
    try {
      for (const id of IDS) await generate(folder, id, servers, version)
      expect(await probes(1)).toEqual({ live: false, ready: false })
      for (const id of IDS) await begin(id, true)
      await serving([...started.values()], clientPorts)
      for (const id of IDS) expect(await probes(id)).toEqual({ live: true, ready: true })
      for (const id of IDS) expect(existsSync(join(folder, 'log', String(id), 'initialize'))).toBe(false)
      await stockClient(clientPorts[0]!, 'create', '/made', 'here')

      const published = (
        await Promise.all(clientPorts.map((port) => fourLetterWord('127.0.0.1', port, 'mntr', { timeoutMs: 5000 })))
      ).join()
      const { change } = planGenerate({
        ...{ profile: 'medium', servers, zookeeper: version, output: join(folder, 'monitoring'), facts: {}, set: [] },
        ...{ dataDir: '/data', logDir: '/log', confDir: '/conf', zookeeperHome: '/zk', detect: false, name: 'orders' },
        extras: ['prometheus'],
      })
      await change.apply()
      const wanted = metricsOfAlarms(join(folder, 'monitoring'))
      expect(wanted.size).toBeGreaterThan(15)
      for (const [name, key] of wanted) expect(published, name).toContain(`${key}\t`)

      // the purge job, as it stands in cron's file
      const job = readFileSync(join(folder, 'out-1/1/zkops-purge'), 'utf8')
      const purge = /^\d+ 3 \* \* \* zookeeper zkops (.*)$/m.exec(job)![1]!
      const purged = await run('sh', ['-euc', `'${process.execPath}' '${BIN}' ${purge}`])
      expect(purged, purged.stderr).toMatchObject({ exitCode: 0, stdout: '' })

      // two of three are gone: the third is alive and gets no clients
      await stop(started.get(2)!, 'SIGKILL')
      await stop(started.get(3)!, 'SIGKILL')
      while ((await mode(clientPorts[0]!)) !== '') await sleep(300)
      expect(await probes(1)).toEqual({ live: true, ready: false })
      expect(await probes(2)).toEqual({ live: false, ready: false })

      // a member that lost its volume comes back, and does not vote before it has the data
      rmSync(join(folder, 'data/3'), { recursive: true })
      rmSync(join(folder, 'log/3'), { recursive: true })
      await begin(3, false)
      while (!(await probe(3, 'live'))) await sleep(300)
      await sleep(3000)
      expect(await mode(clientPorts[0]!)).toBe('')
      await begin(2, false)
      await serving([...started.values()], clientPorts)
      expect(await stockClient(clientPorts[2]!, 'ls', '/')).toContain('[made, zookeeper]')

      // a process that hangs is dead
      process.kill(Number(readFileSync(started.get(2)!.pidFile, 'utf8').trim().split(/\s/)[0]), 'SIGSTOP')
      expect(await probes(2)).toEqual({ live: false, ready: false })
    } finally {
      for (const server of started.values()) await stop(server, 'SIGKILL')
      rmSync(folder, { recursive: true })
    }
  },
  240_000,
)
