import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { history, type Json } from '../helpers/history.ts'
import { tellStory } from '../helpers/story.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-audit-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(['3.6.4', '3.7.2', '3.8.6', '3.9.5'])('%s', (version) => {
  test('changes are joined with what the server audits', async () => {
    const file = join(folder, `${version}.log`)
    const configs = join(ROOT, 'test/helpers/java')
    await using ensemble = await startEnsemble({
      zookeeper: version,
      members: 0,
      properties: { tickTime: 500, extendedTypesEnabled: 'true', 'audit.enable': 'true' },
      jvmFlags: [
        '-Dznode.container.checkIntervalMs=300',
        `-Dzkops.audit=${file}`,
        `-Dlogback.configurationFile=${join(configs, 'audit-logback.xml')}`,
        `-Dlog4j.configuration=file:${join(configs, 'audit-log4j.properties')}`,
      ],
    })
    const told = await tellStory(ensemble, version)
    const [server] = ensemble.status.servers
    const plain = await history('/story', [server!.logDir], { recursive: true, audit: [file] })
    expect(plain.findings).toEqual([])

    const teller = told.changes[0]!.session
    for (const event of plain.events) {
      const { user, ip, audit } = event as { user: unknown; ip: unknown; audit: Json }
      const shown = JSON.stringify(event)
      expect(audit.ambiguous, shown).toBe(false)
      if (event.session === '0x0')
        expect({ user, ip, audit }, shown).toMatchObject({ user: null, ip: null, audit: { match: 'none' } })
      else {
        // TTL creates are audited from 3.9 on (ZOOKEEPER-4725)
        const isOwn = event.type !== 'closeSession' && (event.type !== 'createTTL' || version >= '3.9')
        expect({ ip, match: audit.match }, shown).toEqual({ ip: '127.0.0.1', match: isOwn ? 'operation' : 'session' })
        if (event.session === teller) expect(user, shown).toContain('alice')
        else expect(user, shown).not.toContain('alice')
      }
    }
    const packed = `${file}.gz`
    writeFileSync(packed, gzipSync(readFileSync(file)))
    expect(await history('/story', [server!.logDir], { recursive: true, audit: [packed] })).toEqual(plain)
  }, 240_000)
})
