/*
 * What can be unpacked of a damaged snappy stream (layout: snappy.ts). Blocks stand for themselves, so behind a damaged
 * one the stream goes on: where its length leads, when a block is there, else at the next bytes that are a block and are
 * followed by another one or the end, or unpack to what servers put into one.
 */
import { FormatError } from '../errors.ts'
import { decodeSnappyBlock, SNAPPY_MAGIC } from './snappy.ts'

/** Bytes of the packed input that cannot be unpacked. */
export interface PackedLoss {
  readonly from: number
  readonly to: number
}

export type SalvagedPiece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** What came between the pieces around it is missing. */
  | ({ readonly kind: 'lost' } & PackedLoss)

const HEADER_BYTES = 16
/** SnappyOutputStream's; only the last block is smaller. */
const BLOCK_BYTES = 32 << 10
/** Larger blocks are not believed. */
const MOST_BLOCK = 1 << 20
/** As far as is looked ahead. */
const AHEAD = 2 * (MOST_BLOCK + 4)

export interface SnappySalvage {
  push(piece: Uint8Array): Generator<SalvagedPiece>
  end(): Generator<SalvagedPiece>
}

/** `begins`: what the content begins with; when it is there, nothing is missing before. */
export function snappySalvage(begins: Uint8Array): SnappySalvage {
  let pending: Uint8Array = new Uint8Array()
  /** Of the first pending byte, in the input. */
  let offset = 0
  let lostFrom: number | undefined
  let ended = false
  let begun = false

  const lengthAt = (at: number): number | undefined => {
    if (at + 4 > pending.length) return undefined
    const length = new DataView(pending.buffer, pending.byteOffset + at).getUint32(0)
    return length > 0 && length <= MOST_BLOCK && at + 4 + length <= pending.length ? length : undefined
  }
  const blockAt = (at: number): Uint8Array | undefined => {
    const length = lengthAt(at)
    if (length === undefined) return undefined
    try {
      return decodeSnappyBlock(pending.subarray(at + 4, at + 4 + length))
    } catch (error) {
      if (error instanceof FormatError) return undefined
      throw error
    }
  }
  const isHeader = (at: number) => SNAPPY_MAGIC.every((byte, i) => pending[at + i] === byte)
  const isInput = (at: number) => (ended && at === pending.length) || isHeader(at) || blockAt(at) !== undefined
  const isWholeHeader = () => isHeader(0) && pending.length >= HEADER_BYTES && isInput(HEADER_BYTES)
  /** Where a block begins behind the damaged one at the front. */
  const nextBlock = (): number => {
    const length = lengthAt(0)
    if (length !== undefined && isInput(4 + length)) return 4 + length
    for (let at = 1; at + 4 < pending.length; at++) {
      if (pending[at] !== 0) continue
      const block = blockAt(at)
      if (block !== undefined && (block.length === BLOCK_BYTES || isInput(at + 4 + lengthAt(at)!))) return at
    }
    return pending.length - (ended ? 0 : Math.min(pending.length, 3))
  }
  const drop = (count: number): void => {
    pending = pending.subarray(count)
    offset += count
  }
  function* work(): Generator<SalvagedPiece> {
    while (pending.length > 0 && (ended || pending.length >= AHEAD)) {
      const intact = isWholeHeader() ? null : blockAt(0)
      if (intact === undefined) {
        lostFrom ??= offset
        drop(Math.max(1, nextBlock()))
        continue
      }
      if (lostFrom !== undefined) {
        // with the header nothing of the content is gone
        const isBegin = !begun && intact !== null && begins.every((byte, i) => intact[i] === byte)
        if (!isBegin) yield { kind: 'lost', from: lostFrom, to: offset }
        lostFrom = undefined
      }
      if (intact === null) drop(HEADER_BYTES)
      else {
        const length = lengthAt(0)!
        drop(4 + length)
        begun = true
        yield { kind: 'bytes', bytes: intact }
      }
    }
  }
  return {
    *push(piece) {
      pending = Buffer.concat([pending, piece])
      yield* work()
    },
    *end() {
      ended = true
      yield* work()
      if (lostFrom !== undefined) yield { kind: 'lost', from: lostFrom, to: offset }
    },
  }
}
