/*
 * snapshot lint: what will go wrong with a tree, though the file itself is whole. One reading in constant memory; a
 * second one when there are quotas. Where logs were replayed the tree is in memory, and nothing in it has a place in a
 * file.
 */
import { keepStdin } from '../../datadir/stdin-copy.ts'
import { NodeChecks } from '../../formats/snapshot/node-checks.ts'
import type { Finding, Severity } from '../../support/finding.ts'
import { noProgress } from '../../support/progress.ts'
import { type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'
import type { TreePlace } from '../tree-place.ts'
import { usableSnapshot } from '../usable-snapshot.ts'
import { fuzzySpan } from '../verify-snapshot.ts'
import { requireWhole } from '../whole-snapshot.ts'
import { Found, type Omitted } from './found.ts'
import { NodeLint } from './node-lint.ts'
import { Quotas } from './quotas.ts'

/** A file, `-`, or a directory: the latest tree. */
export interface LintSnapshotOptions extends ReadSnapshotOptions, TreePlace {}

export interface LintSnapshotResult {
  readonly file: string
  /** Those that were replayed behind it. */
  readonly logs: readonly string[]
  /** By the name of the snapshot, or of the last transaction. */
  readonly zxid: bigint | null
  readonly nodes: number
  /** Quotas that were held against what is below them. */
  readonly quotas: number
  /** Errors first. */
  readonly findings: readonly Finding[]
  /** A hundred of each code are listed. */
  readonly omitted: readonly Omitted[]
}

const ORDER: readonly Severity[] = ['error', 'warning', 'info']

/** Throws `input.damaged` when the snapshot is not whole, and `input.*` when there is none or it cannot be read. */
export async function lintSnapshot(options: LintSnapshotOptions): Promise<LintSnapshotResult> {
  await keepStdin([options.place ?? ''], options.signal)
  const { snapshot, logs, findings: passedOver } = await usableSnapshot(options, options, 'latest')
  const { file, nameZxid } = snapshot
  const found = new Found()
  const lint = new NodeLint(found, file, options.juteMaxbuffer)
  const checks = new NodeChecks()
  const quotas = new Quotas()
  let nodes = 0
  let fuzzy = false
  for await (const part of readSnapshot(snapshot, options)) {
    if (part.kind === 'sessions') checks.setSessions(part.sessions)
    else if (part.kind === 'nodes') {
      checks.batch(part)
      lint.batch(part)
      quotas.find(part)
    } else if (part.kind === 'end') {
      requireWhole(part, file)
      nodes = part.end.nodes
      fuzzy = fuzzySpan(part, nameZxid) !== null
    }
  }
  lint.finish()
  if (quotas.count > 0) {
    for await (const part of readSnapshot(snapshot, { ...options, progress: noProgress })) {
      if (part.kind === 'nodes') quotas.use(part)
    }
    quotas.report(found, file)
  }
  // strays are told as tree.unordered
  const references = checks.findings(file, [], fuzzy)
  const ofTree = [...references, ...found.findings()]
  const findings = [...passedOver, ...(snapshot.open === undefined ? ofTree : ofTree.map(withoutOffset))]
  return {
    file,
    logs,
    zxid: nameZxid,
    nodes,
    quotas: quotas.count,
    findings: findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity)),
    omitted: found.omitted(),
  }
}

function withoutOffset({ offset: _, ...finding }: Finding): Finding {
  return finding
}
