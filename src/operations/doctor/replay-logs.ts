/*
 * The replay of a starting server (FileTxnSnapLog.fastForwardFromEdits), by the rules of its release:
 *
 * 1. The logs named at or above the next zxid are read, and the one named next below; order goes by name.
 * 2. A log ends at the end of its file, at an incomplete record, a length of 0 or a wrong end mark, and the next one
 *    follows without a word. A checksum, a length, a type, a magic number that cannot be end the start.
 * 3. Records below the next zxid are skipped until one is not; from then on everything is applied, lower zxids again.
 * 4. From 3.9.4 on a jump inside an epoch ends the start, but for the first record that is replayed.
 *
 * Nothing is put right on the way: a mismatch of digests is only told.
 */
import { openSource } from '../../datadir/byte-source.ts'
import { logsFrom } from '../../datadir/snapshot-files.ts'
import { FIELD, type LogEnd, type RecordBatch, scanLog, zxidAt } from '../../formats/txnlog/scan.ts'
import { endFindings, type Tail, tailOf } from '../../formats/txnlog/tail.ts'
import type { Finding } from '../../support/finding.ts'
import { REPLAY } from '../../tree/kernel/tree-kernel.ts'
import type { SnapshotDigest } from '../../tree/load.ts'
import type { Tree } from '../../tree/tree.ts'
import type { JudgeOptions, Leak } from './judge-snapshot.ts'
import { leakedReplay } from './leaked-replay.ts'
import type { NamedLog } from './listing.ts'
import { aclRefusal, endRefusal, magicRefusal, type Refusal, unopened } from './log-refusals.ts'
import { pathRefusal } from './path-refusal.ts'
import { type Hole, zxidCheck } from './zxid-check.ts'

/** A log that was opened. */
export interface ReadLog {
  readonly log: NamedLog
  readonly end: LogEnd
  readonly tail: Tail
  readonly records: number
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  readonly findings: readonly Finding[]
}

export interface Replayed {
  readonly logs: readonly ReadLog[]
  readonly refusal: Refusal | null
  readonly holes: readonly Hole[]
  readonly holesOmitted: number
  /** The highest zxid reached. */
  readonly lastZxid: bigint
  readonly applied: number
  /** Records whose zxid is not above all before. */
  readonly repeated: number
  readonly digests: {
    readonly compared: number
    readonly mismatches: number
    /** `header`: of the transaction, as servers write it. */
    readonly firstMismatch: { readonly zxid: bigint; readonly header: string } | null
  }
  readonly snapshotDigest: 'right' | 'wrong' | null
}

export interface ReplayFrom {
  /** Of the snapshot's name; 0 for none. */
  readonly zxid: bigint
  readonly digest: SnapshotDigest | null
  readonly leak: Leak
}

export async function replayLogs(
  tree: Tree,
  all: readonly NamedLog[],
  from: ReplayFrom,
  options: JudgeOptions,
): Promise<Replayed> {
  const { settings, signal, progress } = options
  const { kernel } = tree
  const logs = logsFrom(all, from.zxid + 1n) as readonly NamedLog[]
  const { digest } = from
  const usable = settings.digests && digest !== null && digest.zxid > 0n && digest.version === 2
  const awaited = usable && digest.zxid > from.zxid ? { zxid: digest.zxid, value: digest.value } : null
  const atOnce = usable && digest.zxid === from.zxid ? digest.value === kernel.digest() : null
  kernel.openReplay({ from: from.zxid + 1n, awaited })
  const apply = leakedReplay(tree, from.leak)
  const order = zxidCheck(from.zxid, settings)
  const read: ReadLog[] = []
  let firstMismatch: Replayed['digests']['firstMismatch'] = null
  let refusal: Refusal | null = null
  let started = false

  for (const [i, log] of logs.entries()) {
    let source: Awaited<ReturnType<typeof openSource>>
    try {
      source = await openSource(log.file, signal)
    } catch (error) {
      refusal = unopened(error, log)
      break
    }
    let records = 0
    let firstZxid: bigint | null = null
    let lastZxid: bigint | null = null
    try {
      // a server does not unpack logs
      if (source.compression !== 'none') {
        refusal = magicRefusal(log, source.compression === 'gzip' ? 0x1f8b0800 : -2108862911)
        break
      }
      progress.start(log.file, source.sizeBytes, 'bytes')
      let done = 0
      const batches = scanLog(
        kernel.log,
        async (into) => {
          const count = await source.read(into)
          progress.update((done += count))
          return count
        },
        { limit: settings.limit, passCloseSession: !settings.closeLists },
      )
      let next = await batches.next()
      for (; !next.done; next = await batches.next()) {
        const batch = next.value
        firstZxid ??= zxidAt(batch, 0)
        lastZxid = zxidAt(batch, batch.count - 1)
        records += batch.count
        if (refusal !== null) continue
        let row = 0
        if (!started) {
          while (row < batch.count && zxidAt(batch, row) <= from.zxid) row++
          started = row < batch.count
        }
        const checked = order.batch(batch, row, log)
        refusal = checked.refusal
        const before = kernel.state().ignored.unreadable
        for (let at = row; at < checked.end; ) {
          at = apply(batch, at, checked.end, 1 + i)
          if (settings.digests && kernel.state().stop === REPLAY.mismatch) firstMismatch ??= mismatchAt(batch, at - 1)
        }
        const { listMissingAt, ignored } = kernel.state()
        if (ignored.unreadable > before) refusal = pathRefusal(batch, row, checked.end, log) ?? refusal
        if (settings.looksUpAcls && listMissingAt !== null) refusal ??= aclRefusal(listMissingAt, log)
      }
      const end = next.value
      const isLast = i === logs.length - 1
      const context = { file: log.file, isLast, lastZxid, juteMaxbuffer: settings.juteMaxbuffer }
      read.push({
        log,
        end,
        tail: tailOf(end),
        records,
        firstZxid,
        lastZxid,
        findings: endFindings(end, context),
      })
      refusal ??= endRefusal(end, log, isLast, lastZxid, settings)
    } finally {
      await source.close()
    }
    if (refusal !== null) break
  }
  progress.finish()
  const state = kernel.state()
  const compared = settings.digests ? state.compared : 0
  return {
    logs: read,
    refusal,
    ...order.result(),
    lastZxid: state.lastZxid,
    applied: state.applied,
    digests: { compared, mismatches: settings.digests ? state.mismatches : 0, firstMismatch },
    snapshotDigest: atOnce !== null ? (atOnce ? 'right' : 'wrong') : awaited === null ? null : waited(state),
  }
}

function mismatchAt(batch: RecordBatch, row: number): Replayed['digests']['firstMismatch'] {
  const { view, table } = batch
  const at = table[2 * row]!
  const [session, zxid, timeMs] = [FIELD.session, FIELD.zxid, FIELD.timeMs].map((field) => view.getBigInt64(at + field))
  const [cxid, type] = [FIELD.cxid, FIELD.type].map((field) => view.getInt32(at + field))
  return { zxid: zxid!, header: [session, cxid, zxid, timeMs, type].join() }
}

function waited({
  snapshotDigest,
}: {
  readonly snapshotDigest: 'waiting' | 'right' | 'wrong'
}): 'right' | 'wrong' | null {
  return snapshotDigest === 'waiting' ? null : snapshotDigest
}
