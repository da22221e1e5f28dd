/*
 * The data tree of a server, in memory: what a snapshot holds (load.ts) after the transactions of logs (replay.ts).
 * Names, stats and access lists are here; values stay in the files they lie in.
 */
import { createPlainTree } from './kernel/plain-tree.ts'
import type { Stat, TreeCounts, TreeKernel, ValuePlace } from './kernel/tree-kernel.ts'
import { createWasmTree } from './kernel/wasm-tree.ts'
import { FAITHFUL_RULES } from './rules.ts'

export interface TreeOptions {
  /** What a restore does; see rules.ts. */
  readonly rules?: number
  /** Whether owners 0xff… are TTLs (`extendedTypesEnabled`). */
  readonly extendedTypes?: boolean
  /** The longest string or buffer in bytes that a server takes; see payloadLimit. */
  readonly limit: number
  /** For tests; else the SIMD one where the runtime has SIMD. */
  readonly kernel?: TreeKernel
}

/** One znode. */
export interface TreeNode {
  /** Bytes of the path; the root's is empty. */
  readonly path: Uint8Array
  readonly stat: Stat
  readonly aclId: bigint
  readonly value: ValuePlace
}

export interface Tree {
  /** For load.ts, replay.ts and writers. */
  readonly kernel: TreeKernel
  readonly limit: number
  readonly rules: number
  /** Signed, as stored. */
  digest(): bigint
  counts(): TreeCounts
  /** What the server calls zk_approximate_data_size: paths and values; the root counts twice, as "" and "/". */
  approximateDataSize(): number
  sessions(): ReadonlyMap<bigint, number>
  /** Lists by id, as the bytes of `vector<ACL>`; a znode's id may be missing (a dangling one), -1 is open to all. */
  acls(): ReadonlyMap<bigint, Uint8Array>
  lookup(path: string): TreeNode | undefined
  /** Names, sorted by code unit; undefined when there is no such znode. */
  children(path: string): readonly string[] | undefined
  /** All that hang together with the root, parents before children, siblings in no order. */
  walk(): Generator<TreeNode>
  /** Rows in the order of `walk`, for writers that want no object for each. */
  walkRows(): Generator<number>
}

/** Leaves three quarters of the memory to the tree. */
const MAX_BUFFER_BYTES = 1 << 30

/** An empty tree; a server's fresh one is made by `loadFresh`. Throws `input.too-large`. */
export function createTree(options: TreeOptions): Tree {
  const { limit, rules = FAITHFUL_RULES, extendedTypes = true } = options
  const kernel = options.kernel ?? createWasmTree() ?? createPlainTree()
  // a record has two strings at most; one that does not fit ends in input.too-large
  kernel.open(rules, extendedTypes, Math.min(Math.max(4 << 20, 2 * limit + 1024), MAX_BUFFER_BYTES))
  const nodeOf = (row: number): TreeNode => ({
    path: kernel.pathOf(row),
    stat: kernel.stat(row),
    aclId: kernel.aclId(row),
    value: kernel.value(row),
  })
  const find = (path: string): number => kernel.find(new Uint8Array(Buffer.from(path === '/' ? '' : path)))
  function* walkRows(): Generator<number> {
    const root = kernel.find(new Uint8Array())
    if (root === 0) return
    const children = childIndex(kernel)
    const stack = [root]
    for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
      yield row
      children.push(row, stack)
    }
  }
  return {
    kernel,
    limit,
    rules,
    digest: () => kernel.digest(),
    counts: () => kernel.counts(),
    approximateDataSize() {
      const { valueBytes, pathUnits } = kernel.counts()
      const root = kernel.find(new Uint8Array())
      return valueBytes + pathUnits + (root === 0 ? 0 : 1 + Math.max(0, kernel.value(root).length))
    },
    sessions: () => kernel.sessions(),
    acls: () => kernel.acls(),
    lookup(path) {
      const row = find(path)
      return row === 0 ? undefined : nodeOf(row)
    },
    children(path) {
      const row = find(path)
      if (row === 0) return undefined
      const rows: number[] = []
      childIndex(kernel).push(row, rows)
      return rows.map((child) => Buffer.from(kernel.nameOf(child)).toString('utf8')).sort()
    },
    walkRows,
    *walk() {
      for (const row of walkRows()) yield nodeOf(row)
    },
  }
}

/** Children by parent: rows sorted by their parents', eight bytes each, looked up by bisection. */
export function childIndex(kernel: TreeKernel): { push(parent: number, into: number[]): void } {
  const rows = kernel.rows()
  const keys = new BigUint64Array(rows.length)
  // little-endian halves: the row below, its parent above, so that sorting groups by parent
  const halves = new Uint32Array(keys.buffer)
  for (const [i, row] of rows.entries()) {
    halves[2 * i] = row
    halves[2 * i + 1] = kernel.parentOf(row)
  }
  keys.sort()
  return {
    push(parent, into) {
      let low = 0
      let high = rows.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (halves[2 * middle + 1]! < parent) low = middle + 1
        else high = middle
      }
      for (let i = low; i < rows.length && halves[2 * i + 1] === parent; i++) into.push(halves[2 * i]!)
    },
  }
}
