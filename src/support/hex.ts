/** A 64-bit value as lower-case `0x…` without leading zeros, read as unsigned. */
export function hex64(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`
}
