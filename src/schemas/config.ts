import { FINDINGS } from './finding.ts'
import { DRAFT } from './values.ts'

const TEXT = { type: 'string' } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const

/** `config lint --json`. */
export const lint = {
  $schema: DRAFT,
  title: 'config lint',
  type: 'object',
  required: ['zookeeper', 'accepted', 'serverError', 'files', 'verdicts', 'findings'],
  properties: {
    zookeeper: TEXT,
    accepted: { type: 'boolean' },
    serverError: TEXT_OR_NULL,
    files: { type: 'array', items: TEXT },
    verdicts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['file', 'zookeeper', 'accepted', 'serverError'],
        properties: { file: TEXT, zookeeper: TEXT, accepted: { type: 'boolean' }, serverError: TEXT_OR_NULL },
      },
    },
    findings: FINDINGS,
  },
} as const

const SIDE = {
  type: 'object',
  required: ['value', 'file', 'line'],
  properties: { value: TEXT_OR_NULL, file: TEXT_OR_NULL, line: { type: ['integer', 'null'] } },
} as const
const TEXTS = { type: 'array', items: TEXT } as const

/** `config diff --json`. */
export const diff = {
  $schema: DRAFT,
  title: 'config diff',
  type: 'object',
  required: ['verdict', 'zookeeper', 'pairs', 'onlyA', 'onlyB'],
  properties: {
    verdict: { enum: ['equal', 'different'] },
    zookeeper: TEXT,
    pairs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['a', 'b', 'differences'],
        properties: {
          a: TEXT,
          b: TEXT,
          differences: {
            type: 'array',
            items: {
              type: 'object',
              required: ['key', 'a', 'b'],
              properties: { key: TEXT, a: SIDE, b: SIDE },
            },
          },
        },
      },
    },
    onlyA: TEXTS,
    onlyB: TEXTS,
  },
} as const

const KEY = {
  type: 'object',
  required: [
    'key',
    'what',
    'type',
    'unit',
    'min',
    'max',
    'defaults',
    'since',
    'until',
    'place',
    'property',
    'aliases',
    'source',
  ],
  properties: {
    key: TEXT,
    what: TEXT,
    type: TEXT,
    unit: TEXT_OR_NULL,
    min: { type: ['number', 'null'] },
    max: { type: ['number', 'null'] },
    defaults: { description: 'by release line', type: 'object', additionalProperties: TEXT_OR_NULL },
    since: TEXTS,
    until: TEXT_OR_NULL,
    place: { enum: ['own', 'passed', 'flag', 'member'] },
    property: TEXT_OR_NULL,
    aliases: TEXTS,
    source: TEXT,
  },
} as const

const VALUE = {
  type: 'object',
  required: ['key', 'value', 'origin', 'file', 'line', 'default', 'used', 'note'],
  properties: {
    key: TEXT,
    value: TEXT_OR_NULL,
    origin: { enum: ['file', 'flag', 'derived', 'default'] },
    file: TEXT_OR_NULL,
    line: { type: ['integer', 'null'] },
    default: TEXT_OR_NULL,
    used: { type: 'boolean' },
    note: TEXT_OR_NULL,
  },
} as const

/** `config explain --json`: keys, or the values of a file. */
export const explain = {
  $schema: DRAFT,
  title: 'config explain',
  anyOf: [
    { type: 'object', required: ['keys'], properties: { keys: { type: 'array', items: KEY } } },
    {
      type: 'object',
      required: ['file', 'zookeeper', 'values'],
      properties: { file: TEXT, zookeeper: TEXT, values: { type: 'array', items: VALUE } },
    },
  ],
} as const

/** `config fmt --json`: a change, or the text for standard input. */
export const formatted = {
  type: 'object',
  required: ['text', 'encoding'],
  properties: { text: TEXT, encoding: { enum: ['utf8', 'latin1'] } },
} as const

const REASONED = {
  type: 'object',
  required: ['key', 'value', 'place', 'why'],
  properties: { key: TEXT, value: TEXT, place: { enum: ['zoo.cfg', 'dynamic', 'java.env'] }, why: TEXT },
} as const

/** `config generate --json`: a change, and with --explain what each member gets. */
export const generate = <T extends { readonly properties: object }>(change: T) => ({
  ...change,
  title: 'config generate',
  properties: {
    ...change.properties,
    members: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'values'],
        properties: { id: TEXT, values: { type: 'array', items: REASONED } },
      },
    },
    evidence: { description: 'what --from-data read, and where', ...TEXT_OR_NULL },
  },
})

