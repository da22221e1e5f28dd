import { basename } from 'node:path'

/**
 * The zxid in a file name as servers from 3.6 on read it: split at dots, `log` or `snapshot`, then signed hexadecimal;
 * what follows a second dot is ignored (3.4 and 3.5 take names of exactly two parts only). Undefined when it is none.
 * Source: Util.getZxidFromName.
 */
export function zxidFromName(name: string, prefix: 'log' | 'snapshot'): bigint | undefined {
  const [first, hex] = name.split('.')
  if (first !== prefix || hex === undefined || !/^[+-]?[0-9a-f]+$/i.test(hex)) return undefined
  const digits = hex.replace(/^[+-]/, '')
  const zxid = BigInt(`0x${digits}`) * (hex.startsWith('-') ? -1n : 1n)
  return zxid < 1n << 63n && zxid >= -(1n << 63n) ? zxid : undefined
}

/** Whether a name has more than two parts, other than an ordinary compressed file's. */
export function isStrayName(name: string): boolean {
  const parts = name.split('.')
  return parts.length > 2 && !(parts.length === 3 && /^(gz|snappy)$/i.test(parts[2]!))
}

/**
 * What a log's name of more than two parts makes of it. A compressed backup is ordinary anywhere but in a server's own
 * directory: servers from 3.6 on take it for a log there, and do not unpack logs.
 */
export function strayKind(name: string, folder: string): false | 'copy' | 'compressed' {
  if (zxidFromName(name, 'log') === undefined) return false
  if (isStrayName(name)) return 'copy'
  return folder === 'version-2' && name.split('.').length > 2 ? 'compressed' : false
}

/** Whether a file has the name that servers give to a log they write: nothing behind the zxid. */
export function isLiveLogName(file: string): boolean {
  return /^log\.[0-9a-f]+$/.test(basename(file))
}
