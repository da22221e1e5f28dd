/*
 * Who is connected to a member: the word cons, or connections of its AdminServer. Asking costs the server the more, the
 * more clients it has.
 *
 *   cons    /10.0.0.7:40122[1](queued=0,recved=12,sent=12,sid=0x1000…,lop=PING,…)     no sid: whoever is asking, too
 *   admin   {"remote_socket_address": "10.0.0.7:40122", "packets_received": 12, "session_id": 72057…}
 */
import { adminCommand, plainOrTls } from '../admin/admin-server.ts'
import { fourLetterWord, isNotAllowed } from '../admin/four-letter.ts'
import type { ObservedMember, ObserveOptions } from './model.ts'
import { askOptions, clientPlace } from './source.ts'

export interface Connection {
  /** The client's, without its port. */
  readonly address: string
  readonly port: number
  readonly queued: number
  readonly received: number
}

const MAX_BYTES = 8 << 20

/** Those that have a session; null: it cannot be asked for them. */
export async function readConnections(
  { place, answer }: ObservedMember,
  options: ObserveOptions,
): Promise<readonly Connection[] | null> {
  if (answer === null) return null
  const signal = options.signal ?? new AbortController().signal
  const context = { place, tls: options.tls, deadline: performance.now() + options.timeoutMs, signal }
  const ask = { ...askOptions(context), maxBytes: MAX_BYTES }
  if (answer.via === 'admin' && place.admin !== null) {
    const { admin } = place
    const reply = await plainOrTls(options.tls, (tls) => adminCommand({ ...admin, tls }, 'connections', ask)).catch(
      () => null,
    )
    if (reply !== null && reply.error === null) return ofAdmin(reply.body)
  }
  const words = clientPlace(context)
  if (words === null) return null
  const text = await fourLetterWord(place.host, words.port, 'cons', { ...ask, tls: words.tls }).catch(() => null)
  return text === null || isNotAllowed(text, 'cons') ? null : ofWord(text)
}

export function ofAdmin(body: Readonly<Record<string, unknown>>): readonly Connection[] {
  const all = [body.connections, body.secure_connections].flatMap((list) => (Array.isArray(list) ? list : []))
  return all.flatMap((one: Record<string, unknown> | null): Connection[] => {
    const place = placeOf(String(one?.remote_socket_address))
    const { session_id: session, outstanding_requests: queued, packets_received: received } = one ?? {}
    if (place === null || String(session ?? 0) === '0') return []
    return [{ ...place, queued: numberOf(queued), received: numberOf(received) }]
  })
}

export function ofWord(text: string): readonly Connection[] {
  return text.split('\n').flatMap((line): Connection[] => {
    const [, where, queued, received] = LINE.exec(line) ?? []
    const place = where === undefined ? null : placeOf(where)
    return place === null ? [] : [{ ...place, queued: Number(queued), received: Number(received) }]
  })
}

const LINE = /^ (\S{1,300})\[[0-9a-f]+\]\(queued=(\d{1,15}),recved=(\d{1,15}),sent=\d+,sid=0x[0-9a-f]+,/

/** `/10.0.0.7:40122`, `client.example.org/10.0.0.7:40122`, `/[0:0:0:0:0:0:0:1]:40122`. */
function placeOf(text: string): Pick<Connection, 'address' | 'port'> | null {
  const [, address, port] = /^(?:[^/]*\/)?\[?([^/[\]]+)\]?:(\d{1,5})$/.exec(text) ?? []
  return address === undefined ? null : { address, port: Number(port) }
}

const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
