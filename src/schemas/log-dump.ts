import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME, TIME_OR_NULL } from './values.ts'

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

const FIELDS = {
  path: PATH,
  data: DATA,
  decoded: DECODED,
  dataBytes: { type: ['integer', 'null'] },
  acl: ACL,
  ephemeral: { type: 'boolean' },
  parentCversion: { type: ['integer', 'null'] },
  ttlMs: INT,
  version: INT,
  timeoutMs: INT,
  paths: { type: ['array', 'null'], items: PATH },
  code: { type: ['integer', 'null'] },
  name: { type: ['string', 'null'] },
  body: { type: 'string' },
  op: INT,
} as const

const withType = (types: readonly string[], ...required: readonly string[]) => ({
  if: { properties: { type: { enum: types } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required },
})

const BY_TYPE = [
  withType(['createSession'], 'timeoutMs'),
  withType(['closeSession'], 'paths'),
  withType(['create', 'create2', 'createContainer', 'createTTL'], 'path', 'acl', 'ephemeral', 'parentCversion'),
  withType(['createTTL'], 'ttlMs'),
  withType(['delete', 'deleteContainer'], 'path'),
  withType(['setData', 'reconfig', 'check'], 'path', 'version'),
  withType(['setACL'], 'path', 'acl', 'version'),
  withType(['error'], 'code', 'name'),
  withType(['unknown'], 'op'),
] as const

const TYPES = [
  'create',
  'create2',
  'createContainer',
  'createTTL',
  'delete',
  'deleteContainer',
  'setData',
  'reconfig',
  'setACL',
  'check',
  'error',
  'unknown',
] as const

const OPS = {
  type: ['array', 'null'],
  items: {
    type: 'object',
    required: ['type'],
    properties: { type: { enum: TYPES }, ...FIELDS, data: { anyOf: [DATA, { type: 'string' }] } },
    allOf: BY_TYPE,
  },
} as const

/** One line of `log dump --format jsonl`. */
export const schema = {
  $schema: DRAFT,
  title: 'log dump',
  $defs: DECODED_DEFS,
  type: 'object',
  required: ['file', 'offset', 'bytes', 'zxid', 'time', 'session', 'cxid', 'type'],
  properties: {
    file: { type: 'string' },
    offset: COUNT,
    bytes: COUNT,
    zxid: HEX64,
    time: TIME_OR_NULL,
    session: HEX64,
    cxid: INT,
    type: { enum: [...TYPES, 'multi', 'createSession', 'closeSession'] },
    ...FIELDS,
    // base64 for a record of unknown type
    data: { anyOf: [DATA, { type: 'string' }] },
    ops: OPS,
    digest: {
      type: 'object',
      required: ['version', 'value'],
      properties: { version: INT, value: HEX64 },
    },
  },
  allOf: [...BY_TYPE, withType(['multi'], 'ops')],
} as const
