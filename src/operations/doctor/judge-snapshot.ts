/*
 * What a server of given settings makes of one snapshot that is not simply whole, and what of it stays in the server's
 * memory when it goes on to an older one: DataTree.deserialize clears nodes and access lists only, so sessions and the
 * paths of ephemerals leak into what is loaded next.
 */
import type { SnapshotFile } from '../../datadir/snapshot-files.ts'
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { nodeIndex, pathAt, STAT } from '../../formats/snapshot/node.ts'
import { NodeChecks } from '../../formats/snapshot/node-checks.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { type ServerVerdict, serverVerdict } from '../../formats/snapshot/server.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import type { Progress } from '../../support/progress.ts'
import { readSnapshot, type SnapshotDone } from '../read-snapshot.ts'
import { trueOrphans } from '../verify-snapshot.ts'
import type { LoaderSettings } from './settings.ts'

/** What earlier attempts left in memory. */
export interface Leak {
  /** Timeouts in ms by session. */
  readonly sessions: Map<bigint, number>
  /** Paths of ephemerals by session. */
  readonly paths: Map<bigint, Set<string>>
  /** A path that is not there was deleted, which raises its parent's pzxid: the digest is not known any more. */
  touched: boolean
}

export interface JudgedSnapshot extends ServerVerdict {
  /** What it adds to the leak when it fails. */
  readonly leak: Leak
  /** Nodes read before it failed. */
  readonly nodes: number
}

interface Owned {
  readonly offset: number
  readonly owner: bigint
  readonly path: string
}

export interface JudgeOptions {
  readonly settings: LoaderSettings
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** Throws `input.*` when it cannot be opened or read. */
export async function judgeSnapshot(snapshot: SnapshotFile, options: JudgeOptions): Promise<JudgedSnapshot> {
  const { settings, signal, progress } = options
  const reading = { juteMaxbuffer: settings.juteMaxbuffer, signal, progress }
  const checks = new NodeChecks()
  const leak: Leak = { sessions: new Map(), paths: new Map(), touched: false }
  const owned: Owned[] = []
  let invalid: Owned | undefined
  let over: number | undefined
  let done: SnapshotDone | undefined
  for await (const part of readSnapshot(snapshot, reading)) {
    if (part.kind === 'sessions') {
      checks.setSessions(part.sessions)
      for (let i = 0; i < part.sessions.count; i++) leak.sessions.set(part.sessions.id(i), part.sessions.timeoutMs(i))
    } else if (part.kind === 'nodes') {
      checks.batch(part)
      for (const node of ownedNodes(part)) {
        if (isInvalid(node.owner, settings)) invalid ??= node
        else if (isEphemeral(node.owner, settings)) owned.push(node)
      }
      over ??= firstOver(part, settings.limit)
    } else if (part.kind === 'end') done = part
  }
  const { end, compression, inputEnd } = done!
  const orphans = await trueOrphans(checks.strays, snapshot, reading)
  const verdict = serverVerdict({
    end,
    inputEnd,
    form: compression,
    namedForm: snapshot.namedForm,
    limit: settings.limit,
    overLimit: over === undefined ? 0 : 1,
    orphans: orphans.length,
    rootQuota: checks.rootQuota,
    reads: { digest: settings.digests, lastZxid: settings.lastZxidBlock, sealText: settings.longNames },
  })
  const stops = [over, orphans[0]?.offset, end.problem?.section === 'nodes' ? end.problem.offset : undefined]
  const failsAt = Math.min(...stops.map((offset) => offset ?? Number.POSITIVE_INFINITY))
  if (verdict.how !== 'skips' && invalid !== undefined && invalid.offset < failsAt) {
    const why = `Invalid ephemeralOwner. [${BigInt.asUintN(64, invalid.owner).toString(16)}]`
    const exception = `java.lang.IllegalArgumentException: ${why}`
    return { accepts: false, how: 'refuses', why, exception, leak, nodes: end.nodes }
  }
  for (const { offset, owner, path } of owned) {
    if (offset >= failsAt) break
    leak.paths.set(owner, (leak.paths.get(owner) ?? new Set()).add(path))
  }
  return { ...verdict, leak, nodes: end.nodes }
}

function* ownedNodes(batch: NodeBatch): Generator<Owned> {
  const { view, table, count, base } = batch
  for (let row = 0; row < count; row++) {
    const at = table[row * ROW_WORDS + ROW.aclAt]! + STAT.ephemeralOwner
    if (view.getUint32(at) === 0 && view.getUint32(at + 4) === 0) continue
    yield {
      offset: nodeIndex(batch, row) + base,
      owner: view.getBigInt64(at),
      path: textOf(pathAt(batch, row)),
    }
  }
}

function firstOver(batch: NodeBatch, limit: number): number | undefined {
  const { view, table, count, base } = batch
  for (let row = 0; row < count; row++) {
    const at = table[row * ROW_WORDS + ROW.at]!
    const dataAt = table[row * ROW_WORDS + ROW.dataAt]!
    if (view.getInt32(at) > limit || view.getInt32(dataAt) > limit) return at + base
  }
  return undefined
}

/** An owner that EphemeralType.get throws at. */
export function isInvalid(owner: bigint, { extendedTypes }: LoaderSettings): boolean {
  const unsigned = BigInt.asUintN(64, owner)
  return extendedTypes && unsigned >> 56n === 0xffn && unsigned >> 40n !== 0xff0000n
}

function isEphemeral(owner: bigint, { extendedTypes, newTypes }: LoaderSettings): boolean {
  if (owner === -(1n << 63n) && newTypes) return false
  return !(extendedTypes && BigInt.asUintN(64, owner) >> 40n === 0xff0000n)
}
