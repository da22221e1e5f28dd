/*
 * What differs between two snapshots, a line a node:
 *
 *     + /app/new  persistent  version 0  "value" 5 B
 *     - /app/old  ephemeral  version 0  null  owner 0x100004bec300000
 *     ~ /app/data  version 1 -> 2  "a" 1 B -> "b" 1 B  acl world:anyone:r -> open
 *     1 added, 1 removed, 1 changed (1 data, 1 acl, 1 version)
 */

import { nodeKind, ttlMs } from '../formats/snapshot/owner.ts'
import type { ChangeField, NodeChange, NodeState } from '../operations/diff-snapshots/compare.ts'
import { CHANGE_FIELDS } from '../operations/diff-snapshots/compare.ts'
import type { DiffSnapshotsResult } from '../operations/diff-snapshots/diff.ts'
import { hex64 } from '../support/hex.ts'
import { countText } from './amounts.ts'
import { findingText } from './findings.ts'
import { jsonLine } from './json.ts'
import { nodeFields, pathText } from './snapshot-json.ts'
import { nodeAclText } from './snapshot-text.ts'
import { printable, type Style } from './style.ts'
import { dataText } from './txn-text.ts'

export interface SnapshotDiffOptions {
  readonly format: 'text' | 'jsonl'
  readonly style: Style
  readonly data: boolean
  readonly dataWidth: number
}

/** The line of one node. */
export function changeLine(options: SnapshotDiffOptions): (change: NodeChange) => string {
  if (options.format === 'text') return (change) => changeText(change, options)
  const form = (state: NodeState | null) => (state === null ? null : nodeFields(state.node, state.acls, options))
  return ({ change, path, fields, before, after }) =>
    jsonLine({ change, path: pathText(path), fields, before: form(before), after: form(after) })
}

/** The last line of the text form, with what was passed over before it. */
export function diffSummaryText(result: DiffSnapshotsResult, style: Style): string {
  const { added, removed, changed, fields, sides, findings } = result
  const by = CHANGE_FIELDS.filter((field) => fields[field] > 0).map((field) => `${countText(fields[field])} ${field}`)
  const of = sides
    .map(({ where, zxid, nodes }) => {
      return `${printable(where)} (${zxid === null ? '' : `${hex64(zxid)}, `}${countText(nodes)} nodes)`
    })
    .join(' and ')
  const paint = added + removed + changed === 0 ? style.color.green : style.color.yellow
  const counts = `${countText(added)} added, ${countText(removed)} removed, ${countText(changed)} changed`
  return [
    ...findings.map((finding) => findingText(finding, style)),
    `${paint(counts)}${by.length === 0 ? '' : ` (${by.join(', ')})`}: ${of}\n`,
  ].join('')
}

const SIGNS = { added: ['+', 'green'], removed: ['-', 'red'], changed: ['~', 'yellow'] } as const

function changeText({ change, path, fields, before, after }: NodeChange, options: SnapshotDiffOptions): string {
  const [sign, color] = SIGNS[change]
  const head = `${options.style.color[color](sign)} ${printable(pathText(path))}`
  if (before === null || after === null) {
    const state = (before ?? after)!
    const { stat } = state.node
    const parts = [ownerText(stat.ephemeralOwner), `version ${stat.version}`, dataText(state.node, options)]
    return `${head}  ${parts.join('  ')}${nodeAclText(state.acls, state.node.aclRef)}\n`
  }
  return `${head}  ${fields.map((field) => fieldText(field, before, after, options)).join('  ')}\n`
}

function fieldText(field: ChangeField, before: NodeState, after: NodeState, options: SnapshotDiffOptions): string {
  const both = (text: (state: NodeState) => string) => `${text(before)} -> ${text(after)}`
  switch (field) {
    case 'data':
      return both(({ node }) => dataText(node, options))
    case 'acl':
      return both(({ acls, node }) => nodeAclText(acls, node.aclRef).trim() || 'acl world:anyone:cdrwa')
    case 'owner':
      return both(({ node }) => ownerText(node.stat.ephemeralOwner))
    case 'version':
      return before.node.stat.version === after.node.stat.version
        ? `aversion ${both(({ node }) => String(node.stat.aversion))}`
        : `version ${both(({ node }) => String(node.stat.version))}`
    case 'stat':
      return `stat (mzxid ${both(({ node }) => hex64(node.stat.mzxid))}, pzxid ${both(({ node }) => hex64(node.stat.pzxid))}, cversion ${both(({ node }) => String(node.stat.cversion))})`
  }
}

function ownerText(owner: bigint): string {
  const kind = nodeKind(owner)
  if (kind === 'ttl') return `ttl ${ttlMs(owner)} ms`
  return kind === 'ephemeral' ? `ephemeral of ${hex64(owner)}` : kind
}
