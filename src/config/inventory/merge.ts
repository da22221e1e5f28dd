/*
 * Puts what is known of an ensemble into an inventory. What stands there stays, comments too: a server that is there gets
 * what differs, one that is not there comes behind the others, and nothing goes.
 */
import { Document, isMap, isScalar, isSeq, YAMLMap, YAMLSeq } from 'yaml'
import { ZkopsError } from '../../support/errors.ts'
import { lineDiff } from '../../support/line-diff.ts'
import { DEFAULT_PORTS, type InventoryServer, inventoryEnsemble, type RawEnsemble } from './inventory.ts'
import type { YamlText } from './yaml.ts'

export interface KnownEnsemble {
  readonly name: string
  readonly zookeeper: string | null
  /** Of servers that do not say who their members are. */
  readonly connect: string | null
  readonly servers: readonly InventoryServer[]
}

const HEAD = ' The ensembles that zkops works on; zkops schema inventory tells of every field.'

export function newInventory(known: KnownEnsemble): string {
  const document = new Document(new YAMLMap())
  document.commentBefore = HEAD
  document.set('ensembles', document.createNode({}))
  putEnsemble(document, undefined, known)
  return textOf(document, STYLES[0]!)
}

/** Throws `refused.inventory-alias` for an entry that stands elsewhere in the file. */
export function mergedInventory(text: string, { document, value }: YamlText, known: KnownEnsemble): string {
  const style = styleOf(text, document)
  const { default: standard, ensembles } = value as {
    readonly default?: string
    readonly ensembles: Readonly<Record<string, RawEnsemble>>
  }
  const [only, ...others] = Object.keys(ensembles)
  putEnsemble(document, ensembles[known.name], known)
  // what was meant without a name still is
  if (standard === undefined && only !== undefined && others.length === 0 && only !== known.name) {
    document.set('default', only)
  }
  return textOf(document, style)
}

function putEnsemble(document: Document, raw: RawEnsemble | undefined, known: KnownEnsemble): void {
  const path = ['ensembles', known.name]
  const common = raw === undefined ? commonFields(known) : {}
  if (raw === undefined) document.setIn(path, document.createNode({}))
  const entry = mapAt(document, path)
  if (known.zookeeper !== null && raw?.zookeeper === undefined) entry.set('zookeeper', known.zookeeper)
  if (known.servers.length === 0) {
    if (known.connect !== null) entry.set('connect', known.connect)
    return
  }
  if (!entry.has('servers')) entry.set('servers', new YAMLSeq())
  const list = document.getIn([...path, 'servers'])
  if (!isSeq(list)) throw elsewhere(path.join('.'))
  const all = { ...raw, ...common }
  for (const server of known.servers) putServer(document, list, all, server)
  for (const [key, one] of Object.entries(common)) entry.set(key, document.createNode(one, { flow: true }))
}

/** What all servers of a new entry have in common is said once. */
function commonFields({ servers }: KnownEnsemble): Pick<RawEnsemble, 'ports' | 'dataDir' | 'dataLogDir'> {
  const [first] = servers
  if (first === undefined || servers.length === 1) return {}
  const shared = <T>(of: (server: InventoryServer) => T) =>
    servers.every((one) => of(one) === of(first)) ? of(first) : null
  const ports = Object.fromEntries(
    (['quorum', 'election', 'client', 'secure', 'admin'] as const).flatMap((name) => {
      const port = shared((server) => server.ports[name])
      return port == null || port === (DEFAULT_PORTS as Record<string, number>)[name] ? [] : [[name, port]]
    }),
  )
  const [dataDir, dataLogDir] = [shared((server) => server.dataDir), shared((server) => server.dataLogDir)]
  return {
    ...(Object.keys(ports).length === 0 ? {} : { ports }),
    ...(dataDir === null ? {} : { dataDir }),
    ...(dataLogDir === null ? {} : { dataLogDir }),
  }
}

