/* Sessions with an ensemble whose members change: every address at which a member is known, who we are, how long to wait. */
import { type Session, withSession } from '../../cluster/client/session.ts'
import type { TlsMaterial } from '../../cluster/exchange.ts'
import type { MemberPlace, ObservedMember } from '../../cluster/observe/model.ts'
import { type Address, addressText } from '../../config/inventory/connect.ts'
import { ZkopsError } from '../../support/errors.ts'
import { tlsMaterial } from '../ensemble/observe-target.ts'
import { type AskSecret, passwordOf, type Target } from '../inventory/target.ts'

export interface Sessions {
  readonly tls: TlsMaterial | null
  /** `user:password`, or what the scheme takes instead; null: nobody. */
  readonly credentials: string | null
  /** With whichever member takes it. Throws as withSession does. */
  with<T>(work: (session: Session) => Promise<T>, timeoutMs?: number): Promise<T>
  /** With this member alone. Throws `server.no-port` when it is not known where it takes clients. */
  at<T>(member: ObservedMember, work: (session: Session) => Promise<T>): Promise<T>
  /** `host:port` of clients, whether they answer or not. */
  readonly addresses: readonly string[]
  /** By those of these members that answered: one that hangs would keep a session waiting. */
  knowing(members: readonly ObservedMember[]): Sessions
}

/** Throws `usage`, `input.*` for passwords and keys that cannot be read. */
export async function sessionsFor(target: Target, ask: AskSecret, signal: AbortSignal): Promise<Sessions> {
  const { auth, tls: files } = target
  const credentials = auth === null ? null : await passwordOf(auth, ask)
  const whole = auth === null ? null : `${auth.user}:${credentials}`
  const addresses = target.connect.map(addressText)
  return sessionsAt({ target, credentials: whole, tls: await tlsMaterial(files), addresses, signal }, addresses)
}

interface SessionParts {
  readonly target: Target
  readonly credentials: string | null
  readonly tls: TlsMaterial | null
  readonly addresses: readonly string[]
  readonly signal: AbortSignal
}

/** `usable`: where sessions are opened. */
function sessionsAt(parts: SessionParts, usable: readonly string[]): Sessions {
  const { target, credentials, tls, addresses, signal } = parts
  const auth = credentials === null ? null : { scheme: target.auth!.scheme, credentials }
  const open = <T>(connect: string, timeoutMs: number, work: (session: Session) => Promise<T>) =>
    withSession({ connect, timeoutMs, tls, auth, signal }, work)
  return {
    ...{ tls, credentials, addresses },
    with: (work, timeoutMs = target.timeoutMs) => open(usable.join(','), timeoutMs, work),
    at: async ({ place }, work) => {
      const address = clientAddress(place, tls !== null)
      if (address !== null) return open(addressText(address), target.timeoutMs, work)
      const name = place.id === null ? place.host : `server ${place.id}`
      throw new ZkopsError('server.no-port', `It is not known where ${name} takes clients`)
    },
    knowing: (members) => {
      const answering = members.flatMap(({ place, answer }) => {
        const address = answer === null ? null : clientAddress(place, tls !== null)
        return address === null ? [] : [addressText(address)]
      })
      const all = [...new Set([...addresses, ...answering])]
      return sessionsAt({ ...parts, addresses: all }, answering.length > 0 ? answering : usable)
    },
  }
}

function clientAddress({ host, clientPort, securePort }: MemberPlace, secure: boolean): Address | null {
  const port = secure ? securePort : clientPort
  return port === null ? null : { host, port }
}
