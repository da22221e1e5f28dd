import { COUNT, HEX64_OR_NULL, TIME } from './values.ts'

const PATH = { type: ['string', 'null'] } as const
export const INT = { type: 'integer' } as const

/** Null and empty data differ. */
export const DATA = {
  anyOf: [
    { type: 'null' },
    {
      type: 'object',
      required: ['encoding', 'value'],
      additionalProperties: false,
      properties: { encoding: { enum: ['utf8', 'base64'] }, value: { type: 'string' } },
    },
  ],
} as const

const EXACT_INT = {
  description: 'decimal digits when it is beyond 2^53',
  anyOf: [INT, { type: 'string', pattern: '^-?[0-9]+$' }],
} as const

const kind = (kinds: readonly string[], required: readonly string[], properties: object) => ({
  type: 'object',
  required: ['kind', ...required],
  properties: { kind: { enum: kinds }, ...properties },
})

const ADDRESS = { host: { type: 'string' }, quorumPort: INT, electionPort: INT } as const
const QUOTA = { description: '-1: no limit', type: 'object', additionalProperties: EXACT_INT } as const
const ERROR = { error: { type: 'string' } } as const

/** There with --decode and --decode-with; null for null data. */
export const DECODED = {
  anyOf: [{ type: 'null' }, { $ref: '#/$defs/decoded' }, { $ref: '#/$defs/program' }],
} as const

/** What DECODED refers to. */
export const DECODED_DEFS = {
  decoded: {
    description: 'What --decode found a payload to be. Integers in JSON that are beyond 2^53 are decimal strings.',
    anyOf: [
      kind(['json'], ['value'], { value: { type: ['object', 'array'] } }),
      kind(['text'], ['value'], { value: { type: 'string' } }),
      kind(['gzip', 'zlib', 'snappy'], ['bytes', 'value'], {
        bytes: { ...COUNT, description: 'unpacked size of what value was made from' },
        truncated: { const: true, description: 'there is more than the 16 MiB that are unpacked at most' },
        value: { $ref: '#/$defs/decoded' },
      }),
      kind(['gzip', 'snappy'], ['error'], ERROR),
      kind(['java-serialized'], ['class'], { class: { type: ['string', 'null'] } }),
      kind(['protobuf'], ['magic', 'writer'], {
        magic: { const: 'PBUF' },
        writer: { type: ['string', 'null'], description: 'the last writer, as HBase names itself' },
      }),
      kind(['int32'], ['value'], { value: INT }),
      kind(['int64'], ['value'], {
        value: EXACT_INT,
        time: { ...TIME, description: 'the value as milliseconds since 1970, when that lies between 2000 and 2100' },
      }),
      kind(['zookeeper-config'], ['members', 'version'], {
        members: {
          type: 'array',
          items: {
            type: 'object',
            required: ['id', 'host', 'quorumPort', 'electionPort', 'role', 'clientAddress', 'clientPort'],
            properties: {
              id: INT,
              ...ADDRESS,
              role: { enum: ['participant', 'observer'] },
              clientAddress: { type: ['string', 'null'] },
              clientPort: { type: ['integer', 'null'] },
              addresses: {
                description: 'all of them, when there are several',
                type: 'array',
                items: { type: 'object', required: Object.keys(ADDRESS), properties: ADDRESS },
              },
              group: INT,
              weight: INT,
            },
          },
        },
        version: HEX64_OR_NULL,
      }),
      kind(['quota'], ['limits'], { limits: QUOTA }),
      kind(['quota'], ['usage'], { usage: QUOTA }),
      kind(['binary'], [], {}),
    ],
  },
  program: {
    description: 'What the program of --decode-with printed: JSON parsed, anything else as text; or how it failed.',
    anyOf: [kind(['program'], ['value'], { value: {} }), kind(['program'], ['error'], ERROR)],
  },
} as const

export const ACL = {
  type: ['array', 'null'],
  items: {
    type: 'object',
    required: ['perms', 'scheme', 'id'],
    properties: { perms: { type: ['string', 'integer'], pattern: '^c?d?r?w?a?$' }, scheme: PATH, id: PATH },
  },
} as const
