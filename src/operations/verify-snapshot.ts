/*
 * snapshot verify:
 *
 * 1. The snapshot is read to its end: structure, seals, what nodes refer to (formats/snapshot/node-checks.ts), the tree
 *    digest.
 * 2. Nodes whose parent is not among the nodes above them are looked up in a second reading: a server takes a parent
 *    anywhere before, though none writes it so.
 * 3. The digest is held against the stored one where that must fit: same zxid as the name, nothing newer in the tree.
 * 4. Where a moment is asked for, it is the snapshot that the tree of that moment begins with, and the logs behind it are
 *    replayed: their digests and holes count, too.
 * 5. Verdict: damaged when any finding is an error. Whether a server loads it is a question of its own
 *    (formats/snapshot/server.ts): servers do not look at everything, and go by name and settings.
 */
import type { Compression } from '../datadir/byte-source.ts'
import { findSnapshots, type SnapshotFile, snapshotFile } from '../datadir/snapshot-files.ts'
import { isWhole, snapshotEndFindings } from '../formats/snapshot/end-findings.ts'
import { nodeIndex, pathAt } from '../formats/snapshot/node.ts'
import { NodeChecks, type Stray } from '../formats/snapshot/node-checks.ts'
import { type ServerVerdict, serverVerdict } from '../formats/snapshot/server.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import { payloadLimit } from '../formats/txnlog/scan.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import { noProgress } from '../support/progress.ts'
import { type ReadableSnapshot, type ReadSnapshotOptions, readSnapshot, type SnapshotDone } from './read-snapshot.ts'
import { namedTree, type TreePlace } from './tree-place.ts'
import type { TreeProof } from './tree-proof.ts'

export interface VerifySnapshotResult {
  readonly verdict: 'valid' | 'damaged'
  readonly file: string
  readonly compression: Compression
  /** By the blocks behind the nodes: the oldest line that writes it so. */
  readonly format: '3.4' | '3.6' | '3.9'
  readonly dbId: bigint | null
  /** Node records; one less than `srvr` shows. */
  readonly nodes: number
  readonly sessions: number
  readonly acls: number
  readonly nameZxid: bigint | null
  readonly digest: VerifiedDigest | null
  readonly lastZxid: bigint | null
  /** The transactions that it may hold in part. */
  readonly fuzzy: { readonly fromZxid: bigint; readonly toZxid: bigint } | null
  readonly serverAccepts: boolean
  /** What the logs behind it prove up to the moment; not there when none was asked for. */
  readonly proof?: TreeProof | null
  readonly findings: readonly Finding[]
}

export interface VerifiedDigest {
  readonly stored: bigint
  /** Null when it was not asked for. */
  readonly computed: bigint | null
  readonly version: number
  readonly zxid: bigint
  /** Null where the two need not be equal. */
  readonly match: boolean | null
}

/** A file, `-`, or a directory: its newest snapshot, by name. */
export interface VerifySnapshotOptions extends ReadSnapshotOptions, TreePlace {}

/** Throws `input.*` only when there is no snapshot, or it cannot be opened or read. */
export async function verifySnapshot(options: VerifySnapshotOptions): Promise<VerifySnapshotResult> {
  const { place, at, logDir, replayed } = await namedTree(options)
  if (replayed) return verifyMoment({ ...options, place, at, logDir })
  const [newest] = await findSnapshots(place)
  return (await examineSnapshot(newest!, options)).result
}

async function verifyMoment(options: VerifySnapshotOptions): Promise<VerifySnapshotResult> {
  // loaded when asked for
  const [{ openTree }, { treeProof }] = await Promise.all([import('./open-tree.ts'), import('./tree-proof.ts')])
  const opened = await openTree(options)
  const { result } = await examineSnapshot(snapshotFile(opened.snapshot.file), options)
  const findings = [...opened.findings, ...result.findings]
  const verdict = findings.some(({ severity }) => severity === 'error') ? 'damaged' : 'valid'
  return { ...result, verdict, proof: treeProof(opened), findings }
}

export interface ExaminedSnapshot {
  readonly result: VerifySnapshotResult
  /** A server with the settings of its writer loads it: structure, parents and seals are right. */
  readonly whole: boolean
}

export async function examineSnapshot(
  snapshot: ReadableSnapshot,
  options: ReadSnapshotOptions,
): Promise<ExaminedSnapshot> {
  const checks = new NodeChecks()
  let done: SnapshotDone | undefined
  for await (const part of readSnapshot(snapshot, options)) {
    if (part.kind === 'sessions') checks.setSessions(part.sessions)
    else if (part.kind === 'nodes') checks.batch(part)
    else if (part.kind === 'end') done = part
  }
  const { end, compression, broken } = done!
  const { file, nameZxid } = snapshot
  const { trailer } = end
  const orphans = await trueOrphans(checks.strays, snapshot, options)
  const block = trailer?.digest ?? null
  const fuzzy = fuzzySpan(done!, nameZxid)
  const digest =
    block === null || block.zxid <= 0n ? null : digestOf(done!, nameZxid, fuzzy !== null, options.digest ?? false)
  const server = serverVerdict({
    ...done!,
    form: compression,
    namedForm: snapshot.namedForm,
    limit: payloadLimit(options.juteMaxbuffer),
    overLimit: checks.overLimit,
    orphans: orphans.length,
    rootQuota: checks.rootQuota,
  })
  const context = { file, nameZxid, lastPath: checks.lastPath, broken: broken && reasonOf(broken) }
  const findings = [
    ...snapshotEndFindings(end, context),
    ...checks.findings(file, orphans, fuzzy !== null),
    ...digestFindings(file, digest, end.summary.digest),
    ...nameFindings(snapshot, compression),
  ]
  const verdict = findings.some(({ severity }) => severity === 'error') ? 'damaged' : 'valid'
  const result: VerifySnapshotResult = {
    verdict,
    file,
    compression,
    format: trailer?.lastZxid != null ? '3.9' : block === null ? '3.4' : '3.6',
    dbId: end.header?.dbId ?? null,
    nodes: end.nodes,
    sessions: end.sessions,
    acls: end.acls,
    nameZxid,
    digest,
    lastZxid: trailer?.lastZxid ?? null,
    fuzzy,
    serverAccepts: server.accepts,
    findings: [...findings, ...serverFindings(file, verdict, server)],
  }
  return { result, whole: broken === null && orphans.length === 0 && isWhole(end) }
}

