/*
 * snapshot salvage:
 *
 * 1. The snapshot is surveyed: what stands before the nodes, every intact node, behind damage as well, and what its seals
 *    prove (intact.ts, formats/snapshot/salvage/).
 * 2. What is missing is taken from an older snapshot and logs where that is proved (choose.ts).
 * 3. It is written as a data directory that a server starts from, read again, and only then gets its name; bytes that are
 *    not taken go into quarantine/, intact nodes whose parents are lost into a snapshot beside them.
 *
 * Guarantees: no node is made up; a digest is written only where it is proved. The given files are only read.
 */
import { basename, dirname, join } from 'node:path'
import { isDirectory } from '../../datadir/log-files.ts'
import { obstacle } from '../../datadir/new-place.ts'
import { snapshotFile } from '../../datadir/snapshot-files.ts'
import { keepStdin } from '../../datadir/stdin-copy.ts'
import {
  type Change,
  LOSES_NOTHING,
  makePlan,
  type PlanStep,
  type Refusal,
  refusedChange,
} from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { memberTexts } from '../snapshot-build/member-texts.ts'
import { examineSnapshot } from '../verify-snapshot.ts'
import { type Choice, choose, closeLists } from './choose.ts'
import { salvageFindings } from './findings.ts'
import { type Intact, intactOf } from './intact.ts'
import type { OlderOptions } from './older.ts'
import { orphanParts } from './parts.ts'
import { quarantineOf } from './quarantine.ts'
import { type SalvageDraft, writeSalvaged } from './write.ts'

export interface SalvageSnapshotOptions extends OlderOptions {
  /** A snapshot, or `-`. */
  readonly file: string
  readonly output: string
  readonly myid?: number | undefined
  /** Go on without what is lost that a server cannot do without: root, access lists. */
  readonly acceptLoss: boolean
}

const MOST_ZNODES = 1000

/** Throws `input.*` when something is missing or cannot be read. */
export async function planSnapshotSalvage(options: SalvageSnapshotOptions): Promise<Change> {
  const { file, output } = options
  await keepStdin([file], options.signal)
  if (file !== '-' && (await isDirectory(file))) {
    throw new ZkopsError('usage', `${file} is a directory: name the damaged snapshot in it`)
  }
  const snapshot = snapshotFile(file)
  const examined = await examineSnapshot(snapshot, { ...options, digest: true })
  if (examined.whole) return nothingToDo(options, examined.result.findings)
  const intact = await intactOf(snapshot, options)
  const zxid = zxidOf(intact)
  const choice = await choose(intact, zxid, options)
  const closed = lostLists(intact, choice, zxid)
  const draft: SalvageDraft = {
    content: closeLists(choice.content, closed.keys()),
    name: `snapshot.${BigInt.asUintN(64, zxid).toString(16)}`,
    nodes: choice.preview.nodes,
    zxid,
    texts: await memberTexts(file === '-' ? '-' : dirname(file), options.myid, zxid),
    quarantined: quarantineOf(intact),
    orphans: orphansOf(intact, choice),
  }
  const findings = salvageFindings(intact, choice, closed)
  const plan = makePlan({
    kind: 'snapshot salvage',
    base: {
      snapshot: file,
      zxid,
      from: options.from,
      logs: options.logs,
      intact: intact.survey.runs.reduce((sum, { nodes }) => sum + nodes, 0),
      nodes: draft.nodes,
      proof: choice.proof,
    },
    steps: stepsOf(draft, choice, output),
    loses: lossOf(intact, choice),
    undo: `The given files are not changed; remove ${output}.`,
  })
  const refused = await refusalOf(intact, choice, closed, options)
  if (refused !== null) return refusedChange(plan, refused, findings)
  return {
    plan,
    refused: null,
    findings,
    apply: async () => {
      const verified = await writeSalvaged(draft, options)
      const ok = PROVED[choice.proof.verdict]
      const check = { check: 'proved complete', ok, detail: choice.proof.text }
      return { stepsDone: plan.steps.length, verified: [check, ...verified], journal: null, undo: null }
    },
  }
}

const PROVED = { complete: true, replayed: null, unproved: null, incomplete: false } as const

