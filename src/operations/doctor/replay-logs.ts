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
import { STOP } from '../../formats/kernel/stop.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import { FIELD, type LogEnd, type RecordBatch, scanLog, zxidAt } from '../../formats/txnlog/scan.ts'
import { endFindings, type Tail, tailOf } from '../../formats/txnlog/tail.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { REPLAY } from '../../tree/kernel/tree-kernel.ts'
import type { SnapshotDigest } from '../../tree/load.ts'
import type { Tree } from '../../tree/tree.ts'
import type { JudgeOptions, Leak } from './judge-snapshot.ts'
import { leakedReplay } from './leaked-replay.ts'
import type { NamedLog } from './listing.ts'
import type { LoaderSettings } from './settings.ts'

/** Transactions [first, last] that are missing in front of a record. */
export interface Hole {
  readonly first: bigint
  readonly last: bigint
  /** Where the record behind it lies. */
  readonly file: string
  readonly offset: number
  /** Right behind the snapshot. */
  readonly atStart: boolean
}

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

/** What ends the start. */
export interface Refusal {
  readonly code: string
  /** What the server's log says. */
  readonly message: string
  readonly file?: string
  readonly offset?: number
  readonly zxid?: bigint
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
  readonly digests: { readonly compared: number; readonly mismatches: number; readonly firstMismatch: bigint | null }
  readonly snapshotDigest: 'right' | 'wrong' | null
}

export interface ReplayFrom {
  /** Of the snapshot's name; 0 for none. */
  readonly zxid: bigint
  readonly digest: SnapshotDigest | null
  readonly leak: Leak
}

const MOST_HOLES = 1000

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
  const order = orderOf(from.zxid, settings)
  const read: ReadLog[] = []
  let firstMismatch: bigint | null = null
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
        { limit: settings.limit },
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
        for (let at = row; at < checked.end; ) {
          at = apply(batch, at, checked.end, 1 + i)
          if (settings.digests && kernel.state().stop === REPLAY.mismatch) firstMismatch ??= zxidAt(batch, at - 1)
        }
        const { listMissingAt } = kernel.state()
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

function waited({
  snapshotDigest,
}: {
  readonly snapshotDigest: 'waiting' | 'right' | 'wrong'
}): 'right' | 'wrong' | null {
  return snapshotDigest === 'waiting' ? null : snapshotDigest
}

/** Holds zxids against each other in the order of the replay. */
function orderOf(start: bigint, settings: LoaderSettings) {
  const holes: Hole[] = []
  let holesOmitted = 0
  let repeated = 0
  let any = false
  // words of the highest zxid so far
  let high = Number(start >> 32n)
  let low = Number(start & 0xffffffffn)
  const hole = (first: bigint, last: bigint, file: string, offset: number) => {
    if (holes.length < MOST_HOLES) holes.push({ first, last, file, offset, atStart: !any })
    else holesOmitted++
  }
  const fill = (zxid: bigint) => {
    const at = holes.findIndex(({ first, last }) => first <= zxid && zxid <= last)
    if (at === -1) return
    const { first, last, ...rest } = holes[at]!
    const left = [
      { first, last: zxid - 1n, ...rest },
      { first: zxid + 1n, last, ...rest },
    ]
    holes.splice(at, 1, ...left.filter((one) => one.first <= one.last))
  }
  return {
    /** Rows [row, end) are applied. */
    batch(batch: RecordBatch, row: number, log: NamedLog): { end: number; refusal: Refusal | null } {
      const { view, table, base, count } = batch
      const known = settings.newTypes ? count : knownRows(batch)
      for (let i = row; i < known; i++) {
        const record = table[2 * i]!
        const zxidHigh = view.getUint32(record + FIELD.zxid)
        const zxidLow = view.getUint32(record + FIELD.zxid + 4)
        const sameEpoch = zxidHigh === high
        if (sameEpoch ? zxidLow <= low : zxidHigh < high) {
          repeated++
          if (holes.length > 0) fill(zxidAt(batch, i))
        } else {
          if (sameEpoch ? zxidLow > low + 1 : zxidLow > 1) {
            const zxid = zxidAt(batch, i)
            const before = sameEpoch ? (BigInt(high) << 32n) + BigInt(low) : BigInt(zxidHigh) << 32n
            if (settings.refusesGaps && any && sameEpoch) {
              const at = { file: log.file, offset: base + record, zxid }
              const message = `Committed proposal cached out of order: ${hex64(zxid)} is not the next proposal of ${hex64(before)}`
              return { end: i, refusal: { code: 'log.gap', message, ...at } }
            }
            hole(before + 1n, zxid - 1n, log.file, base + record)
          }
          high = zxidHigh
          low = zxidLow
        }
        any = true
      }
      return { end: known, refusal: known === count ? null : unknownType(batch, known, log) }
    },
    result: () => ({ holes, holesOmitted, repeated }),
  }
}

