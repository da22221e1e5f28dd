/*
 * The tree digest of version 2 (DigestCalculator, NodeHashMapImpl; 3.6+): the sum, modulo 2^64, over all nodes outside
 * of /zookeeper/ of
 *
 *   CRC-32 (path data czxid:long mzxid:long pzxid:long ctime:long mtime:long version:int cversion:int aversion:int
 *           ephemeralOwner:long)
 *
 * A server in a locale without UTF-8 puts `?` for each character of a path that is not ASCII; that sum is kept as well.
 */
import { crc32, crc32Byte } from './crc32'

export let digestSum: u64 = 0
export let asciiDigestSum: u64 = 0

const stat: usize = memory.data(64, 16)

export function resetDigest(): void {
  digestSum = 0
  asciiDigestSum = 0
}

/** Adds a node; `statAt` is where its stored stat begins. */
export function addToDigest(path: u32, pathLength: u32, data: u32, dataLength: u32, statAt: u32): void {
  if (isExcluded(path, pathLength)) return
  const to = <u32>stat
  // czxid mzxid | pzxid | ctime mtime | version cversion aversion ephemeralOwner
  v128.store(to, v128.load(statAt))
  store<u64>(to, load<u64>(statAt, 52), 16)
  v128.store(to + 24, v128.load(statAt + 16))
  v128.store(to + 40, v128.load(statAt + 32))
  store<u32>(to, load<u32>(statAt, 48), 56)
  const value = nodeDigest(crc32(0xffffffff, path, pathLength), data, dataLength, to)
  digestSum += value
  asciiDigestSum += isAscii(path, pathLength)
    ? value
    : nodeDigest(asciiPath(path, pathLength), data, dataLength, to)
}

// @ts-ignore: decorator
@inline
function nodeDigest(running: u32, data: u32, dataLength: u32, ordered: u32): u64 {
  return <u64>(~crc32(crc32(running, data, dataLength), ordered, 60))
}

/** Below /zookeeper/, with the slash: /zookeeper itself counts. */
function isExcluded(path: u32, length: u32): bool {
  // "/zookeep", "er/"
  return (
    length >= 11 &&
    load<u64>(path) == 0x7065656b6f6f7a2f &&
    load<u16>(path, 8) == 0x7265 &&
    load<u8>(path, 10) == 0x2f
  )
}

function isAscii(at: u32, length: u32): bool {
  const end = at + length
  while (end - at >= 16) {
    if (i8x16.bitmask(v128.load(at)) != 0) return false
    at += 16
  }
  while (at < end) if (load<u8>(at++) >= 0x80) return false
  return true
}

function asciiPath(at: u32, length: u32): u32 {
  const end = at + length
  let running: u32 = 0xffffffff
  for (; at < end; at++) {
    const value = <u32>load<u8>(at)
    if (value < 0x80) running = crc32Byte(running, value)
    else if ((value & 0xc0) != 0x80) running = crc32Byte(running, 0x3f)
  }
  return running
}
