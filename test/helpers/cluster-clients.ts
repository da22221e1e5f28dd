/* What is there of clients on real servers: sessions with a connection, and the tree that they see. */
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { type Session, withSession } from '../../src/cluster/client/session.ts'
import type { TestEnsemble } from './ensemble.ts'

const WAIT_MS = 30_000

/** Ids of sessions that are connected with any member that answers, sorted. */
export async function connectedSessions({ status }: TestEnsemble): Promise<readonly string[]> {
  const answers = await Promise.all(
    status.servers.map(({ clientPort }) =>
      fourLetterWord('127.0.0.1', clientPort, 'cons', { timeoutMs: 5000 }).catch(() => ''),
    ),
  )
  return answers.flatMap((text) => text.match(/sid=0x[0-9a-f]+/g) ?? []).sort()
}

/** Ids of all sessions of the ensemble, connected or not, as whoever dumps them tells. */
export async function allSessions({ status }: TestEnsemble): Promise<readonly string[]> {
  const answers = await Promise.all(
    status.servers.map(({ clientPort }) =>
      fourLetterWord('127.0.0.1', clientPort, 'dump', { timeoutMs: 5000 }).catch(() => ''),
    ),
  )
  return [...new Set(answers.flatMap((text) => text.match(/^\t0x[0-9a-f]+$/gm) ?? []))].sort()
}

/** Every path with the zxid of its creation and of its last change: equal for an equal tree. */
export async function treeOf({ connect }: TestEnsemble): Promise<readonly string[]> {
  return withSession({ connect, timeoutMs: WAIT_MS }, async (session) => {
    await session.sync('/')
    return (await below(session, '/')).toSorted()
  })
}

async function below(session: Session, path: string): Promise<string[]> {
  const stat = await session.exists(path)
  if (stat === null || path === '/zookeeper') return []
  const { names } = await session.children(path)
  const children = await Promise.all(names.map((name) => below(session, `${path === '/' ? '' : path}/${name}`)))
  return [`${path} ${stat.czxid} ${stat.mzxid} ${stat.version}`, ...children.flat()]
}
