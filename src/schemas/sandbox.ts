import { DRAFT } from './values.ts'

const PORT_OR_NULL = { type: ['integer', 'null'], minimum: 1, maximum: 65_535 } as const

const STATUS = {
  type: 'object',
  required: ['name', 'dir', 'zookeeper', 'connect', 'passwordFile', 'servers'],
  properties: {
    name: { type: 'string' },
    dir: { type: 'string' },
    zookeeper: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
    connect: { type: 'string' },
    passwordFile: { type: 'string' },
    servers: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'pid', 'role', 'state', 'clientPort', 'adminPort', 'dataDir', 'logDir'],
        properties: {
          id: { type: 'integer', minimum: 1 },
          pid: { type: ['integer', 'null'] },
          role: { enum: ['participant', 'observer', 'standalone'] },
          state: {
            enum: ['leading', 'following', 'observing', 'standalone', 'looking', 'starting', 'paused', 'down'],
          },
          clientPort: PORT_OR_NULL,
          adminPort: PORT_OR_NULL,
          quorumPort: PORT_OR_NULL,
          electionPort: PORT_OR_NULL,
          dataDir: { type: 'string' },
          logDir: { type: 'string' },
          config: { type: 'string' },
          logFile: { type: 'string' },
        },
      },
    },
  },
} as const

/** `sandbox up`, `status`, `start`, `stop`, `kill`, `pause`, `resume`. */
export const status = { $schema: DRAFT, title: 'sandbox status', ...STATUS } as const

export const list = {
  $schema: DRAFT,
  title: 'sandbox ls',
  type: 'object',
  required: ['sandboxes'],
  properties: { sandboxes: { type: 'array', items: STATUS } },
} as const

/** `sandbox install`, `sandbox versions`. */
export const versions = {
  $schema: DRAFT,
  title: 'sandbox versions',
  type: 'object',
  required: ['versions'],
  properties: {
    versions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['version', 'source', 'location', 'installed'],
        properties: {
          version: { type: 'string' },
          source: { enum: ['cache', 'home', 'debian'] },
          location: { type: 'string' },
          installed: { type: 'boolean' },
        },
      },
    },
  },
} as const

export const down = {
  $schema: DRAFT,
  title: 'sandbox down',
  type: 'object',
  required: ['name', 'dir', 'kept'],
  properties: { name: { type: 'string' }, dir: { type: 'string' }, kept: { type: 'boolean' } },
} as const
