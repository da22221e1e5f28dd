import { readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { fileError } from '../support/errors.ts'

/** Any place of a plain file, through a few blocks that stay in memory: for readers that go mostly forward. */
export interface CachedFile {
  /** The bytes at `offset`, fewer where the file ends; valid until the next call. */
  bytes(offset: number, length: number): Buffer
  close(): Promise<void>
}

const BLOCK_BYTES = 1 << 16
/** 16 MiB. A block has one place where it can be. */
const BLOCKS = 1 << 8

/** Throws `input.missing`, `input.unreadable`. */
export async function openCached(file: string): Promise<CachedFile> {
  try {
    const handle = await open(file, 'r')
    return cachedFile(handle.fd, file, () => handle.close())
  } catch (error) {
    throw fileError(error, file)
  }
}

function cachedFile(fd: number, file: string, close: () => Promise<void>): CachedFile {
  const memory = Buffer.alloc(BLOCK_BYTES * BLOCKS)
  const numbers = new Float64Array(BLOCKS).fill(-1)
  const filled = new Uint32Array(BLOCKS)
  let joined: Buffer = Buffer.alloc(BLOCK_BYTES)

  /** Where in memory a block begins. */
  const block = (number: number): number => {
    const slot = number % BLOCKS
    const at = slot * BLOCK_BYTES
    if (numbers[slot] === number) return at
    numbers[slot] = -1
    filled[slot] = read(memory, at, BLOCK_BYTES, number * BLOCK_BYTES)
    numbers[slot] = number
    return at
  }
  const read = (into: Buffer, at: number, length: number, position: number): number => {
    try {
      let count = 0
      for (let n = 1; n > 0 && count < length; count += n) {
        n = readSync(fd, into, at + count, length - count, position + count)
      }
      return count
    } catch (error) {
      throw fileError(error, file)
    }
  }
  return {
    bytes(offset, length) {
      const number = Math.floor(offset / BLOCK_BYTES)
      const from = offset - number * BLOCK_BYTES
      if (from + length <= BLOCK_BYTES) {
        const at = block(number)
        return memory.subarray(at + from, at + Math.min(from + length, filled[number % BLOCKS]!))
      }
      if (joined.length < length) joined = Buffer.alloc(Math.max(length, 2 * joined.length))
      return joined.subarray(0, read(joined, 0, length, offset))
    },
    close,
  }
}
