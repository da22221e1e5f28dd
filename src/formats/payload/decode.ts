/*
 * What a znode's payload is. The order is that of the evidence: the path, a magic, a checksum that is right, text, a
 * block that unpacks to something known, a length. No bytes make it throw.
 */
import { textOf } from '../txnlog/filter.ts'
import type { Text } from '../txnlog/types.ts'
import { type ReadInner, readGzip, readZlib } from './deflate.ts'
import { readProtobuf } from './hbase.ts'
import { readInteger } from './integer.ts'
import { readJavaSerialized } from './java-serialized.ts'
import { readQuota } from './quota.ts'
import { readSnappyBlock, readSnappyStream } from './snappy.ts'
import { readText } from './text.ts'
import type { Decoded } from './types.ts'
import { readZookeeperConfig } from './zookeeper-config.ts'

type ReadBytes = (bytes: Uint8Array, inner: ReadInner) => Decoded | null

const READERS: readonly { readonly read: ReadBytes; readonly unpacks?: true }[] = [
  { read: readGzip, unpacks: true },
  { read: readSnappyStream, unpacks: true },
  { read: readJavaSerialized },
  { read: readProtobuf },
  { read: readZlib, unpacks: true },
  { read: readText },
  { read: readSnappyBlock, unpacks: true },
  { read: readInteger },
]

/** How often something packed is unpacked inside something packed. */
const MAX_PACKINGS = 2

/** Null for no data at all. */
export function decodePayload(path: Text, data: Uint8Array | null): Decoded | null {
  if (data === null) return null
  const node = path === null ? '' : textOf(path)
  return readZookeeperConfig(node, data) ?? readQuota(node, data) ?? decodeBytes(data, MAX_PACKINGS)
}

function decodeBytes(bytes: Uint8Array, packings: number): Decoded {
  const inner = (unpacked: Uint8Array) => decodeBytes(unpacked, packings - 1)
  for (const { read, unpacks } of READERS) {
    const decoded = unpacks && packings === 0 ? null : read(bytes, inner)
    if (decoded !== null) return decoded
  }
  return { kind: 'binary' }
}
