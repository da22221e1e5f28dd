/*
 * payload => UTF-8 without the control characters that no text has; JSON when it is an object or a list (a bare number
 * or word is text)
 */
import { isUtf8 } from 'node:buffer'
import { parseJson } from './json.ts'
import type { Decoded } from './types.ts'

/** BEL to CR and ESC occur in texts, as file(1) has it; NEL is a line end. */
const NOT_TEXT = /[\u0000-\u0006\u000e-\u001a\u001c-\u001f\u007f-\u0084\u0086-\u009f]/

export function readText(bytes: Uint8Array): Decoded | null {
  const value = printableText(bytes)
  if (value === null) return null
  const json = /^\s*[{[]/.test(value) ? parseJson(value) : null
  return json === null ? { kind: 'text', value } : { kind: 'json', value: json.value }
}

/** The bytes as text, or null when they are none. */
export function printableText(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return NOT_TEXT.test(text) ? null : text
}

/** Without the character that a cut has left incomplete at the end. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let at = bytes.length - 1; at >= 0 && at >= bytes.length - 3; at--) {
    if (bytes[at]! >= 0xc0) return bytes.subarray(0, at)
    if (bytes[at]! < 0x80) break
  }
  return bytes
}