/** The strays whose parents come nowhere before them. */
export async function trueOrphans(
  strays: readonly Stray[],
  snapshot: ReadableSnapshot,
  options: ReadSnapshotOptions,
): Promise<readonly Stray[]> {
  // standard input cannot be read twice
  if (strays.length === 0 || snapshot.file === '-') return strays
  const parents = new Map(strays.map(({ parent }) => [parent, Number.POSITIVE_INFINITY]))
  for await (const part of readSnapshot(snapshot, { ...options, digest: false, progress: noProgress })) {
    if (part.kind !== 'nodes') continue
    for (let row = 0; row < part.count; row++) {
      const path = textOf(pathAt(part, row))
      const known = parents.get(path)
      if (known === Number.POSITIVE_INFINITY) parents.set(path, nodeIndex(part, row) + part.base)
    }
  }
  return strays.filter(({ parent, offset }) => parents.get(parent)! >= offset)
}

export function fuzzySpan(
  { end: { summary, trailer } }: SnapshotDone,
  nameZxid: bigint | null,
): VerifySnapshotResult['fuzzy'] {
  if (nameZxid === null) return null
  const zxids = [summary.maxZxid, trailer?.digest?.zxid ?? null]
  let toZxid = nameZxid
  for (const zxid of zxids) if (zxid !== null && zxid > toZxid) toZxid = zxid
  return toZxid === nameZxid ? null : { fromZxid: nameZxid + 1n, toZxid }
}

function digestOf({ end }: SnapshotDone, nameZxid: bigint | null, fuzzy: boolean, wanted: boolean): VerifiedDigest {
  const { value: stored, version, zxid } = end.trailer!.digest!
  const { digest, asciiDigest } = end.summary
  if (!wanted) return { stored, computed: null, version, zxid, match: null }
  const equal = version === 2 && (stored === digest || stored === asciiDigest)
  const decisive = version === 2 && nameZxid !== null && nameZxid !== 0n && zxid === nameZxid && !fuzzy
  const computed = equal ? stored : digest
  return { stored, computed, version, zxid, match: equal ? true : decisive ? false : null }
}

function digestFindings(file: string, digest: VerifiedDigest | null, utf8Digest: bigint): Finding[] {
  if (digest === null) return []
  const { stored, computed, zxid, match } = digest
  if (match === false) {
    return [
      {
        code: 'snapshot.digest-mismatch',
        severity: 'error',
        message: `the tree's digest is not the stored one: ${hex64(computed!)}, not ${hex64(stored)}`,
        file,
        zxid,
        remedy: 'Compare it with a snapshot of another member (zkops snapshot diff); let the one that differs resync.',
      },
    ]
  }
  if (match !== true || computed === utf8Digest) return []
  return [
    {
      code: 'snapshot.digest-charset',
      severity: 'info',
      message: 'the digest fits when non-ASCII characters in paths count as "?"',
      file,
      zxid,
      remedy: 'Start all servers with the same -Dfile.encoding=UTF-8: others report a mismatch for this tree.',
    },
  ]
}

function nameFindings({ file, namedForm, stray }: SnapshotFile, compression: Compression): Finding[] {
  const findings: Finding[] = []
  if (namedForm !== null && namedForm !== compression) {
    const is = compression === 'none' ? 'not compressed' : compression
    findings.push({
      code: 'snapshot.name-form',
      severity: 'warning',
      message: `it is ${is}, but its name does not say so: servers skip it without a word`,
      file,
      remedy: 'Rename it: .gz and .snappy at the end stand for compressed snapshots.',
    })
  }
  if (stray) {
    findings.push({
      code: 'snapshot.stray-copy',
      severity: 'warning',
      message: 'servers from 3.6 on read this copy as a snapshot of its own',
      file,
      remedy: 'Move it out of version-2.',
    })
  }
  return findings
}

const HOW = {
  skips: 'a server skips it without a word and takes an older one, if there is any',
  fails: 'a server fails on it and goes on with an older one, and may keep ephemeral state of this one',
  refuses: 'a server does not start with it, whatever other snapshots there are',
} as const

function serverFindings(file: string, verdict: 'valid' | 'damaged', { accepts, how, why }: ServerVerdict): Finding[] {
  if (accepts && verdict === 'valid') return []
  if (accepts) {
    return [
      {
        code: 'snapshot.damage-accepted',
        severity: 'warning',
        message: 'a server loads it all the same, without a word',
        file,
        remedy: 'Move it away before a start.',
      },
    ]
  }
  return [
    {
      code: 'snapshot.not-loaded',
      severity: verdict === 'valid' ? 'warning' : 'info',
      message: `${HOW[how!]}: ${why}`,
      file,
      evidence: { server: how },
      remedy: 'Move it away before a start, and see that the logs reach back to the snapshot that is used then.',
    },
  ]
}

function reasonOf({ cause, message }: Error): string {
  return cause instanceof Error ? cause.message : message
}
