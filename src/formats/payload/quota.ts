/*
 * quota => 'count=' int ',bytes=' int ['=' (';' key '=' int)*]     StatsTrack; byteHardLimit, countHardLimit from 3.7 on
 *
 * The second = keeps releases before 3.7 from reading on. Commas and semicolons separate alike.
 */
import { exactInteger } from './integer.ts'
import { printableText } from './text.ts'
import type { Decoded, QuotaValues } from './types.ts'

const NODE = /^\/zookeeper\/quota\/.*\/?zookeeper_(limits|stats)$/s
const PAIR = /^([A-Za-z]\w*)=(-?\d{1,19})=?$/

export function readQuota(path: string, bytes: Uint8Array): Decoded | null {
  const node = NODE.exec(path)?.[1]
  if (node === undefined) return null
  const values = quotaValues(printableText(bytes)?.trim() ?? '')
  if (values === null) return null
  return node === 'limits' ? { kind: 'quota', limits: values } : { kind: 'quota', usage: values }
}

function quotaValues(text: string): QuotaValues | null {
  const pairs = text.split(/[,;]+/).map((pair) => PAIR.exec(pair))
  if (!pairs.every((pair) => pair !== null)) return null
  return Object.fromEntries(pairs.map(([, key, value]) => [key!, exactInteger(BigInt(value!))]))
}
