/*
 * Whether a server of a release line accepts a configuration file, and what it says when not: QuorumPeerConfig.parse,
 * step by step. What lies beside the file and what names resolve to is asked through ServerView.
 */
import { propertiesOrder } from '../java/hash-order.ts'
import { anySocketAddress, inetAddress, type Resolved, type SocketAddress, socketAddress } from '../java/inet.ts'
import { lastEntries, type PropertiesFile } from '../java/properties.ts'
import { configError, illegalArgument, isTrue, JavaError, javaPath, javaTrim } from '../java/values.ts'
import type { Release } from '../release.ts'
import { checkOwnClientAddress, readMyId } from './identity.ts'
import { isGrouping, isHierarchical, type Pairs, readMembership, readVerifier } from './membership.ts'
import { OldMembership } from './old-membership.ts'
import type { LineContext } from './server-line.ts'
import { consumedAs, readStatic } from './static-keys.ts'

/** `hidden`: it cannot even be seen whether it is there. */
export type Problem = 'missing' | 'hidden' | 'directory' | 'denied' | 'special'

/** What the parser sees of the machine. */
export interface ServerView {
  /** A file as properties, or why it cannot be read. */
  properties(path: string): PropertiesFile | Problem
  /** The first line of the myid file of a dataDir; null when the file is empty. */
  myid(dataDir: string): { readonly line: string | null } | Problem
  lookup(host: string): Resolved
  /** `-D` flags of the JVM, by full name. */
  readonly flags: ReadonlyMap<string, string>
  /** Whether files can be made beside the configuration file. */
  writable(path: string): boolean
}

export interface Verdict {
  readonly accepted: boolean
  /** The exception's message, without the wrapper `Error processing <file>`. */
  readonly serverError: string | null
}

export function judge(path: string, view: ServerView, release: Release): Verdict {
  try {
    parse(path, view, release)
    return { accepted: true, serverError: null }
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    return { accepted: false, serverError: error.message }
  }
}

/** What the static part left behind. */
interface Static {
  readonly values: ReadonlyMap<string, string | number | bigint | boolean>
  readonly properties: ReadonlyMap<string, string>
  readonly clientAddress: SocketAddress | null
}

function parse(path: string, view: ServerView, release: Release): void {
  const file = view.properties(path)
  if (file === 'missing' || file === 'hidden') throw illegalArgument(`${javaPath(path)} file is missing`)
  const pairs = pairsOf(loaded(file, path))
  const old = release.minor === 4 ? new OldMembership() : undefined
  const fixed = readStaticPart(pairs, view, release, old)
  if (old !== undefined) {
    old.check(fixed.values, (dataDir) => view.myid(dataDir))
    return
  }
  const dynamicFile = fixed.values.get('dynamicConfigFile') as string | undefined
  if (dynamicFile === undefined) {
    const distributed = setUp(pairs, true, fixed, view, release)
    if (distributed && fixed.values.get('reconfigEnabled') === true && !view.writable(path)) {
      throw new JavaError('FileNotFoundException', `${javaPath(path)}.bak.tmp (Permission denied)`)
    }
    return
  }
  setUp(dynamicPairs(dynamicFile, view), false, fixed, view, release)
  const next = view.properties(`${path}.dynamic.next`)
  if (typeof next === 'string') return
  const nextPairs = pairsOf(loaded(next, path))
  readVerifier(nextPairs, isHierarchical(nextPairs), lineContext(fixed, view, release))
}

const PROBLEMS: Readonly<Record<Problem, string>> = {
  missing: 'No such file or directory',
  hidden: 'Permission denied',
  directory: 'Is a directory',
  denied: 'Permission denied',
  special: 'Not a regular file',
}

function loaded(file: PropertiesFile | Problem, path: string): PropertiesFile {
  if (typeof file === 'string') {
    throw new JavaError('FileNotFoundException', `${javaPath(path)} (${PROBLEMS[file]})`)
  }
  if (file.error !== null) throw illegalArgument(file.error.message)
  return file
}

