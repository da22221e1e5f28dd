/* Values in the answers of servers, and their lines; whatever a peer sends, nothing throws. */

/** Without all lines in memory again. */
export function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? text.length : end)
    yield line.endsWith('\r') ? line.slice(0, -1) : line
    if (end < 0) return
    start = end + 1
  }
}

/** A number that is told as one or as decimal digits. */
export function numberFrom(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d{1,16}(\.\d{1,16})?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** 64 bits, unsigned: `0x…`, or a decimal number with sign, as a number or as digits. */
export function id64From(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt.asUintN(64, BigInt(value)) : null
  if (typeof value !== 'string') return null
  if (/^0x[0-9a-f]{1,16}$/i.test(value)) return BigInt(value)
  return /^-?\d{1,20}$/.test(value) ? BigInt.asUintN(64, BigInt(value)) : null
}
