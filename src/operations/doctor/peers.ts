/* Which other directory has the transactions that a start drops, all or some of them. */
import { join } from 'node:path'
import { zxidAt } from '../../formats/txnlog/scan.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { DATA_FINDINGS } from './findings.ts'
import type { JudgeOptions } from './judge-snapshot.ts'
import { logsIn, readFolder } from './listing.ts'
import type { Loss } from './loss.ts'
import { batchesOf } from './unread-logs.ts'

/** zxids without a hole. */
interface Span {
  readonly firstZxid: bigint
  lastZxid: bigint
}

export interface WithPeers {
  /** Each with the first of the peers whose logs hold every transaction of it; null for none. */
  readonly loss: readonly Loss[]
  /** Who has a part of what nobody has. */
  readonly findings: readonly Finding[]
}

export async function withPeers(
  losses: readonly Loss[],
  peers: readonly string[],
  options: JudgeOptions,
): Promise<WithPeers> {
  if (peers.length === 0) return { loss: losses, findings: [] }
  const found: (string | null)[] = losses.map(() => null)
  const parts: { readonly loss: number; readonly peer: string; readonly ranges: readonly Span[] }[] = []
  for (const peer of peers) {
    const spans = await spansIn(peer, losses, options)
    for (const [i, { records }] of losses.entries()) {
      const count = spans[i]!.reduce((sum, { firstZxid, lastZxid }) => sum + lastZxid - firstZxid + 1n, 0n)
      if (records !== null && count >= BigInt(records)) found[i] ??= peer
      else if (count > 0n) parts.push({ loss: i, peer, ranges: spans[i]! })
    }
  }
  const findings = parts.filter(({ loss }) => found[loss] === null)
  return {
    loss: losses.map((loss, i) => ({ ...loss, peer: found[i]! })),
    findings: findings.map(({ loss, peer, ranges }) => partFinding(losses[loss]!, peer, ranges)),
  }
}

const MOST_RANGES = 20

function partFinding({ file, firstZxid }: Loss, peer: string, ranges: readonly Span[]): Finding {
  const shown = ranges.slice(0, MOST_RANGES)
  const text = shown.map(({ firstZxid: first, lastZxid: last }) => `${hex64(first)}..${hex64(last)}`).join(', ')
  return {
    code: 'data.peer-part',
    severity: 'info',
    message: `${peer} has a part of what is lost here: ${text}${ranges.length > shown.length ? ', …' : ''}`,
    file,
    zxid: firstZxid!,
    evidence: { peer, ranges: shown, omitted: ranges.length - shown.length },
    remedy: DATA_FINDINGS['data.peer-part']!.remedy,
  }
}

/** What of each loss the logs of a directory hold. */
async function spansIn(
  peer: string,
  losses: readonly Loss[],
  options: JudgeOptions,
): Promise<readonly (readonly Span[])[]> {
  const spans: Span[][] = losses.map(() => [])
  const folders = [join(peer, 'version-2'), peer].map(readFolder).filter(({ names }) => names !== null)
  for (const log of folders.slice(0, 1).flatMap((folder) => logsIn(folder, true))) {
    for await (const batch of batchesOf(log, options)) {
      for (let row = 0; row < batch.count; row++) {
        const zxid = zxidAt(batch, row)
        for (const [i, { firstZxid, lastZxid }] of losses.entries()) {
          if (firstZxid !== null && firstZxid <= zxid && zxid <= lastZxid!) add(spans[i]!, zxid)
        }
      }
    }
  }
  return spans.map(joined)
}

/** Logs are in order, but for what lies in two of them. */
function add(spans: Span[], zxid: bigint): void {
  const last = spans.at(-1)
  if (last !== undefined && last.lastZxid + 1n === zxid) last.lastZxid = zxid
  else if (last === undefined || zxid < last.firstZxid || zxid > last.lastZxid) {
    spans.push({ firstZxid: zxid, lastZxid: zxid })
  }
}

function joined(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((a, b) => (a.firstZxid < b.firstZxid ? -1 : 1))
  return sorted.reduce<Span[]>((all, span) => {
    const last = all.at(-1)
    if (last === undefined || span.firstZxid > last.lastZxid + 1n) all.push({ ...span })
    else if (span.lastZxid > last.lastZxid) last.lastZxid = span.lastZxid
    return all
  }, [])
}
