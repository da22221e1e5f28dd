/* What an AdminServer of 3.9 carries out for whom, over HTTPS with what the flags trust. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { adminCommand, type Credentials, plainOrTls } from '../../src/cluster/admin/admin-server.ts'
import { withSession } from '../../src/cluster/client/session.ts'
import type { TlsMaterial } from '../../src/cluster/exchange.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { makeCertificates } from '../helpers/tls.ts'

test('restricted commands want somebody with all rights on /; HTTPS is taken where HTTP is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-admin-'))
  const { server, ca, otherCa, clientCert, clientKey } = await makeCertificates(folder)
  await using alone = await startEnsemble({
    members: 0,
    properties: {
      'admin.forceHttps': 'true',
      'admin.needClientAuth': 'true',
      'ssl.quorum.keyStore.location': server,
      'ssl.quorum.trustStore.location': ca,
    },
  })
  const password = await alone.password()
  const auth = { scheme: 'digest', credentials: `super:${password}` }
  await withSession({ connect: alone.connect, timeoutMs: 30_000, auth }, async (session) => {
    await session.setAcl('/', [{ perms: 1, scheme: 'world', id: 'anyone' }])
  })
  const { adminPort } = alone.status.servers[0]!
  const own = { cert: readFileSync(clientCert), key: readFileSync(clientKey) }
  const ask = (command: string, who: Credentials | null, tls: TlsMaterial | null = { ca: readFileSync(ca), ...own }) =>
    plainOrTls(tls, (with_) =>
      adminCommand({ host: '127.0.0.1', port: adminPort!, tls: with_ }, command, { timeoutMs: 30_000, auth: who }),
    )

  expect(await ask('configuration', null)).toMatchObject({ error: null, body: { client_port: expect.any(Number) } })
  const cases: readonly (readonly [Credentials | null, string])[] = [
    [null, 'server.auth-failed'],
    [{ scheme: 'nothing', credentials: 'a:b' }, 'server.auth-failed'],
    [{ scheme: 'digest', credentials: 'super:wrong' }, 'server.no-auth'],
    [{ scheme: 'ip', credentials: null }, 'server.no-auth'],
    [{ scheme: 'digest', credentials: 'super:two words' }, 'usage'],
    [{ scheme: 'digest', credentials: 'super:a\r\nX: y' }, 'usage'],
  ]
  for (const [who, code] of cases) {
    const error = await ask('snapshot?streaming=false', who).catch((thrown) => thrown)
    expect(error, JSON.stringify(who)).toMatchObject({ code })
    expect(error.message).not.toContain('wrong')
  }
  expect(await ask('snapshot?streaming=false', auth)).toMatchObject({ error: null })

  await expect(ask('configuration', null, null)).rejects.toMatchObject({ code: expect.stringMatching(/^server\./) })
  await expect(ask('configuration', null, { ca: readFileSync(otherCa), ...own })).rejects.toMatchObject({
    code: 'server.tls',
  })
  await expect(ask('configuration', null, { ca: readFileSync(ca) })).rejects.toMatchObject({
    code: expect.stringMatching(/^server\./),
  })
  rmSync(folder, { recursive: true })
})
