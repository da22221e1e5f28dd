import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { effectiveValues } from '../../src/config/effective.ts'
import { releaseOf } from '../../src/config/release.ts'
import { lintConfigs } from '../../src/operations/zoo-cfg/lint.ts'
import { loadMember } from '../../src/operations/zoo-cfg/load.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'

const releases = RELEASES.filter((version) => FULL || ['3.4.14', '3.9.5'].includes(version))

describe.each(releases)('a server of %s', (version) => {
  const members = FULL ? 3 : 1

  test.each([0, ...(version === '3.4.14' && members < 2 ? [] : [members])])(
    'of %i members accepts what lint says it accepts, and uses the values that explain gives',
    async (count) => {
      await using ensemble = await startEnsemble({
        zookeeper: version,
        members: count,
        properties: count === 0 ? { tickTime: 1500, maxClientCnxns: ' 77' } : { maxSessionTimeout: '+90000' },
      })
      for (const server of ensemble.status.servers) {
        const file = join(server.dataDir, '../zoo.cfg')
        const signal = new AbortController().signal
        const options = { places: [file], zookeeper: version, checkFiles: false, resolve: false, detect: false, signal }
        expect(await lintConfigs(options)).toMatchObject({ accepted: true, serverError: null })
        const release = releaseOf(version)!
        const values = effectiveValues(loadMember(file).member, release)
        const ours = (key: string) => values.findLast((value) => value.key === key && value.used)?.value
        const answer = await fourLetterWord('127.0.0.1', server.clientPort!, 'conf', { timeoutMs: 10_000 })
        const theirs = new Map(answer.split('\n').map((line) => line.split('=', 2) as [string, string]))
        for (const key of ['clientPort', 'tickTime', 'maxClientCnxns', 'minSessionTimeout', 'maxSessionTimeout']) {
          expect([key, Number(ours(key))]).toEqual([key, Number(theirs.get(key))])
        }
        expect(theirs.get('dataDir')).toBe(`${ours('dataDir')}/version-2`)
        expect(theirs.get('dataLogDir')).toBe(`${ours('dataLogDir')}/version-2`)
        if (count === 0) continue
        for (const key of ['initLimit', 'syncLimit', 'electionAlg']) expect(theirs.get(key)).toBe(ours(key))
      }
    },
    180_000,
  )
})
