/*
 * The digests of its tree that a member keeps (3.6 on): one for every 128th zxid, the newest 1,024. Equal zxid, equal
 * release: equal digest, or the data differs.
 */
import { adminCommand, plainOrTls } from '../admin/admin-server.ts'
import { fourLetterWord } from '../admin/four-letter.ts'
import type { Place } from '../exchange.ts'
import type { ObservedMember, ObserveOptions } from './model.ts'
import { askOptions, clientPlace, orUndefined } from './source.ts'

/** Digest by zxid; null: it cannot be asked for them. */
export type Digests = ReadonlyMap<bigint, bigint>

export async function readDigests({ place, answer }: ObservedMember, options: ObserveOptions): Promise<Digests | null> {
  if (answer === null) return null
  const signal = options.signal ?? new AbortController().signal
  const context = { place, tls: options.tls, deadline: performance.now() + options.timeoutMs, signal }
  const words = clientPlace(context)
  if (answer.via === 'admin' && place.admin !== null) {
    const at = place.admin
    const ask = (tls: Place['tls']) => adminCommand({ ...at, tls }, 'hash', askOptions(context))
    const reply = await orUndefined(plainOrTls(options.tls, ask))
    if (reply?.error === null) return ofAdmin(reply.body.digests)
  }
  if (words === null) return null
  const ask = fourLetterWord(place.host, words.port, 'hash', { ...askOptions(context), tls: words.tls })
  return ofWord(await ask.catch(() => ''))
}

function ofAdmin(list: unknown): Digests | null {
  if (!Array.isArray(list)) return null
  return new Map(
    list.flatMap((one: Record<string, unknown> | null): [bigint, bigint][] => {
      const zxid = integer(one?.zxid)
      const digest = integer(one?.digest)
      return zxid === null || digest === null ? [] : [[zxid, digest]]
    }),
  )
}

function integer(value: unknown): bigint | null {
  const text = String(value)
  return /^-?\d{1,20}$/.test(text) ? BigInt.asUintN(64, BigInt(text)) : null
}

/** Lines `<zxid in hex>: <digest>`; null for anything else that is not empty. */
function ofWord(text: string): Digests | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => /^(?:0x)?([0-9a-f]{1,16}): (-?\d{1,20})$/i.exec(line.trim()))
  if (text === '' || pairs.includes(null)) return text === '' ? new Map() : null
  return new Map(pairs.map((pair) => [BigInt(`0x${pair![1]}`), BigInt.asUintN(64, BigInt(pair![2]!))]))
}
