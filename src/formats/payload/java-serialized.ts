/*
 * stream => magic:ac ed version:0005 content*                                    java.io.ObjectStreamConstants
 *   content => 73 classDesc …       object
 *            | 75 classDesc …       array
 *            | 7e classDesc …       enum
 *            | 76 classDesc         class
 *            | 74 …                 string
 *            | …
 *   classDesc => 72 name:utf …      utf is length:ushort byte[length]
 */
import { printableText } from './text.ts'
import type { Decoded } from './types.ts'

const CLASS_DESC = 0x72
const STRING = 0x74
const WITH_CLASS = [0x73, 0x75, 0x76, 0x7e]
const NAME_AT = 8

export function readJavaSerialized(bytes: Uint8Array): Decoded | null {
  if (bytes.length < 5 || bytes[0] !== 0xac || bytes[1] !== 0xed || bytes[2] !== 0 || bytes[3] !== 5) return null
  return { kind: 'java-serialized', class: className(bytes) }
}

/** Of the first thing in the stream; null when that has none. */
function className(bytes: Uint8Array): string | null {
  if (bytes[4] === STRING) return 'java.lang.String'
  if (!WITH_CLASS.includes(bytes[4]!) || bytes[5] !== CLASS_DESC || bytes.length < NAME_AT) return null
  const end = NAME_AT + ((bytes[6]! << 8) | bytes[7]!)
  return end > bytes.length ? null : printableText(bytes.subarray(NAME_AT, end))
}
