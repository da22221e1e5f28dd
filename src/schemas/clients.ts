import { MEMBERS, WHOLE } from './ensemble.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME, TIME_OR_NULL } from './values.ts'

const COUNT_OR_NULL = { anyOf: [COUNT, { type: 'null' }] } as const
const NUMBER_OR_NULL = { type: ['number', 'null'] } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const

const { id, host, clientPort, state, version } = MEMBERS.items.properties

const MEMBER = {
  ...{ id, host, clientPort, state, version },
  via: { enum: ['admin', '4lw', null], description: 'who told it; null: nobody' },
} as const

const HEAD = { ensemble: WHOLE.ensemble, at: TIME } as const

/** All fields are always there. */
function record<T extends Readonly<Record<string, object>>>(properties: T) {
  return { type: 'object', required: Object.keys(properties), properties } as const
}

function list<T extends object>(items: T, description?: string) {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) } as const
}

export const connections = {
  $schema: DRAFT,
  title: 'ensemble connections',
  ...record({
    ...HEAD,
    connections: COUNT,
    clientCount: { ...COUNT, description: 'addresses' },
    members: list(
      record({
        ...MEMBER,
        connections: { ...COUNT_OR_NULL, description: 'null: not told' },
        secure: { ...COUNT_OR_NULL, description: 'of them by the TLS client port' },
        limit: { ...COUNT_OR_NULL, description: 'maxClientCnxns; 0: no limit; null: not told' },
      }),
    ),
    clients: list(
      record({
        ...{ address: { type: 'string' }, connections: COUNT, sessions: COUNT },
        withoutSession: { ...COUNT, description: 'words, and clients that are connecting' },
        queued: { ...COUNT, description: 'requests that wait' },
        ...{ received: COUNT, sent: COUNT },
        since: { ...TIME_OR_NULL, description: 'of its oldest connection' },
        at: list(
          record({
            ...{ member: { type: 'string' }, secure: { type: 'boolean' }, connections: COUNT },
            limitPercent: { ...COUNT_OR_NULL, description: 'of the limit; null: none, or not told' },
          }),
        ),
      }),
      'with most connections first',
    ),
    omittedClients: COUNT,
    findings: WHOLE.findings,
  }),
} as const

export const sessions = {
  $schema: DRAFT,
  title: 'ensemble sessions',
  ...record({
    ...HEAD,
    ephemeralsFrom: { ...TEXT_OR_NULL, description: 'the member that told them; null: not asked for, or by none' },
    heavy: { type: 'boolean' },
    members: list(record({ ...MEMBER, sessions: { ...COUNT_OR_NULL, description: 'null: not told' } })),
    path: {
      anyOf: [
        record({ path: { type: 'string' }, kind: { enum: ['ephemeral', 'persistent'] }, owner: HEX64_OR_NULL }),
        { type: 'null' },
      ],
      description: 'with --path; servers do not tell containers and TTL nodes from persistent ones',
    },
    sessionCount: COUNT,
    sessions: list(
      record({
        id: HEX64,
        client: { ...TEXT_OR_NULL, description: 'null: connected with no member that tells' },
        member: TEXT_OR_NULL,
        secure: { type: 'boolean' },
        timeoutMs: COUNT_OR_NULL,
        lastOperation: TEXT_OR_NULL,
        lastZxid: HEX64_OR_NULL,
        connectedSince: { ...TIME_OR_NULL, description: 'the connection, not the session' },
        ...{ queued: COUNT, received: COUNT, sent: COUNT, maxLatencyMs: NUMBER_OR_NULL },
        ephemerals: { ...COUNT_OR_NULL, description: 'null without --heavy' },
        paths: list({ type: 'string' }, 'the first of them'),
        expiresAt: { ...TIME_OR_NULL, description: 'when it ends unless it is heard of; by the word dump of a leader' },
      }),
      'those without a connection first, then by ephemerals and packets',
    ),
    omittedSessions: COUNT,
    findings: WHOLE.findings,
  }),
} as const

const FAN_OUT = record({ changes: COUNT, average: { type: 'number' }, most: COUNT })

export const watches = {
  $schema: DRAFT,
  title: 'ensemble watches',
  ...record({
    ...HEAD,
    heavy: { type: 'boolean' },
    path: TEXT_OR_NULL,
    members: list(
      record({
        ...MEMBER,
        all: { ...COUNT_OR_NULL, description: 'of all kinds; null: not told, as the next ones' },
        data: { ...COUNT_OR_NULL, description: 'for data and existence' },
        children: { ...COUNT_OR_NULL, description: 'the rest' },
        ...{ sessions: COUNT_OR_NULL, paths: COUNT_OR_NULL },
        fanOut: {
          anyOf: [
            record({ created: FAN_OUT, changed: FAN_OUT, deleted: FAN_OUT, children: FAN_OUT }),
            { type: 'null' },
          ],
          description: 'how many watches one change told, since the server started; 3.6 on',
        },
      }),
    ),
    paths: {
      anyOf: [list(record({ path: { type: 'string' }, sessions: COUNT })), { type: 'null' }],
      description: 'by sessions; null without --heavy',
    },
    omittedPaths: COUNT,
    sessions: {
      anyOf: [
        list(record({ id: HEX64, watches: COUNT, client: TEXT_OR_NULL, member: { type: 'string' } })),
        { type: 'null' },
      ],
      description: 'by watches; null without --heavy',
    },
    omittedSessions: COUNT,
    findings: WHOLE.findings,
  }),
} as const
