/*
 * Znodes for a person: names, tables, zkCli's stat, a drawn tree.
 */
import type { Listing, TreeBranch } from '../operations/look-into/listing.ts'
import type { Look, Znode } from '../operations/look-into/look.ts'
import { hex64 } from '../support/hex.ts'
import { columns, countText, sizeText } from './amounts.ts'
import { jsonLine } from './json.ts'
import { printable, type Style } from './style.ts'
import { timeText } from './txn-json.ts'
import { aclEntries } from './txn-text.ts'
import { znodeJson } from './znode-json.ts'

const HEAD = ['TYPE', 'BYTES', 'CHILDREN', 'VERSION', 'MODIFIED (UTC)', 'NAME'] as const
const RIGHT = [1, 2, 3]

/** Names, one a line; `long`: a table. */
export function listingText({ path, children }: Listing, long: boolean, { color }: Style): string {
  const above = path === '/' ? 1 : path.length + 1
  const names = children.map((child) => printable(child.path.slice(above)))
  if (!long || children.length === 0) return names.map((name) => `${name}\n`).join('')
  const rows = children.map((child, i) => [...rowOf(child), names[i]!])
  const [head, ...lines] = columns([HEAD, ...rows], RIGHT)
  return [color.bold(head), ...lines].map((line) => `${line}\n`).join('')
}

/** What stands in front of the name. */
function rowOf({ type, dataBytes, children, stat }: Znode): string[] {
  const time = (timeText(stat.mtime) ?? '-').replace('T', ' ').slice(0, 19)
  return [type, dataBytes === null ? 'null' : String(dataBytes), String(children), String(stat.version), time]
}

/** Writes what was found, a line each. */
export function foundLine(
  { format, long }: { readonly format: string; readonly long: boolean },
  look: Pick<Look, 'acls'>,
): (znode: Znode) => string {
  if (format === 'jsonl') return (znode) => jsonLine(znodeJson(znode, look))
  return long ? foundText : ({ path }) => `${printable(path)}\n`
}

/** A line with widths of its own: those of a table are known behind the last line only. */
function foundText(znode: Znode): string {
  const [type, bytes, children, version, time] = rowOf(znode)
  const owner = znode.type === 'ephemeral' ? `  owner ${hex64(znode.stat.ephemeralOwner)}` : ''
  const sizes = `${bytes!.padStart(8)} B ${children!.padStart(7)} children`
  return `${type!.padEnd(10)} ${sizes}  version ${version!.padEnd(4)} ${time}  ${printable(znode.path)}${owner}\n`
}

/** The fields of zkCli's stat by its names, and what it leaves out. */
export function statText(znode: Znode, { acls }: Pick<Look, 'acls'>, { color }: Style): string {
  const { stat, type, ttlMs, dataBytes, children, aclRef } = znode
  const list = acls.list(aclRef)
  const entries = list === undefined ? [`list ${aclRef}, which is not defined`] : aclEntries(list ?? [])
  const rows: readonly (readonly [string, string])[] = [
    ['cZxid', hex64(stat.czxid)],
    ['ctime', timeText(stat.ctime) ?? '-'],
    ['mZxid', hex64(stat.mzxid)],
    ['mtime', timeText(stat.mtime) ?? '-'],
    ['pZxid', hex64(stat.pzxid)],
    ['cversion', String(stat.cversion)],
    ['dataVersion', String(stat.version)],
    ['aclVersion', String(stat.aversion)],
    ['ephemeralOwner', hex64(stat.ephemeralOwner)],
    ['dataLength', dataBytes === null ? '0 (null)' : String(dataBytes)],
    ['numChildren', String(children)],
    ['type', ttlMs === null ? type : `${type}, ${ttlMs} ms`],
    ...entries.map((entry, i) => [i === 0 ? 'acl' : '', entry] as const),
  ]
  const lines = rows.map(([name, value]) => `${color.dim(name.padEnd(14))} ${value}\n`)
  return `${color.bold(printable(znode.path))}\n${lines.join('')}`
}

/** Each znode with what is below it. */
export function treeText(branch: TreeBranch, style: Style): string {
  const [fork, last, bar] = style.unicode ? ['├─ ', '└─ ', '│  '] : ['|- ', '`- ', '|  ']
  const lines: string[] = []
  const add = (one: TreeBranch, name: string, lead: string, indent: string) => {
    lines.push(`${lead}${printable(name)}${amounts(one, style)}\n`)
    const { children, omitted } = one
    for (const [i, child] of children.entries()) {
      const end = i === children.length - 1 && omitted.children === 0
      add(child, child.name, `${indent}${end ? last : fork}`, `${indent}${end ? '   ' : bar}`)
    }
    if (omitted.children === 0) return
    const more = `${countText(omitted.children)} more, ${countText(omitted.nodes)} znodes`
    lines.push(`${indent}${last}${style.color.dim(`${style.unicode ? '…' : '...'} ${more}`)}\n`)
  }
  add(branch, branch.path, '', '')
  return lines.join('')
}

function amounts({ nodes, dataBytes }: TreeBranch, { color }: Style): string {
  const count = nodes === 1 ? '' : `${countText(nodes)} znodes, `
  return nodes === 1 && dataBytes === 0 ? '' : color.dim(`  ${count}${sizeText(dataBytes)}`)
}
