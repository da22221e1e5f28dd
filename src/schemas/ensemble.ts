import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME } from './values.ts'

const COUNT_OR_NULL = { anyOf: [COUNT, { type: 'null' }] } as const
const NUMBER_OR_NULL = { type: ['number', 'null'] } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const

export const STATE = {
  enum: [
    ...['leading', 'following', 'observing', 'standalone', 'read-only'],
    ...['looking', 'serving', 'unknown', 'down'],
  ],
  description:
    'looking: answers, but does not serve; serving: as what nothing tells; unknown: may not be asked, or nobody tells where; down: no answer',
} as const

const MEMBER = {
  id: COUNT_OR_NULL,
  host: { type: 'string' },
  clientPort: COUNT_OR_NULL,
  role: { enum: ['participant', 'observer', null] },
  state: STATE,
  version: TEXT_OR_NULL,
  zxid: HEX64_OR_NULL,
  lag: { ...COUNT_OR_NULL, description: 'transactions behind the leader; null where they cannot be compared' },
  latencyMs: { ...NUMBER_OR_NULL, description: 'its average request latency' },
  answerMs: { ...COUNT_OR_NULL, description: 'how long its answer took' },
  via: { enum: ['admin', '4lw', 'client', null] },
  reason: { ...TEXT_OR_NULL, description: 'why there is no answer' },
} as const

export const MEMBERS = {
  type: 'array',
  items: { type: 'object', required: Object.keys(MEMBER), properties: MEMBER },
} as const

export const QUORUM = {
  type: 'object',
  required: ['voters', 'needed', 'serving', 'canLose'],
  properties: { voters: COUNT, needed: COUNT, serving: COUNT, canLose: COUNT },
} as const

/** What `ensemble status` and `health check` say of the whole. */
export const WHOLE = {
  ensemble: { type: 'string', description: 'its name in the inventory, else where it was asked' },
  at: TIME,
  tookMs: COUNT,
  leader: COUNT_OR_NULL,
  leaderUptimeMs: { ...NUMBER_OR_NULL, description: '3.6 on' },
  quorum: QUORUM,
  unseenVoters: { ...COUNT, description: 'voters that may serve as well, and cannot be looked at' },
  hasQuorum: { type: 'boolean' },
  standalone: { type: 'boolean' },
  findings: FINDINGS,
} as const

const STATUS_MEMBER = {
  ...MEMBER,
  outstanding: NUMBER_OR_NULL,
  connections: NUMBER_OR_NULL,
  znodes: NUMBER_OR_NULL,
  ephemerals: NUMBER_OR_NULL,
  watches: NUMBER_OR_NULL,
  dataBytes: NUMBER_OR_NULL,
  uptimeMs: { ...NUMBER_OR_NULL, description: 'in its role; 3.6 on' },
  configVersion: HEX64_OR_NULL,
} as const

const STATUS = {
  ...WHOLE,
  configVersion: HEX64_OR_NULL,
  members: {
    type: 'array',
    items: { type: 'object', required: Object.keys(STATUS_MEMBER), properties: STATUS_MEMBER },
  },
} as const

export const status = {
  $schema: DRAFT,
  title: 'ensemble status',
  type: 'object',
  required: Object.keys(STATUS),
  properties: STATUS,
} as const

const TOP_MEMBER = {
  ...STATUS_MEMBER,
  requestsPerS: {
    ...NUMBER_OR_NULL,
    description: 'packets from clients; pings and questions such as this one count, too',
  },
  writesPerS: { ...NUMBER_OR_NULL, description: 'transactions that it applied' },
  recentLatencyMs: { ...NUMBER_OR_NULL, description: 'mean of what it answered since the look before; 3.6 on' },
  ageMs: { ...COUNT_OR_NULL, description: 'how old what is said of it is; null: it has not answered' },
} as const

const TOP_CLIENT = {
  address: { type: 'string' },
  connections: COUNT,
  members: { type: 'array', items: { type: 'string' }, description: 'those it is connected to' },
  queued: COUNT,
  requestsPerS: NUMBER_OR_NULL,
} as const

const TOP_MISSING = { member: { type: 'string' }, why: { enum: ['not-told', 'too-many'] } } as const

