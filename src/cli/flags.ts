import * as Flags from '@oclif/core/flags'
import { durationMs } from '../support/duration.ts'
import { ZkopsError } from '../support/errors.ts'
import { parseSizeBytes } from '../support/size.ts'

/** A zxid or session id: `0x…` hexadecimal, or decimal digits. */
export const id64 = Flags.custom<bigint>({
  helpValue: '<0x…>',
  parse: async (input) => parseId64(input),
})

/** A moment: ISO-8601 (UTC when it names no zone), or an age such as `90s`, `15m`, `2h`, `7d`, counted back from now. */
export const moment = Flags.custom<Date>({
  helpValue: '<time>',
  parse: async (input) => parseMoment(input, Date.now()),
})

/** A duration with unit: `500ms`, `5s`, `15m`, `2h`, `7d`. Result in milliseconds. */
export const duration = Flags.custom<number>({
  helpValue: '<5s>',
  parse: async (input) => parseDurationMs(input),
})

/** How often servers are asked: a duration, a tenth of a second at least. Result in milliseconds. */
export const interval = Flags.custom<number>({
  helpValue: '<2s>',
  parse: async (input) => {
    const ms = parseDurationMs(input)
    if (ms < LEAST_INTERVAL_MS) throw new ZkopsError('usage', `${input} is too often: expected 100ms at least`)
    return ms
  },
})

const LEAST_INTERVAL_MS = 100

/** A size in bytes: plain digits, or with KiB, MiB, GiB (1024) or kB, MB, GB (1000). */
export const size = Flags.custom<number>({
  helpValue: '<size>',
  parse: async (input) => parseSizeBytes(input),
})

export function parseId64(input: string): bigint {
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(input)) {
    const hint = /^[0-9a-f]{1,16}$/i.test(input) ? `Write it as 0x${input} if it is hexadecimal.` : undefined
    throw new ZkopsError('usage', `${input} is no zxid or session id: expected 0x… or decimal digits`, { hint })
  }
  const value = BigInt(input)
  if (value >= 1n << 64n) throw new ZkopsError('usage', `${input} does not fit in 64 bits`)
  return value
}

export function parseDurationMs(input: string): number {
  const ms = durationMs(input)
  if (ms === undefined)
    throw new ZkopsError('usage', `${input} is no duration: expected a number with ms, s, m, h or d`)
  return ms
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

export function parseMoment(input: string, nowMs: number): Date {
  if (/^[\d.]+(ms|s|m|h|d)$/.test(input)) return new Date(nowMs - parseDurationMs(input))
  const text = input.replace(' ', 'T').replace(',', '.')
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`
  const date = new Date(zoned)
  if (!ISO_TIME.test(input) || Number.isNaN(date.getTime())) {
    throw new ZkopsError(
      'usage',
      `${input} is no time: expected e.g. 2026-11-22T10:00:00Z, or an age such as 15m, 2h, 7d`,
    )
  }
  return date
}
