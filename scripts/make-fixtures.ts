// npm run fixtures [VERSION…]: makes test/fixtures/<version>/ again with real servers (Java and Maven needed), and with
// the servers' own classes the golden readings beside them. See test/fixtures/README.md.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ROOT } from '../test/helpers/cli.ts'
import { type EnsembleOptions, startEnsemble, type TestEnsemble } from '../test/helpers/ensemble.ts'
import { RELEASES, runJava } from '../test/helpers/oracle.ts'

const FIXTURES = join(ROOT, 'test/fixtures')

/** Small files: padding in steps of 8 KiB, snapshots often, quick sessions and container checks. */
const SMALL = { preAllocSize: 8, snapCount: 60, tickTime: 500, extendedTypesEnabled: 'true' }
const JVM_FLAGS = ['-Dznode.container.checkIntervalMs=300']

interface Case {
  readonly name: string
  readonly how: string
  readonly since: number
  readonly options: EnsembleOptions
  readonly write: (ensemble: TestEnsemble, version: string) => Promise<void>
}

const minorOf = (version: string): number => Number(version.split('.')[1])
/** The client of 3.4 does not connect under Java 14 and later; that of 3.5 speaks with its servers. */
const clientOf = (version: string): string => (minorOf(version) === 4 ? '3.5.10' : version)

const workload = async (ensemble: TestEnsemble, version: string, ...args: string[]): Promise<void> => {
  await runJava(clientOf(version), 'Workload', [ensemble.connect, version, ...args])
}

const twoRuns = async (ensemble: TestEnsemble, version: string): Promise<void> => {
  await workload(ensemble, version, 'all')
  await ensemble.kill()
  await ensemble.start()
  await workload(ensemble, version, 'some', '25')
}

const standalone = (name: string, how: string, since: number, properties: Record<string, string>): Case => ({
  name,
  how: `standalone, everything of test/helpers/java/Workload.java, killed, started again, 25 more writes, killed${how}`,
  since,
  options: { members: 0, properties: { ...SMALL, ...properties }, jvmFlags: JVM_FLAGS },
  write: twoRuns,
})

const CASES: readonly Case[] = [
  standalone('standalone', '', 4, {}),
  standalone('gzip', '; snapshots in gzip', 6, { 'snapshot.compression.method': 'gz' }),
  standalone('snappy', '; snapshots in snappy', 6, { 'snapshot.compression.method': 'snappy' }),
  standalone('digest-off', '; digest.enabled=false', 6, {
    'digest.enabled': 'false',
    'serializeLastProcessedZxid.enabled': 'false',
  }),
  standalone('close-session-off', '; closeSessionTxn.enabled=false', 6, { 'closeSessionTxn.enabled': 'false' }),
  {
    name: 'ensemble',
    how: 'three members, 20 writes, leader killed, 10 writes in the next epoch, it comes back, from 3.5 on server 1 leaves and joins again by reconfig, 10 writes, all killed',
    since: 4,
    options: { members: 3, properties: SMALL, jvmFlags: JVM_FLAGS },
    write: async (ensemble, version) => {
      await workload(ensemble, version, 'some', '20')
      const leader = (await ensemble.observe()).servers.find(({ state }) => state === 'leading')!
      await ensemble.kill(leader.id)
      await workload(ensemble, version, 'some', '10')
      await ensemble.start(leader.id)
      if (minorOf(version) >= 5) {
        const { quorumPort, electionPort, clientPort } = ensemble.status.servers[0]!
        const line = `server.1=127.0.0.1:${quorumPort}:${electionPort}:participant;127.0.0.1:${clientPort}`
        await workload(ensemble, version, 'reconfig', await ensemble.password(), '-', '1')
        await workload(ensemble, version, 'reconfig', await ensemble.password(), line, '-')
      }
      await workload(ensemble, version, 'some', '10')
    },
  },
]

async function make(version: string, one: Case): Promise<void> {
  const target = join(FIXTURES, version, one.name)
  const ensemble = await startEnsemble({ ...one.options, zookeeper: version })
  try {
    await one.write(ensemble, version)
    await ensemble.kill()
    for (const { id, dataDir, logDir } of ensemble.status.servers) {
      const place = ensemble.status.servers.length === 1 ? target : join(target, `server.${id}`)
      await mkdir(place, { recursive: true })
      await cp(dataDir, join(place, 'data'), { recursive: true })
      await cp(logDir, join(place, 'datalog'), { recursive: true })
    }
  } finally {
    await ensemble.down()
  }
  const { properties, members } = one.options
  await writeFile(
    join(target, 'fixture.json'),
    `${JSON.stringify({ version, case: one.name, how: one.how, members, properties }, null, 2)}\n`,
  )
}

/** For every log what the classes of the same release read in it, gzipped, in golden/ beside version-2. */
async function makeGoldens(version: string): Promise<void> {
  const logs = (await readdir(join(FIXTURES, version), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.startsWith('log.'))
    .map((entry) => join(entry.parentPath, entry.name))
  const targetOf = (log: string) => join(dirname(dirname(log)), 'golden', `${basename(log)}.jsonl`)
  for (const log of logs) await mkdir(dirname(targetOf(log)), { recursive: true })
  // with the writer's flag: by default the reader takes a digest without a list for no digest
  const bare = (log: string) => log.includes('/close-session-off/')
  for (const off of [false, true]) {
    const lines = logs.filter((log) => bare(log) === off).map((log) => `${log}\t${targetOf(log)}\n`)
    const flags = [`-Dzookeeper.closeSessionTxn.enabled=${!off}`]
    if (lines.length > 0) await runJava(version, 'LogOracle', ['golden'], lines.join(''), flags)
  }
  for (const log of logs) {
    const text = await readFile(targetOf(log))
    await rm(targetOf(log))
    await writeFile(`${targetOf(log)}.gz`, gzipSync(text, { level: 9 }))
  }
}

/** What the package shows without a JVM (zkops demo): the newest release's directory, logs and newest snapshot. */
async function makeSamples(): Promise<void> {
  const source = join(FIXTURES, RELEASES.at(-1)!, 'standalone')
  const target = join(ROOT, 'templates/samples/version-2')
  await rm(target, { recursive: true, force: true })
  await cp(join(source, 'datalog/version-2'), target, { recursive: true })
  const snapshots = await readdir(join(source, 'data/version-2'))
  const newest = snapshots.sort((a, b) => Number.parseInt(a.slice(9), 16) - Number.parseInt(b.slice(9), 16)).at(-1)!
  await cp(join(source, 'data/version-2', newest), join(target, newest))
}

// --goldens VERSION…: only the readings
const onlyGoldens = process.argv[2] === '--goldens'
const wanted = process.argv.slice(onlyGoldens ? 3 : 2)
for (const version of wanted.length === 0 ? RELEASES : wanted) {
  if (!onlyGoldens) await rm(join(FIXTURES, version), { recursive: true, force: true })
  for (const one of CASES) {
    if (onlyGoldens || minorOf(version) < one.since) continue
    console.log(`${version} ${one.name}`)
    await make(version, one)
  }
  await makeGoldens(version)
}
await makeSamples()
