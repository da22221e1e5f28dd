import { isUtf8 } from 'node:buffer'
import type { Look } from '../operations/look-into/look.ts'
import type { ValueAt } from '../operations/look-into/value.ts'
import { decodedText } from './decoded-text.ts'
import { unseen } from './json.ts'
import { printable } from './style.ts'
import { dataValue } from './txn-json.ts'
import { momentJson } from './znode-json.ts'

const HEX_LINE = 32

/** A value for a terminal: what it is when it is decoded, else text line by line, else hexadecimal; never raw. */
export function shownValue({ bytes, decoded }: ValueAt): string {
  if (bytes === null) return 'null\n'
  if (decoded?.kind === 'json') return `${unseen(JSON.stringify(decoded.value, null, 2))}\n`
  const words = decoded ? decodedText(decoded, bytes.length * 4 + 100) : null
  if (words !== null) return `${words}\n`
  if (bytes.length === 0) return ''
  if (isUtf8(bytes)) {
    const lines = Buffer.from(bytes).toString('utf8').split('\n')
    if (lines.at(-1) === '') lines.pop()
    return lines.map((line) => `${printable(line)}\n`).join('')
  }
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += HEX_LINE) {
    lines.push(`${Buffer.from(bytes.subarray(at, at + HEX_LINE)).toString('hex')}\n`)
  }
  return lines.join('')
}

/** One value as JSON. */
export function valueJson(
  { path, bytes, decoded }: ValueAt,
  look: Pick<Look, 'zxid' | 'timeMs' | 'findings'>,
): Record<string, unknown> {
  return { path, ...momentJson(look), data: dataValue(bytes), ...(decoded === undefined ? {} : { decoded }) }
}
