import { FINDINGS } from './finding.ts'
import { ACL, DATA, DECODED, DECODED_DEFS } from './payload.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME_OR_NULL } from './values.ts'

const INT = { type: 'integer' } as const
const PATH = { type: 'string' } as const

const object = (properties: object, optional: object = {}) => ({
  type: 'object',
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
})

/** Which tree it is about. */
const MOMENT = { zxid: HEX64_OR_NULL, time: TIME_OR_NULL, findings: FINDINGS }

const ZNODE = {
  path: PATH,
  type: { enum: ['persistent', 'ephemeral', 'container', 'ttl'] },
  dataBytes: { type: ['integer', 'null'], description: 'null for null data' },
  acl: { ...ACL, description: 'null when the files do not define it: see aclRef' },
  stat: object({
    czxid: HEX64,
    mzxid: HEX64,
    pzxid: HEX64,
    ctime: TIME_OR_NULL,
    mtime: TIME_OR_NULL,
    version: INT,
    cversion: { ...INT, description: 'as clients see it: changes of children' },
    aversion: INT,
    ephemeralOwner: HEX64,
    dataLength: COUNT,
    numChildren: COUNT,
  }),
}
const ZNODE_OPTIONAL = { ttlMs: COUNT, aclRef: INT }

const titled = (title: string, schema: object) => ({ $schema: DRAFT, title, ...schema })

/** `snapshot stat --json`. */
export const stat = titled('snapshot stat', object({ ...ZNODE, ...MOMENT }, ZNODE_OPTIONAL))

/** One line of `snapshot find --format jsonl`. */
export const found = titled('snapshot find', object(ZNODE, ZNODE_OPTIONAL))

/** `snapshot ls --json`. */
export const ls = titled(
  'snapshot ls',
  object({ path: PATH, ...MOMENT, children: { type: 'array', items: object(ZNODE, ZNODE_OPTIONAL) } }),
)

/** `snapshot cat --json`. */
export const cat = titled('snapshot cat', {
  $defs: DECODED_DEFS,
  ...object({ path: PATH, ...MOMENT, data: DATA }, { decoded: DECODED }),
})

const BRANCH = { path: PATH, nodes: COUNT, dataBytes: COUNT }
const OMITTED = { ...COUNT, description: 'children that --limit or --top left out' }

/** `snapshot tree --json`. */
export const tree = titled('snapshot tree', {
  $defs: {
    branch: object({
      ...BRANCH,
      children: { type: 'array', items: { $ref: '#/$defs/branch' } },
      omittedChildren: OMITTED,
    }),
  },
  ...object({
    ...BRANCH,
    ...MOMENT,
    children: { type: 'array', items: { $ref: '#/$defs/branch' } },
    omittedChildren: OMITTED,
  }),
})

/** `snapshot du --json`; largest first. */
export const du = titled('snapshot du', {
  $defs: {
    usage: object({
      ...BRANCH,
      children: { type: 'array', items: { $ref: '#/$defs/usage' } },
      omittedChildren: OMITTED,
    }),
  },
  ...object({
    ...BRANCH,
    ...MOMENT,
    children: { type: 'array', items: { $ref: '#/$defs/usage' } },
    omittedChildren: OMITTED,
    levels: { type: 'array', items: object({ depth: COUNT, nodes: COUNT, dataBytes: COUNT }) },
    largest: { type: 'array', items: object({ path: PATH, dataBytes: COUNT }) },
    widest: {
      type: 'array',
      items: object({
        path: PATH,
        children: COUNT,
        listBytes: { ...COUNT, description: 'what a list of the children takes in an answer' },
      }),
    },
  }),
})
