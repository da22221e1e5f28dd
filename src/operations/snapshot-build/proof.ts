/*
 * What replaying proved, and what stands against calling the result the tree of that moment.
 */
import type { Loss, Refusal } from '../../support/change.ts'
import { LOSES_NOTHING } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { ExplainedMismatch } from '../../tree/replay.ts'
import { type Restored, type RestorePoint, reachOf } from '../restore.ts'
import { HOLES } from '../zxid-findings.ts'

export interface BuildProof {
  /**
   * proved: every digest on the way is that of the tree. partly: all that there are, but transactions that change
   * something carry none. unproved: no digests (3.4, 3.5, digests switched off). differs: one does not fit.
   */
  readonly verdict: 'proved' | 'partly' | 'unproved' | 'differs'
  /** First and last transaction that was replayed; null without any. */
  readonly fromZxid: bigint | null
  readonly toZxid: bigint
  readonly txns: number
  /** Digests compared. */
  readonly checked: number
  readonly firstMismatch: {
    readonly zxid: bigint
    readonly path: string | null
    readonly file: string
    readonly offset: number
    readonly expected: bigint
    readonly actual: bigint
  } | null
  /** Digests that differ for a known harmless cause. */
  readonly explained: readonly ExplainedMismatch[]
  readonly text: string
}

export function proofOf({ tree, snapshot, proof, sources }: Restored, zxid: bigint): BuildProof {
  const { fromZxid, txns, checked, explained } = proof
  const { undigested } = tree.kernel.state()
  const mismatch = proof.firstMismatch
  const ownDigest = snapshot?.digest?.zxid === zxid && snapshot.digest.value === tree.digest()
  const verdict =
    mismatch !== null
      ? 'differs'
      : checked > 0
        ? undigested > 0
          ? 'partly'
          : 'proved'
        : ownDigest
          ? 'proved'
          : 'unproved'
  const parts = { verdict, fromZxid, toZxid: zxid, txns, checked, explained } as const
  const firstMismatch =
    mismatch === null
      ? null
      : {
          zxid: mismatch.zxid,
          path: mismatch.path,
          file: sources[mismatch.source]!,
          offset: mismatch.offset,
          expected: BigInt.asUintN(64, mismatch.expected),
          actual: BigInt.asUintN(64, mismatch.actual),
        }
  return { ...parts, firstMismatch, text: textOf({ ...parts, firstMismatch }, undigested) }
}

