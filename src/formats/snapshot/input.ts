import { FormatError } from '../errors.ts'
import { juteReader } from '../jute/reader.ts'
import { type ReadBytes, Window } from '../kernel/window.ts'
import { readAcls } from '../txnlog/txn/acl.ts'
import type { AclList } from '../txnlog/types.ts'
import type { AclTable } from './acls.ts'
import { FIRST_FREE, NODE_STOP, ROW, ROW_WORDS, type SnapshotKernel } from './kernel/kernel.ts'
import { AFTER_DATA_BYTES } from './node.ts'
import type { NodeBatch, ReadProblem } from './scan.ts'

/** What is kept of what follows the nodes. */
const AFTER_BYTES = 64 << 10
/** What is so near is read as it comes; beyond it only what is asked for. */
const NEAR_BYTES = 2 << 20

/** Bytes of the input at `offset`, fewer at its end. */
export type ReadAt = (offset: number, count: number) => Promise<Uint8Array>

/** Bytes, and where among them what was asked for begins; good until anything else is read. */
export interface Look {
  readonly view: DataView
  readonly bytes: Uint8Array
  readonly at: number
  /** How many. */
  readonly count: number
}

/** A place in the input, with the Adler-32 of everything before it. */
export class SnapshotInput {
  private readonly window: Window<SnapshotKernel>
  private readonly readAt: ReadAt | undefined
  /** Where reading goes on. */
  at = FIRST_FREE
  /** Where the node before begins, 0 for none; it stays in the buffer. */
  before = 0
  private summed = FIRST_FREE
  private adler = 1
  private last = new Uint8Array()
  acl: { ref: bigint; list: AclList; longest: number } = { ref: 0n, list: null, longest: 0 }

  /** `readAt`: with it, `look` keeps nothing of what lies far ahead in memory. */
  constructor(kernel: SnapshotKernel, read: ReadBytes, chunkBytes: number, readAt?: ReadAt) {
    this.readAt = readAt
    const noting: ReadBytes = async (into) => {
      const count = await read(into)
      this.last = Uint8Array.from([...this.last, ...into.subarray(Math.max(0, count - 5), count)].slice(-5))
      return count
    }
    this.window = new Window(kernel, noting, chunkBytes, { first: FIRST_FREE })
  }

  get fill(): number {
    return this.window.fill
  }

  /** In the file. */
  get offset(): number {
    return this.window.base + this.at
  }

  async more(): Promise<boolean> {
    const { window } = this
    this.sum()
    window.head = this.before === 0 ? this.at : this.before
    const base = window.base
    const going = await window.more()
    const moved = window.base - base
    this.at -= moved
    this.summed -= moved
    if (this.before !== 0) this.before -= moved
    return going
  }

  /** Whether `count` bytes are there. */
  async need(count: number): Promise<boolean> {
    while (this.fill - this.at < count) if (!(await this.more())) return false
    return true
  }

  /** `count` bytes that begin `skip` bytes from here; undefined where the input ends before. */
  async look(skip: number, count: number): Promise<Look | undefined> {
    const found = await this.lookUpTo(skip, count)
    return found.count < count ? undefined : found
  }

  /** At most `count` bytes that begin `skip` bytes from here: fewer at the end of the input. */
  async lookUpTo(skip: number, count: number): Promise<Look> {
    const { readAt } = this
    if (readAt !== undefined && skip + count > Math.max(NEAR_BYTES, this.fill - this.at)) {
      const bytes = await readAt(this.offset + skip, count)
      return { bytes, view: viewOf(bytes), at: 0, count: bytes.length }
    }
    await this.need(skip + count)
    const bytes = this.window.kernel.bytes()
    return { bytes, view: viewOf(bytes), at: this.at + skip, count: Math.min(count, this.fill - this.at - skip) }
  }

  /** Goes on `count` bytes, or to the end, without keeping what lies between. */
  async skip(count: number): Promise<void> {
    this.before = 0
    for (let left = count; left > 0 && (await this.need(1)); ) {
      const step = Math.min(left, this.fill - this.at)
      this.at += step
      left -= step
    }
  }

