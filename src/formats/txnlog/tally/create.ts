import type { Kernel } from '../../kernel/kernel.ts'
import { mostBufferBytes } from '../scan.ts'
import { plainTally } from './plain.ts'
import type { Tally, TallyOptions } from './tally.ts'
import { wasmTally } from './wasm.ts'

/** For the records that `kernel` frames; `limit`: the longest payload in bytes. */
export function createTally(kernel: Kernel, limit: number, options: TallyOptions): Tally {
  return wasmTally(kernel, mostBufferBytes(limit), options) ?? plainTally(options)
}