/** How many rows come before the first of a type that 3.4 does not know. */
function knownRows({ view, table, count }: RecordBatch): number {
  for (let i = 0; i < count; i++) if (isNewType(view.getInt32(table[2 * i]! + FIELD.type))) return i
  return count
}

function unknownType(batch: RecordBatch, row: number, { file }: NamedLog): Refusal {
  const { view, table, base } = batch
  const type = view.getInt32(table[2 * row]! + FIELD.type)
  const message = `java.io.IOException: Unsupported Txn with type=%d${type}`
  return { code: 'log.unknown-type', message, file, offset: base + table[2 * row]!, zxid: zxidAt(batch, row) }
}

function isNewType(type: number): boolean {
  return (
    type === OP.create2 ||
    type === OP.reconfig ||
    type === OP.createContainer ||
    type === OP.deleteContainer ||
    type === OP.createTTL
  )
}

function unopened(error: unknown, { file }: NamedLog): Refusal {
  const cause = error instanceof ZkopsError ? (error.cause ?? error) : error
  const code = systemErrorCode(cause)
  const known: Readonly<Record<string, string>> = { EACCES: 'Permission denied', ENOENT: 'No such file or directory' }
  if (!(error instanceof ZkopsError)) throw error
  const isDirectory = code === undefined
  const what = isDirectory ? 'Is a directory' : (known[code] ?? code)
  const message = `java.io.FileNotFoundException: ${file} (${what})`
  return { code: isDirectory ? 'log.directory' : 'data.unreadable', message, file }
}

function aclRefusal(zxid: bigint, { file }: NamedLog): Refusal {
  return { code: 'data.acl-missing', message: 'java.lang.RuntimeException: Failed to fetch acls for', file, zxid }
}

const MAGIC_NUMBER = 1514884167

function magicRefusal({ file }: NamedLog, magic: number): Refusal {
  const message = `java.io.IOException: Transaction log: ${file} has invalid magic number ${magic} != ${MAGIC_NUMBER}`
  return { code: 'log.magic', message, file, offset: 0 }
}

/** What the end of a log does to the start; null: the next log follows. */
function endRefusal(
  end: LogEnd,
  log: NamedLog,
  isLast: boolean,
  lastZxid: bigint | null,
  settings: LoaderSettings,
): Refusal | null {
  const { file } = log
  if (end.kind === 'no-header') {
    if (end.bytes === 0 && isLast && settings.deletesEmptyLog) return null
    const code = end.bytes === 0 ? 'log.empty' : 'log.header-short'
    return { code, message: 'java.io.EOFException', file, offset: 0 }
  }
  if (end.kind === 'bad-magic') return magicRefusal(log, end.magic)
  const { stop, rest, offset } = end
  const at = { file, offset, ...(lastZxid === null ? {} : { zxid: lastZxid }) }
  switch (stop) {
    case STOP.badLength: {
      const length = rest.head?.length ?? 0
      const what =
        length === -1 ? 'java.lang.NullPointerException' : `java.io.IOException: Unreasonable length = ${length}`
      return { code: 'log.length', message: what, ...at }
    }
    case STOP.badChecksum:
      return { code: 'log.checksum', message: 'java.io.IOException: CRC check failed', ...at }
    case STOP.badInnerLength:
      return { code: 'log.undecodable', message: 'java.io.IOException: Unreasonable length', ...at }
    case STOP.unknownType:
      return {
        code: 'log.unknown-type',
        message: `java.io.IOException: Unsupported Txn with type=%d${rest.head?.type ?? ''}`,
        ...at,
      }
    default:
      return null
  }
}
