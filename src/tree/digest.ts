/*
 * Why a tree digest differs from the one in a transaction, when the tree is right all the same (the cases that are known;
 * each is tried out, none is assumed):
 *
 * 1. charset: `path.getBytes()` uses the JVM's default charset; under a C or Latin-1 locale (Java up to 17) characters
 *    that it lacks are hashed as "?". With that charset the digest is the expected one.
 * 2. dead-sessions: a leader or standalone server deletes at its start, without a transaction, the ephemerals of sessions
 *    that are in no session table (ZooKeeperServer.loadData). Without them the digest is the expected one.
 * 3. lost-ttl: the same start without `extendedTypesEnabled` takes TTL nodes for ephemerals of dead sessions.
 * 4. repeated-record: a record whose zxid is not above all before it (a backup copy of a log in the directory) is applied
 *    again by servers, which can move the tree back.
 * 5. fuzzy-snapshot: the snapshot tells no digest (3.5, digests off, after a SNAP sync), so the comparison starts while
 *    the tree is ahead of the log; it must match again later.
 * 6. undigested-history: what was applied before the first digest carried none (an upgrade from 3.5, digests off).
 */
import { CHARSET, type Charset, type TreeKernel } from './kernel/tree-kernel.ts'

export type MismatchCause =
  | 'charset'
  | 'dead-sessions'
  | 'lost-ttl'
  | 'repeated-record'
  | 'fuzzy-snapshot'
  | 'undigested-history'

/** The digest of a fresh tree of every release. */
export const FRESH_DIGEST = 1_371_985_504n

/**
 * Tries 1 to 3 for a tree that should have the digest `expected` (signed); when one fits the tree is put right.
 * `before`: the zxid before the transaction that carries it.
 */
export function explain(kernel: TreeKernel, expected: bigint, before: bigint): MismatchCause | undefined {
  if (adoptCharset(kernel, expected)) return 'charset'
  const wanted = BigInt.asUintN(64, expected)
  const dead = [...kernel.deadEphemerals().values()].flat()
  const ttls = kernel.counts().ttls === 0 ? [] : [...kernel.rows()].filter((row) => isTtl(kernel.ownerOf(row)))
  const cleanups: readonly (readonly [MismatchCause, readonly number[]])[] = [
    ['dead-sessions', dead],
    ['lost-ttl', [...dead, ...ttls]],
  ]
  for (const [cause, rows] of cleanups) {
    if (rows.length === 0) continue
    if (BigInt.asUintN(64, kernel.digest() + change(kernel, rows, before)) !== wanted) continue
    for (const row of rows) kernel.deleteRow(row, before)
    return cause
  }
  return undefined
}

/** Goes on with the charset whose digest is `expected`, if there is one. */
export function adoptCharset(kernel: TreeKernel, expected: bigint): boolean {
  if (kernel.counts().notAscii === 0) return false
  const others = (Object.keys(CHARSET) as Charset[]).filter((charset) => charset !== kernel.charset())
  const fitting = others.find((charset) => kernel.digestIn(charset, false) === expected)
  if (fitting === undefined) return false
  kernel.digestIn(fitting, true)
  return true
}

/** The owner of a TTL node: feature 0 of the extended types. */
function isTtl(owner: bigint): boolean {
  return BigInt.asUintN(64, owner) >> 40n === 0xff0000n
}

/** What the sum of digests changes by when these rows are deleted as of `zxid`. */
function change(kernel: TreeKernel, rows: readonly number[], zxid: bigint): bigint {
  let sum = 0n
  const parents = new Set<number>()
  for (const row of rows) {
    sum -= BigInt(kernel.digestOf(row))
    parents.add(kernel.parentOf(row))
  }
  for (const parent of parents) {
    if (parent === 0 || kernel.stat(parent).pzxid >= zxid) continue
    sum += BigInt(kernel.digestWithPzxid(parent, zxid)) - BigInt(kernel.digestOf(parent))
  }
  return sum
}