function putServer(document: Document, list: YAMLSeq, all: RawEnsemble, wanted: InventoryServer): void {
  const { id, host } = wanted
  const at = list.items.findIndex((item) => isMap(item) && item.get('id') === id)
  const raw = (all.servers ?? []).find((server) => server.id === id)
  if (raw !== undefined && at === -1) throw elsewhere(`servers: ${id}`)
  const [now] = inventoryEnsemble('', { ...all, servers: [raw ?? { id, host }] }).servers
  const missing = differences(now!, wanted)
  if (at === -1) {
    list.add(document.createNode(nested([['id', id], ['host', host], ...missing]), { flow: true }))
    return
  }
  const entry = list.items[at] as YAMLMap
  for (const [key, value] of missing) {
    const [field, port] = key.split('.') as [string, string?]
    if (port === undefined) entry.set(field, document.createNode(value, { flow: true }))
    else {
      const own = entry.get(field, true)
      if (own === undefined) entry.set(field, document.createNode({}, { flow: true }))
      else if (!isMap(own)) throw elsewhere(`${field} of server ${id}`)
      entry.setIn([field, port], value)
    }
  }
}

type Field = readonly [key: string, value: unknown]

/** What is known and not said yet, or said otherwise. Null and undefined: not known. */
function differences(now: InventoryServer, wanted: InventoryServer): readonly Field[] {
  const fields = (server: InventoryServer): readonly Field[] => {
    const { host, clientHost, addresses, role, group, weight, ports, dataDir, dataLogDir } = server
    const { quorum, election, client, secure, admin } = ports
    return Object.entries({
      ...{ host, clientHost: clientHost === host ? null : clientHost, addresses, role, group, weight },
      ...{ 'ports.quorum': quorum, 'ports.election': election, 'ports.client': client },
      ...{ 'ports.secure': secure, 'ports.admin': admin, dataDir, dataLogDir },
    })
  }
  const before = new Map(fields(now))
  return fields(wanted).filter(
    ([key, value]) => value != null && JSON.stringify(value) !== JSON.stringify(before.get(key)),
  )
}

function nested(fields: readonly Field[]): Readonly<Record<string, unknown>> {
  const ports = fields.flatMap(([key, value]) => (key.startsWith('ports.') ? [[key.slice(6), value]] : []))
  return {
    ...Object.fromEntries(fields.filter(([key]) => !key.startsWith('ports.'))),
    ...(ports.length === 0 ? {} : { ports: Object.fromEntries(ports) }),
  }
}

function mapAt(document: Document, path: readonly string[]): YAMLMap {
  const node = document.getIn(path, true)
  if (isMap(node)) return node
  // an entry without anything in it
  if (isScalar(node) && node.value === null) {
    document.setIn(path, document.createNode({}))
    return document.getIn(path, true) as YAMLMap
  }
  throw elsewhere(path.join('.'))
}

function elsewhere(what: string): ZkopsError {
  return new ZkopsError('refused.inventory-alias', `${what} is an alias: what it stands for is written elsewhere`, {
    hint: 'Write the entry out, or change it by hand.',
  })
}

interface YamlStyle {
  readonly flowCollectionPadding: boolean
  readonly indentSeq: boolean
}

const STYLES: readonly YamlStyle[] = [
  { flowCollectionPadding: false, indentSeq: true },
  { flowCollectionPadding: true, indentSeq: true },
  { flowCollectionPadding: false, indentSeq: false },
  { flowCollectionPadding: true, indentSeq: false },
]

/** The way of writing that leaves most lines of the file as they are. */
function styleOf(text: string, document: Document): YamlStyle {
  const lines = text.split('\n')
  const changed = (style: YamlStyle) => lineDiff(lines, textOf(document, style).split('\n')).length
  const costs = STYLES.map(changed)
  return STYLES[costs.indexOf(Math.min(...costs))]!
}

function textOf(document: Document, style: YamlStyle): string {
  return document.toString({ ...style, lineWidth: 0 })
}