const ORDERED = new WeakMap<PropertiesFile, Pairs>()

/** The entries in the order in which Java walks them; every release asks the same. */
function pairsOf(file: PropertiesFile): Pairs {
  let pairs = ORDERED.get(file)
  if (pairs === undefined) {
    const entries = lastEntries(file)
    pairs = propertiesOrder(entries.keys()).map((key) => [key, entries.get(key)!.value] as const)
    ORDERED.set(file, pairs)
  }
  return pairs
}

function dynamicPairs(path: string, view: ServerView): Pairs {
  const file = loaded(view.properties(path), path)
  const entries = lastEntries(file)
  if (entries.has('version')) throw configError("dynamic file shouldn't have version inside")
  const pairs = pairsOf(file)
  const version = versionOfName(path)
  return version === null ? pairs : [...pairs, ['version', version]]
}

/** The hexadecimal text behind the last dot of a dynamic file's name, as the server would write it; null for none. */
export function versionOfName(path: string): string | null {
  const text = path.slice(path.lastIndexOf('.') + 1)
  if (!path.includes('.') || !/^[+-]?[0-9a-fA-F]+$/.test(text)) return null
  const size = BigInt(`0x${text.replace(/^[+-]/, '')}`)
  const value = text.startsWith('-') ? -size : size
  if (BigInt.asIntN(64, value) !== value) return null
  return BigInt.asUintN(64, value).toString(16)
}

function readStaticPart(pairs: Pairs, view: ServerView, release: Release, old: OldMembership | undefined): Static {
  const values = new Map<string, string | number | bigint | boolean>()
  const properties = new Map(view.flags)
  const hasDynamic = pairs.some(([key]) => key === 'dynamicConfigFile')
  for (const [rawKey, rawValue] of pairs) {
    const key = javaTrim(rawKey)
    const value = javaTrim(rawValue)
    const kind = consumedAs(key, release)
    if (kind !== undefined) {
      if (kind === 'path' && release.minor > 4) checkRelativePath(value)
      values.set(key, readStatic(key, value, kind, release))
    } else if (key.startsWith('server.') || isGrouping(key)) {
      if (old !== undefined) old.line(key, value, { release, lookup: view.lookup })
      else if (hasDynamic) throw configError(`parameter: ${key} must be in a separate dynamic config file`)
      else properties.set(`zookeeper.${key}`, value)
    } else {
      properties.set(`zookeeper.${key}`, value)
    }
  }
  checkSasl(values)
  if (!values.has('dataDir')) throw illegalArgument('dataDir is not set')
  const clientAddress = listener('clientPort', values, view, release)
  const secureAddress = release.minor === 4 ? null : listener('secureClientPort', values, view, release)
  if (secureAddress !== null) checkSslScheme(properties)
  checkTimes(values, release)
  if (release.minor >= 6) checkMetricsProvider(values.get('metricsProvider.className') as string | undefined)
  return { values, properties, clientAddress }
}

/** The warning for relative paths looks at the first two characters, whether there are two or not. */
function checkRelativePath(value: string): void {
  const path = javaPath(value)
  if (path.startsWith('/') || path.length >= 2) return
  throw new JavaError('StringIndexOutOfBoundsException', `begin 0, end 2, length ${path.length}`)
}

function checkSasl(values: Static['values']): void {
  const on = (name: string) => values.get(`quorum.auth.${name}`) === true
  const refuse = (off: string, wanted: string) =>
    illegalArgument(`quorum.auth.${off} is disabled, so cannot enable quorum.auth.${wanted}`)
  if (!on('enableSasl') && on('serverRequireSasl')) throw refuse('enableSasl', 'serverRequireSasl')
  if (!on('enableSasl') && on('learnerRequireSasl')) throw refuse('enableSasl', 'learnerRequireSasl')
  if (!on('learnerRequireSasl') && on('serverRequireSasl')) throw refuse('learnerRequireSasl', 'serverRequireSasl')
}

