/* What the sources of a member have in common. */
import { ZkopsError } from '../../support/errors.ts'
import type { TlsMaterial } from '../exchange.ts'
import type { MemberAnswer, MemberPlace } from './model.ts'

export interface SourceContext {
  readonly place: MemberPlace
  readonly tls: TlsMaterial | null
  /** By `performance.now()`; whatever has not answered by then is left out. */
  readonly deadline: number
  readonly signal: AbortSignal
}

export type AskSource = (context: SourceContext) => Promise<MemberAnswer>

/** For one exchange that has to end by the deadline. */
export function askOptions({ deadline, signal }: SourceContext) {
  return { timeoutMs: Math.max(1, Math.round(deadline - performance.now())), maxBytes: MAX_BYTES, signal }
}

/** Metrics and configuration are some tens of kilobytes; a hundred members may lie at the same time. */
const MAX_BYTES = 512 << 10

/** Where four-letter words go: the plain client port, else the one with TLS. Null when neither is known. */
export function clientPlace({
  place,
  tls,
}: Pick<SourceContext, 'place' | 'tls'>): { port: number; tls: TlsMaterial | null } | null {
  if (place.clientPort !== null) return { port: place.clientPort, tls: null }
  return place.securePort === null ? null : { port: place.securePort, tls: tls ?? {} }
}

export function noClientPort({ place }: Pick<SourceContext, 'place'>): ZkopsError {
  return new ZkopsError('server.no-port', `The client port of server ${place.id ?? place.host} is not known`, {
    hint: 'Write it in the server line (server.N=host:2888:3888;2181), in the inventory or in --connect.',
  })
}

/** What a promise gives, or undefined when it fails. */
export async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch(() => undefined)
}
