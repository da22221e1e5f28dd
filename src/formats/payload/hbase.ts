/*
 * payload => [ff length:int writer:byte[length - 8] salt:byte[8]] 'PBUF' message     HBase: ZKMetadata, ProtobufUtil
 */
import { printableText } from './text.ts'
import type { Decoded } from './types.ts'

const PBUF = Uint8Array.of(0x50, 0x42, 0x55, 0x46)
const FRAME_BYTES = 5
const SALT_BYTES = 8

export function readProtobuf(bytes: Uint8Array): Decoded | null {
  const id = writerId(bytes)
  const at = id === null ? 0 : FRAME_BYTES + id.length
  if (PBUF.some((byte, i) => bytes[at + i] !== byte)) return null
  const writer = id === null ? null : printableText(id.subarray(0, Math.max(0, id.length - SALT_BYTES)))
  return { kind: 'protobuf', magic: 'PBUF', writer }
}

function writerId(bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 0xff || bytes.length < FRAME_BYTES) return null
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(1)
  return length < 0 || length > bytes.length - FRAME_BYTES ? null : bytes.subarray(FRAME_BYTES, FRAME_BYTES + length)
}