function nothingToDo({ file }: SalvageSnapshotOptions, findings: readonly Finding[]): Change {
  const plan = makePlan({
    kind: 'snapshot salvage',
    base: { snapshot: file },
    steps: [],
    loses: LOSES_NOTHING,
    undo: 'Nothing was changed.',
  })
  const apply = async () => ({ stepsDone: 0, verified: [], journal: null, undo: null })
  return { plan, refused: null, findings, apply }
}

function zxidOf({ snapshot: { file, nameZxid }, seals }: Intact): bigint {
  const zxid = nameZxid ?? (seals.digest !== null && seals.digest.zxid > 0n ? seals.digest.zxid : seals.lastZxid)
  if (zxid !== null) return zxid
  throw new ZkopsError('input.no-zxid', `Neither the name of ${file} nor what is intact in it tells its zxid`, {
    file,
    hint: 'Give it the name that it had: snapshot.<zxid>.',
  })
}

/** Access lists that nodes have and nothing defines; in a fuzzy snapshot whose table is whole they came up later. */
function lostLists({ survey }: Intact, { preview }: Choice, zxid: bigint): ReadonlyMap<bigint, number> {
  const { acls } = survey.front
  const isFuzzy = preview.maxZxid > zxid
  return isFuzzy && (acls === 'whole' || acls === 'mended') ? new Map() : preview.undefinedLists
}

function orphansOf({ snapshot, survey }: Intact, { content, filled }: Choice): SalvageDraft['orphans'] {
  const parts = orphanParts(survey.runs)
  if (filled !== null || parts.length === 0) return null
  const name = join('quarantine', `orphans.${snapshot.file === '-' ? 'stdin' : basename(snapshot.file)}`)
  return { name, content: { ...content, parts, sessions: [], blocks: { digest: null, lastZxid: null } } }
}

async function refusalOf(
  { survey }: Intact,
  { filled }: Choice,
  closed: ReadonlyMap<bigint, number>,
  { output, acceptLoss }: SalvageSnapshotOptions,
): Promise<Refusal | null> {
  const blocked = await obstacle(output)
  if (blocked !== undefined) return { code: blocked.code, why: blocked.why, counterexample: null }
  if (filled === null && survey.runs.length === 0) {
    return { code: 'refused.nothing-valid', why: 'there is not one intact znode in it', counterexample: null }
  }
  if (acceptLoss) return null
  if (filled === null && !survey.hasRoot) {
    const why =
      'the root is lost, and no server starts without: --accept-loss puts the one there that servers begin with'
    return { code: 'refused.root-lost', why, counterexample: { path: '/' } }
  }
  if (closed.size > 0) {
    const [ref] = closed.keys()
    const why = `${closed.size} access lists are lost, and a server fails on znodes that have one: --accept-loss gives them one that lets in nobody but the superuser`
    return { code: 'refused.acls-lost', why, counterexample: { acl: ref } }
  }
  return null
}

function stepsOf(
  { name, nodes, content, texts, quarantined, orphans, zxid }: SalvageDraft,
  { proof }: Choice,
  output: string,
) {
  const write = (target: string, detail: string, action = 'write'): Omit<PlanStep, 'n'> => ({
    action,
    target: join(output, target),
    detail,
    reversible: true,
  })
  const what = `${nodes} znodes, ${content.sessions.length} sessions, as of ${hex64(zxid)}; ${proof.text}`
  return [
    write(join('version-2', name), what),
    ...texts.map((text) => write(text.name, text.text.trim())),
    ...(orphans === null ? [] : [write(orphans.name, 'intact znodes whose parents are lost', 'quarantine')]),
    ...quarantined.map((one) => write(one.name, `${one.to - one.from} B`, 'quarantine')),
  ]
}

function lossOf({ survey }: Intact, { filled, proof }: Choice) {
  if (filled !== null || proof.verdict === 'complete') return LOSES_NOTHING
  const { lost, lostParents, hasRoot } = survey
  const said = lost.flatMap(({ says }) => says ?? [])
  const znodes = [...new Set([...(hasRoot ? [] : ['/']), ...lostParents, ...said])].slice(0, MOST_ZNODES)
  return { ...LOSES_NOTHING, znodes, bytes: lost.reduce((sum, { from, to }) => sum + to - from, 0) }
}
