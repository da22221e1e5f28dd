/** The value forms that all results share. */
export const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

/** zxid, session id, ephemeral owner, digest: `"0x…"`, lower case, no leading zeros, unsigned 64-bit. */
export const HEX64 = { type: 'string', pattern: '^0x(0|[1-9a-f][0-9a-f]{0,15})$' } as const

export const HEX64_OR_NULL = { anyOf: [HEX64, { type: 'null' }] } as const

/** ISO-8601 UTC with milliseconds. */
export const TIME = {
  type: 'string',
  pattern: '^[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$',
} as const

export const TIME_OR_NULL = { anyOf: [TIME, { type: 'null' }] } as const

/** A byte count, offset or other count. */
export const COUNT = { type: 'integer', minimum: 0 } as const
