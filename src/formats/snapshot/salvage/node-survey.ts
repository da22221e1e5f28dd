/*
 * Which nodes of a damaged snapshot are intact:
 *
 * 1. The kernel walks node by node. One that cannot be what a server wrote (plausible.ts), or that comes twice, is
 *    damaged.
 * 2. Behind damage the stream is found again: first where the damaged node says that it ends, then at the next bytes that
 *    are a plausible node, or the end of the nodes.
 * 3. Nodes come depth first, so the parent of an intact node is the last node of the tree or one above it, or is lost, or
 *    one of the two has a damaged path. A node whose parent is not there belongs to no tree: it is kept apart.
 *
 * Memory is constant but for a few words for each damage. A length of up to 64 MiB is believed, so a znode larger than the
 * packet limit is not lost; but of a plain file what lies at the end of so large a node is looked at before its value is
 * read, so a damaged length takes no memory.
 */
import { textOf } from '../../txnlog/filter.ts'
import type { SnapshotInput } from '../input.ts'
import { NODE_FLAG, NODE_STOP, ROW, ROW_WORDS, type SnapshotKernel } from '../kernel/kernel.ts'
import { BELIEVED_BYTES, frameBytes, isPlausibleNode } from '../large-node.ts'
import { AFTER_DATA_BYTES } from '../node.ts'
import { plausiblePath, plausibleStat } from '../plausible.ts'
import { Siblings } from '../siblings.ts'
import { END_BYTES, type Found, NodeSearch, type NodeSearchOptions } from './node-search.ts'

/** Intact nodes that lie one behind the other; offsets in the file, after decompression. */
export interface NodeRun {
  readonly kind: 'tree' | 'orphans'
  readonly from: number
  to: number
  nodes: number
}

/** Bytes between intact nodes that are none; an empty range where packed bytes are missing. */
export interface LostRange {
  readonly from: number
  readonly to: number
  /** Paths of the intact nodes around it. */
  readonly after: string | null
  readonly before: string | null
  /** The path that stands where a node should begin: its own bytes may be damaged. */
  readonly says: string | null
}

export interface NodeSurveyOptions extends NodeSearchOptions {
  /** The zxid of the snapshot, when it is known. */
  readonly lastZxid: bigint | null
}

const SLASH = 0x2f
const MOST_NAMES = 1000
/** Stand for rows of batches before. */
const ATTACHED = -1
const BEFORE = -2

export class NodeSurvey {
  readonly runs: NodeRun[] = []
  readonly lost: LostRange[] = []
  /** Of nodes that are known by their children only; at most 1000. */
  readonly lostParents = new Set<string>()
  hasRoot = false
  private readonly kernel: SnapshotKernel
  private readonly input: SnapshotInput
  private readonly options: NodeSurveyOptions
  private readonly search: NodeSearch
  private readonly siblings = new Siblings()
  /** The path of the last node of the tree: the root is there, lost or not. */
  private attached: Uint8Array = new Uint8Array()
  /** That of the one before: where the path of the last one is damaged, others still have their parents there. */
  private before: Uint8Array = new Uint8Array()
  /** That of the last intact node, when its parent is lost. */
  private orphan: Uint8Array | null = null
  private begun = false
  /** What the last node is, when nothing lies between it and what comes now. */
  private previous: NodeRun['kind'] | 'none' = 'none'
  private breaksSeen = 0

  constructor(kernel: SnapshotKernel, input: SnapshotInput, options: NodeSurveyOptions) {
    this.kernel = kernel
    this.input = input
    this.options = options
    this.search = new NodeSearch(kernel, input, options)
  }

