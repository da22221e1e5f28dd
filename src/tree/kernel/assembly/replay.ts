/*
 * Applies the records of a batch in order and holds the tree digest against the one that each transaction carries
 * (DataTree.compareDigest), also against the one of a fuzzy snapshot when its zxid is reached (compareSnapshotDigests;
 * until then nothing is compared).
 */
import { applyTxn } from './apply'
import { lookAhead } from './ahead'
import { treeDigest } from './rows'

/** What ended the call; ../../kernel/wasm-tree.ts has the same list. */
const DONE: u32 = 0
/** The digest matched before (or was not known) and does not match behind this record. */
const MISMATCH: u32 = 1
/** It matches again. */
const RECOVERED: u32 = 2

const DIGEST_VERSION: u32 = 2
/** Records that are looked up together. */
const AHEAD: u32 = 64

/** Records below are skipped until one is not (FileTxnIterator). */
let start: i64 = 0
let started: bool = false
let matching: bool = true
/** zxid of the snapshot's digest while it is waited for; 0: compare. */
let awaited: i64 = 0
let awaitedDigest: u64 = 0

export let replayStop: u32 = 0
export let lastZxid: i64 = 0
export let lastTime: i64 = 0
/** zxid of the first applied record; 0 for none. */
export let firstZxid: i64 = 0
/** zxid before the last applied one, as the server counts it: the highest so far. */
export let highestBefore: i64 = 0
export let applied: u64 = 0
export let compared: u64 = 0
export let mismatches: u64 = 0
/** Records with a change but no digest. */
export let undigested: u64 = 0
export let expectedDigest: u64 = 0
/** Of a fuzzy snapshot's digest: 0 not reached, 1 right, 2 wrong. */
export let snapshotDigest: u32 = 0

export function openReplay(from: i64, zxid: i64, digest: u64): void {
  start = from
  started = false
  matching = true
  awaited = zxid
  awaitedDigest = digest
  lastZxid = from - 1
  highestBefore = lastZxid
  lastTime = 0
  firstZxid = 0
  applied = compared = mismatches = undigested = 0
  snapshotDigest = 0
}

/** The last mismatch was explained (the tree was put right). */
export function setMatching(): void {
  matching = true
  mismatches--
}

/** Applies the records [row, count) of the table; returns the next one. replayStop tells why it ended. */
export function replay(table: u32, row: u32, count: u32): u32 {
  let ahead = row
  for (let i = row; i < count; i++) {
    if (i >= ahead) {
      ahead = min<u32>(i + AHEAD, count)
      lookAhead(table, i, ahead)
    }
    const payload = load<u32>(table + (i << 3)) + 12
    const end = payload + load<u32>(table + (i << 3), 4)
    const zxid = bswap<i64>(load<i64>(payload, 12))
    if (!started) {
      if (zxid < start) continue
      started = true
      firstZxid = zxid
    }
    const body = applyTxn(payload, end)
    applied++
    highestBefore = lastZxid
    if (zxid > lastZxid) lastZxid = zxid
    lastTime = bswap<i64>(load<i64>(payload, 20))
    if (awaited != 0) {
      if (zxid != awaited) continue
      awaited = 0
      snapshotDigest = treeDigest == awaitedDigest ? 1 : 2
    }
    if (end - body < 12) {
      if (<i32>bswap<u32>(load<u32>(payload, 28)) > 0) undigested++
      continue
    }
    if (bswap<u32>(load<u32>(body)) != DIGEST_VERSION) continue
    compared++
    expectedDigest = bswap<u64>(load<u64>(body, 4))
    if (expectedDigest == treeDigest) {
      if (matching) continue
      matching = true
      return stop(RECOVERED, i + 1)
    }
    mismatches++
    if (!matching) continue
    matching = false
    return stop(MISMATCH, i + 1)
  }
  return stop(DONE, count)
}

function stop(kind: u32, next: u32): u32 {
  replayStop = kind
  return next
}
