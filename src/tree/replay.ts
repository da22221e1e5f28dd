/*
 * Replays records on a tree and proves it: the digest in each transaction (3.6 on) is that of the whole tree behind it.
 *
 * 1. Records below the start are skipped until one is not, as FileTxnIterator does.
 * 2. A fuzzy snapshot with a digest for a later zxid: nothing is compared before that zxid, then its digest is, once.
 * 3. At the first mismatch of a run the known harmless causes are tried (digest.ts); with one of them the tree is put
 *    right and the replay goes on. Causes that only time can prove are pending until the digests match again.
 */
import { decodeTxn } from '../formats/txnlog/decode.ts'
import { pathsOf, textOf } from '../formats/txnlog/filter.ts'
import { type RecordBatch, zxidAt } from '../formats/txnlog/scan.ts'
import { explain, type MismatchCause } from './digest.ts'
import { type Ignored, REPLAY } from './kernel/tree-kernel.ts'
import type { SnapshotDigest } from './load.ts'
import type { Tree } from './tree.ts'

/** Trying the causes out looks at the whole tree; where none fits so often, none will. */
const MAX_FAILURES = 32

/** Where the digests stopped matching. */
export interface Mismatch {
  readonly zxid: bigint
  /** The first that the transaction names. */
  readonly path: string | null
  /** Number of the file and offset of the record. */
  readonly source: number
  readonly offset: number
  /** Signed. */
  readonly expected: bigint
  readonly actual: bigint
  /** Where they matched again; null when they did not. */
  readonly matchesAgainAt: bigint | null
  /** What may be the cause, though it is not proven. */
  readonly suspected: MismatchCause | null
}

export interface ExplainedMismatch {
  readonly cause: MismatchCause
  readonly zxid: bigint
}

export interface ReplayProof {
  /** First and last zxid applied; null when there was none. */
  readonly fromZxid: bigint | null
  readonly toZxid: bigint
  readonly lastTimeMs: bigint | null
  readonly txns: number
  /** Digests compared, and how many of them were wrong. */
  readonly checked: number
  readonly mismatches: number
  /** The first that has no harmless explanation. */
  readonly firstMismatch: Mismatch | null
  readonly explained: readonly ExplainedMismatch[]
  /**
   * Of the snapshot's digest: `stale` when the digests of the transactions behind it are right (a clean-up of dead
   * sessions came between), `empty` when it holds none, `older` when it is about an earlier zxid.
   */
  readonly snapshotDigest: 'right' | 'wrong' | 'stale' | 'waiting' | 'older' | 'empty' | 'none'
  readonly ignored: Ignored
  /** Where a server that looks access lists up (3.8.4, 3.9.2 on) ends: "Failed to fetch acls for". */
  readonly listMissingAt: bigint | null
}

export interface Replay {
  /** Applies records [row, end) of a batch that was read into the tree's memory. */
  apply(batch: RecordBatch, source: number, row?: number, end?: number): void
  proof(): ReplayProof
}

function pathAt({ bytes, table }: RecordBatch, i: number): string | null {
  const payload = table[2 * i]! + 12
  const path = pathsOf(decodeTxn(bytes, payload, payload + table[2 * i + 1]!).body).find((one) => one !== null)
  return path ? textOf(path) : null
}

/** `zxid`: the snapshot's, from its name; `digest`: its section, null when it has none. */
export function startReplay(tree: Tree, zxid: bigint, digest: SnapshotDigest | null): Replay {
  const { kernel } = tree
  const usable = digest !== null && digest.zxid > 0n && digest.zxid >= zxid && digest.version === 2
  const awaited = usable && digest.zxid > zxid ? { zxid: digest.zxid, value: digest.value } : null
  const atOnce = usable && digest.zxid === zxid
  const wrongAtOnce = atOnce && digest.value !== kernel.digest()
  kernel.openReplay({ from: zxid + 1n, awaited })
  const explained: ExplainedMismatch[] = []
  let first: Mismatch | null = null
  /** A mismatch whose cause only a later match can prove. */
  let pending: Mismatch | null = null
  let failures = 0
  let everMatched = atOnce && !wrongAtOnce

  const suspect = (at: bigint, highestBefore: bigint, undigested: number): MismatchCause | null => {
    if (at <= highestBefore) return 'repeated-record'
    if (everMatched) return null
    if (undigested > 0) return 'undigested-history'
    return usable ? null : 'fuzzy-snapshot'
  }

  return {
    apply(batch, source, row = 0, end = batch.count) {
      let next = row
      while (next < end) {
        const compared = kernel.state().compared
        next = kernel.replay(next, end, batch.base, source)
        const state = kernel.state()
        // the digests before the one that ended the call are right, unless a run of wrong ones goes on
        const before = state.compared - compared - (state.stop === REPLAY.done ? 0 : 1)
        if (before > 0 && pending === null) everMatched = true
        if (state.stop === REPLAY.done) continue
        // a tree that grew has moved the memory
        const bytes = kernel.log.bytes()
        const moved = { ...batch, bytes, view: new DataView(bytes.buffer), table: kernel.log.table() }
        const at = zxidAt(moved, next - 1)
        if (state.stop === REPLAY.recovered) {
          everMatched = true
          if (pending?.suspected) explained.push({ cause: pending.suspected, zxid: pending.zxid })
          else if (pending !== null) first ??= { ...pending, matchesAgainAt: at }
          pending = null
          continue
        }
        const actual = kernel.digest()
        const cause = failures < MAX_FAILURES ? explain(kernel, state.expected, state.highestBefore) : undefined
        if (cause !== undefined) {
          kernel.setMatching()
          everMatched = true
          explained.push({ cause, zxid: at })
          continue
        }
        failures++
        pending = {
          zxid: at,
          path: pathAt(moved, next - 1),
          source,
          offset: batch.base + moved.table[2 * (next - 1)]!,
          expected: state.expected,
          actual,
          matchesAgainAt: null,
          suspected: suspect(at, state.highestBefore, state.undigested),
        }
      }
    },
    proof() {
      const state = kernel.state()
      const matched = state.compared > state.mismatches
      return {
        fromZxid: state.firstZxid,
        toZxid: state.lastZxid,
        lastTimeMs: state.applied === 0 ? null : state.lastTimeMs,
        txns: state.applied,
        checked: state.compared,
        mismatches: state.mismatches,
        firstMismatch: first ?? pending,
        explained,
        snapshotDigest: snapshotDigest(matched, state.snapshotDigest),
        ignored: state.ignored,
        listMissingAt: state.listMissingAt,
      }
    },
  }

  function snapshotDigest(matched: boolean, later: 'waiting' | 'right' | 'wrong'): ReplayProof['snapshotDigest'] {
    if (digest === null) return 'none'
    if (digest.zxid <= 0n) return 'empty'
    if (digest.zxid < zxid) return 'older'
    const found = atOnce ? (wrongAtOnce ? 'wrong' : 'right') : later
    return found === 'wrong' && matched && first === null && pending === null ? 'stale' : found
  }
}
