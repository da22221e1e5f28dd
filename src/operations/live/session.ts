/*
 * A session with what a live command works on: the target is found, its password read or asked for, TLS set up; the
 * session is closed whatever happens.
 */
import { type Session, type SessionOptions, withSession } from '../../cluster/client/session.ts'
import { addressText } from '../../config/inventory/connect.ts'
import type { Finding } from '../../support/finding.ts'
import { tlsMaterial } from '../ensemble/observe-target.ts'
import { type AskSecret, findTarget, type LiveOptions, passwordOf, type Target } from '../inventory/target.ts'

export type { LiveOptions } from '../inventory/target.ts'

export type SessionAuth = NonNullable<SessionOptions['auth']>

export interface LiveContext {
  readonly ask: AskSecret
  readonly signal: AbortSignal
}

export interface LiveSession {
  readonly session: Session
  readonly target: Target
  /** About the inventory. */
  readonly findings: readonly Finding[]
  /** Where a path lies on the servers: behind the chroot of the connect string. */
  readonly real: (path: string) => string
}

/** Throws as findTarget and withSession do. */
export async function withLiveSession<T>(
  options: LiveOptions,
  { ask, signal }: LiveContext,
  work: (live: LiveSession) => Promise<T>,
): Promise<T> {
  const { target, findings } = await findTarget(options)
  const { connect, timeoutMs, chroot, tls } = target
  return withSession(
    {
      connect: connect.map(addressText).join(','),
      timeoutMs,
      tls: await tlsMaterial(tls),
      auth: await authOf(target, ask),
      signal,
    },
    (session) => work({ session, target, findings, real: (path) => behind(chroot, path) }),
  )
}

/** Throws as passwordOf does. */
export async function authOf({ auth }: Target, ask: AskSecret): Promise<SessionAuth | null> {
  if (auth === null) return null
  return { scheme: auth.scheme, credentials: `${auth.user}:${await passwordOf(auth, ask)}` }
}

/** Where a path lies on the servers of a connect string that has a chroot. */
export function behind(chroot: string | null, path: string): string {
  if (chroot === null) return path
  return path === '/' ? chroot : `${chroot}${path}`
}
