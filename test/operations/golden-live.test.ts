import { describe, expect, test } from 'vitest'
import { dump } from '../helpers/dump.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL, fixtureLogs, golden, seeded } from '../helpers/fixtures.ts'
import { dumpWithServer, RELEASES, runJava } from '../helpers/oracle.ts'

describe.each(RELEASES)('%s, live', (version) => {
  // with the reader's default flags a digest without a path list reads differently
  const logs = fixtureLogs().filter((log) => log.version === version && !log.name.includes('close-session-off'))

  test('the committed readings are what its classes say today', async () => {
    const random = seeded(Number(version.replaceAll('.', '')))
    const sample = FULL ? logs : [logs[Math.floor(random() * logs.length)]!]
    for (const log of sample) expect(await dumpWithServer(version, log.file), log.name).toEqual(golden(log))
  })

  test('a log that a server has just written, and still has open, is read as its classes read it', async () => {
    await using ensemble = await startEnsemble({
      zookeeper: version,
      members: 0,
      properties: { tickTime: 500, extendedTypesEnabled: 'true' },
      jvmFlags: ['-Dznode.container.checkIntervalMs=300'],
    })
    // the client of 3.4 does not connect under Java 14 and later
    const client = version.startsWith('3.4') ? '3.5.10' : version
    await runJava(client, 'Workload', [ensemble.connect, version, 'all'])
    const [server] = ensemble.status.servers
    const { records, findings, readable } = await dump([server!.logDir])
    expect({ findings, readable }).toEqual({ findings: [], readable: true })
    expect(records.length).toBeGreaterThan(55)
    const theirs = await dumpWithServer(version, `${server!.logDir}/version-2/log.1`)
    expect(records.map(({ file, ...rest }) => rest)).toEqual(theirs)
  })
})