  take(count: number): Uint8Array {
    this.at += count
    return this.window.kernel.bytes().subarray(this.at - count, this.at)
  }

  int(): number {
    return viewOf(this.take(4)).getInt32(0)
  }

  /** A copy of `count` bytes, or of those that are there. */
  async many(count: number): Promise<{ bytes: Uint8Array; short: boolean }> {
    const pieces: Uint8Array[] = []
    let left = Math.max(0, count)
    while (left > 0 && (await this.need(1))) {
      const piece = this.take(Math.min(left, this.fill - this.at))
      left -= piece.length
      pieces.push(piece.slice())
    }
    return { bytes: Buffer.concat(pieces), short: left > 0 }
  }

  /** Reads one entry of the ACL table into `acl`; what is wrong with it otherwise. */
  async aclEntry(most: number): Promise<Pick<ReadProblem, 'kind' | 'value'> | undefined> {
    for (;;) {
      const reader = juteReader(this.window.kernel.bytes(), this.at, this.fill)
      try {
        const ref = reader.long()
        const list = readAcls(reader)
        const longest = Math.max(0, ...(list ?? []).flatMap(({ scheme, id }) => [scheme?.length ?? 0, id?.length ?? 0]))
        // the buffer is used again
        const kept = list === null ? null : list.map((acl) => ({ ...acl, scheme: copy(acl.scheme), id: copy(acl.id) }))
        this.acl = { ref, list: kept, longest }
        this.at = reader.at
        return undefined
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
        if (error.problem !== 'short') return { kind: 'length', value: this.intAt(error.offset) }
        const wanted = this.fill - this.at
        if (wanted > most) return { kind: 'length', value: wanted }
      }
      if (!(await this.more())) return { kind: 'truncated' }
    }
  }

  walked(to: number, count: number): void {
    this.at = to
    if (count > 0) this.before = this.window.kernel.table()[(count - 1) * ROW_WORDS + ROW.at]!
    this.sum()
  }

  batch(count: number, acls: AclTable): NodeBatch {
    const { kernel, base } = this.window
    const bytes = kernel.bytes()
    return { kind: 'nodes', bytes, view: viewOf(bytes), table: kernel.table(), count, base, acls, lines: kernel.lines }
  }

  /** A server trips over a null path when it has read the rest of the node. */
  async nullPath(limit: number): Promise<ReadProblem> {
    const problem = { section: 'nodes', offset: this.offset } as const
    if (!(await this.need(8))) return { kind: 'truncated', ...problem }
    const length = this.intAt(this.at + 4)
    if (length < -1 || length > limit) return { kind: 'length', value: length, ...problem }
    const whole = await this.need(8 + Math.max(0, length) + AFTER_DATA_BYTES)
    return { kind: whole ? 'null-path' : 'truncated', ...problem }
  }

  badLength(stop: number): number {
    const path = this.intAt(this.at)
    return stop === NODE_STOP.badPathLength ? path : this.intAt(this.at + 4 + path)
  }

  private intAt(at: number): number {
    return viewOf(this.window.kernel.bytes()).getInt32(at)
  }

  /** What follows, at most AFTER_BYTES of it. */
  async after(): Promise<{ bytes: Uint8Array; adler: number; more: boolean; offset: number }> {
    this.before = 0
    this.sum()
    const more = await this.need(AFTER_BYTES + 1)
    const to = Math.min(this.fill, this.at + AFTER_BYTES)
    const bytes = this.window.kernel.bytes().slice(this.at, to)
    return { bytes, adler: this.adler, more, offset: this.offset }
  }

  /** Reads to the end of the input; its size. */
  async toEnd(): Promise<number> {
    this.before = 0
    do this.at = this.fill
    while (await this.more())
    return this.offset
  }

  lastBytes(): Uint8Array {
    return this.last
  }

  private sum(): void {
    // a place before what was summed was gone back to
    if (this.at <= this.summed) return
    this.adler = this.window.kernel.adler32(this.summed, this.at - this.summed, this.adler)
    this.summed = this.at
  }
}

function copy(text: Uint8Array | null): Uint8Array | null {
  return text === null ? null : text.slice()
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
