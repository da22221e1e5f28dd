/*
 * What a server takes for no record may still be one: its checksum covers the payload only, so it proves the payload
 * although the length field, the end mark or the upper half of the checksum field (always zero) is wrong.
 */
import { bodyStop } from '../kernel/body.ts'
import { FIELD, type Window } from './scan.ts'

/** What is wrong around a payload that its checksum proves. */
export type Wrong = 'checksum-field' | 'length' | 'end-mark'

export interface Proof {
  /** The payload's true length in bytes. */
  readonly length: number
  readonly wrong: Wrong
}

const END_MARK = 0x42
const HEAD = 12
const SHORTEST = 32
/** Most bytes that are read ahead to find out a true length. */
const READ_AHEAD = 32 << 20
/** Most places at which a record of unknown length is taken to end: bounds the time that a heap of ruins takes. */
const MOST_ENDS = 1000

/**
 * Looks at the window's head for a record with one thing wrong; undefined when there is none. `after`: the zxid before
 * it, which is lower. `more` reads on.
 *
 * Two things wrong at once are more likely no record, and a checksum that does not fit proves nothing. A wrong length is
 * proven only where a record can end (trueLength); the sum fits one wrong place in 2^32, and of a short payload one in
 * 2^16 whose bytes also add up to the same, so that its body and zxid must be right as well.
 */
export async function proveRecord(
  window: Window,
  limit: number,
  after: bigint,
  more: () => Promise<boolean> = () => window.more(),
): Promise<Proof | undefined> {
  const reach = async (bytes: number): Promise<void> => {
    while (window.fill - window.head < bytes && (await more()));
  }
  await reach(HEAD + SHORTEST)
  if (window.fill - window.head < HEAD + SHORTEST) return undefined
  const at = new DataView(window.kernel.bytes().buffer)
  const stored = at.getUint32(window.head + 4)
  const claimed = at.getUint32(window.head + 8)
  const upperHalf = at.getUint32(window.head) !== 0
  // no Adler-32 is 0: padding
  if (stored === 0 || at.getBigInt64(window.head + FIELD.zxid) <= after) return undefined

  if (claimed >= SHORTEST && claimed <= limit) {
    await reach(HEAD + claimed + 1)
    if (proven(window, claimed, stored, limit)) {
      const mark = window.head + HEAD + claimed
      const marked = mark < window.fill && window.kernel.bytes()[mark] === END_MARK
      if (upperHalf === !marked) return undefined
      return { length: claimed, wrong: upperHalf ? 'checksum-field' : 'end-mark' }
    }
  }
  if (upperHalf) return undefined
  await reach(2 * HEAD + Math.min(limit, READ_AHEAD) + 1)
  const length = trueLength(window, limit, stored)
  return length !== undefined && proven(window, length, stored, limit) ? { length, wrong: 'length' } : undefined
}

function proven({ kernel, head, fill }: Window, length: number, stored: number, limit: number): boolean {
  const payload = head + HEAD
  return (
    payload + length <= fill &&
    kernel.adler32(payload, length, 1) === stored &&
    bodyStop(new DataView(kernel.bytes().buffer), payload, length, limit) === undefined
  )
}

/**
 * The length at which the stored checksum fits and a record can end: an end mark, and behind it what looks like the next
 * record's head, or nothing but zeros, or the end of the input. The sum is taken on from place to place.
 */
function trueLength({ kernel, head, fill, ended }: Window, limit: number, stored: number): number | undefined {
  const bytes = kernel.bytes()
  const payload = head + HEAD
  const end = Math.min(fill, payload + Math.min(limit, READ_AHEAD) + 1 + HEAD)
  let sum = 1
  let summed = payload
  const endsAt = (mark: number): boolean => {
    if (mark - payload < SHORTEST || bytes[mark] !== END_MARK) return false
    sum = kernel.adler32(summed, mark - summed, sum)
    summed = mark
    return sum === stored
  }
  let next = kernel.search(payload + SHORTEST + 1, end, limit)
  for (let tries = 0; next + HEAD <= end && tries < MOST_ENDS; tries++) {
    if (endsAt(next - 1)) return next - 1 - payload
    next = kernel.search(next + 1, end, limit)
  }
  const endOfNonZero = kernel.endOfNonZero(payload, end)
  const nothingBehind = end - endOfNonZero >= HEAD || (ended && end === fill)
  return nothingBehind && endsAt(endOfNonZero - 1) ? endOfNonZero - 1 - payload : undefined
}
