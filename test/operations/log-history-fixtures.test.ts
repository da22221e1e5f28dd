import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixtureLogs, golden } from '../helpers/fixtures.ts'
import { history, type Json, sessionLife, sessionList } from '../helpers/history.ts'

/** What the servers' own classes read, told once more in the plainest way. */
function retell(records: readonly Json[]): Json[] {
  const alive = new Map<string, { data: unknown; owner: unknown; type: string }>()
  const events: Json[] = []
  for (const record of records) {
    const { zxid, session, cxid } = record
    const tell = (path: string, change: string, more: Json) => events.push({ zxid, session, path, change, ...more })
    const ops = record.type === 'multi' ? (record.ops as Json[]) : [record]
    if (ops.some(({ type }) => type === 'error')) continue
    for (const op of ops) {
      const path = op.path as string
      const type = op.type as string
      const old = alive.get(path)
      if (type.startsWith('create') && type !== 'createSession') {
        alive.set(path, { data: op.data, owner: op.ephemeral ? session : null, type })
        tell(path, 'created', { data: op.data, cause: null })
      } else if (type === 'setData' || type === 'reconfig') {
        if (old !== undefined) old.data = op.data
        tell(path, 'data', { data: op.data, cause: null, version: op.version })
      } else if (type === 'setACL') tell(path, 'acl', { acl: op.acl, cause: null, version: op.version })
      else if (type === 'delete' || type === 'deleteContainer') {
        alive.delete(path)
        const cleanUp = old === undefined ? 'container-or-ttl' : old.type === 'createTTL' ? 'ttl' : 'container'
        const cause = type === 'deleteContainer' ? cleanUp : record.type === 'multi' ? 'multi' : 'explicit'
        tell(path, 'deleted', { cause, data: old?.data })
      } else if (type === 'closeSession') {
        const owned = [...alive].filter(([, { owner }]) => owner === session).map(([name]) => name)
        for (const name of new Set([...((op.paths as string[] | null) ?? []), ...owned])) {
          tell(name, 'deleted', {
            cause: cxid === 0 ? 'session-expired' : 'session-closed',
            data: alive.get(name)?.data,
          })
          alive.delete(name)
        }
      }
    }
  }
  return events
}

function seen({ zxid, session, path, change, cause, before, after, version }: Json): Json {
  const { data } = ((change === 'deleted' ? before : after) ?? {}) as Json
  const { acl, aversion } = (after ?? {}) as Json
  const head = { zxid, session, path, change }
  if (change === 'acl') return { ...head, acl, cause, version: aversion }
  return { ...head, data, cause, ...(change === 'data' ? { version } : {}) }
}

const folders = new Map<string, ReturnType<typeof fixtureLogs>[number][]>()
for (const log of fixtureLogs()) folders.set(dirname(log.file), [...(folders.get(dirname(log.file)) ?? []), log])
const byNumber = (a: { file: string }, b: { file: string }) => zxidOf(a.file) - zxidOf(b.file)
const zxidOf = (file: string) => Number.parseInt(file.slice(file.lastIndexOf('.') + 1), 16)

describe.each([...folders].map(([folder, logs]) => [dirname(logs[0]!.name), folder, logs] as const))(
  '%s',
  (_name, folder, logs) => {
    const records = logs.sort(byNumber).flatMap((log) => golden(log))
    const told = retell(records)

    test('everything below / is what the records say', async () => {
      const { events } = await history('/', [folder], { recursive: true })
      expect(events.map(seen)).toEqual(told)
    })

    test('one path, found by its bytes, has the same history', async () => {
      const paths = [...new Set(told.map(({ path }) => path as string))]
      for (const path of paths.filter((_, i) => i % 3 === 0)) {
        const { events } = await history(path, [folder])
        expect(events.map(seen), path).toEqual(told.filter((event) => event.path === path))
        const below = await history(path, [folder], { recursive: true })
        const isBelow = (event: Json) => event.path === path || (event.path as string).startsWith(`${path}/`)
        expect(below.events.map(seen), path).toEqual(told.filter(isBelow))
      }
    })

    test('sessions are what the records say', async () => {
      const { sessions } = await sessionList([folder])
      const ids = [...new Set(records.map(({ session }) => session as string))].filter((id) => id !== '0x0')
      expect(sessions.map(({ session }) => session)).toEqual(ids)
      for (const listed of sessions) {
        const own = records.filter(({ session }) => session === listed.session)
        const begin = own.find(({ type }) => type === 'createSession')
        const end = own.find(({ type }) => type === 'closeSession')
        const failed = own.filter(
          ({ type, ops }) => type === 'error' || ((ops as Json[]) ?? []).some((op) => op.type === 'error'),
        )
        expect(listed).toMatchObject({
          txns: own.length,
          errors: failed.length,
          created: begin === undefined ? null : { zxid: begin.zxid, time: begin.time, timeoutMs: begin.timeoutMs },
          ended: end === undefined ? null : { zxid: end.zxid, how: end.cxid === 0 ? 'expired' : 'closed' },
          first: { zxid: own[0]!.zxid },
          last: { zxid: own.at(-1)!.zxid },
        })
        const life = await sessionLife(listed.session as string, [folder])
        expect((life.records as Json[]).map(({ file, ...record }) => record)).toEqual(own)
        const mine = told.filter(
          ({ change, cause, session }) =>
            change === 'deleted' && String(cause).startsWith('session-') && session === listed.session,
        )
        const went = (life.ephemerals as { path: string; removed: Json | null }[]).filter(({ removed }) =>
          String(removed?.cause).startsWith('session-'),
        )
        expect(went.map(({ path }) => path)).toEqual(mine.map(({ path }) => path))
      }
    })
  },
)
