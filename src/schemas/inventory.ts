import { DRAFT } from './values.ts'

/*
 * The inventory, zkops.yaml. This schema is what the file is checked with when it is read; docs/inventory.md explains
 * every field of it (a test holds the two together).
 */
const PORT = { type: 'integer', minimum: 1, maximum: 65_535 } as const
const PORT_OR_NONE = { type: ['integer', 'null'], minimum: 1, maximum: 65_535 } as const
const NAME = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', examples: ['prod'] } as const
const ID = { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 } as const
const LINE = { type: 'string', pattern: '^[^\\u0000-\\u001f\\u007f]+$', examples: ['one line of text'] } as const
const PATH = {
  type: 'string',
  pattern: '^[/~.]?[^\\u0000-\\u001f\\u007f]+$',
  examples: ['/etc/zookeeper/zoo.cfg'],
} as const
// a leading dash would be an option to the program that gets the host
const HOST = {
  type: 'string',
  pattern: '^[A-Za-z0-9_\\[:][A-Za-z0-9_.:%\\[\\]-]*$',
  examples: ['zk1.example.org'],
} as const

const PORTS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    quorum: { ...PORT, description: 'where followers connect to the leader; 2888' },
    election: { ...PORT, description: 'where leaders are elected; 3888' },
    client: { ...PORT_OR_NONE, description: 'where clients connect in plain; 2181; null: nowhere' },
    secure: { ...PORT_OR_NONE, description: 'where clients connect with TLS (secureClientPort); null: nowhere' },
    admin: { ...PORT_OR_NONE, description: 'the AdminServer; null: off' },
  },
} as const

const COMMAND = {
  type: ['string', 'object'],
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  examples: ['sudo systemctl restart zookeeper'],
  required: ['here'],
  additionalProperties: false,
  properties: { here: { ...LINE, description: 'a shell command that runs on this machine, not on the member' } },
} as const

/** What may stand at an ensemble for all of its servers, and at a server for itself. */
const PLACES = {
  ports: { ...PORTS, description: 'ports of the server' },
  dataDir: { ...PATH, description: 'where its snapshots and myid lie' },
  dataLogDir: { ...PATH, description: 'where its transaction logs lie, when not in dataDir' },
  config: { ...PATH, description: 'its zoo.cfg' },
  exec: {
    ...LINE,
    examples: ['ssh {host}'],
    description: 'a program with arguments that runs a shell command on the member; the command is its last argument',
  },
  restart: { ...COMMAND, description: 'the shell command that restarts the server' },
  stop: { ...COMMAND, description: 'the shell command that stops the server' },
  start: { ...COMMAND, description: 'the shell command that starts the server' },
} as const

const SERVER = {
  type: 'object',
  required: ['id', 'host'],
  additionalProperties: false,
  properties: {
    id: { ...ID, description: 'its id, as in myid' },
    host: { ...HOST, description: 'the host of its server line' },
    addresses: {
      type: 'array',
      items: { ...LINE, examples: ['zk1-b.example.org:2888:3888'] },
      description: 'further host:quorum:election of the member (3.6 on, multiAddress)',
    },
    clientHost: { ...HOST, description: 'where clients connect, when it is another host than host' },
    role: { enum: ['participant', 'observer'], description: 'participant without it' },
    zone: { ...LINE, description: 'its failure domain: a data centre, rack or zone' },
    group: { ...ID, description: 'its group, in an ensemble with groups' },
    weight: { ...ID, description: 'its weight in the group; 1' },
    ...PLACES,
  },
} as const

const AUTH = {
  type: 'object',
  required: ['user'],
  additionalProperties: false,
  properties: {
    scheme: { ...LINE, description: 'digest without it' },
    user: { ...LINE, description: 'who zkops is, for example super' },
    passwordEnv: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      examples: ['ZK_PASSWORD'],
      description: 'the environment variable that holds the password',
    },
    passwordFile: { ...PATH, description: 'the file whose first line is the password' },
  },
} as const

const TLS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ca: { ...PATH, description: 'PEM file of the authorities that are trusted; those of the system without it' },
    cert: { ...PATH, description: 'PEM file of the own certificate and its chain' },
    key: { ...PATH, description: 'PEM file of its private key' },
    servername: { ...HOST, description: 'the name that certificates must be for, when not the host' },
  },
} as const

const LIMIT = {
  type: ['number', 'string', 'null'],
  pattern: '^[0-9]+(\\.[0-9]+)?[A-Za-z%]*$',
  examples: ['50ms'],
} as const

const ENSEMBLE = {
  type: 'object',
  additionalProperties: false,
  anyOf: [{ required: ['servers'] }, { required: ['connect'] }],
  properties: {
    zookeeper: {
      type: ['string', 'number'],
      pattern: '^3\\.[4-9](\\.[0-9]+)?$',
      minimum: 3.4,
      maximum: 3.9,
      examples: ['3.8.6'],
      description: 'release or line of the servers',
    },
    connect: {
      ...LINE,
      examples: ['zk1:2181,zk2:2181'],
      description: 'where clients connect, when not at the servers',
    },
    servers: { type: 'array', minItems: 1, items: SERVER, description: 'the members' },
    ...PLACES,
    auth: { ...AUTH, description: 'who zkops is' },
    tls: { ...TLS, description: 'client connections use TLS' },
    timeout: {
      type: 'string',
      pattern: '^[0-9]+(\\.[0-9]+)?(ms|s|m)$',
      examples: ['5s'],
      description: 'how long one member may take to answer; 5s',
    },
    thresholds: {
      type: 'object',
      propertyNames: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9.-]*$', examples: ['latency'] },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          warn: { ...LIMIT, description: 'from here on a warning; null: never' },
          critical: { ...LIMIT, description: 'from here on critical; null: never' },
        },
      },
      description: 'limits of health checks, by the name of the check',
    },
  },
} as const

export const schema = {
  $schema: DRAFT,
  title: 'inventory',
  description: 'zkops.yaml: the ensembles that zkops works on',
  type: 'object',
  required: ['ensembles'],
  additionalProperties: false,
  properties: {
    default: { ...NAME, description: 'the ensemble when none is named' },
    ensembles: {
      type: 'object',
      propertyNames: NAME,
      additionalProperties: ENSEMBLE,
      description: 'ensembles by name',
    },
  },
} as const
