import { ACL, DATA, DECODED, DECODED_DEFS } from './payload.ts'
import { DRAFT, HEX64, TIME_OR_NULL } from './values.ts'

const INT = { type: 'integer' } as const

const line = (kind: string, required: readonly string[], properties: object) => ({
  type: 'object',
  required: ['kind', ...required],
  properties: { kind: { const: kind }, ...properties },
})

const STAT = {
  type: 'object',
  required: ['czxid', 'mzxid', 'pzxid', 'ctime', 'mtime', 'version', 'cversion', 'aversion', 'ephemeralOwner'],
  properties: {
    czxid: HEX64,
    mzxid: HEX64,
    pzxid: HEX64,
    ctime: TIME_OR_NULL,
    mtime: TIME_OR_NULL,
    version: INT,
    cversion: { ...INT, description: 'as stored: creations of children only' },
    aversion: INT,
    ephemeralOwner: HEX64,
  },
} as const

/** What a node is besides its path. */
export const NODE_FIELDS = {
  data: DATA,
  dataBytes: { type: ['integer', 'null'] },
  decoded: DECODED,
  acl: { ...ACL, description: 'null when the snapshot does not define it: see aclRef' },
  aclRef: INT,
  type: { enum: ['persistent', 'ephemeral', 'container', 'ttl'] },
  ttlMs: INT,
  stat: STAT,
} as const

/** One line of `snapshot dump --format jsonl`. */
export const schema = {
  $schema: DRAFT,
  title: 'snapshot dump',
  $defs: DECODED_DEFS,
  anyOf: [
    line('header', ['version', 'dbId'], { version: INT, dbId: HEX64 }),
    line('session', ['id', 'timeoutMs'], { id: HEX64, timeoutMs: INT }),
    line('node', ['path', 'acl', 'type', 'stat'], {
      path: { type: 'string' },
      ...NODE_FIELDS,
    }),
    line('digest', ['zxid', 'version', 'value'], { zxid: HEX64, version: INT, value: HEX64 }),
    line('lastZxid', ['zxid'], { zxid: HEX64 }),
  ],
} as const
