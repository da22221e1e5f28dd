/* Every value that a generated member gets, with its reason, in the order in which the files state them. */
import { keySpec } from '../keys/table.ts'
import { isSince, type Release } from '../release.ts'
import type { LogDevice } from './facts.ts'
import type { NewMember } from './members.ts'
import {
  connectionLimit,
  fewerThanDefault,
  heapSize,
  initLimit,
  MIB,
  mib,
  type Sized,
  snapCount,
  syncLimit,
} from './sizing.ts'
import { dataSpaceOf, logSpaceReason, type SpaceInputs } from './space.ts'

export interface GeneratedValue {
  /** A key of zoo.cfg or of the dynamic file, or a flag of the JVM up to its value. */
  readonly key: string
  readonly value: string
  readonly place: 'zoo.cfg' | 'dynamic' | 'java.env'
  readonly why: string
}

export interface Places {
  readonly confDir: string
  readonly dataDir: string
  /** Null: logs lie in dataDir. */
  readonly logDir: string | null
}

export interface ValueInputs extends SpaceInputs {
  readonly release: Release
  readonly members: readonly NewMember[]
  /** Servers show their metrics to Prometheus. */
  readonly metrics: boolean
}

/** Above this many ticks a member would wait long for a leader that does not answer. */
const MANY_TICKS = 60
const ADMIN_PORT = 8080
const METRICS_PORT = 7000
/** Read from zoo.cfg too, but too late on some releases. */
const FLAGS_ONLY = ['db.autocreate', 'datadir.autocreate']

export function valuesFor(member: NewMember, places: Places, inputs: ValueInputs): readonly GeneratedValue[] {
  const { release, set } = inputs
  const values = [...fileValues(member, places, inputs), ...memberValues(member, places, inputs), ...jvmValues(inputs)]
  // what the profile sets itself comes before what follows from formulas
  const known = values.filter(
    ({ key, place }, i) =>
      (place !== 'zoo.cfg' || isIn(release, key)) && values.findIndex((one) => one.key === key) === i,
  )
  const own = [...set].map(([key, value]) => ({ ...placed(key), value, why: 'Set by --set.' }))
  const rest = own.filter(({ key }) => !known.some((one) => one.key === key))
  return [...known.map((one) => own.find(({ key }) => key === one.key) ?? one), ...rest]
}

/** Where a key that a profile or the user sets belongs. */
export function placed(key: string): Pick<GeneratedValue, 'key' | 'place'> {
  if (/^(group|weight)\./.test(key)) return { key, place: 'dynamic' }
  if (FLAGS_ONLY.includes(key)) return { key: `-Dzookeeper.${key}=`, place: 'java.env' }
  const isFlag = keySpec(key)?.place === 'flag' || key.startsWith('zookeeper.')
  return isFlag ? { key: `-D${key}=`, place: 'java.env' } : { key, place: 'zoo.cfg' }
}

function isIn(release: Release, key: string): boolean {
  const spec = keySpec(key)
  return spec === undefined || (isSince(release, spec.since) && (spec.until ?? release.line) >= release.line)
}

function fileValues(member: NewMember, places: Places, inputs: ValueInputs): readonly GeneratedValue[] {
  const { profile, facts, set } = inputs
  const { settings } = profile
  const tickTime = Number(set.get('tickTime') ?? settings.tickTime?.value ?? 3000)
  const init = initLimit(profile, tickTime, facts)
  const heap = heapSize(profile, facts).value
  const resized = [
    ...resize('snapCount', settings.snapCount && snapCount(settings.snapCount.value, facts)),
    ...resize('syncLimit', settings.syncLimit && syncLimit(settings.syncLimit.value, tickTime, facts)),
    ...resize('maxCnxns', settings.maxCnxns && connectionLimit(settings.maxCnxns.value, facts)),
  ]
  const given = Object.entries(settings).map(([key, { value, why }]) => ({ ...placed(key), value, why }))
  return [
    setting('dataDir', places.dataDir, dataDirReason(inputs)),
    ...(places.logDir === null ? [] : [setting('dataLogDir', places.logDir, logDirReason(inputs))]),
    ...given.filter(({ key }) => key === 'tickTime'),
    ...(settings.initLimit === undefined ? [sized('initLimit', init)] : []),
    ...given.flatMap((one) => (one.key === 'tickTime' ? [] : (resized.find(({ key }) => key === one.key) ?? one))),
    ...(init.value > MANY_TICKS
      ? [setting('connectToLearnerMasterLimit', '10', 'With a long initLimit a dead leader is still noticed soon.')]
      : []),
    setting('admin.serverPort', String(member.adminPort ?? ADMIN_PORT + (member.onHost ?? 0)), adminReason(member)),
    ...(inputs.metrics ? metricsValues(member) : []),
    ...resize('globalOutstandingLimit', fewerThanDefault(heap, 1000)),
    ...resize('maxResponseCacheSize', fewerThanDefault(heap, 400)),
    ...resize('maxGetChildrenResponseCacheSize', fewerThanDefault(heap, 400)),
  ]
}

function adminReason({ adminPort, onHost }: NewMember): string {
  if (adminPort !== null) return 'As the inventory has it, on loopback.'
  return onHost === null ? 'The usual port, on loopback.' : 'Each member on a host has a port of its own.'
}

