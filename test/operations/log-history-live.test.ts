import { describe, expect, test } from 'vitest'
import { startEnsemble } from '../helpers/ensemble.ts'
import { history, type Json, sessionLife, sessionList } from '../helpers/history.ts'
import { RELEASES } from '../helpers/oracle.ts'
import { type Told, type ToldChange, tellStory } from '../helpers/story.ts'

interface Case {
  readonly version: string
  readonly how: string
  readonly members: number
  readonly properties: Readonly<Record<string, string>>
}

const CASES: readonly Case[] = [
  ...RELEASES.map((version) => ({ version, how: 'standalone', members: 0, properties: {} })),
  {
    version: '3.9.5',
    how: 'standalone, closeSession records without paths and digests',
    members: 0,
    properties: { 'closeSessionTxn.enabled': 'false', 'digest.enabled': 'false' },
  },
  {
    version: '3.8.6',
    how: 'standalone, closeSession records without paths, with digests',
    members: 0,
    properties: { 'closeSessionTxn.enabled': 'false' },
  },
  { version: '3.5.10', how: 'three members', members: 3, properties: {} },
  { version: '3.9.5', how: 'three members', members: 3, properties: {} },
]

describe.each(CASES.map((one) => [`${one.version}, ${one.how}`, one] as const))('%s', (_name, one) => {
  test('every change, its cause and every session are as the clients know them', async () => {
    const { version, members, properties } = one
    await using ensemble = await startEnsemble({
      zookeeper: version,
      members,
      properties: { tickTime: 500, extendedTypesEnabled: 'true', ...properties },
      jvmFlags: ['-Dznode.container.checkIntervalMs=300'],
    })
    const told = await tellStory(ensemble, version)
    for (const { logDir } of ensemble.status.servers) await checkAgainst(told, logDir)
  }, 240_000)
})

async function checkAgainst(told: Told, logDir: string): Promise<void> {
  const expected = told.changes.filter(({ path }) => path === '/story' || path.startsWith('/story/'))
  const { events, findings } = await history('/story', [logDir], { recursive: true })
  expect(findings).toEqual([])
  expect(inOrder(events.map(seen))).toEqual(inOrder(expected))

  // one znode alone, found by another search
  for (const path of ['/story/text', '/story/closing-1', '/story/expiring', '/story', '/story/m/child']) {
    const alone = await history(path, [logDir])
    expect(alone.events, path).toEqual(events.filter((event) => event.path === path))
    expect(alone.events.length).toBeGreaterThan(0)
  }
  const text = events.filter(({ path }) => path === '/story/text')
  expect(text.map(({ version }) => version)).toEqual([0, 1, 2, 3, 4, 4])
  expect(text.at(-1)).toMatchObject({
    before: { acl: [{ perms: 'cdrwa', scheme: 'world', id: 'anyone' }], aversion: 0 },
    after: { acl: [{ perms: 'rw', scheme: 'world', id: 'anyone' }], aversion: 1 },
  })
  expect(events.filter(({ withParent }) => withParent).map(({ path }) => path)).toEqual(['/story/m/child'])

  const list = await sessionList([logDir])
  for (const { session, timeoutMs, how } of told.sessions) {
    const life = await sessionLife(session, [logDir])
    expect(life).toMatchObject({ created: { timeoutMs }, ended: { how }, findings: [] })
    expect(list.sessions.find((listed) => listed.session === session)).toMatchObject({
      created: { zxid: (life.created as Json).zxid, timeoutMs },
      ended: { zxid: (life.ended as Json).zxid, how },
      txns: life.txns,
      errors: life.errors,
      ephemerals: (life.ephemerals as Json[]).length,
    })
    const ephemerals = events.filter(
      ({ kind, owner, change }) => kind === 'ephemeral' && owner === session && change === 'deleted',
    )
    expect(sorted((life.ephemerals as Json[]).map(({ path, removed }) => ({ path, ...(removed as Json) })))).toEqual(
      sorted(ephemerals.map(({ path, zxid, time, cause, session: by }) => ({ path, zxid, time, cause, session: by }))),
    )
  }
}

/** An event as Story.java tells it. */
function seen({ change, path, session, cause, before, after }: Json): ToldChange {
  const state = (change === 'deleted' ? before : after) as Json
  const data = state.data as { value: string } | null | undefined
  return {
    change: change as string,
    path: path as string,
    session: session as string,
    cause: cause as string | null,
    data: data === undefined ? undefined : (data?.value ?? null),
  }
}

/** A closeSession lists its paths in any order. */
function inOrder(changes: readonly ToldChange[]): readonly ToldChange[] {
  const isClose = ({ cause }: ToldChange) => cause === 'session-closed'
  const closes = changes.filter(isClose).sort((a, b) => (a.path < b.path ? -1 : 1))
  return changes.map((change) => (isClose(change) ? closes.shift()! : change))
}

function sorted<T>(list: readonly T[]): readonly T[] {
  return [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
