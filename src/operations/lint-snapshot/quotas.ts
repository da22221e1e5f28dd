/*
 * Quotas of a tree: where they are set, and what there is below. A quota may come behind what it is about, so usage is
 * counted in a second reading, when there are quotas at all. It is counted as servers do: the znode itself and all below
 * it, bytes of values.
 */
import { readQuota } from '../../formats/payload/quota.ts'
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { nodeAt, pathAt } from '../../formats/snapshot/node.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import type { Found } from './found.ts'

const PREFIX = '/zookeeper/quota'
const ENDING = '/zookeeper_limits'
/** More are not counted. */
const MOST_QUOTAS = 1 << 16

interface Quota {
  readonly path: string
  readonly limits: Readonly<Record<string, number | string>>
  count: number
  bytes: number
}

/** The limits of a quota, what is counted against them, and whether servers can be told to enforce them. */
const LIMITS = [
  ['countHardLimit', 'count', 'error'],
  ['byteHardLimit', 'bytes', 'error'],
  ['count', 'count', 'warning'],
  ['bytes', 'bytes', 'warning'],
] as const

export class Quotas {
  private readonly quotas = new Map<string, Quota>()
  private readonly lengths = new Set<number>()
  private open: { readonly depth: number; readonly quota: Quota }[] = []

  get count(): number {
    return this.quotas.size
  }

  /** First reading: finds the quotas. */
  find(batch: NodeBatch): void {
    const { table, bytes, view } = batch
    for (let row = 0; row < batch.count; row++) {
      const at = table[row * ROW_WORDS + ROW.at]!
      if (view.getInt32(at) <= PREFIX.length + ENDING.length || bytes[at + 5] !== 0x7a) continue
      const path = textOf(pathAt(batch, row))
      if (!path.startsWith(`${PREFIX}/`) || !path.endsWith(ENDING) || this.quotas.size === MOST_QUOTAS) continue
      const quota = readQuota(path, nodeAt(batch, row).data ?? new Uint8Array())
      const of = path.slice(PREFIX.length, -ENDING.length)
      if (quota === null || !('limits' in quota)) continue
      this.quotas.set(of, { path: of, limits: quota.limits, count: 0, bytes: 0 })
      this.lengths.add(Buffer.byteLength(of))
    }
  }

  /** Second reading: counts what is below them. */
  use(batch: NodeBatch): void {
    const { table, view } = batch
    for (let row = 0; row < batch.count; row++) {
      const word = row * ROW_WORDS
      const depth = table[word + ROW.flags]! >>> 8
      while (this.open.length > 0 && this.open.at(-1)!.depth >= depth) this.open.pop()
      if (this.lengths.has(view.getInt32(table[word + ROW.at]!))) {
        const quota = this.quotas.get(textOf(pathAt(batch, row)))
        if (quota !== undefined) this.open.push({ depth, quota })
      }
      const dataBytes = table[word + ROW.aclAt]! - table[word + ROW.dataAt]! - 4
      for (const { quota } of this.open) {
        quota.count++
        quota.bytes += dataBytes
      }
    }
  }

  /** What was counted for the quota of a path. */
  usage(path: string): Pick<Quota, 'count' | 'bytes'> | undefined {
    const quota = this.quotas.get(path)
    return quota && { count: quota.count, bytes: quota.bytes }
  }

  report(found: Found, file: string): void {
    for (const { path, limits, count, bytes } of this.quotas.values()) {
      if (count === 0) {
        found.add('tree.quota-without-node', () => ({
          severity: 'info',
          message: 'a quota is set for a znode that is not there',
          ...{ file, path },
          remedy: 'delquota removes it.',
        }))
      }
      for (const [name, of, severity] of LIMITS) {
        const limit = Number(limits[name] ?? -1)
        const used = of === 'count' ? count : bytes
        if (limit < 0 || used <= limit) continue
        found.add('tree.quota-exceeded', () => ({
          severity,
          message: `${used} ${of === 'count' ? 'znodes' : 'bytes'}, the ${severity === 'error' ? 'hard ' : ''}quota is ${limit}`,
          ...{ file, path },
          evidence: { limit: name, quota: limit, used },
          remedy: 'Delete what is not needed, or raise the quota.',
        }))
      }
    }
  }
}
