/*
 * What follows the nodes (FileSnap.serialize):
 *
 *   trailer => seal [digest seal] [lastZxid:long seal]
 *     seal   => adler:long end:ustring("/")       13 bytes; Adler-32 of everything before it, earlier seals included
 *     digest => zxid:long version:int value:long  20 bytes; 3.6+, unless zookeeper.digest.enabled=false
 *   lastZxid:                                     3.9+, unless zookeeper.serializeLastProcessedZxid.enabled=false
 *
 * Nothing says which of the blocks are there, and servers go by their own settings. Here the seals say it.
 */
import { adler32 } from '../checksum/adler32.ts'

export const SEAL_BYTES = 13
export const DIGEST_BYTES = 20
const LAST_ZXID_BYTES = 8
/** All of it, in its longest form. */
export const TRAILER_BYTES = 3 * SEAL_BYTES + DIGEST_BYTES + LAST_ZXID_BYTES

export interface DigestBlock {
  readonly zxid: bigint
  readonly version: number
  readonly value: bigint
}

export interface Seal {
  /** From where the trailer begins. */
  readonly at: number
  /** All 64 bits. */
  readonly stored: bigint
  readonly computed: number
  /** Whether "/" follows. */
  readonly ended: boolean
}

export interface Trailer {
  readonly seals: readonly Seal[]
  /** Null when there is no such block, or it is cut off. */
  readonly digest: DigestBlock | null
  readonly lastZxid: bigint | null
  /** Bytes that are part of it. */
  readonly bytes: number
  /** The input ends inside it. */
  readonly cut: boolean
}

/** `bytes`: what follows the nodes; `adler`: of everything before. */
export function readTrailer(bytes: Uint8Array, adler: number): Trailer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sealAt = (at: number): Seal | undefined => {
    if (bytes.length < at + SEAL_BYTES) return undefined
    const computed = adler32(bytes, adler, 0, at)
    const ended = view.getInt32(at + 8) === 1 && bytes[at + 12] === 0x2f
    return { at, stored: view.getBigUint64(at), computed, ended }
  }
  const first = sealAt(0)
  if (first === undefined) return { seals: [], digest: null, lastZxid: null, bytes: bytes.length, cut: true }
  const seals = [first]
  let at = SEAL_BYTES
  let digest: DigestBlock | null = null
  let lastZxid: bigint | null = null
  let cut = false

  const afterDigest = sealAt(at + DIGEST_BYTES)
  const onlyLast = sealAt(at + LAST_ZXID_BYTES)
  const left = bytes.length - at
  if (afterDigest !== undefined && (fits(afterDigest) || !fits(onlyLast))) {
    digest = { zxid: view.getBigInt64(at), version: view.getInt32(at + 8), value: view.getBigUint64(at + 12) }
    seals.push(afterDigest)
    at += DIGEST_BYTES + SEAL_BYTES
  } else if (fits(onlyLast) || left === LAST_ZXID_BYTES + SEAL_BYTES) {
    lastZxid = view.getBigInt64(at)
    seals.push(onlyLast!)
    at += LAST_ZXID_BYTES + SEAL_BYTES
  } else if (left > 0) cut = true
  if (digest !== null) {
    const last = sealAt(at + LAST_ZXID_BYTES)
    if (last !== undefined) {
      lastZxid = view.getBigInt64(at)
      seals.push(last)
      at += LAST_ZXID_BYTES + SEAL_BYTES
    } else if (bytes.length > at) cut = true
  }
  return { seals, digest, lastZxid, bytes: cut ? bytes.length : at, cut }
}

/** Whether a seal is what it should be. */
export function fits(seal: Seal | undefined): boolean {
  return seal?.ended === true && seal.stored === BigInt(seal.computed)
}
