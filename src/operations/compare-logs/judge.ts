import type { TxnForm } from '../../formats/txnlog/same-txn.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { DifferentTxn, Ledger, OnlyRun } from './ledger.ts'
import type { Side } from './side.ts'

/** Findings of one kind; the runs themselves are all listed. */
const MOST_PER_KIND = 20

/** All that there is to say about a comparison. */
export function judge(a: Side, b: Side, ledger: Ledger): Finding[] {
  const { firstDifferent, different, common } = ledger
  const runs = new Map<string, number>()
  return [
    ...a.findings,
    ...b.findings,
    ...(firstDifferent === null ? [] : [differentFinding(firstDifferent, different!.records)]),
    ...ledger.only.flatMap((run) => {
      const seen = runs.get(run.kind) ?? 0
      runs.set(run.kind, seen + 1)
      return seen < MOST_PER_KIND ? [runFinding(run, run.where === a.where ? b : a)] : []
    }),
    ...commonGaps(a, b),
    ...(common === null && a.records > 0 && b.records > 0 ? [nothingCommon(a, b)] : []),
    ...Object.entries(ledger.forms).map(([form, { fromZxid, toZxid, records }]) => ({
      code: `diff.form-${form}`,
      severity: 'info' as const,
      message: `${FORMS[form as TxnForm]}: ${records} between ${hex64(fromZxid)} and ${hex64(toZxid)}; they are the same transactions`,
      zxid: fromZxid,
      evidence: { records, fromZxid, toZxid },
    })),
  ]
}

const FORMS: Readonly<Record<TxnForm, string>> = {
  digest: 'transactions carry a digest on one side only, or digests of two versions',
  'failed-multi': 'failed multis are stored in two forms',
  'close-session': 'closeSessions list their paths on one side only',
  trailing: 'bytes behind transactions differ',
}

function differentFinding({ zxid, path, field, how, a, b }: DifferentTxn, records: number): Finding {
  const digest = field === 'digest'
  const more = records > 1 ? `; ${records} zxids differ in all` : ''
  return {
    code: digest ? 'diff.digest-differs' : 'diff.different-txn',
    severity: 'error',
    message: digest
      ? `the same transaction carries two digests (${how}): the trees differed before it${more}`
      : `the zxid holds two different transactions (${how})${more}: two histories`,
    file: a.file,
    offset: a.offset,
    zxid,
    ...(path === null ? {} : { path }),
    evidence: { field, records, otherFile: b.file, otherOffset: b.offset },
    remedy:
      'Find out which history the other members and the clients have; save the difference, then wipe the other side and let it resync.',
  }
}

function runFinding(run: OnlyRun, other: Side): Finding {
  const { where, kind, fromZxid, toZxid, records, at } = run
  const what = `${records} records from ${hex64(fromZxid)} to ${hex64(toZxid)} are in ${where} only`
  return {
    code: `diff.${kind}`,
    severity: kind === 'hole' ? 'error' : kind === 'branch' ? 'warning' : 'info',
    message: `${what}: ${MEANINGS[kind](run, other)}`,
    file: at.file,
    offset: at.offset,
    zxid: fromZxid,
    ...(run.path === null ? {} : { path: run.path }),
    evidence: { records, after: run.after, before: run.before },
    ...(REMEDIES[kind] === undefined ? {} : { remedy: REMEDIES[kind] }),
  }
}

const MEANINGS: Readonly<Record<OnlyRun['kind'], (run: OnlyRun, other: Side) => string>> = {
  before: (_run, { where, firstZxid }) =>
    `the logs of ${where} ${firstZxid === null ? 'hold no records' : `begin at ${hex64(firstZxid)}`}`,
  behind: ({ after }, { where }) => `the logs of ${where} end at ${hex64(after!)}`,
  'snapshot-sync': ({ after, before }, other) =>
    `${other.where} got snapshot.${other.syncSnapshot(after!, before!)!.toString(16)} in their place, as in a SNAP sync`,
  branch: ({ fromZxid, after, before }, { where }) =>
    `${where} goes on from ${hex64(after!)} to ${hex64(before!)} of epoch ${epochOf(before!)} without them: the uncommitted tail of epoch ${epochOf(fromZxid)}, unless a third member has them`,
  hole: ({ after, before }, { where, hasSnapshots }) =>
    `${where} goes on from ${hex64(after!)} to ${hex64(before!)} without them: a hole${hasSnapshots ? '' : ', unless it got a snapshot there: none lies beside its logs'}`,
}

const REMEDIES: Readonly<Partial<Record<OnlyRun['kind'], string>>> = {
  branch:
    'None if no third member has them: the member drops them when it rejoins (TRUNC). If one has, they were committed, and the other side has lost them.',
  hole: 'A member of a healthy ensemble: wipe it and let it resync. Otherwise fill it with zkops log patch.',
}

function epochOf(zxid: bigint): bigint {
  return BigInt.asUintN(64, zxid) >> 32n
}

function commonGaps(a: Side, b: Side): Finding[] {
  const theirs = new Set(b.gaps.map(({ after, before }) => `${after} ${before}`))
  return a.gaps
    .filter(({ after, before, expectedNormal }) => !expectedNormal && theirs.has(`${after} ${before}`))
    .slice(0, MOST_PER_KIND)
    .map(({ after, before }) => ({
      code: 'diff.common-gap',
      severity: 'warning',
      message: `neither side has transactions between ${hex64(after)} and ${hex64(before)}`,
      zxid: after,
      evidence: { after, before },
      remedy: 'Compare with a third member or a backup, unless both got a snapshot there.',
    }))
}

function nothingCommon(a: Side, b: Side): Finding {
  const range = ({ where, firstZxid, lastZxid }: Side) => `${where} ${hex64(firstZxid!)} to ${hex64(lastZxid!)}`
  return {
    code: 'diff.nothing-common',
    severity: 'warning',
    message: `no zxid is on both sides (${range(a)}; ${range(b)}), so nothing was compared`,
    remedy: 'Compare snapshots, or take older logs from a backup.',
  }
}
