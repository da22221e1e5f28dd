import { ACL, DATA, DECODED, DECODED_DEFS, INT } from './payload.ts'
import { COUNT, DRAFT, HEX64, TIME_OR_NULL } from './values.ts'

const PATH = { type: ['string', 'null'] } as const

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
