/** See sessionEnd. */
export type SessionEnd = 'session-closed' | 'session-expired'

/**
 * How a session ended, as far as its closeSession record tells. A client closes it by a request that has a number, as
 * all of its requests have; the servers' own request has 0. They make one when the session's time is over, and when
 * somebody terminates the connection over JMX.
 * Source: ZooKeeperServer.close, in all releases from 3.4 to 3.9.
 */
export function sessionEnd(cxid: number): SessionEnd {
  return cxid === 0 ? 'session-expired' : 'session-closed'
}
