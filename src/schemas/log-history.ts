import { FINDINGS } from './finding.ts'
import { ACL, DATA, DECODED, DECODED_DEFS, INT } from './payload.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME_OR_NULL } from './values.ts'

const STATE = {
  description:
    'Null: there was no such znode. A field that the logs at hand do not tell is absent; with --no-data, or when the value was not kept, dataBytes stands in place of data.',
  type: ['object', 'null'],
  properties: {
    data: DATA,
    decoded: DECODED,
    dataBytes: { type: ['integer', 'null'] },
    version: INT,
    acl: ACL,
    aversion: INT,
  },
} as const

const EVENT = {
  type: 'object',
  required: [
    'zxid',
    'time',
    'session',
    'cxid',
    'file',
    'offset',
    'type',
    'inMulti',
    'path',
    'change',
    'cause',
    'kind',
    'owner',
    'version',
    'before',
    'after',
  ],
  properties: {
    zxid: HEX64,
    time: TIME_OR_NULL,
    session: { ...HEX64, description: 'who did it; 0x0: the servers themselves' },
    cxid: INT,
    file: { type: 'string' },
    offset: COUNT,
    type: { type: 'string', description: 'of the record, or of the operation inside a multi, as in log dump' },
    inMulti: { type: 'boolean' },
    path: { type: 'string' },
    change: { enum: ['created', 'data', 'acl', 'deleted'] },
    cause: {
      description: 'why it was deleted; null for every other change. session-expired: closed by the servers',
      enum: ['explicit', 'multi', 'session-closed', 'session-expired', 'container', 'ttl', 'container-or-ttl', null],
    },
    withParent: { const: true, description: 'deleted in a multi that deleted the parent, too' },
    unrecordedEnd: {
      const: true,
      description:
        'created although it was there by these logs: it went without a record (a hole in the logs, or a start that dropped it)',
    },
    kind: {
      description: 'null when it was created before these logs',
      enum: ['persistent', 'ephemeral', 'container', 'ttl', null],
    },
    owner: { ...HEX64_OR_NULL, description: 'the session of an ephemeral' },
    ttlMs: INT,
    version: {
      type: ['integer', 'null'],
      description: "the data's, after the change; the last known one of what was deleted",
    },
    before: STATE,
    after: STATE,
    user: { type: ['string', 'null'], description: 'with --audit only' },
    ip: { type: ['string', 'null'], description: 'with --audit only' },
    audit: {
      description: 'with --audit only: how user and ip were found',
      type: 'object',
      required: ['match', 'ambiguous'],
      properties: {
        match: { enum: ['operation', 'session', 'none'] },
        ambiguous: { type: 'boolean', description: 'the lines that fit name several; this is the one nearest in time' },
      },
    },
  },
} as const

/** `log history --json`; `events` hold what is one line of `--format jsonl`. */
export const schema = {
  $schema: DRAFT,
  title: 'log history',
  $defs: DECODED_DEFS,
  type: 'object',
  required: ['path', 'recursive', 'fromZxid', 'toZxid', 'events', 'eventsOmitted', 'findings'],
  properties: {
    path: { type: 'string' },
    recursive: { type: 'boolean' },
    fromZxid: { ...HEX64_OR_NULL, description: 'what the logs at hand reach from' },
    toZxid: { ...HEX64_OR_NULL, description: 'what was read up to' },
    events: { type: 'array', items: EVENT },
    eventsOmitted: { ...COUNT, description: 'how many more there are than --limit' },
    findings: FINDINGS,
  },
} as const
