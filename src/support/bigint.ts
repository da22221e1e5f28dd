/* Math.min and Math.max take no BigInt. */

export function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

export function minOf(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
