/*
 * Whether a server loads a snapshot, and why not; of the newest line with default settings unless `reads` says otherwise.
 * In its order:
 *
 * 1. SnapStream.isValidSnapshot, by the last part of the name: gz and snappy by their first bytes, anything else by its
 *    last five, which must be 00 00 00 01 2F. What fails is skipped without a word.
 * 2. FileSnap.deserialize. An IOException sends the server to the next older snapshot; anything else stops its start.
 * 3. The digest and last-zxid blocks are read by the server's own settings: only an end of the input means that a block
 *    is absent, and an input that ends inside a block is such an end.
 */
import { adler32 } from '../checksum/adler32.ts'
import type { SnapshotEnd } from './scan.ts'

export type SnapshotForm = 'none' | 'gzip' | 'snappy'

/**
 * How the input ended: as it should or too early (both are an end for a server), in what cannot be unpacked, or in what
 * snappy-java takes for an error of the machine.
 */
export type InputEnd = 'eof' | 'broken' | 'fatal'

/** What of the end of a snapshot a server reads. */
export interface ReadBlocks {
  /** From 3.6 on, unless digests are off. */
  readonly digest: boolean
  /** From 3.9 on. */
  readonly lastZxid: boolean
  /** The text behind a checksum: from 3.6 on. */
  readonly sealText: boolean
}

const ALL_BLOCKS: ReadBlocks = { digest: true, lastZxid: true, sealText: true }

export interface ServerFacts {
  readonly end: SnapshotEnd
  readonly inputEnd: InputEnd
  /** What the file is, and what its name says that it is; null for a name that is no snapshot's. */
  readonly form: SnapshotForm
  readonly namedForm: SnapshotForm | null
  /** The longest string that it takes. */
  readonly limit: number
  readonly overLimit: number
  readonly orphans: number
  /** A limit for the whole tree in /zookeeper/quota: an exception in PathTrie.addPath. */
  readonly rootQuota: boolean
  readonly reads?: ReadBlocks
}

export interface ServerVerdict {
  readonly accepts: boolean
  /** Null when it does: skips the file silently, fails on it and tries the next older one, or does not start. */
  readonly how: 'skips' | 'fails' | 'refuses' | null
  readonly why: string | null
  /** What its log says when it does not start. */
  readonly exception: string | null
}

const ACCEPTS: ServerVerdict = { accepts: true, how: null, why: null, exception: null }
const TAIL = [0, 0, 0, 1, 0x2f]
const LEAST_BYTES = 10

export function serverVerdict(facts: ServerFacts): ServerVerdict {
  const { end, form, namedForm, limit } = facts
  const skips = (why: string): ServerVerdict => ({ accepts: false, how: 'skips', why, exception: null })
  const fails = (why: string): ServerVerdict => ({ accepts: false, how: 'fails', why, exception: null })
  const refuses = (why: string, exception: string): ServerVerdict => ({
    accepts: false,
    how: 'refuses',
    why,
    exception: `java.lang.${exception}`,
  })

  if (namedForm !== null && namedForm !== form) return skips('the name promises another compression')
  if (form === 'none' && (end.bytes < LEAST_BYTES || TAIL.some((byte, i) => end.lastBytes[i] !== byte))) {
    return skips('it does not end in 00 00 00 01 2F')
  }
  const { problem, longAcl, nullAcl } = end
  if (longAcl !== null && (nullAcl === null || longAcl.offset < nullAcl.offset)) return fails(LENGTH)
  if (nullAcl !== null) return refuses(NULL_ACL, MISSING_ACLS)
  // noticed when the whole table is read
  if (end.nullAclText !== null && problem?.section !== 'acls') return refuses(NULL_ACL, NULL_POINTER)
  if (problem !== null) {
    if (problem.kind === 'null-path') return refuses('a path is null', NULL_POINTER)
    if (problem.kind === 'truncated' && facts.inputEnd === 'fatal') return refuses(FATAL, SNAPPY_ERROR)
    if (problem.kind === 'magic') return fails('mismatching magic headers')
    return fails(problem.kind === 'length' ? LENGTH : 'it ends too early')
  }
  if (facts.overLimit > 0) return fails(LENGTH)
  if (facts.orphans > 0) return fails('Invalid Datatree, unable to find parent')
  if (facts.rootQuota) return refuses('there is a quota on the root', 'IllegalArgumentException: Invalid path')
  const why = trailerFailure(end.after!, facts.inputEnd, limit, facts.reads ?? ALL_BLOCKS)
  if (why === undefined) return ACCEPTS
  if (why === NUMBER) return refuses(why, 'NumberFormatException')
  return why === FATAL ? refuses(why, SNAPPY_ERROR) : fails(why)
}