  /** Reads up to the end of the nodes, and behind it; false when there is none. */
  async run(): Promise<boolean> {
    const { kernel, input, options, search } = this
    const { most, trusted } = options
    /** A node beyond BELIEVED_BYTES comes next. */
    let large = false
    for (;;) {
      const believed = large ? most : Math.min(most, BELIEVED_BYTES)
      const count = kernel.frame(input.at, input.fill, input.before, { limit: most, most: believed, digest: false })
      const stop = kernel.stopKind()
      const to = kernel.stopAt()
      const taken = this.takeRows(count)
      if (taken < count) {
        large = false
        const { at, end } = this.place(taken)
        input.walked(at, taken)
        if (!(await this.gap(end - at))) return false
        continue
      }
      input.walked(to, count)
      if (count > 0) large = false
      if (stop === NODE_STOP.tableFull) continue
      if (stop === NODE_STOP.needMore && (await input.more())) continue
      if (stop === NODE_STOP.end && (await search.isEnd(0, true))) {
        this.passBreaks(input.offset)
        input.take(END_BYTES)
        return true
      }
      let said: number | undefined
      if (!large && (stop === NODE_STOP.badPathLength || stop === NODE_STOP.badDataLength)) {
        said = await frameBytes(input, most)
        large = said !== undefined && (trusted || (await isPlausibleNode(input, options)))
        if (large) continue
      }
      large = false
      if (!(await this.gap(said))) return false
    }
  }

  /** Takes rows of the table until one is damaged; how many. */
  private takeRows(count: number): number {
    const { kernel, input, options } = this
    const table = kernel.table()
    const bytes = kernel.bytes()
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const base = input.offset - input.at
    /** The rows of the last nodes of the tree. */
    let attachedRow: number = ATTACHED
    let beforeRow: number = BEFORE
    let row = 0
    for (; row < count; row++) {
      const word = row * ROW_WORDS
      const at = table[word + ROW.at]!
      const dataAt = table[word + ROW.dataAt]!
      const aclAt = table[word + ROW.aclAt]!
      const flags = table[word + ROW.flags]!
      const end = aclAt + AFTER_DATA_BYTES
      if (this.breaksSeen < options.breaks.length) {
        this.passBreaks(at + base, row)
        if (this.search.spansBreak(at + base, end + base)) break
      }
      const isRoot = dataAt === at + 4
      if (isRoot ? this.begun : (flags & NODE_FLAG.noSlash) !== 0) break
      if (!options.trusted) {
        if (!plausibleStat(view, aclAt, options)) break
        if (!isRoot && !plausiblePath(bytes, at + 4, dataAt)) break
      }
      let kind: NodeRun['kind'] = 'tree'
      const follows = this.previous === 'tree' && (flags & NODE_FLAG.parentNotOpen) === 0
      if (!isRoot && !follows) {
        const path = bytes.subarray(at + 4, dataAt)
        const length = parentLength(path)
        const attached = this.pathOf(attachedRow)
        if (!isBelow(path, length, attached) && !isBelow(path, length, this.pathOf(beforeRow))) {
          kind = 'orphans'
          this.noteParents(path, attached)
        }
      }
      if (kind === 'tree') {
        if (this.siblings.addRow(table, row)) break
        beforeRow = attachedRow
        attachedRow = row
        this.orphan = null
      } else this.orphan = bytes.slice(at + 4, dataAt)
      if (isRoot) this.hasRoot = true
      this.begun = true
      this.take(kind, at + base, end + base)
    }
    // rows move when more is read
    const before = this.pathOf(beforeRow).slice()
    this.attached = this.pathOf(attachedRow).slice()
    this.before = before
    return row
  }

  private take(kind: NodeRun['kind'], from: number, to: number): void {
    const run = this.runs.at(-1)
    if (run !== undefined && run.kind === kind && run.to === from && this.previous !== 'none') {
      run.to = to
      run.nodes++
    } else this.runs.push({ kind, from, to, nodes: 1 })
    this.previous = kind
  }

  /** Nodes above an orphan that nothing was seen of. */
  private noteParents(path: Uint8Array, attached: Uint8Array): void {
    const { orphan } = this
    for (let length = parentLength(path); length > 0; length = parentLength(path.subarray(0, length))) {
      if (isBelow(path, length, attached) || (orphan !== null && isBelow(path, length, orphan))) return
      if (this.lostParents.size < MOST_NAMES) this.lostParents.add(textOf(path.subarray(0, length)))
    }
  }

