/*
 * A look into the tree of a moment: znodes by path, their children, what lies below them. Numbers are those of
 * tree/family.ts.
 */
import { juteReader } from '../../formats/jute/reader.ts'
import { type AclTable, aclTable } from '../../formats/snapshot/acls.ts'
import { type NodeKind, nodeKind, ttlMs } from '../../formats/snapshot/owner.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { readAcls } from '../../formats/txnlog/txn/acl.ts'
import { ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import { type Family, familyOf, type Weights, weightsOf } from '../../tree/family.ts'
import type { Stat, TreeKernel } from '../../tree/kernel/tree-kernel.ts'
import { type OpenTree, type OpenTreeOptions, openTree } from '../open-tree.ts'
import { readValues } from './values.ts'

/** What looking around takes, wherever the tree comes from. */
export interface Look extends Pick<OpenTree, 'zxid' | 'timeMs' | 'findings'> {
  readonly tree: {
    readonly kernel: Pick<TreeKernel, 'find' | 'pathOf' | 'nameOf' | 'stat' | 'value' | 'aclId' | 'ownerOf'>
  }
  readonly acls: AclTable
  family(): Family
  weights(): Weights
  /** Values of znodes by number, each with its index in `numbers`; null ones are null. */
  values(
    numbers: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly index: number; readonly bytes: Uint8Array | null }>
}

/** Into files. */
export interface LookIntoFiles extends Look, Omit<OpenTree, 'tree'> {
  readonly tree: OpenTree['tree']
}

/** A znode as clients see it. */
export interface Znode {
  readonly path: string
  readonly type: NodeKind
  /** Null when it is no TTL node. */
  readonly ttlMs: number | null
  /** Null for null data. */
  readonly dataBytes: number | null
  readonly children: number
  readonly aclRef: bigint
  /** cversion counts changes of children, as clients see it; ephemeralOwner is the raw owner. */
  readonly stat: Stat
}

/** Throws as openTree does. */
export async function lookInto(options: OpenTreeOptions): Promise<LookIntoFiles> {
  const opened = await openTree(options)
  let family: Family | undefined
  let weights: Weights | undefined
  const lists = [...opened.tree.acls()].map(([id, bytes]) => [id, readAcls(juteReader(bytes))] as const)
  const look: LookIntoFiles = {
    ...opened,
    acls: aclTable(lists),
    family: () => (family ??= familyOf(opened.tree)),
    weights: () => (weights ??= weightsOf(opened.tree, look.family())),
    values: (numbers, signal) => {
      const { rows } = look.family()
      const places = numbers.map((number) => opened.tree.kernel.value(rows[number]!))
      return readValues(opened.sources, places, signal)
    },
  }
  return look
}

/** The number of a znode. Throws `usage` for what is no path, `input.no-znode` when it is not there. */
export function numberAt(look: Look, path: string): number {
  if (!/^\/$|^(\/[^/]+)+$/s.test(path)) {
    throw new ZkopsError('usage', `${path} is no path of a znode: it begins with / and does not end with it`)
  }
  const { kernel } = look.tree
  const number = look.family().numberOf(kernel.find(Buffer.from(path === '/' ? '' : path)))
  if (number >= 0) return number
  throw new ZkopsError('input.no-znode', `${path} does not exist ${momentText(look)}`, { hint: nearest(look, path) })
}

function momentText({ zxid }: Look): string {
  return zxid === null ? 'in this snapshot' : `at ${hex64(zxid)}`
}

/** The parent that is there. */
function nearest({ tree: { kernel } }: Look, path: string): string {
  let parent = path
  do parent = parent.slice(0, parent.lastIndexOf('/'))
  while (parent !== '' && kernel.find(Buffer.from(parent)) === 0)
  return `${parent || '/'} does exist.`
}

export function pathOf({ tree: { kernel }, family }: Look, number: number): string {
  return textOf(kernel.pathOf(family().rows[number]!)) || '/'
}

export function nameOf({ tree: { kernel }, family }: Look, number: number): string {
  return textOf(kernel.nameOf(family().rows[number]!)) || '/'
}

/** Sorted by their names' bytes. */
export function childrenOf({ tree: { kernel }, family }: Look, number: number): readonly number[] {
  const { rows, firsts } = family()
  const named: { readonly child: number; readonly name: Uint8Array }[] = []
  for (let child = firsts[number]!; child < firsts[number + 1]!; child++) {
    named.push({ child, name: kernel.nameOf(rows[child]!) })
  }
  return named.sort((a, b) => Buffer.compare(a.name, b.name)).map(({ child }) => child)
}

export function znodeAt(look: Look, number: number): Znode {
  const { rows, firsts } = look.family()
  const { kernel } = look.tree
  const row = rows[number]!
  const stat = kernel.stat(row)
  const type = nodeKind(stat.ephemeralOwner)
  const children = firsts[number + 1]! - firsts[number]!
  const { length } = kernel.value(row)
  return {
    path: pathOf(look, number),
    type,
    ttlMs: type === 'ttl' ? ttlMs(stat.ephemeralOwner) : null,
    dataBytes: length < 0 ? null : length,
    children,
    aclRef: kernel.aclId(row),
    // DataNode.copyStat
    stat: { ...stat, cversion: (stat.cversion * 2 - children) | 0 },
  }
}
