/*
 * What a salvaged snapshot is made of, and what is proved of it:
 *
 * 1. The intact nodes alone, when the seal covers them or the stored digest is theirs: then nothing is missing.
 * 2. With an older snapshot and logs without a hole up to the zxid: the tree that they give, which every intact node must
 *    have as it is (where digests prove the tree, one that differs is damaged).
 * 3. Where the logs have holes, or there are none: the intact nodes, what the older tree has where something is missing,
 *    and its values for nodes with the same stat, if the stored digest is met then; nothing but that proves it.
 * 4. Otherwise the intact nodes alone: nothing that is not proved is taken over.
 */
import { type Session, sessionTable } from '../../formats/snapshot/sessions.ts'
import type { SnapshotBlocks } from '../../formats/snapshot/writer.ts'
import type { AclList } from '../../formats/txnlog/types.ts'
import { hex64 } from '../../support/hex.ts'
import type { SalvagedContent } from './content.ts'
import type { Intact } from './intact.ts'
import { type LogDigest, logDigest } from './log-digest.ts'
import {
  aclMatcher,
  type Comparison,
  compareWith,
  missingRows,
  type Older,
  type OlderOptions,
  olderTree,
} from './older.ts'
import { filledParts, treeParts } from './parts.ts'
import { type Preview, previewOf } from './preview.ts'

export interface Proof {
  /**
   * complete: the digest that was stored, or the seal, is met. replayed: the logs lead to it without a hole, but carry no
   * digests. unproved: nothing is known to be missing, and nothing proves it. incomplete: something is missing.
   */
  readonly verdict: 'complete' | 'replayed' | 'unproved' | 'incomplete'
  readonly by: 'seal' | 'digest' | 'log-digest' | 'replay' | null
  readonly text: string
}

/** What was taken from the older tree. */
export interface Filled {
  readonly older: Older
  readonly comparison: Comparison
  /** The whole tree is that of older snapshot and logs. */
  readonly replayed: boolean
  /** Nodes that are not among the intact ones, and intact ones whose values were changed. */
  readonly added: number
  readonly replaced: number
}

export interface Choice {
  readonly content: SalvagedContent
  readonly preview: Preview
  readonly proof: Proof
  readonly filled: Filled | null
  /** Why nothing was taken from the older tree, though one was given. */
  readonly notFilled: string | null
}

const CLOSED: AclList = [{ perms: 0, scheme: Buffer.from('world'), id: Buffer.from('anyone') }]
const NO_BLOCKS: SnapshotBlocks = { digest: null, lastZxid: null }
/** A root as every server begins with it. */
const FRESH_ROOT = Buffer.concat([Buffer.alloc(8), Buffer.alloc(8, 0xff), Buffer.alloc(60)])

/** Throws `input.*`. */
export async function choose(intact: Intact, zxid: bigint, options: OlderOptions): Promise<Choice> {
  const { survey, seals, snapshot } = intact
  const { front } = survey
  const alone: SalvagedContent = {
    snapshot,
    sessions: sessionsOf(front.sessionBytes),
    lists: front.lists,
    parts: [...(survey.hasRoot ? [] : [{ kind: 'bytes', bytes: FRESH_ROOT } as const]), ...treeParts(survey.runs)],
    older: null,
    blocks: NO_BLOCKS,
  }
  const preview = await previewOf(alone, options)
  const ofLog = seals.tree ? null : await logDigest(zxid, { ...options, places: options.logs })
  const proof = proofOf(intact, preview, zxid, ofLog)
  const wanted = options.from.length > 0
  if (proof.verdict === 'complete' || !wanted) {
    return { content: withBlocks(alone, intact, preview, proof, zxid), preview, proof, filled: null, notFilled: null }
  }
  const older = await olderTree(zxid, options)
  const filled = typeof older === 'string' ? older : await fill(alone, intact, older, { zxid, ofLog, options })
  if (typeof filled !== 'string') return filled
  return { content: alone, preview, proof, filled: null, notFilled: filled }
}

interface Known {
  readonly zxid: bigint
  readonly ofLog: LogDigest | null
  readonly options: OlderOptions
}

