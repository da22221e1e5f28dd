import { isUtf8 } from 'node:buffer'

/**
 * Bytes as Java's `new String(bytes, UTF_8)` reads them: what is malformed becomes U+FFFD by its rules (sun.nio.cs.UTF_8,
 * malformedN), which differ from the decoders of the web: a surrogate is one replacement, not three.
 */
export function javaText(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return utf8(bytes)
  const parts: string[] = []
  let start = 0
  let at = 0
  while (at < bytes.length) {
    const length = wellFormed(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    parts.push(utf8(bytes.subarray(start, at)), '\ufffd')
    at += malformed(bytes, at)
    start = at
  }
  parts.push(utf8(bytes.subarray(start)))
  return parts.join('')
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** Length of the well-formed character at `at`, or 0. */
function wellFormed(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  return isUtf8(bytes.subarray(at, at + length)) && at + length <= bytes.length && first >= 0xc2 ? length : 0
}

/** How many bytes Java replaces by one U+FFFD. */
function malformed(bytes: Uint8Array, at: number): number {
  const [first, second, third, fourth] = bytes.subarray(at, at + 4) as unknown as [number, ...(number | undefined)[]]
  const continues = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80
  if (first >= 0xe0 && first < 0xf0) {
    if (!continues(second) || (first === 0xe0 && (second! & 0xe0) === 0x80)) return 1
    return continues(third) ? 3 : 2
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!continues(second) || (first === 0xf0 && second! < 0x90) || (first === 0xf4 && second! > 0x8f)) return 1
    if (!continues(third)) return 2
    return continues(fourth) ? 4 : 3
  }
  return 1
}