const NULL_POINTER = 'NullPointerException'
const MISSING_ACLS = 'RuntimeException: Incorrent format of InputArchive when deserialize DataTree - missing acls'
const SNAPPY_ERROR = 'NegativeArraySizeException'
const NULL_ACL = 'an access list, or a scheme or id in one, is null'
const LENGTH = 'Unreasonable length'
const BROKEN = 'it cannot be unpacked to its end'
const CORRUPTION = 'CRC corruption'
const FATAL = 'a snappy block has an impossible length'
const NUMBER = 'a digest of an old version is no number'

/** What a server trips over behind the nodes. */
function trailerFailure(
  { bytes, adler, more }: NonNullable<SnapshotEnd['after']>,
  inputEnd: InputEnd,
  limit: number,
  reads: ReadBlocks,
): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const end = more ? 'broken' : inputEnd
  const tooEarly = end === 'fatal' ? FATAL : 'it ends too early'
  /** Where `count` bytes begin; how the input ends otherwise. */
  const take = (count: number): number | InputEnd => {
    if (bytes.length - at < count) return end
    at += count
    return at - count
  }
  const text = (): string | null | InputEnd | 'length' => {
    const lengthAt = take(4)
    if (typeof lengthAt === 'string') return lengthAt
    const length = view.getInt32(lengthAt)
    if (length === -1) return null
    if (length < 0 || length > limit) return 'length'
    const from = take(length)
    return typeof from === 'string' ? from : ` ${Buffer.from(bytes.subarray(from, from + length)).toString('latin1')}`
  }
  const seal = (): string | undefined => {
    const checksum = BigInt(adler32(bytes, adler, 0, at))
    const valueAt = take(8)
    if (typeof valueAt === 'string') return tooEarly
    const path = reads.sealText ? text() : null
    if (path === 'length') return LENGTH
    if (isEnd(path)) return tooEarly
    return view.getBigUint64(valueAt) === checksum ? undefined : CORRUPTION
  }
  /** True when there is a digest, false when not; else why not. */
  const digest = (): boolean | string => {
    const absent = end === 'eof' ? false : end === 'fatal' ? FATAL : BROKEN
    if (typeof take(8) === 'string') return absent
    const versionAt = take(4)
    if (typeof versionAt === 'string') return absent
    if (view.getInt32(versionAt) >= 2) return typeof take(8) === 'string' ? absent : true
    const value = text()
    if (value === 'length') return LENGTH
    if (isEnd(value)) return absent
    return value === null || isJavaHexLong(value.slice(1)) ? true : NUMBER
  }
  const first = seal()
  if (first !== undefined) return first
  if (reads.digest) {
    const hasDigest = digest()
    if (typeof hasDigest === 'string') return hasDigest
    // an input that ends inside the digest is at its end now
    if (!hasDigest) return undefined
    const second = seal()
    if (second !== undefined) return second
  }
  if (!reads.lastZxid) return undefined
  if (typeof take(8) === 'string') return end === 'eof' ? undefined : end === 'fatal' ? FATAL : BROKEN
  return seal()
}

function isEnd(read: unknown): read is InputEnd {
  return read === 'eof' || read === 'broken' || read === 'fatal'
}

/** What Long.parseLong(text, 16) takes. */
function isJavaHexLong(text: string): boolean {
  if (!/^[+-]?[0-9a-f]+$/i.test(text)) return false
  const value = BigInt(`0x${text.replace(/^[+-]/, '')}`) * (text.startsWith('-') ? -1n : 1n)
  return value === BigInt.asIntN(64, value)
}
