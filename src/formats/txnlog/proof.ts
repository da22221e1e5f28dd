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
  readonly zxid: bigint
}

const END_MARK = 0x42
const HEAD = 12
const SHORTEST = 32
/** Most bytes that are read ahead to find out a true length. */
const READ_AHEAD = 32 << 20
/** Most places where a record of unknown length is taken to end: bounds the time that a heap of ruins takes. */
const MOST_ENDS = 64

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
  const zxid = at.getBigInt64(window.head + FIELD.zxid)
  if (stored === 0 || zxid <= after) return undefined

  if (claimed >= SHORTEST && claimed <= limit) {
    await reach(HEAD + claimed + 1)
    if (proven(window, claimed, stored, limit)) {
      const mark = window.head + HEAD + claimed
      const marked = mark < window.fill && window.kernel.bytes()[mark] === END_MARK
      if (upperHalf === !marked) return undefined
      return { length: claimed, wrong: upperHalf ? 'checksum-field' : 'end-mark', zxid }
    }
  }
  if (upperHalf) return undefined
  const length = await trueLength(window, limit, stored, more)
  return length !== undefined && proven(window, length, stored, limit) ? { length, wrong: 'length', zxid } : undefined
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
async function trueLength(
  window: Window,
  limit: number,
  stored: number,
  more: () => Promise<boolean>,
): Promise<number | undefined> {
  const { kernel } = window
  const longest = Math.min(limit, READ_AHEAD)
  let sum = 1
  let summed = 0
  const endsAt = (length: number): boolean => {
    const payload = window.head + HEAD
    if (length < SHORTEST || length > longest || kernel.bytes()[payload + length] !== END_MARK) return false
    sum = kernel.adler32(payload + summed, length - summed, sum)
    summed = length
    return sum === stored
  }
  const atEndOfData = (): number | undefined => {
    const payload = window.head + HEAD
    const end = Math.min(window.fill, payload + longest + 1 + HEAD)
    const endOfNonZero = kernel.endOfNonZero(payload, end)
    const nothingBehind = end - endOfNonZero >= HEAD || (window.ended && end === window.fill)
    const length = endOfNonZero - 1 - payload
    return nothingBehind && endsAt(length) ? length : undefined
  }
  // places are counted from the payload's start: the window moves when it is read on
  let from = SHORTEST + 1
  for (let tries = 0; tries < MOST_ENDS && from <= longest + 1; ) {
    const payload = window.head + HEAD
    const next = kernel.search(payload + from, window.fill, limit)
    if (next + HEAD > window.fill) {
      from = Math.max(from, window.fill - payload - HEAD + 1)
      if (await more()) continue
      return atEndOfData()
    }
    const length = next - payload - 1
    if (endsAt(length)) return length
    from = length + 2
    tries++
  }
  return from > longest + 1 ? atEndOfData() : undefined
}
