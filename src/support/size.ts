import { ZkopsError } from './errors.ts'

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** Plain digits, or with KiB, MiB, GiB (1024) or kB, MB, GB (1000); undefined for anything else. */
export function sizeBytes(input: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(input)
  const unit = match === null ? undefined : UNIT_BYTES[match[2]!]
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit)
}

/** The same; throws `usage`. */
export function parseSizeBytes(input: string): number {
  const bytes = sizeBytes(input)
  if (bytes !== undefined) return bytes
  throw new ZkopsError('usage', `${input} is no size: expected bytes, or a number with KiB, MiB, GiB, kB, MB or GB`)
}
