/*
 * A member by a client's session: that it serves, and /zookeeper/config. The last resort: opening a session is a
 * transaction of the ensemble, so it is only done where words and AdminServer may not be asked.
 */
import { ZkopsError } from '../../support/errors.ts'
import { placeText } from '../exchange.ts'
import { type Membership, membershipOf } from './membership.ts'
import type { MemberAnswer } from './model.ts'
import { askOptions, clientPlace, noClientPort, type SourceContext } from './source.ts'

export async function fromClient(context: SourceContext): Promise<MemberAnswer> {
  const started = performance.now()
  const membership = await configZnode(context)
  return {
    via: 'client',
    state: 'serving',
    id: null,
    version: null,
    zxid: null,
    zabState: null,
    voting: null,
    metrics: new Map(),
    settings: new Map(),
    membership,
    blind: [
      {
        what: 'its role, zxid, version and metrics',
        why: 'neither its AdminServer nor four-letter words answer',
        setting: '4lw.commands.whitelist=srvr,mntr,conf',
      },
    ],
    answerMs: performance.now() - started,
  }
}

/** The members as the ensemble has agreed on them; null when it keeps none (3.4, standalone). */
export async function configZnode(context: SourceContext): Promise<Membership | null> {
  const at = clientPlace(context)
  if (at === null) throw noClientPort(context)
  const { withSession } = await import('../client/session.ts')
  const connect = placeText({ host: context.place.host, port: at.port })
  return withSession({ connect, tls: at.tls, ...askOptions(context) }, async (session) => {
    try {
      const data = await session.get('/zookeeper/config')
      return data === null ? null : membershipOf(data.toString().split('\n'), 'config-znode')
    } catch (error) {
      if (error instanceof ZkopsError && error.code === 'server.no-node') return null
      throw error
    }
  })
}
