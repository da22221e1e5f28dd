/*
 * snapshot build:
 *
 * 1. The moment is looked up, and the tree of it restored: newest usable snapshot below it, then the logs, with every
 *    digest compared (../restore.ts).
 * 2. It is refused when something stands against that tree (proof.ts), unless the loss is accepted.
 * 3. It is written as a snapshot of exactly one zxid, with the files that make a data directory of it, read again, and
 *    only then gets its name.
 *
 * The given files are only read.
 */
import { join } from 'node:path'
import type { Compression } from '../../datadir/byte-source.ts'
import { isDirectory } from '../../datadir/log-files.ts'
import { obstacle } from '../../datadir/new-place.ts'
import { type Change, LOSES_NOTHING, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { BuildMoment } from '../../support/moment.ts'
import type { Progress } from '../../support/progress.ts'
import { logPlaces, passedOver } from '../open-tree.ts'
import { type Restored, restore } from '../restore.ts'
import { namedTree } from '../tree-place.ts'
import { type Dropped, dropSessions } from './drop-sessions.ts'
import { memberTexts } from './member-texts.ts'
import { type FoundMoment, findMoment } from './moment.ts'
import { SUFFIX } from './packed.ts'
import { type Doubt, doubtsOf, missingTxns, proofOf } from './proof.ts'
import { blocksOf, lineRefusal, rulesFor } from './target.ts'
import { type DirectoryDraft, writeDirectory } from './write.ts'

export interface BuildOptions {
  /** Where the snapshots lie: a data directory, its version-2, a snapshot; where the configuration says when not given. */
  readonly place?: string | undefined
  readonly config?: string | undefined
  /** Where the logs lie; the same place when not given. */
  readonly logDir?: string | undefined
  readonly at: BuildMoment
  readonly output: string
  readonly sessions: 'keep' | 'drop'
  readonly myid?: number | undefined
  /** The release line that reads it; that which wrote the files when not given. */
  readonly zookeeper?: string | undefined
  readonly compression: Compression
  readonly acceptLoss: boolean
  readonly juteMaxbuffer: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** With the place found. */
interface NamedOptions extends BuildOptions {
  readonly place: string
}

/** Throws `input.*` when files are missing or unreadable, `usage` for options that do not go together. */
export async function planBuild({ at, ...given }: BuildOptions): Promise<Change> {
  const options: NamedOptions = { ...given, ...(await namedTree(given)), at }
  const { place, output, sessions } = options
  // a snapshot alone has none beside it
  const alone = options.logDir === undefined && !(await isDirectory(place))
  const logs = alone ? [] : await logPlaces(place, options.logDir)
  const moment = await findMoment(options.at, { ...options, places: logs })
  const { until } = moment
  if (until === undefined) return notDeleted(options, logs, moment)
  const restored = await restore({
    ...options,
    snapshots: [place],
    logs,
    until,
    tree: { rules: rulesFor(options.zookeeper) },
    trustEmpty: true,
  })
  const { tree, snapshot, proof: replayed } = restored
  const zxid = momentOf(restored)
  const proof = proofOf(restored, zxid)
  const doubts = doubtsOf(restored, { until, zxid, line: options.zookeeper })
  const counts = tree.counts()
  const refused = await refusalOf(options, doubts, lineRefusal(options.zookeeper, counts))
  const dropped = sessions === 'drop' && refused === null ? dropSessions(tree, zxid) : undefined
  const content = {
    tree,
    sources: restored.sources,
    sessions: sessions === 'drop' ? new Map<bigint, number>() : tree.sessions(),
    zxid,
    blocks: blocksOf(options.zookeeper, snapshot, replayed.checked > 0, options.compression),
  }
  const draft: DirectoryDraft = {
    content,
    name: `snapshot.${BigInt.asUintN(64, zxid).toString(16)}${SUFFIX[options.compression]}`,
    texts: await memberTexts(options.place, options.myid, zxid),
  }
  const plan = makePlan({
    kind: 'snapshot build',
    base: {
      snapshot: snapshot?.file ?? null,
      logs: restored.logs.map(({ file }) => file),
      moment: moment.text,
      zxid,
      timeMs: timeOf(restored),
      sessions,
      proof,
    },
    steps: stepsOf(draft, {
      output,
      exact: doubts.length === 0 && proof.verdict === 'proved',
      proof: proof.text,
      dropped,
    }),
    loses: { ...missingTxns(doubts), znodes: dropped?.znodes ?? [], bytes: dropped?.bytes ?? 0 },
    undo: `The given files are not changed; remove ${output}.`,
  })
  const accepted = options.acceptLoss ? doubts.map(acceptedFinding) : []
  const findings = [...moment.findings, ...restored.rejected.map(passedOver), ...restored.findings, ...accepted]
  if (refused !== null) return refusedChange(plan, refused, findings)
  return {
    plan,
    refused: null,
    findings,
    apply: async () => {
      const verified = await writeDirectory(draft, options)
      const check = { check: 'digests', ok: PROVED[proof.verdict], detail: proof.text }
      return { stepsDone: plan.steps.length, verified: [check, ...verified], journal: null, undo: null }
    },
  }
}

const PROVED = { proved: true, partly: null, unproved: null, differs: false } as const

/** The zxid that the tree is of; a fuzzy snapshot that ends the logs may be exactly that of its own digest. */
function momentOf({ tree, snapshot, proof, stopped }: Restored): bigint {
  const digest = snapshot?.digest ?? null
  const ahead = !stopped && digest !== null && digest.version === 2 && digest.zxid > proof.toZxid
  return ahead && digest.value === tree.digest() && snapshot!.highestZxid <= digest.zxid ? digest.zxid : proof.toZxid
}

/** When the last transaction was, by the leader's clock. */
function timeOf({ proof, snapshot }: Restored): number | null {
  const timeMs = proof.lastTimeMs ?? snapshot?.highestTimeMs ?? 0n
  return timeMs > 0n ? Number(timeMs) : null
}

async function refusalOf(
  options: BuildOptions,
  doubts: readonly Doubt[],
  line: Refusal | null,
): Promise<Refusal | null> {
  const blocked = await obstacle(options.output)
  if (blocked !== undefined) return { code: blocked.code, why: blocked.why, counterexample: null }
  if (line !== null) return line
  const doubt = options.acceptLoss ? undefined : doubts[0]
  if (doubt === undefined) return null
  const more = doubts.length > 1 ? ` (and ${doubts.length - 1} more)` : ''
  const { code, why, counterexample } = doubt
  return { code, why: `${why}${more}; --accept-loss builds it all the same`, counterexample }
}

interface Detail {
  readonly output: string
  readonly exact: boolean
  readonly proof: string
  readonly dropped: Dropped | undefined
}

function stepsOf({ content, name, texts }: DirectoryDraft, { output, exact, proof, dropped }: Detail) {
  const { tree, zxid, sessions } = content
  const without = dropped === undefined ? '' : `, without ${dropped.sessions} sessions and ${dropped.count} ephemerals`
  const what = `${tree.counts().nodes} znodes, ${sessions.size} sessions, ${exact ? 'exactly' : 'as of'} ${hex64(zxid)}${without}; ${proof}`
  return [
    { action: 'write', target: join(output, 'version-2', name), detail: what, reversible: true },
    ...texts.map(({ name, text }) => ({
      action: 'write',
      target: join(output, name),
      detail: text.trim(),
      reversible: true,
    })),
  ]
}

function acceptedFinding({ why }: Doubt): Finding {
  return {
    code: 'tree.loss-accepted',
    severity: 'warning',
    message: `${why}: accepted, so the result is not the tree of that moment`,
  }
}

function notDeleted({ place }: NamedOptions, logs: readonly string[], { text, findings }: FoundMoment): Change {
  const plan = makePlan({
    kind: 'snapshot build',
    base: { snapshot: null, logs, moment: text },
    steps: [],
    loses: LOSES_NOTHING,
    undo: 'Nothing was changed.',
  })
  const why = `the logs of ${logs[0] ?? place} tell no moment ${text}`
  return refusedChange(plan, { code: 'refused.not-deleted', why, counterexample: null }, findings)
}
