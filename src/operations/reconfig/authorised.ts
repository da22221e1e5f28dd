/*
 * PRE5: whether we may change /zookeeper/config. There is no dry run of it, and a wrong password is taken as somebody
 * else's right one, so it is told by who the server takes us for (3.7 on), and by the access list.
 */
import { createHash } from 'node:crypto'
import type { Acl } from '../../cluster/client/session.ts'
import type { SeenEnsemble } from './observe.ts'
import { notChecked, type PreCheck, passed, refused } from './pre-check.ts'

const CHECK = 'PRE5'
const ABOUT = 'reconfigEnabled, and we may'
const HIDDEN = 'no server tells reconfigEnabled: that of the leader decides'
const WRITE = 2

export function authorised({ access: { acl, identities }, target: { auth }, sessions }: SeenEnsemble): PreCheck {
  const superuser = identities?.some(({ scheme }) => scheme === 'super') === true
  if (superuser) return passed(CHECK, ABOUT, `the server takes us for the superuser; ${HIDDEN}`)
  const writers = (acl ?? []).filter(({ perms }) => (perms & WRITE) !== 0)
  const own = writers.find((entry) => isOpen(entry) || isOurDigest(entry, sessions.credentials))
  if (own !== undefined) return passed(CHECK, ABOUT, `${own.scheme} may write /zookeeper/config; ${HIDDEN}`)
  const x509 = identities?.find(({ scheme, user }) => writers.some((one) => one.scheme === scheme && one.id === user))
  if (x509 !== undefined)
    return passed(CHECK, ABOUT, `${x509.scheme}:${x509.user} may write /zookeeper/config; ${HIDDEN}`)
  const judged = writers.every(({ scheme }) => ['digest', 'world', 'x509'].includes(scheme))
  // without --auth-user nobody is the superuser but by a certificate, which is told from 3.7 on
  if (acl !== null && judged && (identities !== null || (auth === null && sessions.tls === null))) {
    const who = identities?.map(({ scheme, user }) => `${scheme}:${user}`).join(', ')
    const seen = who ?? 'nobody'
    const detail =
      auth === null
        ? `only the superuser may write /zookeeper/config, and the server takes us for ${seen}: give --auth-user`
        : `the server takes us for ${seen}, who may not write /zookeeper/config: is the password right?`
    return refused(CHECK, ABOUT, detail, 'refused.not-authorised')
  }
  return notChecked(CHECK, ABOUT, `servers tell who they take us for from 3.7 on; ${HIDDEN}`)
}

const isOpen = ({ scheme, id }: Acl): boolean => scheme === 'world' && id === 'anyone'

/** `user:base64(sha1(user:password))`, as DigestAuthenticationProvider makes it by default. */
function isOurDigest({ scheme, id }: Acl, credentials: string | null): boolean {
  if (scheme !== 'digest' || credentials === null) return false
  const user = credentials.slice(0, credentials.indexOf(':'))
  return id === `${user}:${createHash('sha1').update(credentials).digest('base64')}`
}