function textOf(proof: Omit<BuildProof, 'text'>, undigested: number): string {
  const { verdict, fromZxid, toZxid, txns, checked, firstMismatch, explained } = proof
  if (fromZxid === null || (verdict === 'proved' && checked === 0)) {
    return verdict === 'proved'
      ? `verified at ${hex64(toZxid)}: the snapshot's own digest is met`
      : `nothing was replayed and the snapshot has no digest for ${hex64(toZxid)}: it cannot be proved`
  }
  const range = `from ${hex64(fromZxid)} to ${hex64(toZxid)}, ${count(txns)} ${txns === 1 ? 'transaction' : 'transactions'}`
  if (firstMismatch !== null) {
    const where = firstMismatch.path === null ? '' : ` on ${firstMismatch.path}`
    return `replayed ${range}; the first digest that differs is that of ${hex64(firstMismatch.zxid)}${where}`
  }
  if (verdict === 'unproved') return `replayed ${range}; they carry no digests: it cannot be proved`
  if (verdict === 'partly') {
    return `replayed ${range}, all ${count(checked)} digests equal; ${count(undigested)} that change something carry none: it cannot be proved as a whole`
  }
  // while a fuzzy snapshot is ahead nothing can be compared; the first digest behind that proves all before it
  const compared = checked === txns ? '' : ` (${count(checked)} compared)`
  const causes = [...new Set(explained.map(({ cause }) => cause))].join(', ')
  return `verified ${range}, every digest equal${compared}${causes === '' ? '' : ` but for what is known to be harmless: ${causes}`}`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** Something that the result would lack or get wrong. */
export interface Doubt extends Refusal {
  /** What is missing with it; null when it is not known. */
  readonly missing: { readonly after: bigint; readonly before: bigint } | null
}

export interface Asked {
  readonly until: RestorePoint
  /** The last one that is in the tree. */
  readonly zxid: bigint
  /** Of the servers, when it was said. */
  readonly line: string | undefined
}

/** Why the tree may not be that of the moment; empty when nothing stands against it. */
export function doubtsOf(restored: Restored, { until, zxid, line }: Asked): readonly Doubt[] {
  const { snapshot, proof, findings, stopped, nextZxid } = restored
  const start = snapshot?.zxid ?? 0n
  const doubts: Doubt[] = []
  const doubt = (
    code: string,
    why: string,
    counterexample: Refusal['counterexample'],
    missing: Doubt['missing'] = null,
  ) => void doubts.push({ code, why, counterexample, missing })
  const hole = (after: bigint, before: bigint) =>
    doubt(
      'refused.hole',
      `transactions between ${hex64(after)} and ${hex64(before)} are missing`,
      { after, before },
      { after, before },
    )

  if (proof.fromZxid !== null && !follows(start, proof.fromZxid)) hole(start, proof.fromZxid)
  for (const finding of findings) {
    if (finding.severity !== 'error') continue
    const previous = finding.evidence?.previous
    const isHole = HOLES.has(finding.code) && typeof previous === 'bigint' && finding.zxid !== undefined
    if (isHole) {
      if (finding.zxid! > start) hole(previous, finding.zxid!)
    } else doubt('refused.damaged', `the logs cannot be read up to the moment: ${finding.message}`, placeOf(finding))
  }
  // what lies between the last one and the moment must be there, too
  if (nextZxid !== null && until.zxid !== zxid && !follows(zxid, nextZxid)) hole(zxid, nextZxid)
  if (!stopped && until.zxid !== undefined && until.zxid > zxid) {
    doubt('refused.not-reached', `the logs end with ${hex64(zxid)}, before ${hex64(until.zxid)}`, { lastZxid: zxid })
  }
  if (snapshot === null && proof.checked === 0 && line === undefined) {
    const why =
      'there is no snapshot below the moment, and without digests nothing tells with which znodes the servers began: name their line with --zookeeper'
    doubt('refused.no-snapshot', why, null)
  }
  const reach = snapshot === null ? 0n : reachOf(snapshot)
  if (reach > zxid) {
    const why = `${snapshot!.file} was written while transactions went on: it holds effects up to ${hex64(reach)}, and the logs end with ${hex64(zxid)}`
    doubt('refused.fuzzy', why, { file: snapshot!.file, zxid: reach })
  }
  const mismatch = proof.firstMismatch
  if (mismatch !== null) {
    const where = mismatch.path === null ? '' : ` on ${mismatch.path}`
    doubt(
      'refused.digest',
      `the tree is not what the servers had: the first digest that differs is that of ${hex64(mismatch.zxid)}${where}`,
      {
        zxid: mismatch.zxid,
        path: mismatch.path,
        file: restored.sources[mismatch.source]!,
        offset: mismatch.offset,
      },
    )
  }
  return doubts
}

/** The next one of the epoch, or the first of a later one. */
function follows(zxid: bigint, next: bigint): boolean {
  return next <= zxid + 1n || (next >> 32n > zxid >> 32n && (next & 0xffffffffn) === 1n)
}

function placeOf({ code, file, offset }: Finding): Refusal['counterexample'] {
  return { finding: code, file: file ?? null, offset: offset ?? null }
}

/** The transactions that are known to be missing. */
export function missingTxns(doubts: readonly Doubt[]): Loss {
  const holes = doubts.flatMap(({ missing }) => missing ?? [])
  if (holes.length === 0) return LOSES_NOTHING
  // how many an epoch had is not known: the transactions of the later one are counted
  const txns = holes.reduce((sum, { after, before }) => {
    const first = after >> 32n === before >> 32n ? after : (before >> 32n) << 32n
    return sum + Number(before - first) - 1
  }, 0)
  return { ...LOSES_NOTHING, txns, firstZxid: holes[0]!.after + 1n, lastZxid: holes.at(-1)!.before - 1n }
}
