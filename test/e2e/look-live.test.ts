import { expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { showSnapshot } from '../../src/operations/show-snapshot.ts'
import { noProgress } from '../../src/support/progress.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

test.each(RELEASES)(
  '%s: zxid and node count are what srvr said',
  async (version) => {
    await using ensemble = await startEnsemble({
      zookeeper: version,
      members: 0,
      properties: { tickTime: 500, extendedTypesEnabled: 'true', snapCount: 40 },
    })
    const client = version.startsWith('3.4') ? '3.5.10' : version
    await runJava(client, 'Workload', [ensemble.connect, version, 'all'])
    // sessions of the workload may still expire
    const { dataDir, logDir, clientPort } = ensemble.status.servers[0]!
    let said: string | undefined
    for (let next = ''; next !== said; ) {
      said = next
      await new Promise((resolve) => setTimeout(resolve, 2500))
      const text = await fourLetterWord('127.0.0.1', clientPort, 'srvr', { timeoutMs: 10_000 })
      next = `${/Zxid: \S+/.exec(text)} ${/Node count: \d+/.exec(text)}`
    }
    await ensemble.kill()
    const shown = await showSnapshot({
      place: dataDir,
      logDir,
      juteMaxbuffer: 1_048_575,
      signal: new AbortController().signal,
      progress: noProgress,
    })
    expect(`Zxid: 0x${shown.zxid!.toString(16)} Node count: ${shown.nodes}`).toBe(said)
    expect(shown.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    const proved = version >= '3.6'
    expect(shown.proof === null).toBe(!proved)
    if (proved) expect(shown.proof).toMatchObject({ firstMismatch: null })
  },
  120_000,
)