async function fill(alone: SalvagedContent, intact: Intact, older: Older, known: Known): Promise<Choice | string> {
  const { zxid, ofLog, options } = known
  const comparison = await compareWith(older, intact, zxid, options.signal)
  const { restored, doubt } = older
  if (doubt === null) {
    const trusted = older.proof.verdict === 'proved'
    if (comparison.other > 0 && !trusted) {
      return `${comparison.other} intact nodes are not what the logs lead to, ${comparison.firstOther} first`
    }
    const { lists, aclOf } = aclMatcher(older, [])
    const content: SalvagedContent = {
      ...alone,
      sessions: [...restored.tree.sessions()].map(([id, timeoutMs]) => ({ id, timeoutMs })),
      lists,
      parts: [{ kind: 'rows', rows: 'all' }],
      older: { tree: restored.tree, sources: restored.sources, aclOf },
    }
    const preview = await previewOf(content, options)
    const met = digestMet(intact, preview, zxid, ofLog)
    const proof = met ?? replayProof(older)
    const replaced = comparison.changed.size + comparison.other
    const added = preview.nodes - comparison.same - comparison.newer - replaced
    const filled = { older, comparison, replayed: true, added: Math.max(0, added), replaced }
    const blocks = withBlocks(content, intact, preview, proof, zxid)
    return { content: blocks, preview, proof, filled, notFilled: null }
  }
  const rows = missingRows(older, intact, comparison.seen)
  const root = intact.survey.hasRoot ? null : restored.tree.kernel.find(new Uint8Array())
  const defined = new Map([...comparison.lists, ...alone.lists])
  const { lists, aclOf } = aclMatcher(older, [...defined])
  const content: SalvagedContent = {
    ...alone,
    lists,
    parts: filledParts(intact.survey.runs, intact.survey.lost, { rows, replaced: comparison.changed, root }),
    older: { tree: restored.tree, sources: restored.sources, aclOf },
  }
  const preview = await previewOf(content, options)
  const proof = digestMet(intact, preview, zxid, ofLog)
  if (proof === null) return `${doubt}, and with what is missing taken from there no stored digest is met`
  const added = [...rows.values()].reduce((sum, of) => sum + of.length, root === null ? 0 : 1)
  const filled = { older, comparison, replayed: false, added, replaced: comparison.changed.size }
  return { content: withBlocks(content, intact, preview, proof, zxid), preview, proof, filled, notFilled: null }
}

function proofOf(intact: Intact, preview: Preview, zxid: bigint, ofLog: LogDigest | null): Proof {
  const { survey, seals } = intact
  const { lost, lostParents } = survey
  if (seals.tree && lost.length === 0) {
    return {
      verdict: 'complete',
      by: 'seal',
      text: 'proved complete: the seal over everything up to the last znode is met',
    }
  }
  const met = survey.hasRoot && lostParents.size === 0 ? digestMet(intact, preview, zxid, ofLog) : null
  if (met !== null) return met
  const missing = lost.length > 0 || lostParents.size > 0 || !survey.hasRoot
  return missing
    ? {
        verdict: 'incomplete',
        by: null,
        text: 'incomplete: good for a look and for taking data out; not for a member of an ensemble, which would differ from the others, and a server started on it serves a tree with holes',
      }
    : {
        verdict: 'unproved',
        by: null,
        text: 'nothing is known to be missing, but no seal or digest proves it: a byte may be changed anywhere',
      }
}

/** The stored digest is that of these nodes; null when none is. */
function digestMet(
  { seals }: Intact,
  { digests, nodes }: Preview,
  zxid: bigint,
  ofLog: LogDigest | null,
): Proof | null {
  const said = seals.said
  const stored = said !== null && said.version === 2 && said.zxid > 0n && digests.includes(said.value)
  if (!stored && (ofLog === null || !digests.includes(ofLog.value))) return null
  const where = stored ? `stored in the snapshot for ${hex64(said.zxid)}` : `of ${hex64(zxid)} in ${ofLog!.file}`
  return {
    verdict: 'complete',
    by: stored ? 'digest' : 'log-digest',
    text: `proved complete: the digest ${where} is that of these ${nodes} znodes; it does not cover sessions, access lists and what lies below /zookeeper: if the seal does not fit, something there may be damaged`,
  }
}

function replayProof({ proof }: Older): Proof {
  if (proof.verdict === 'proved') {
    return { verdict: 'complete', by: 'replay', text: `proved complete: ${proof.text}` }
  }
  return { verdict: 'replayed', by: 'replay', text: `${proof.text}, without a hole` }
}

/** The blocks as far as they are known to be right; a digest is not computed over what is not proved. */
function withBlocks(
  content: SalvagedContent,
  intact: Intact,
  preview: Preview,
  proof: Proof,
  zxid: bigint,
): SalvagedContent {
  const { seals } = intact
  if (proof.verdict !== 'complete') return content
  const given = seals.digest ?? (proof.by === 'digest' ? seals.said : null)
  // what replaying gives is the tree of exactly that zxid
  const made = proof.by === 'log-digest' || proof.by === 'replay' || content.parts.some((part) => part.kind === 'rows')
  const value = preview.digests[0]!
  const digest = made ? { zxid, version: 2, value } : given
  const last = digest === null ? null : digest.zxid > 0n ? digest.zxid : zxid
  // no default server reads a last zxid alone
  const lastZxid = digest !== null && seals.saysLastZxid ? (seals.lastZxid ?? last) : null
  return { ...content, blocks: { digest, lastZxid } }
}

/** Lists that are lost: nobody but the superuser gets in. */
export function closeLists(content: SalvagedContent, refs: Iterable<bigint>): SalvagedContent {
  return { ...content, lists: [...content.lists, ...[...refs].map((ref) => [ref, CLOSED] as const)] }
}

function sessionsOf(bytes: Uint8Array): Session[] {
  const table = sessionTable(bytes)
  return Array.from({ length: table.count }, (_, i) => ({ id: table.id(i), timeoutMs: table.timeoutMs(i) }))
}