/** `config joiner --json`: a change, and how to go on. */
export const joiner = <T extends { readonly properties: object }>(change: T) => ({
  ...change,
  title: 'config joiner',
  properties: { ...change.properties, next: TEXTS },
})

/** `config convert --json`: a change, what became what, and the order of the roll. */
export const convert = <T extends { readonly properties: object }>(change: T) => ({
  ...change,
  title: 'config convert',
  properties: {
    ...change.properties,
    members: {
      type: 'array',
      items: {
        type: 'object',
        required: ['file', 'changes'],
        properties: {
          file: TEXT,
          changes: {
            type: 'array',
            items: {
              type: 'object',
              required: ['key', 'before', 'after', 'why', 'takesEffect'],
              properties: {
                ...{ key: TEXT, before: TEXT_OR_NULL, after: TEXT_OR_NULL, why: TEXT },
                takesEffect: { type: 'boolean' },
              },
            },
          },
        },
      },
    },
    order: TEXTS,
  },
})

const WHY = { value: TEXT, why: TEXT } as const

/** `config profiles --json`. */
export const profiles = {
  $schema: DRAFT,
  title: 'config profiles',
  type: 'object',
  required: ['profiles'],
  properties: {
    profiles: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'summary', 'members', 'cores', 'ramBytes', 'heap', 'logDevice', 'settings', 'accepts'],
        properties: {
          ...{ name: TEXT, summary: TEXT, members: TEXT, cores: { type: 'integer' }, ramBytes: { type: 'integer' } },
          heap: { type: 'object', required: ['share', 'mostBytes', 'startBytes'] },
          logDevice: { enum: ['ssd', 'nvme', 'any', 'none'] },
          settings: {
            type: 'object',
            additionalProperties: { type: 'object', required: ['value', 'why'], properties: WHY },
          },
          accepts: { type: 'array', items: { type: 'object', required: ['code', 'why'] } },
        },
      },
    },
  },
} as const

const NUMBER_OR_NULL = { type: ['number', 'null'] } as const

/** `config detect --json`. */
export const detect = {
  $schema: DRAFT,
  title: 'config detect',
  type: 'object',
  required: [
    'ramBytes',
    'cgroupBytes',
    'cores',
    'devices',
    'swapBytes',
    'swappiness',
    'hugePages',
    'openFiles',
    'clockSynchronized',
    'java',
    'fsync',
    'findings',
  ],
  properties: {
    ...{ ramBytes: { type: 'number' }, cgroupBytes: NUMBER_OR_NULL, cores: { type: 'number' } },
    devices: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'rotational', 'bytes', 'mounts'],
        properties: { name: TEXT, rotational: { type: ['boolean', 'null'] }, bytes: NUMBER_OR_NULL, mounts: TEXTS },
      },
    },
    ...{
      swapBytes: { type: 'number' },
      swappiness: NUMBER_OR_NULL,
      hugePages: TEXT_OR_NULL,
      openFiles: NUMBER_OR_NULL,
    },
    clockSynchronized: { type: ['boolean', 'null'] },
    java: {
      anyOf: [
        { type: 'null' },
        { type: 'object', required: ['path', 'version'], properties: { path: TEXT, version: TEXT_OR_NULL } },
      ],
    },
    fsync: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['directory', 'samples', 'p50Ms', 'p90Ms', 'p99Ms', 'maxMs', 'histogram'],
          properties: {
            ...{ directory: TEXT, samples: { type: 'integer' }, p50Ms: { type: 'number' }, p90Ms: { type: 'number' } },
            ...{ p99Ms: { type: 'number' }, maxMs: { type: 'number' } },
            histogram: {
              type: 'array',
              items: {
                type: 'object',
                required: ['upToMs', 'count'],
                properties: { upToMs: { type: 'number' }, count: { type: 'integer' } },
              },
            },
          },
        },
      ],
    },
    findings: FINDINGS,
  },
} as const

/** `config templates --json`, without --eject. */
export const templates = {
  $schema: DRAFT,
  title: 'config templates',
  type: 'object',
  required: ['userFolder', 'templates'],
  properties: {
    userFolder: TEXT,
    templates: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'file', 'own'],
        properties: { name: TEXT, file: TEXT, own: { type: 'boolean' } },
      },
    },
  },
} as const
