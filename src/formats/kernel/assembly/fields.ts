/* A cursor over the fields of a body, for the line writers. Every step is checked against the end. */

let at: u32 = 0
let end: u32 = 0

// @ts-ignore: decorator
@inline
export function openFields(from: u32, to: u32): void {
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
export function fieldsEnd(): u32 {
  return end
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

// @ts-ignore: decorator
@inline
export function int(): i32 {
  const value = <i32>bswap<u32>(load<u32>(at))
  at += 4
  return value
}

// @ts-ignore: decorator
@inline
export function long(): i64 {
  const value = bswap<i64>(load<i64>(at))
  at += 8
  return value
}

/** Nothing that can be read. */
export const BAD: i32 = -2

/** The length of a string or buffer, which begins at here(); -1 for null, BAD when it does not fit. */
export function sized(): i32 {
  if (left() < 4) return BAD
  const length = int()
  if (length == -1) return -1
  return <u32>length > left() ? BAD : length
}

/** Passes over a value and returns where its length stands; 0 when it does not fit. */
export function passValue(): u32 {
  const at = here()
  const length = sized()
  if (length == BAD) return 0
  if (length > 0) skip(length)
  return at
}

/** The same for a list of access rights, neither null nor empty. */
export function passAcl(): u32 {
  const at = here()
  if (left() < 4) return 0
  const count = int()
  if (count <= 0) return 0
  for (let i = 0; i < count; i++) {
    if (left() < 4) return 0
    skip(4)
    if (passValue() == 0 || passValue() == 0) return 0
  }
  return at
}
