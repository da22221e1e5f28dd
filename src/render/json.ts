import { hex64 } from '../support/hex.ts'

/** A result as one JSON document: bigints (zxids, session ids, owners, digests) become `"0x…"`, undefined is absent. */
export function jsonText(result: unknown): string {
  return `${JSON.stringify(result, bigintAsHex, 2)}\n`
}

/** The same on one line. */
export function jsonLine(result: unknown): string {
  return `${JSON.stringify(result, bigintAsHex)}\n`
}

function bigintAsHex(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? hex64(value) : value
}
