/*
 * What a server takes for no record may still be one: its checksum covers the payload only, so it proves the payload
 * although the length field, the end mark or the upper half of the checksum field (always zero) is wrong.
 */
import { bodyStop } from '../kernel/body.ts'
import type { Window } from './scan.ts'

/** What is wrong around a payload that its checksum proves. */
export type Wrong = 'checksum-field' | 'length' | 'end-mark'

export interface Proof {
  /** The payload's true length in bytes. */
  readonly length: number
  readonly wrong: Wrong
}

const END_MARK = 0x42
const MODULUS = 65521
/** Most bytes that are read ahead to find out a true length. */
const READ_AHEAD = 32 << 20

/**
 * Looks at the window's head for a record with one thing wrong; undefined when there is none. `more` reads on.
 * Two things wrong at once are more likely no record, and a checksum that does not fit proves nothing.
 */
export async function proveRecord(
  window: Window,
  limit: number,
  more: () => Promise<boolean> = () => window.more(),
): Promise<Proof | undefined> {
  while (window.fill - window.head < 12 && (await more()));
  if (window.fill - window.head < 12) return undefined
  const claimed = new DataView(window.kernel.bytes().buffer).getUint32(window.head + 8)
  const wanted = 13 + Math.max(claimed <= limit ? claimed : 0, Math.min(limit, READ_AHEAD))
  while (window.fill - window.head < wanted && (await more()));
  const { kernel, head, fill } = window
  const bytes = kernel.bytes()
  const view = new DataView(bytes.buffer)
  const stored = view.getUint32(head + 4)
  // no Adler-32 is 0: padding
  if (stored === 0) return undefined
  const payload = head + 12
  const proven = (length: number) =>
    payload + length <= fill &&
    kernel.adler32(payload, length, 1) === stored &&
    bodyStop(view, payload, length, limit) === undefined
  const upperHalf = view.getUint32(head) !== 0
  if (claimed >= 32 && claimed <= limit && proven(claimed)) {
    const marked = payload + claimed < fill && bytes[payload + claimed] === END_MARK
    if (upperHalf === !marked) return undefined
    return { length: claimed, wrong: upperHalf ? 'checksum-field' : 'end-mark' }
  }
  const length = upperHalf ? undefined : trueLength(window, limit, stored)
  return length !== undefined && proven(length) ? { length, wrong: 'length' } : undefined
}

/** The length at which the stored checksum fits and an end mark follows: the sum is taken on byte by byte. */
function trueLength({ kernel, head, fill }: Window, limit: number, stored: number): number | undefined {
  const bytes = kernel.bytes()
  const payload = head + 12
  const end = Math.min(fill - 1, payload + Math.min(limit, READ_AHEAD))
  let a = 1
  let b = 0
  for (let at = payload; at < end; ) {
    a += bytes[at++]!
    if (a >= MODULUS) a -= MODULUS
    b += a
    if (b >= MODULUS) b -= MODULUS
    if (bytes[at] === END_MARK && ((b << 16) | a) >>> 0 === stored && at - payload >= 32) return at - payload
  }
  return undefined
}
