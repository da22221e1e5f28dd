import { decodePayload } from '../../formats/payload/decode.ts'
import type { Decoded } from '../../formats/payload/types.ts'
import { type LookIntoFiles, numberAt } from './look.ts'
import { readValue } from './values.ts'

export interface ValueAt {
  readonly path: string
  /** Null for null data. */
  readonly bytes: Uint8Array | null
  /** What it is; undefined unless asked for. */
  readonly decoded: Decoded | null | undefined
}

/** The value of a znode. Throws as numberAt does, and `input.*` of the file that it lies in. */
export async function valueAt(
  look: LookIntoFiles,
  path: string,
  decode: boolean,
  signal: AbortSignal,
): Promise<ValueAt> {
  const { kernel } = look.tree
  const row = look.family().rows[numberAt(look, path)]!
  const bytes = await readValue(look.sources, kernel.value(row), signal)
  return { path, bytes, decoded: decode ? decodePayload(kernel.pathOf(row), bytes) : undefined }
}