/** Up to 3.4 members stand in zoo.cfg, later in the dynamic file. */
function memberValues(member: NewMember, places: Places, inputs: ValueInputs): readonly GeneratedValue[] {
  const { release, members } = inputs
  const why = (one: NewMember) => `Member ${one.id}, ${one.line.role}.`
  if (release.minor > 4) {
    const file = `${places.confDir}/zoo.cfg.dynamic`
    return [
      setting('dynamicConfigFile', file, 'The members; servers rewrite it when membership changes.'),
      ...members.map((one): GeneratedValue => {
        return { key: `server.${one.id}`, value: one.value, place: 'dynamic', why: why(one) }
      }),
    ]
  }
  const { client, role } = member.line
  return [
    setting('clientPort', String(client!.port), 'Where clients connect.'),
    ...(client!.host === '0.0.0.0' ? [] : [setting('clientPortAddress', client!.host, 'Clients connect here only.')]),
    ...(role === 'observer' ? [setting('peerType', role, 'On 3.4 an observer says so itself, too.')] : []),
    // 3.4 knows no client part
    ...members.map((one) => setting(`server.${one.id}`, one.value.split(';', 1)[0]!, why(one))),
  ]
}

function jvmValues({ profile, release, members, facts }: ValueInputs): readonly GeneratedValue[] {
  const heap = heapSize(profile, facts)
  const start =
    heap.startBytes < heap.value ? 'Small at first; nobody measures this server.' : 'All of the heap at once.'
  return [
    flag('-Xms', size(heap.startBytes), start),
    flag('-Xmx', size(heap.value), `Heap: ${heap.why}.`),
    ...(profile.directBytes === null
      ? []
      : [flag('-XX:MaxDirectMemorySize=', size(profile.directBytes), 'Buffers of connections, beside the heap.')]),
    flag('-XX:+UseG1GC', '', 'Short pauses with a full heap; the default from Java 9 on.'),
    flag(
      '-XX:MaxGCPauseMillis=',
      String(profile.pauseMs),
      'A pause must stay far below syncLimit and session timeouts.',
    ),
    ...(profile.preTouch
      ? [flag('-XX:+AlwaysPreTouch', '', 'Memory is taken at start: that it fits is known then, not under load.')]
      : []),
    flag('-XX:+PerfDisableSharedMem', '', 'The JVM does not stall on its statistics file when the disk is busy.'),
    ...(isIn(release, 'db.autocreate')
      ? [
          flag(
            '-Dzookeeper.db.autocreate=',
            'false',
            'A member that lost its data does not vote before it has the data again; the file initialize allows the first start.',
          ),
        ]
      : []),
    ...(isIn(release, 'datadir.autocreate')
      ? [flag('-Dzookeeper.datadir.autocreate=', 'false', 'Without its disk the server does not start empty.')]
      : []),
    ...(release.minor > 5 && members.some(({ line }) => line.addresses.length > 1)
      ? [flag('-Dzookeeper.multiAddress.enabled=', 'true', 'Members have several addresses; zoo.cfg cannot say this.')]
      : []),
  ]
}

/** The file says on which address they are shown, as the endpoint asks nobody who they are. */
function metricsValues(member: NewMember): readonly GeneratedValue[] {
  const provider = 'org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'
  return [
    setting('metricsProvider.className', provider, 'Prometheus reads metrics from this server.'),
    setting('metricsProvider.httpHost', member.line.addresses[0]!.host, 'Metrics are shown on this address only.'),
    // each member on a host has a port of its own
    setting('metricsProvider.httpPort', String(METRICS_PORT + (member.onHost ?? 0)), 'Where Prometheus reads them.'),
  ]
}

function dataDirReason(inputs: ValueInputs): string {
  const bytes = dataSpaceOf(inputs)
  const space = bytes === undefined ? '' : ` They take up to ${mib(bytes)} between purges: provide twice that.`
  return `Snapshots, and myid.${space}`
}

const WANTED = { ssd: 'a dedicated SSD', nvme: 'a dedicated NVMe', any: 'any disk', none: 'any disk' } as const
const GIVEN: Readonly<Record<LogDevice, string>> = {
  ssd: 'an SSD',
  nvme: 'an NVMe',
  hdd: 'a spinning disk, so every write is slow',
  shared: 'a device that others use too, so writes wait for them',
  network: 'a network disk, so every write waits for the network',
}

function logDirReason(inputs: ValueInputs): string {
  const rule = 'Transaction logs; every write waits for an fsync here'
  const { logDevice: given } = inputs.facts
  const { logDevice: wanted } = inputs.profile
  const lies =
    given !== null
      ? `. It lies on ${GIVEN[given]}`
      : wanted === 'any' || wanted === 'none'
        ? ''
        : `. It should lie on ${WANTED[wanted]}: not checked`
  return `${rule}${lies}. ${logSpaceReason(inputs)}`
}

function setting(key: string, value: string, why: string): GeneratedValue {
  return { key, value, place: 'zoo.cfg', why }
}

function sized(key: string, { value, why }: Sized): GeneratedValue {
  return setting(key, String(value), `${why[0]!.toUpperCase()}${why.slice(1)}.`)
}

function resize(key: string, found: Sized | undefined): readonly GeneratedValue[] {
  return found === undefined ? [] : [sized(key, found)]
}

function flag(key: string, value: string, why: string): GeneratedValue {
  return { key, value, place: 'java.env', why }
}

function size(bytes: number): string {
  return `${Math.floor(bytes / MIB)}m`
}
