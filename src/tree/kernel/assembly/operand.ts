/*
 * A cursor over the body of a transaction, and the operands that were read last. Every step is checked against the end:
 * what lies inside a multi was not walked before.
 */
import { LONGEST_NAME } from './layout'

let at: u32 = 0
let end: u32 = 0

export let path: u32 = 0
export let pathLength: u32 = 0
export let data: u32 = 0
export let dataLength: i32 = 0
export let acl: u32 = 0
export let aclLength: u32 = 0

// @ts-ignore: decorator
@inline
export function openBody(from: u32, to: u32): void {
  at = from
  end = to
}

// @ts-ignore: decorator
@inline
export function here(): u32 {
  return at
}

// @ts-ignore: decorator
@inline
export function left(): u32 {
  return end - at
}

// @ts-ignore: decorator
@inline
export function skip(bytes: u32): void {
  at += bytes
}

/** The operand is this path. */
export function setPath(from: u32, length: u32): void {
  path = from
  pathLength = length
}

// @ts-ignore: decorator
@inline
export function int(): i32 {
  const value = <i32>bswap<u32>(load<u32>(at))
  at += 4
  return value
}

/** The length of a string or buffer at `at`, -1 for null, -2 when it does not fit. */
function sized(): i32 {
  if (end - at < 4) return -2
  const length = int()
  if (length == -1) return -1
  return <u32>length > end - at ? -2 : length
}

export function readPath(): bool {
  const length = sized()
  if (length < 0 || <u32>length > LONGEST_NAME) return false
  path = at
  pathLength = length
  at += length
  // "/" is another name of the root
  if (length == 1 && load<u8>(path) == 0x2f) pathLength = 0
  return true
}

export function readData(): bool {
  dataLength = sized()
  if (dataLength == -2) return false
  data = at
  if (dataLength > 0) at += dataLength
  return true
}

export function readAcl(): bool {
  if (end - at < 4) return false
  acl = at
  let count = int()
  if (count == -1) {
    acl = 0
    return true
  }
  while (count-- > 0) {
    if (end - at < 4) return false
    at += 4
    if (!readText() || !readText()) return false
  }
  aclLength = at - acl
  return true
}

/** Where the name begins in the path: behind its last slash; 0 when there is none. */
export function nameStart(): u32 {
  let i = path + pathLength
  while (i > path) if (load<u8>(--i) == 0x2f) return i + 1
  return 0
}

/** Skips a string; a null one is possible. */
export function readText(): bool {
  const length = sized()
  if (length > 0) at += length
  return length != -2
}

// @ts-ignore: decorator
@inline
export function hasInt(): bool {
  return end - at >= 4
}