  private pathOf(row: number): Uint8Array {
    if (row < 0) return row === ATTACHED ? this.attached : this.before
    const table = this.kernel.table()
    return this.kernel.bytes().subarray(table[row * ROW_WORDS]! + 4, table[row * ROW_WORDS + ROW.dataAt]!)
  }

  /** The last intact node. */
  private lastPath(): string | null {
    return this.begun ? textOf(this.orphan ?? this.attached) || '/' : null
  }

  private place(row: number): { readonly at: number; readonly end: number } {
    const table = this.kernel.table()
    return { at: table[row * ROW_WORDS]!, end: table[row * ROW_WORDS + ROW.aclAt]! + AFTER_DATA_BYTES }
  }

  /** Goes on to the next intact node, or the end of the nodes; false at the end of the input. */
  private async gap(frameBytes: number | undefined): Promise<boolean> {
    const { input } = this
    const overlap = await this.overlapping()
    const stays = overlap === undefined || this.lastIsRight()
    const taken = stays ? undefined : this.takeBack()
    if (overlap !== undefined) input.at -= overlap.bytes
    const from = taken?.from ?? input.offset
    const after = this.lastPath()
    const says = taken?.path ?? (overlap === undefined ? await this.search.saidPath() : null)
    input.before = 0
    const found = overlap?.found ?? (await this.search.findNext(frameBytes))
    const before = found === 'node' ? await this.search.saidPath() : null
    this.lost.push({ from, to: input.offset, after, before, says })
    while (this.breaksSeen < this.options.breaks.length && this.options.breaks[this.breaksSeen]! <= input.offset) {
      this.breaksSeen++
    }
    this.previous = 'none'
    return found !== undefined
  }

  /**
   * Where bytes are cut out of the end of a node, what follows begins before the node seems to end: its stat reaches into
   * the next one.
   */
  private async overlapping(): Promise<{ readonly found: Found; readonly bytes: number } | undefined> {
    const { input, options } = this
    if (this.previous === 'none' || input.before === 0 || options.trusted) return undefined
    for (let bytes = Math.min(AFTER_DATA_BYTES, input.at - input.before) - 1; bytes > 0; bytes--) {
      const found = await this.search.foundAt(-bytes)
      if (found !== undefined) return { found, bytes }
    }
    return undefined
  }

  /** Zeros at the end of a node and at the beginning of the next may be the same ones: its zxids tell. */
  private lastIsRight(): boolean {
    const { lastZxid } = this.options
    const pzxid = this.search.view().getBigInt64(this.input.at - 8)
    return lastZxid !== null && pzxid <= lastZxid
  }

  /** The last node is none after all. */
  private takeBack(): { readonly from: number; readonly path: string } {
    const { input, runs } = this
    const bytes = input.at - input.before
    const run = runs.at(-1)!
    run.to -= bytes
    run.nodes--
    if (run.nodes === 0) runs.pop()
    const path = this.orphan ?? this.attached
    const parent = path.slice(0, parentLength(path))
    if (path.length === 0) this.hasRoot = false
    if (this.orphan === null) this.attached = parent
    else this.orphan = parent
    return { from: input.offset - bytes, path: textOf(path) || '/' }
  }

  /** Breaks between two nodes: what was there is lost. */
  private passBreaks(offset: number, row = 0): void {
    const { breaks } = this.options
    for (; this.breaksSeen < breaks.length && breaks[this.breaksSeen]! <= offset; this.breaksSeen++) {
      const at = breaks[this.breaksSeen]!
      const after = row > 0 ? textOf(this.pathOf(row - 1)) || '/' : this.lastPath()
      this.lost.push({ from: at, to: at, after, before: null, says: null })
      this.previous = 'none'
    }
  }
}

function parentLength(path: Uint8Array): number {
  return Math.max(0, path.lastIndexOf(SLASH))
}

/** Whether the first `length` bytes of `path` are `other`, or the path of a node above it. */
function isBelow(path: Uint8Array, length: number, other: Uint8Array): boolean {
  if (other.length < length) return false
  for (let i = 0; i < length; i++) if (path[i] !== other[i]) return false
  return other.length === length || other[length] === SLASH
}
