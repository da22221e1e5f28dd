/* How far a start that was predicted gets, what is whole behind that, and which logs it stops in. */
import { statSync } from 'node:fs'
import { LOG_HEADER_BYTES } from '../../formats/txnlog/header.ts'
import { maxOf } from '../../support/bigint.ts'
import type { NamedLog } from './listing.ts'
import type { Start } from './predict.ts'

/** The highest zxid of a record that is whole, in what a start looks at. */
export function heldUpTo({ replayed, picked }: Start): bigint {
  const zxids = (replayed?.logs ?? []).flatMap(({ lastZxid, end }) => {
    const hidden = end.kind === 'records' ? end.rest.hidden : null
    return [lastZxid ?? 0n, hidden?.lastZxid ?? 0n]
  })
  return zxids.reduce(maxOf, picked?.snapshot?.nameZxid ?? 0n)
}

/** The last zxid in front of the first damage or hole; that of the snapshot when there is none behind it. */
export function lastProven({ picked, replayed }: Start): bigint {
  const hole = replayed?.holes[0]
  const from = picked?.snapshot?.nameZxid ?? 0n
  let last = from
  for (const { lastZxid, tail } of replayed?.logs ?? []) {
    if (lastZxid !== null && lastZxid > last) last = lastZxid
    if (tail === 'damaged') break
  }
  last = replayed?.refusal?.after ?? last
  return hole !== undefined && hole.first <= last ? hole.first - 1n : last
}

/** Logs that end in something else than the end of their file or padding. */
export function damagedLogs({ replayed }: Start): readonly string[] {
  return (replayed?.logs ?? []).filter(({ tail }) => tail === 'damaged').map(({ log }) => log.file)
}

/** Logs at the end of the chain that are too short for their header: nothing can have been in them. */
export function lastShort(logs: readonly NamedLog[]): readonly NamedLog[] {
  const isShort = ({ file }: NamedLog) => {
    const stat = statSync(file, { throwIfNoEntry: false })
    return stat?.isFile() === true && stat.size < LOG_HEADER_BYTES
  }
  const from = logs.findLastIndex((log) => !isShort(log)) + 1
  return logs.slice(from)
}
