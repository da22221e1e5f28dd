import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { showSnapshot } from '../../src/operations/show-snapshot.ts'
import { noProgress } from '../../src/support/progress.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

/** What a server answers to srvr. */
function srvr(connect: string): Promise<string> {
  const [host, port] = connect.split(':') as [string, string]
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = createConnection({ host, port: Number(port) }, () => socket.end('srvr'))
    socket.on('data', (piece) => (text += piece.toString()))
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
}

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
    let said: string | undefined
    for (let next = ''; next !== said; ) {
      said = next
      await new Promise((resolve) => setTimeout(resolve, 2500))
      const text = await srvr(ensemble.connect)
      next = `${/Zxid: \S+/.exec(text)} ${/Node count: \d+/.exec(text)}`
    }
    await ensemble.kill()
    const { dataDir, logDir } = ensemble.status.servers[0]!
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