const TOP = {
  ...STATUS,
  requestsPerS: NUMBER_OR_NULL,
  writesPerS: NUMBER_OR_NULL,
  latencyMs: { ...NUMBER_OR_NULL, description: 'mean of what was answered since the look before; 3.6 on' },
  connections: NUMBER_OR_NULL,
  members: { type: 'array', items: { type: 'object', required: Object.keys(TOP_MEMBER), properties: TOP_MEMBER } },
  clients: {
    type: ['array', 'null'],
    description: 'by address, most connections first, 200 at most; null: nobody was asked',
    items: { type: 'object', required: Object.keys(TOP_CLIENT), properties: TOP_CLIENT },
  },
  clientsLeftOut: { ...COUNT, description: 'addresses beyond those in clients' },
  clientsMissing: {
    type: 'array',
    description: 'members whose connections are not in clients',
    items: { type: 'object', required: Object.keys(TOP_MISSING), properties: TOP_MISSING },
  },
} as const

/** A line of `--format jsonl`. */
export const top = {
  $schema: DRAFT,
  title: 'ensemble top',
  type: 'object',
  required: Object.keys(TOP),
  properties: TOP,
} as const

const DIVERGENCE_MEMBER = {
  ...{ id: MEMBER.id, host: MEMBER.host, clientPort: MEMBER.clientPort, state: MEMBER.state },
  ...{ version: MEMBER.version, zxid: MEMBER.zxid, znodes: NUMBER_OR_NULL, ephemerals: NUMBER_OR_NULL },
  digests: { ...COUNT_OR_NULL, description: 'how many it told; null: it could not be asked' },
  fromZxid: HEX64_OR_NULL,
  toZxid: HEX64_OR_NULL,
} as const

const DIVERGENCE = {
  ensemble: WHOLE.ensemble,
  at: TIME,
  verdict: { enum: ['same', 'diverged', 'unknown'], description: 'unknown: not every member could be compared' },
  compared: { ...COUNT, description: 'zxids at which two members or more could be compared' },
  firstDifference: {
    type: ['object', 'null'],
    required: ['zxid', 'digests'],
    properties: {
      zxid: HEX64,
      digests: {
        type: 'array',
        items: {
          type: 'object',
          required: ['member', 'digest'],
          properties: { member: { type: 'string' }, digest: HEX64 },
        },
      },
    },
  },
  members: {
    type: 'array',
    items: { type: 'object', required: Object.keys(DIVERGENCE_MEMBER), properties: DIVERGENCE_MEMBER },
  },
  findings: FINDINGS,
} as const

export const divergence = {
  $schema: DRAFT,
  title: 'ensemble divergence',
  type: 'object',
  required: Object.keys(DIVERGENCE),
  properties: DIVERGENCE,
} as const

const STAGE = { enum: ['throttle', 'prep', 'sync', 'quorum', 'commit', 'final'] } as const

const PIPELINE_MEMBER = {
  ...{ id: MEMBER.id, host: MEMBER.host, clientPort: MEMBER.clientPort, state: MEMBER.state },
  stages: {
    type: 'array',
    description: 'those that something passed',
    items: {
      type: 'object',
      required: ['stage', 'requests', 'waitMs', 'workMs', 'queue'],
      properties: {
        stage: STAGE,
        requests: COUNT,
        waitMs: { type: 'number', description: 'the mean' },
        workMs: { type: 'number', description: 'the mean' },
        queue: { ...NUMBER_OR_NULL, description: 'mean length' },
      },
    },
  },
  bottleneck: { anyOf: [STAGE, { type: 'null' }] },
} as const

const PIPELINE = {
  ensemble: WHOLE.ensemble,
  at: TIME,
  intervalMs: COUNT,
  members: {
    type: 'array',
    items: { type: 'object', required: Object.keys(PIPELINE_MEMBER), properties: PIPELINE_MEMBER },
  },
  bottleneck: {
    type: ['object', 'null'],
    required: ['member', 'stage', 'meanMs'],
    properties: { member: { type: 'string' }, stage: STAGE, meanMs: { type: 'number' } },
  },
  findings: FINDINGS,
} as const

export const pipeline = {
  $schema: DRAFT,
  title: 'ensemble pipeline',
  type: 'object',
  required: Object.keys(PIPELINE),
  properties: PIPELINE,
} as const
