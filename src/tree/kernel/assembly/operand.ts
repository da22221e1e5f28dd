/* The operands of a transaction that were read last. What lies inside a multi was not walked before. */
import { BAD, here, int, left, sized, skip } from '../../../formats/kernel/assembly/fields'
import { LONGEST_NAME } from './layout'

export let path: u32 = 0
export let pathLength: u32 = 0
export let data: u32 = 0
export let dataLength: i32 = 0
export let acl: u32 = 0
export let aclLength: u32 = 0

/** The operand is this path. */
export function setPath(from: u32, length: u32): void {
  path = from
  pathLength = length
}

export function readPath(): bool {
  const length = sized()
  if (length < 0 || <u32>length > LONGEST_NAME) return false
  path = here()
  pathLength = length
  skip(length)
  // "/" is another name of the root
  if (length == 1 && load<u8>(path) == 0x2f) pathLength = 0
  return true
}

export function readData(): bool {
  dataLength = sized()
  if (dataLength == BAD) return false
  data = here()
  if (dataLength > 0) skip(dataLength)
  return true
}

export function readAcl(): bool {
  if (!hasInt()) return false
  acl = here()
  let count = int()
  if (count == -1) {
    acl = 0
    return true
  }
  while (count-- > 0) {
    if (!hasInt()) return false
    skip(4)
    if (!readText() || !readText()) return false
  }
  aclLength = here() - acl
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
  if (length > 0) skip(length)
  return length != BAD
}

// @ts-ignore: decorator
@inline
export function hasInt(): bool {
  return left() >= 4
}
