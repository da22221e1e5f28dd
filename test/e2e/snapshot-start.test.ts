/*
 * Real servers started on snapshots that were written here.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'
import { BASE, FORMS, node, snapshot } from '../helpers/snapshot-builder.ts'

const VERSIONS = FULL ? RELEASES : (['3.4.14', '3.9.5'] as const)

describe.each(VERSIONS)('%s', (version) => {
  test('serves what is in a written snapshot of its own kind', { timeout: 300_000 }, async () => {
    await using ensemble = await startEnsemble({ zookeeper: version, members: 0 })
    await ensemble.kill()
    const [server] = ensemble.status.servers
    const logs = join(server!.logDir, 'version-2')
    const data = join(server!.dataDir, 'version-2')
    const nodes = [...BASE, node('/app'), node('/app/größe', { data: 'ä' }), node('/app/b', { data: '' })]
    const blocks = version < '3.6' ? { digest: null, lastZxid: null } : version < '3.9' ? { lastZxid: null } : {}
    for (const [end, pack] of FORMS) {
      if (end !== '' && version < '3.6') continue
      for (const place of [logs, data]) for (const name of readdirSync(place)) rmSync(join(place, name))
      writeFileSync(join(data, `snapshot.1${end}`), pack(snapshot(nodes, { blocks })))
      const { servers } = await ensemble.start()
      const srvr = await fourLetterWord('127.0.0.1', servers[0]!.clientPort, 'srvr', { timeoutMs: 10_000 })
      // the root has a second name
      expect(srvr).toContain(`Node count: ${nodes.length + 1}\n`)
      const client = version.startsWith('3.4') ? '3.5.10' : version
      const tree = await runJava(client, 'Workload', [ensemble.connect, version, 'tree'])
      const found = tree.split('\n').filter((line) => line.startsWith('/app'))
      expect(found.sort()).toEqual(['/app\tx', '/app/b\t', '/app/größe\tä'])
      await ensemble.kill()
    }
  })
})
