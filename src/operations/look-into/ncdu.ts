/* The export for ncdu: of a tree in memory, or of a snapshot alone while it is read. */
import { NODE_FLAG, ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { type Look, numberAt } from './look.ts'
import { type NcduOptions, ncduFile, ncduItems, type WriteItem } from './ncdu-file.ts'

const ROOT = Buffer.from('/')

/** Throws as numberAt and ncduFile do. */
export async function writeNcdu(look: Look, path: string, options: NcduOptions): Promise<void> {
  const top = numberAt(look, path)
  const { rows, firsts } = look.family()
  const { kernel } = look.tree
  await ncduFile(options, async (write) => {
    const items = ncduItems(write)
    const put = (level: number, number: number, name: Uint8Array): void =>
      items.item(level, name, 0, name.length, Math.max(0, kernel.value(rows[number]!).length))
    put(0, top, Buffer.from(path))
    // the next child of each znode that is open, and where its children end
    const open = [{ next: firsts[top]!, end: firsts[top + 1]! }]
    for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
      if (level.next === level.end) {
        open.pop()
        continue
      }
      const child = level.next++
      put(open.length, child, kernel.nameOf(rows[child]!))
      open.push({ next: firsts[child]!, end: firsts[child + 1]! })
    }
    items.end()
    return true
  })
}

export interface NcduStream {
  /** Takes what usageStream takes, in an order that it takes. */
  add(batch: NodeBatch): void
  end(): void
}

/** Servers write parents before children and subtrees together, so it is written as it comes. */
export function ncduStream(path: string, write: WriteItem): NcduStream {
  const target = Buffer.from(path === '/' ? '' : path)
  const items = ncduItems(write)
  /** The depth of the target while it is open; -1 otherwise. */
  let base = -1
  let found = false
  /** By level: how long the path is. */
  const pathBytes: number[] = []
  return {
    add({ bytes, table, view, count }) {
      for (let row = 0; row < count; row++) {
        const at = row * ROW_WORDS
        const start = table[at + ROW.at]! + 4
        const dataAt = table[at + ROW.dataAt]!
        const depth = table[at + ROW.flags]! >>> 8
        if (base < 0) {
          const isTarget = dataAt - start === target.length && target.compare(bytes, start, dataAt) === 0
          if (found || !isTarget || table[at + ROW.flags]! & NODE_FLAG.parentNotOpen) continue
          found = true
          base = depth
        } else if (depth <= base) {
          base = -1
          continue
        }
        const level = depth - base
        pathBytes[level] = dataAt - start
        const size = Math.max(0, view.getInt32(dataAt))
        if (level > 0) items.item(level, bytes, start + pathBytes[level - 1]! + 1, dataAt, size)
        else if (dataAt === start) items.item(0, ROOT, 0, 1, size)
        else items.item(0, bytes, start, dataAt, size)
      }
    },
    end: () => items.end(),
  }
}
