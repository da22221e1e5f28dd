import { fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** What a file takes. */
export interface DiskSize {
  /** Its length. */
  readonly apparentBytes: number
  /** Of the blocks that it really has; less when it is sparse. */
  readonly allocatedBytes: number
}

const STDIN = 0
/** What st_blocks counts in. */
const BLOCK_BYTES = 512

/** `-` is standard input; undefined for a pipe and for what is gone. */
export async function diskSize(file: string): Promise<DiskSize | undefined> {
  try {
    const found = file === '-' ? fstatSync(STDIN) : await stat(file)
    if (!found.isFile()) return undefined
    return { apparentBytes: found.size, allocatedBytes: found.blocks * BLOCK_BYTES }
  } catch {
    return undefined
  }
}
