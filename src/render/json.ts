import { hex64 } from '../support/hex.ts'

/** A result as one JSON document: bigints (zxids, session ids, owners, digests) become `"0x…"`, undefined is absent. */
export function jsonText(result: unknown): string {
  return `${unseen(JSON.stringify(result, bigintAsHex, 2))}\n`
}

/** The same on one line. */
export function jsonLine(result: unknown): string {
  return `${unseen(JSON.stringify(result, bigintAsHex))}\n`
}

function bigintAsHex(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? hex64(value) : value
}

/**
 * Also escapes what JSON need not: DEL and the C1 controls, which terminals obey, and the line separators, at which
 * some readers split lines.
 */
export function unseen(json: string): string {
  return json.replace(/[\x7f-\x9f\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
