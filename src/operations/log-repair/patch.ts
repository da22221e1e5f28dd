/*
 * log patch:
 *
 * 1. The logs are read as salvage reads them; their holes are listed.
 * 2. A peer's logs fill a hole when the records on both sides of it are byte for byte the same there, and everything
 *    between them follows zxid by zxid. Anything else would mix two histories.
 * 3. The logs are written with the peer's records in the holes; a hole between two logs becomes a log of its own.
 */
import { findLogs } from '../../datadir/log-files.ts'
import { obstacle } from '../../datadir/new-place.ts'
import { openRanges } from '../../datadir/range-reader.ts'
import { keepStdin } from '../../datadir/stdin-copy.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import { zxidAt } from '../../formats/txnlog/scan.ts'
import { type Change, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { type LogBatch, openLogs, type ReadLogsOptions } from '../read-logs.ts'
import { holeBetween } from './chain.ts'
import { writeDrafts } from './drafts.ts'
import {
  draftsOf,
  type Fill,
  holeFinding,
  holesOf,
  lossOf,
  type PlacedHole,
  quarantineDrafts,
  salvageAll,
  salvageFindings,
  stepsOf,
} from './salvaged.ts'

export interface PatchOptions extends ReadLogsOptions {
  /** Logs or directories of other members, one peer each. */
  readonly peers: readonly string[]
  readonly output: string
}

/** What a peer has for a hole. */
type Offer =
  | (Fill & { readonly kind: 'fill'; readonly peer: string })
  | { readonly kind: 'none' | 'diverged'; readonly peer: string; readonly why: string }

/** Throws `input.*` when something cannot be opened or unpacked. */
export async function planPatch(options: PatchOptions): Promise<Change> {
  await keepStdin([...options.places, ...options.peers], options.signal)
  const { logs } = await findLogs(options.places)
  const salvaged = await salvageAll(logs, options)
  const holes = holesOf(salvaged)
  const fills = new Map<PlacedHole, Offer & { kind: 'fill' }>()
  const findings: Finding[] = salvaged.flatMap(salvageFindings)
  const refusals: Offer[] = []
  for (const peer of options.peers) {
    const open = holes.filter((hole) => !fills.has(hole))
    if (open.length === 0) break
    for (const [hole, offer] of await offersOf(peer, open, options)) {
      if (offer.kind === 'fill') fills.set(hole, offer)
      else refusals.push(offer)
    }
  }
  findings.push(...holes.filter((hole) => !fills.has(hole)).map(holeFinding))
  findings.push(...[...fills].map(([hole, fill]) => filledFinding(hole, fill)))
  const drafts = draftsOf(salvaged, fills)
  const others = fills.size === 0 ? [] : quarantineDrafts(salvaged)
  const unfilled = holes.filter((hole) => !fills.has(hole))
  const plan = makePlan({
    kind: 'log patch',
    base: { logs: logs.map(({ file }) => file), peers: options.peers },
    steps: holes.length === 0 ? [] : stepsOf(drafts, others, options.output),
    loses: lossOf(unfilled, salvaged),
    undo: `The given logs are not changed; remove ${options.output}.`,
  })
  const refused = await refusalOf(holes, fills.size, refusals, options.output)
  if (refused !== undefined) return refusedChange(plan, refused, findings)
  return {
    plan,
    refused: null,
    findings,
    apply: async () => {
      const verified = await writeDrafts(drafts, others, options)
      return { stepsDone: plan.steps.length, verified, journal: null, undo: null }
    },
  }
}

async function refusalOf(
  holes: readonly PlacedHole[],
  filled: number,
  refusals: readonly Offer[],
  output: string,
): Promise<Refusal | undefined> {
  if (holes.length === 0) return undefined
  if (filled === 0) {
    const diverged = refusals.find(({ kind }) => kind === 'diverged')
    const first = diverged ?? refusals[0]
    const why = first !== undefined && first.kind !== 'fill' ? `${first.peer}: ${first.why}` : 'no peer has the records'
    const { after, before } = holes[0]!
    return {
      code: diverged === undefined ? 'refused.no-match' : 'refused.diverged',
      why: `no hole can be filled; ${why}`,
      counterexample: { after, before },
    }
  }
  const blocked = await obstacle(output)
  return blocked === undefined ? undefined : { code: blocked.code, why: blocked.why, counterexample: null }
}

/** What a peer has for each of `holes`, which come in zxid order. */
async function offersOf(
  peer: string,
  holes: readonly PlacedHole[],
  options: PatchOptions,
): Promise<Map<PlacedHole, Offer>> {
  const seekers = await Promise.all(
    holes.map(async (hole) => {
      const left = await payloadAt(hole.left.file, hole.left.record, options.signal)
      return seeker(peer, hole, left, await payloadAt(hole.right.file, hole.right.record, options.signal))
    }),
  )
  const { read } = await openLogs({ ...options, places: [peer] })
  for await (const part of read()) {
    if (part.kind !== 'records') continue
    const first = zxidAt(part, 0)
    const last = zxidAt(part, part.count - 1)
    for (const [i, { after, before }] of holes.entries()) if (last >= after && first <= before) seekers[i]!.look(part)
  }
  return new Map(holes.map((hole, i) => [hole, seekers[i]!.offer()]))
}

async function payloadAt(
  file: string,
  { offset, payloadBytes }: { offset: number; payloadBytes: number },
  signal: AbortSignal,
): Promise<Buffer> {
  const reader = await openRanges(file, signal)
  const parts: Uint8Array[] = []
  try {
    await reader.copy(offset + 12, offset + 12 + payloadBytes, async (bytes) => {
      parts.push(Buffer.from(bytes))
    })
  } finally {
    await reader.close()
  }
  return Buffer.concat(parts)
}

/** TxnHeader; its last field is the type. */
const HEADER_BYTES = 32

/** Follows a peer's records through one hole. */
function seeker(peer: string, hole: PlacedHole, left: Buffer, right: Buffer) {
  const pieces: { kind: 'range'; file: string; from: number; to: number }[] = []
  let records = 0
  let previous: bigint | undefined
  let firstZxid = hole.before
  let answer: Offer | undefined
  const stop = (kind: 'none' | 'diverged', why: string) => {
    answer = { kind, peer, why }
  }
  const same = ({ bytes, table }: LogBatch, i: number, payload: Buffer): boolean => {
    const at = table[2 * i]! + 12
    return payload.equals(bytes.subarray(at, at + table[2 * i + 1]!))
  }
  const differs = (batch: LogBatch, i: number, payload: Buffer, zxid: bigint) => {
    const at = batch.table[2 * i]! + 12
    const sameHeader = payload.subarray(0, HEADER_BYTES).equals(batch.bytes.subarray(at, at + HEADER_BYTES))
    // members do not write a failed multi alike: its operations may have lost their types
    if (sameHeader && payload.readInt32BE(HEADER_BYTES - 4) === OP.multi) {
      stop(
        'none',
        `its multi ${hex64(zxid)} is the same request in other bytes, as a failed one can be: that proves nothing`,
      )
    } else stop('diverged', `its record ${hex64(zxid)} is another one: two histories`)
  }
  return {
    look(batch: LogBatch) {
      for (let i = 0; i < batch.count && answer === undefined; i++) {
        const zxid = zxidAt(batch, i)
        if (zxid < hole.after || zxid > hole.before) continue
        if (zxid === hole.after) {
          if (same(batch, i, left)) previous = zxid
          else differs(batch, i, left, zxid)
        } else if (previous === undefined) {
          stop('none', `it does not hold ${hex64(hole.after)}, the record before the hole`)
        } else if (holeBetween(previous, zxid) !== undefined || zxid < previous) {
          stop('none', `it has a hole behind ${hex64(previous)} itself`)
        } else if (zxid === hole.before) {
          const lastZxid = previous
          if (same(batch, i, right)) answer = { kind: 'fill', peer, pieces, records, firstZxid, lastZxid }
          else differs(batch, i, right, zxid)
        } else {
          const from = batch.table[2 * i]! + batch.base
          const to = from + batch.table[2 * i + 1]! + 13
          const last = pieces.at(-1)
          if (last?.file === batch.log.file && last.to === from) last.to = to
          else pieces.push({ kind: 'range', file: batch.log.file, from, to })
          if (records++ === 0) firstZxid = zxid
          previous = zxid
        }
      }
    },
    offer: (): Offer =>
      answer ?? { kind: 'none', peer, why: `it does not reach from ${hex64(hole.after)} to ${hex64(hole.before)}` },
  }
}

function filledFinding({ after, before, right }: PlacedHole, { peer, records }: Offer & { kind: 'fill' }): Finding {
  return {
    code: 'log.patched',
    severity: 'info',
    message: `the hole between ${hex64(after)} and ${hex64(before)} is filled with ${records} records of ${peer}, which has the same records on both sides`,
    file: right.file,
    offset: right.record.offset,
    zxid: before,
    evidence: { after, before, records, peer },
  }
}
