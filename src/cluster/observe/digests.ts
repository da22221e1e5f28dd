/*
 * The digests of its tree that a member keeps (3.6 on): one for every 128th zxid, the newest 1,024. Equal zxid, equal
 * release: equal digest, or the data differs.
 */
import { askMemberFor } from './ask.ts'
import type { ObservedMember, ObserveOptions } from './model.ts'

/** Digest by zxid; null: it cannot be asked for them. */
export type Digests = ReadonlyMap<bigint, bigint>

export async function readDigests(member: ObservedMember, options: ObserveOptions): Promise<Digests | null> {
  const { answer } = await askMemberFor({ command: 'hash', word: 'hash' }, member, options)
  if (answer === null) return null
  return answer.via === 'admin' ? ofAdmin(answer.body.digests) : ofWord(answer.ports[0]!.text)
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
