/*
 * Where a node of a damaged snapshot begins: at the next bytes that are a plausible one (plausible.ts), or the end of the
 * nodes. Only bytes that begin with a length and a slash are looked at, so that ruins are passed at the speed of memory.
 */
import { textOf } from '../../txnlog/filter.ts'
import type { SnapshotInput } from '../input.ts'
import type { SnapshotKernel } from '../kernel/kernel.ts'
import { lookAtNode, pathLength, plausibleEnd } from '../large-node.ts'
import { type NodeBounds, plausiblePath } from '../plausible.ts'
import { SEAL_BYTES, TRAILER_BYTES } from '../trailer.ts'

/** What the bytes at a place may be. */
export type Found = 'node' | 'end'

export interface NodeSearchOptions extends NodeBounds {
  /** Every byte is known to be right: nodes are not looked at. */
  readonly trusted: boolean
  /** Offsets at which bytes are missing; grows while bytes are read. */
  readonly breaks: readonly number[]
}

export const END_BYTES = 5
const SLASH = 0x2f

export class NodeSearch {
  private readonly kernel: SnapshotKernel
  private readonly input: SnapshotInput
  private readonly options: NodeSearchOptions

  constructor(kernel: SnapshotKernel, input: SnapshotInput, options: NodeSearchOptions) {
    this.kernel = kernel
    this.input = input
    this.options = options
  }

  /** Moves the input on to it; `frameBytes`: where the damaged node says that it ends. Undefined at the end of the input. */
  async findNext(frameBytes: number | undefined): Promise<Found | undefined> {
    const { input, kernel } = this
    if (frameBytes !== undefined) {
      const found = await this.foundAt(frameBytes)
      if (found !== undefined) {
        await input.skip(frameBytes)
        return found
      }
    }
    // a node begins four bytes before the slash that begins its path
    for (input.at = Math.min(input.at + 1, input.fill); ; ) {
      const bytes = kernel.bytes()
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, input.fill)
      const slash = buffer.indexOf(SLASH, input.at + 4)
      if (slash < 0) {
        input.at = Math.max(input.at, input.fill - 4)
        if (await input.more()) continue
        input.at = input.fill
        return undefined
      }
      input.at = slash - 4
      const found = await this.foundAt(0)
      if (found !== undefined) return found
      input.at++
    }
  }

  /** What begins `skip` bytes from here. */
  async foundAt(skip: number): Promise<Found | undefined> {
    const { input, options } = this
    const start = await input.look(skip, END_BYTES)
    if (start === undefined) return undefined
    const length = start.view.getUint32(start.at)
    if (length === 1) return (await this.isEnd(skip, false)) ? 'end' : undefined
    if (length === 0 || length > options.most) return undefined
    // a slash first, before anything is read for its sake
    if (start.bytes[start.at + 4] !== SLASH) return undefined
    const end = await plausibleEnd(input, skip, length, options)
    return end === undefined || this.spansBreak(input.offset + skip, input.offset + end) ? undefined : 'node'
  }

  /** Whether the "/" that ends the nodes is there; `expected`: where a node should begin. */
  async isEnd(skip: number, expected: boolean): Promise<boolean> {
    const { input, options } = this
    if (expected && options.trusted) return true
    const more = (await input.look(skip, END_BYTES + TRAILER_BYTES + 1)) !== undefined
    if (!more && expected) return true
    const seal = await input.look(skip, END_BYTES + SEAL_BYTES)
    if (seal === undefined) return false
    const isSlash = (place: number) => seal.view.getUint32(place) === 1 && seal.view.getUint8(place + 4) === SLASH
    return isSlash(seal.at) && isSlash(seal.at + END_BYTES + 8)
  }

  /** The path at this place, if it can be one whose parent is known. */
  async saidPath(): Promise<string | null> {
    const { input, options } = this
    const length = await pathLength(input, options.most)
    const node = length === undefined ? undefined : await lookAtNode(input, 0, length)
    if (length === undefined || node === undefined) return null
    const path = node.bytes.subarray(node.at + 4, node.at + 4 + length)
    return plausiblePath(path, 0, length) ? textOf(path) : null
  }

  spansBreak(from: number, to: number): boolean {
    const { breaks } = this.options
    return breaks.some((at) => at > from && at < to)
  }

  view(): DataView {
    const bytes = this.kernel.bytes()
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}