function listener(
  key: 'clientPort' | 'secureClientPort',
  values: Static['values'],
  view: ServerView,
  release: Release,
): SocketAddress | null {
  const port = values.get(key) as number | undefined
  const host = values.get(`${key}Address`) as string | undefined
  if (port === undefined || (port === 0 && release.minor < 9)) {
    if (release.minor === 4) throw illegalArgument('clientPort is not set')
    if (host !== undefined) throw illegalArgument(`${key}Address is set but ${key} is not set`)
    return null
  }
  if (host === undefined) return anySocketAddress(port)
  const found = inetAddress(host, view.lookup)
  anySocketAddress(port)
  return { ...found, port }
}

/** configureSSLAuth. */
function checkSslScheme(properties: Static['properties']): void {
  const scheme = properties.get('zookeeper.ssl.authProvider') ?? 'x509'
  if (scheme === 'x509' || properties.has(`zookeeper.authProvider.${scheme}`)) return
  throw configError(`No auth provider configured for the SSL authentication scheme '${scheme}'.`)
}

function checkTimes(values: Static['values'], release: Release): void {
  const tick = (values.get('tickTime') ?? 3000) as number
  if (tick === 0) throw illegalArgument('tickTime is not set')
  let min = (values.get('minSessionTimeout') ?? -1) as number
  let max = (values.get('maxSessionTimeout') ?? -1) as number
  if (release.minor > 4) {
    // ints wrap
    if (min === -1) min = Math.imul(tick, 2)
    if (max === -1) max = Math.imul(tick, 20)
  }
  if (min > max) throw illegalArgument('minSessionTimeout must not be larger than maxSessionTimeout')
}

/** Classes that are on every server's class path; others a file alone cannot tell. */
const METRICS_PROVIDERS =
  /^(org\.apache\.zookeeper\.metrics\.(impl\.(Default|Null)MetricsProvider|prometheus\.PrometheusMetricsProvider)|java\.(lang\.(Object|String|Integer|Long|Runnable|Thread)|util\.(List|Map|ArrayList|HashMap|Properties)))$/

function checkMetricsProvider(name: string | undefined): void {
  if (name !== undefined && !METRICS_PROVIDERS.test(name)) {
    throw illegalArgument('metrics provider class was not found')
  }
}

function lineContext({ properties }: Static, view: ServerView, release: Release): LineContext {
  return {
    release,
    lookup: view.lookup,
    multiAddress: isTrue(properties.get('zookeeper.multiAddress.enabled')),
    canonicalize: isTrue(properties.get('zookeeper.kerberos.canonicalizeHostNames')),
  }
}

/** setupQuorumPeerConfig; whether the server is one of an ensemble. */
function setUp(pairs: Pairs, compatible: boolean, fixed: Static, view: ServerView, release: Release): boolean {
  const { values } = fixed
  const standaloneEnabled = values.get('standaloneEnabled') !== false
  const membership = readMembership(pairs, {
    ...lineContext(fixed, view, release),
    compatible,
    standaloneEnabled,
    oraclePath: values.has('oraclePath'),
  })
  const state = view.myid(values.get('dataDir') as string)
  // what is no file counts as missing
  const absent = state === 'missing' || state === 'hidden' || state === 'directory'
  const id = absent ? -1n : readMyId(state, values.get('dataDir') as string)
  const client = id === -1n ? null : membership.servers.get(id)?.client
  if (client != null && fixed.clientAddress !== null) {
    checkOwnClientAddress(id, fixed.clientAddress, socketAddress(client.host, client.port, view.lookup))
  }
  const distributed = !standaloneEnabled || membership.voters > 1
  if (distributed) {
    for (const key of ['initLimit', 'syncLimit']) {
      if ((values.get(key) ?? 0) === 0) throw illegalArgument(`${key} is not set`)
    }
    if (id === -1n) throw illegalArgument('myid file is missing')
  }
  return distributed
}
