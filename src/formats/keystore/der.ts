/*
 * ASN.1 in DER, as far as key stores need it: tag one byte, length of definite form, content. Lengths are held against
 * what is there. Throws RangeError for anything else.
 */
export interface Der {
  readonly tag: number
  /** What is behind tag and length. */
  readonly content: Uint8Array
}

export const SEQUENCE = 0x30
export const OCTETS = 0x04
/** Constructed, context-specific, number 0. */
export const FIRST = 0xa0

/** The elements that follow each other in these bytes. */
export function readAll(bytes: Uint8Array): readonly Der[] {
  const all: Der[] = []
  for (let at = 0; at < bytes.length; ) {
    const { element, end } = readAt(bytes, at)
    all.push(element)
    at = end
  }
  return all
}

function readAt(bytes: Uint8Array, start: number): { readonly element: Der; readonly end: number } {
  const [tag, first] = [bytes[start], bytes[start + 1]]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new RangeError('no element')
  let at = start + 2
  let length = first
  if (first >= 0x80) {
    const count = first - 0x80
    if (count === 0 || count > 4) throw new RangeError('a length of another form')
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] ?? Number.NaN)
  }
  if (!(at + length <= bytes.length)) throw new RangeError('the end')
  return { element: { tag, content: bytes.subarray(at, at + length) }, end: at + length }
}

/** What a constructed element holds; throws when it is of another tag. */
export function partsOf(element: Der | undefined, tag: number = SEQUENCE): readonly Der[] {
  return readAll(contentOf(element, tag))
}

export function contentOf(element: Der | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new RangeError(`tag ${element?.tag}`)
  return element.content
}

/** `1.2.840.113549.1.7.1` */
export function oidOf(element: Der | undefined): string {
  const bytes = contentOf(element, 0x06)
  const numbers: number[] = []
  let number = 0
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f)
    if (number > Number.MAX_SAFE_INTEGER / 128) throw new RangeError('an object identifier')
    if (byte < 0x80) {
      numbers.push(number)
      number = 0
    }
  }
  const [first = 0, ...rest] = numbers
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - top * 40, ...rest].join('.')
}

/** Of four bytes at most, not negative. */
export function integerOf(element: Der | undefined): number {
  const bytes = contentOf(element, 0x02)
  if (bytes.length === 0 || bytes.length > 4 || bytes[0]! >= 0x80) throw new RangeError('a number')
  return bytes.reduce((number, byte) => number * 256 + byte, 0)
}
