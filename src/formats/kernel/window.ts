import { ZkopsError } from '../../support/errors.ts'
import { FIRST_FREE, type Kernel } from './kernel.ts'

/** Fills the front of `into` and returns how many bytes came; 0 at the end of the input. */
export type ReadBytes = (into: Uint8Array) => number | Promise<number>

/** Memory that a kernel works in. */
export interface Memory {
  /** The memory; a new object after `reserve`. */
  bytes(): Uint8Array
  /** Makes the memory at least `size` bytes long; false when there is no more to be had (4 GiB). */
  reserve(size: number): boolean
}

interface WindowOptions {
  readonly first?: number
  readonly offset?: number | undefined
}

/** The input's bytes inside a kernel's memory: [head, fill) is what has not been walked yet. */
export class Window<K extends Memory = Kernel> {
  readonly kernel: K
  private readonly read: ReadBytes
  private readonly first: number
  private capacity: number
  head: number
  fill: number
  ended = false
  /** File offset of index 0. */
  base: number

  /** `first`: where the caller's bytes begin in the memory; `offset`: where the input begins in the file. */
  constructor(kernel: K, read: ReadBytes, chunkBytes: number, { first = FIRST_FREE, offset = 0 }: WindowOptions = {}) {
    this.kernel = kernel
    this.read = read
    this.first = first
    this.head = first
    this.fill = first
    this.base = offset - first
    this.capacity = first + chunkBytes
    if (!kernel.reserve(this.capacity)) throw outOfMemory()
  }

  /** Reads on; what was walked makes room, and when nothing was the buffer doubles. False at the end of the input. */
  async more(): Promise<boolean> {
    if (this.ended) return false
    if (this.fill === this.capacity) this.makeRoom()
    const count = await this.read(this.kernel.bytes().subarray(this.fill, this.capacity))
    this.fill += count
    this.ended = count === 0
    return !this.ended
  }

  private makeRoom(): void {
    if (this.head === this.first) {
      this.capacity = this.first + (this.capacity - this.first) * 2
      if (!this.kernel.reserve(this.capacity)) throw outOfMemory()
      return
    }
    const moved = this.head - this.first
    this.kernel.bytes().copyWithin(this.first, this.head, this.fill)
    this.head -= moved
    this.fill -= moved
    this.base += moved
  }
}

function outOfMemory(): ZkopsError {
  return new ZkopsError('input.too-large', 'A record is larger than the memory that can be had')
}
