/* Which other directory has the transactions that a start drops. */
import { join } from 'node:path'
import { zxidAt } from '../../formats/txnlog/scan.ts'
import type { JudgeOptions } from './judge-snapshot.ts'
import { logsIn, readFolder } from './listing.ts'
import { batchesOf, type Loss } from './loss.ts'

/** Each loss with the first of `peers` whose logs hold every transaction of it; null for none. */
export async function withPeers(
  losses: readonly Loss[],
  peers: readonly string[],
  options: JudgeOptions,
): Promise<readonly Loss[]> {
  if (peers.length === 0) return losses
  const found: (string | null)[] = losses.map(() => null)
  for (const peer of peers) {
    const counts = await countIn(peer, losses, options)
    for (const [i, { records }] of losses.entries()) {
      if (records !== null && counts[i]! >= records) found[i] ??= peer
    }
  }
  return losses.map((loss, i) => ({ ...loss, peer: found[i]! }))
}

/** How many different transactions of each loss the logs of a directory hold. */
async function countIn(peer: string, losses: readonly Loss[], options: JudgeOptions): Promise<readonly number[]> {
  const seen = losses.map(() => new Set<bigint>())
  const folders = [join(peer, 'version-2'), peer].map(readFolder).filter(({ names }) => names !== null)
  for (const log of folders.slice(0, 1).flatMap((folder) => logsIn(folder, true))) {
    for await (const batch of batchesOf(log, options)) {
      for (let row = 0; row < batch.count; row++) {
        const zxid = zxidAt(batch, row)
        for (const [i, { firstZxid, lastZxid }] of losses.entries()) {
          if (firstZxid !== null && firstZxid <= zxid && zxid <= lastZxid!) seen[i]!.add(zxid)
        }
      }
    }
  }
  return seen.map(({ size }) => size)
}
