/* Files whose names put them where they do not belong. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { logEnds } from '../../datadir/log-ends.ts'
import type { Places } from './places.ts'
import type { Start } from './predict.ts'
import type { Case } from './proposals.ts'
import type { Move } from './remedy.ts'
import type { ReadLog } from './replay-logs.ts'

/** Opened logs that are not named by their first record, and copies that are the only one of their records. */
export function misnamed(start: Start, places: Places): readonly Move[] {
  const moves: Move[] = []
  const holes = start.replayed?.holes ?? []
  for (const { log, firstZxid } of start.replayed?.logs ?? []) {
    const { stray, nameZxid } = log
    if (firstZxid === null || stray === 'compressed' || (stray === false && nameZxid === firstZxid)) continue
    // the name is right, the first records are gone
    if (holes.some(({ first, last }) => first <= nameZxid && nameZxid <= last)) continue
    const to = join(places.logs, `log.${BigInt.asUintN(64, firstZxid).toString(16)}`)
    if (to === log.file || existsSync(to) || moves.some((move) => move.to === to)) continue
    moves.push({ from: log.file, to })
  }
  return moves
}

/** Logs that no start opens by their names, though they go on where it ends. */
export async function continuing({ start, losses, places, options }: Case): Promise<readonly Move[]> {
  const opened = new Set((start.replayed?.logs ?? []).map(({ log }) => log.file))
  const next = (start.lastZxid ?? 0n) + 1n
  const moves: Move[] = []
  for (const { file, firstZxid } of losses) {
    if (firstZxid === null || opened.has(file) || !start.folders.logs.names?.includes(basename(file))) continue
    const first = (await logEnds(file, options.settings.limit).catch(() => undefined))?.firstZxid ?? null
    // a new epoch begins anywhere above
    if (first === null || first <= 0n || (first > next && first >> 32n === next >> 32n)) continue
    const to = join(places.logs, `log.${first.toString(16)}`)
    if (!existsSync(to) && !moves.some((move) => move.to === to)) moves.push({ from: file, to })
  }
  return moves
}

/** Copies of logs that were read as well, and hold nothing else. */
export function strayCopies(start: Start): readonly ReadLog[] {
  const read = start.replayed?.logs ?? []
  return read.filter(({ log, firstZxid, lastZxid }) => {
    if (log.stray !== 'copy') return false
    const original = read.find((other) => other.log.stray === false && other.firstZxid === firstZxid)
    return firstZxid === null || (original !== undefined && original.lastZxid! >= lastZxid!)
  })
}

/** Snapshots that name more than they hold, with the name that they should have; `blocked` when that is taken. */
export function overclaiming({ picked }: Start): { moves: readonly Move[]; blocked: readonly string[] } {
  const snapshot = picked?.snapshot
  if (!snapshot) return { moves: [], blocked: [] }
  const { file, nameZxid, digest, lastZxid, stray } = snapshot
  const known = digest === null || digest.zxid <= 0n ? lastZxid : digest.zxid
  const isOver = known !== null && known < nameZxid && (nameZxid & 0xffffffffn) !== 0n
  if (!isOver || stray) return { moves: [], blocked: [] }
  const suffix = /\.(gz|snappy)$/i.exec(file)?.[0] ?? ''
  const to = join(dirname(file), `snapshot.${BigInt.asUintN(64, known).toString(16)}${suffix}`)
  return existsSync(to) ? { moves: [], blocked: [file] } : { moves: [{ from: file, to }], blocked: [] }
}
