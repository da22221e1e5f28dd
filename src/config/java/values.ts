/*
 * Java's way with texts and numbers, where it differs from JavaScript's. What Java throws is thrown as JavaError with
 * the message of the JDK 17.
 */

/** An exception of the server's parser; `kind` is the class, without package. */
export class JavaError extends Error {
  readonly kind: string
  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}

/** ConfigException of the parser. */
export function configError(message: string): JavaError {
  return new JavaError('ConfigException', message)
}

export function illegalArgument(message: string): JavaError {
  return new JavaError('IllegalArgumentException', message)
}

/** String.trim: everything up to U+0020 goes. */
export function javaTrim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 32) start++
  while (end > start && text.charCodeAt(end - 1) <= 32) end--
  return text.slice(start, end)
}

/** String.split by one character: empty parts at the end go, and only an empty text gives one empty part. */
export function javaSplit(text: string, separator: string): string[] {
  if (text === '') return ['']
  const parts = text.split(separator)
  while (parts.at(-1) === '') parts.pop()
  return parts
}

/** The n-th part; Java's index error when there is none. */
export function part(parts: readonly string[], n: number): string {
  const found = parts[n]
  if (found !== undefined) return found
  const message = `Index ${n} out of bounds for length ${parts.length}`
  throw new JavaError('ArrayIndexOutOfBoundsException', message)
}

export function equalsIgnoreCase(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!.toUpperCase(), b[i]!.toUpperCase()]
    if (x !== y && x.toLowerCase() !== y.toLowerCase()) return false
  }
  return true
}

/** Boolean.parseBoolean. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && equalsIgnoreCase(text, 'true')
}

/** Integer.parseInt; throws NumberFormatException. */
export function parseInt32(text: string): number {
  return Number(parseInteger(text, 10, 32))
}

/** Long.parseLong; throws NumberFormatException. */
export function parseInt64(text: string, radix: 10 | 16 = 10): bigint {
  return parseInteger(text, radix, 64)
}

function parseInteger(text: string, radix: 10 | 16, bits: 32 | 64): bigint {
  const digits = asciiDigits(/^[+-]/.test(text) ? text.slice(1) : text, radix)
  if (digits !== undefined) {
    const size = BigInt(radix === 16 ? `0x${digits}` : digits)
    const value = text.startsWith('-') ? -size : size
    if (BigInt.asIntN(bits, value) === value) return value
  }
  const underRadix = radix === 10 ? '' : ` under radix ${radix}`
  throw new JavaError('NumberFormatException', `For input string: "${text}"${underRadix}`)
}

/** Character.digit takes the decimal digits of every script, and full-width letters; undefined for anything else. */
function asciiDigits(text: string, radix: 10 | 16): string | undefined {
  const plain = radix === 10 ? /^[0-9]+$/ : /^[0-9a-fA-F]+$/
  if (plain.test(text)) return text
  const digits = text.replace(/\p{Nd}|[\uff21-\uff26\uff41-\uff46]/gu, (char) => {
    // Java walks UTF-16 units, so digits beyond them are none
    if (char.length > 1) return '?'
    const code = char.charCodeAt(0)
    return code >= 0xff21 ? String.fromCharCode(code - 0xfee0) : decimalDigit(code)
  })
  return plain.test(digits) ? digits : undefined
}

/** Decimal digits come in rows of ten that start with the zero. */
function decimalDigit(code: number): string {
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCharCode(zero - 1))) zero--
  return String((code - zero) % 10)
}

/** How java.io.File spells a path. */
export function javaPath(path: string): string {
  const single = path.replace(/\/{2,}/g, '/')
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
}
