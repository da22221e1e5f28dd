/*
 * What the first start drops, as far as the files show it:
 *
 * 1. Whole records behind the place where an opened log ends for the server.
 * 2. Holes in the replayed zxids, or behind the snapshot, unless records of 1 are what is missing there.
 * 3. Logs that are not opened, or that this release does not see, with records above the zxid reached.
 * 4. Transactions that a snapshot's name claims and its content does not have, and snapshots named above the zxid reached.
 */
import { hex64 } from '../../support/hex.ts'
import type { JudgeOptions } from './judge-snapshot.ts'
import { type Folder, snapshotFilesIn } from './listing.ts'
import type { Start } from './predict.ts'
import type { ReadLog } from './replay-logs.ts'
import { unread } from './unread-logs.ts'
import { wholeBehind } from './whole-behind.ts'

export interface Loss {
  readonly file: string
  readonly offset: number | null
  readonly bytes: number | null
  /** Null: nobody can tell. */
  readonly records: number | null
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  /** The server says nothing of it. */
  readonly silent: boolean
  readonly why: string
  /** With peers: the directory that has all of it. */
  readonly peer?: string | null
}

/** Empty when the server does not start: then nothing is dropped yet. */
export async function lossesOf(start: Start, options: JudgeOptions): Promise<readonly Loss[]> {
  const { refusal, folders } = start
  if (refusal !== null || start.lastZxid === null) return []
  const reached = BigInt.asIntN(64, start.lastZxid) < 0n ? 0n : start.lastZxid
  const isMissing = missingIn(start, reached)
  const hidden = (start.replayed?.logs ?? []).flatMap((log) => hiddenIn(log, isMissing))
  return [
    ...unlistable(folders.snapshots),
    ...(folders.logs.path === folders.snapshots.path ? [] : unlistable(folders.logs)),
    ...hidden,
    ...holes(start, hidden),
    ...(await unread(start, reached, options)),
    ...claimed(start),
    ...above(start, reached),
  ]
}

function unlistable({ path, state, names }: Folder): readonly Loss[] {
  if (state !== 'there' || names !== null) return []
  const why = 'the directory cannot be listed, so a server takes it for empty and writes over what is in it'
  return [{ file: path, ...NOWHERE, records: null, firstZxid: null, lastZxid: null, silent: true, why }]
}

const NOWHERE = { offset: null, bytes: null } as const

/** Why of a loss that no log has any more. */
export const DESTROYED = 'the records here are destroyed, so a server ends the log here'

/** What lies behind the end of an opened log, as far as it was replayed from nowhere else. */
function hiddenIn({ log, end, tail, lastZxid }: ReadLog, isMissing: IsMissing): readonly Loss[] {
  if (end.kind !== 'records' || tail !== 'damaged') return []
  const behind = wholeBehind(end)
  if (behind === null) return []
  const { first, last, records } = behind
  const { offset, bytes } = end
  const next = lastZxid === null ? log.nameZxid : lastZxid + 1n
  const losses: Loss[] = []
  if (behind.offset > offset && next < first && next >> 32n === first >> 32n && isMissing(next, first - 1n)) {
    losses.push({
      file: log.file,
      offset,
      bytes: behind.offset - offset,
      ...span(next, first - 1n),
      silent: true,
      why: DESTROYED,
    })
  }
  if (isMissing(first, last)) {
    const why = 'a server ends the log in front of these whole records and goes on with the next file'
    const range = { offset: behind.offset, bytes: bytes - behind.offset, records, firstZxid: first, lastZxid: last }
    losses.push({ file: log.file, ...range, silent: true, why })
  }
  return losses
}

/** Whether some of the zxids were not replayed. */
type IsMissing = (first: bigint, last: bigint) => boolean

function missingIn({ replayed, picked }: Start, reached: bigint): IsMissing {
  const from = picked?.snapshot?.nameZxid ?? 0n
  return (first, last) =>
    last > from && (last > reached || (replayed?.holes ?? []).some((hole) => hole.first <= last && first <= hole.last))
}

/** Holes, but for what lies hidden behind the end of a log. */
function holes({ replayed }: Start, hidden: readonly Loss[]): readonly Loss[] {
  return (replayed?.holes ?? []).flatMap(({ first, last, file, offset, atStart }) => {
    const why = atStart
      ? 'transactions between the snapshot and the first record of the logs are missing'
      : 'transactions are missing in front of this record'
    return without({ first, last }, hidden).map((one): Loss => {
      return { file, offset, bytes: 0, ...span(one.first, one.last), silent: true, why }
    })
  })
}

interface Range {
  readonly first: bigint
  readonly last: bigint
}

function without(range: Range, taken: readonly Loss[]): readonly Range[] {
  return taken.reduce<readonly Range[]>(
    (left, { firstZxid, lastZxid }) =>
      left.flatMap(({ first, last }) => {
        if (lastZxid! < first || firstZxid! > last) return [{ first, last }]
        return [
          { first, last: firstZxid! - 1n },
          { first: lastZxid! + 1n, last },
        ].filter((one) => one.first <= one.last)
      }),
    [range],
  )
}

function span(first: bigint, last: bigint): Pick<Loss, 'records' | 'firstZxid' | 'lastZxid'> {
  const sameEpoch = first >> 32n === last >> 32n
  return { records: sameEpoch ? Number(last - first) + 1 : null, firstZxid: first, lastZxid: last }
}

/** What the name of the snapshot claims, and no digest or last zxid in it does. */
function claimed({ picked }: Start): readonly Loss[] {
  const snapshot = picked?.snapshot
  if (!snapshot) return []
  const { file, nameZxid, digest, lastZxid } = snapshot
  const known = digest === null || digest.zxid <= 0n ? lastZxid : digest.zxid
  if (known === null || known >= nameZxid || (nameZxid & 0xffffffffn) === 0n) return []
  const why = `the snapshot was taken at ${hex64(known)}: servers go by its name and skip the transactions between`
  return [{ file, ...NOWHERE, ...span(known + 1n, nameZxid), silent: true, why }]
}

function above(start: Start, reached: bigint): readonly Loss[] {
  return snapshotFilesIn(start.folders.snapshots).flatMap(({ file, nameZxid }) => {
    if (nameZxid <= reached || nameZxid < 0n) return []
    const why = `a snapshot was taken at ${hex64(nameZxid)}, but the start reaches ${hex64(reached)} only`
    return [{ file, ...NOWHERE, ...span(reached + 1n, nameZxid), silent: true, why }]
  })
}
