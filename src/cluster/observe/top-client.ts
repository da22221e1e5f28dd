/* Who has the most connections to a member: one address of all that its list of connections shows. */
import { adminCommand } from '../admin/admin-server.ts'
import { fourLetterWord } from '../admin/four-letter.ts'
import type { ObservedMember, ObserveOptions } from './model.ts'
import { askOptions, clientPlace } from './source.ts'

export interface TopClient {
  readonly address: string
  readonly connections: number
}

/** A list of some ten thousand connections. */
const MAX_BYTES = 16 << 20

/** Null: it may not be asked, or it has none. The list is as long as its connections are many: not to be asked often. */
export async function topClient({ place, answer }: ObservedMember, options: ObserveOptions): Promise<TopClient | null> {
  if (answer === null) return null
  const signal = options.signal ?? new AbortController().signal
  const context = { place, tls: options.tls, deadline: performance.now() + options.timeoutMs, signal }
  const ask = { ...askOptions(context), maxBytes: MAX_BYTES }
  if (answer.via === 'admin' && place.admin !== null) {
    const at = { ...place.admin, tls: null }
    const reply = await adminCommand(at, 'connections', ask).catch(() => null)
    if (reply !== null && reply.error === null) {
      return topOf(['connections', 'secure_connections'].flatMap((list) => addressesIn(reply.body[list])))
    }
  }
  const words = clientPlace(context)
  if (words === null) return null
  const cons = await fourLetterWord(place.host, words.port, 'cons', { ...ask, tls: words.tls }).catch(() => '')
  return topOf([...cons.matchAll(/^\s*\/?(\S+):\d+\[/gm)].map(([, address]) => address!))
}

function addressesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((one: { readonly remote_socket_address?: unknown } | null) => {
    const address = /^(?:.*\/)?(.+):\d+$/.exec(String(one?.remote_socket_address))?.[1]
    return address ?? []
  })
}

function topOf(addresses: readonly string[]): TopClient | null {
  const counts = new Map<string, number>()
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1)
  const [top] = [...counts].sort((a, b) => b[1] - a[1])
  return top === undefined ? null : { address: top[0], connections: top[1] }
}
