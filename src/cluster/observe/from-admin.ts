/*
 * A member by its AdminServer: configuration (who it is), monitor, server_stats, zabstate, voting_view, all at once; the
 * word conf beside them, because only that tells the version of the membership.
 *
 * Its port is often a guess (8080), and another server or another program may sit there: nothing is believed unless
 * the id or the client port fits.
 */
import { ZkopsError } from '../../support/errors.ts'
import { type AdminReply, adminCommand, plainOrTls } from '../admin/admin-server.ts'
import { fourLetterWord } from '../admin/four-letter.ts'
import { type Place, placeText } from '../exchange.ts'
import { notAllowed } from './from-words.ts'
import { clockMetrics, heapMetrics, snapshotMetrics } from './further-metrics.ts'
import { idFrom, metricsFrom, serverStatsMetrics, stateFrom, versionFrom, zxidFrom } from './keys.ts'
import { membershipOfConf, membershipOfVotingView, settingsOfConf } from './membership.ts'
import { GUESSED_ADMIN_PORT, type MemberAnswer, type MemberPlace } from './model.ts'
import { askOptions, clientPlace, orUndefined, type SourceContext } from './source.ts'

type Fields = Readonly<Record<string, unknown>>

export async function fromAdmin(context: SourceContext): Promise<MemberAnswer> {
  const started = performance.now()
  const { admin } = context.place
  if (admin === null) throw new ZkopsError('server.no-port', 'It has no AdminServer')
  const confWord = askConf(context)
  const all = (tls: Place['tls']) => askAll({ ...admin, tls }, context)
  const [configuration, monitor, stats, zab, view, environment, snapshot] = await plainOrTls(context.tls, all)
  const identity = identityOf(configuration, zab)
  if (!isMember(context.place, identity)) throw otherServer(placeText(admin), identity)
  const counters = done(monitor)
  const bean = done(stats)
  const inner = fields(bean.server_stats)
  const conf = await soon(confWord, performance.now() - started)
  return {
    via: 'admin',
    // only who serves tells its configuration
    state: adminState(counters, inner, bean.read_only) ?? (configuration.error === null ? 'serving' : 'looking'),
    id: identity.id,
    version: versionFrom(text(counters.version) ?? text(bean.version)),
    zxid: zxidFrom(done(zab).last_zxid) ?? decimalZxid(inner.last_processed_zxid),
    zabState: text(done(zab).zabstate) || null,
    voting: votingOf(done(zab)),
    metrics: new Map([
      ...serverStatsMetrics(inner, bean.node_count),
      ...heapMetrics(done(environment)),
      ...snapshotMetrics(done(snapshot)),
      ...clockMetrics(configuration.clock),
      ...metricsFrom(Object.entries(renamed(counters))),
    ]),
    settings: new Map([...configurationSettings(done(configuration)), ...settingsOfConf(conf ?? '')]),
    membership: membershipOfConf(conf ?? '') ?? membershipOfVotingView(done(view).current_config),
    blind: notAllowed(conf, 'conf'),
    answerMs: performance.now() - started,
  }
}

type Replies = readonly [AdminReply, ...(readonly (AdminReply | undefined)[])]

function askAll(at: Place, context: SourceContext): Promise<Replies> {
  const ask = (command: string) => adminCommand(at, command, askOptions(context))
  const others = OTHERS.map((command) => orUndefined(ask(command)))
  return Promise.all([ask('configuration'), ...others])
}

/** Those that a release does not know are answered with an error. */
const OTHERS = ['monitor', 'server_stats', 'zabstate', 'voting_view', 'environment', 'last_snapshot']

/** What a command that was carried out says; nothing of one that was not. */
function done(reply: AdminReply | undefined): Fields {
  return reply === undefined || reply.error !== null ? {} : reply.body
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

interface Identity {
  readonly id: number | null
  readonly clientPort: number | null
  /** 3.6 on. */
  readonly quorumPorts?: readonly number[]
}

/** configuration needs a serving server; zabstate does not, and names it from 3.6 on. */
function identityOf(configuration: AdminReply, zab: AdminReply | undefined): Identity {
  const { server_id: id, client_port: port } = done(configuration)
  const { myid, client_address: address, quorum_address: quorum } = done(zab)
  const zabPort = /:(\d+)$/.exec(text(address) ?? '')?.[1]
  return {
    id: idFrom(id) ?? idFrom(myid),
    clientPort: typeof port === 'number' && port > 0 ? port : zabPort === undefined ? null : Number(zabPort),
    quorumPorts: portsIn(quorum),
  }
}

/** Of addresses, in whichever form a release prints them. */
function portsIn(value: unknown): readonly number[] {
  return [...(JSON.stringify(value) ?? '').matchAll(/:(\d{1,5})"/g)].map(([, port]) => Number(port))
}

/** Whether what an AdminServer says of itself fits the member that was to be asked. */
export function isMember(place: MemberPlace, { id, clientPort, quorumPorts = [] }: Identity): boolean {
  if (place.clientPort !== null && place.clientPort === clientPort) return true
  if (place.admin?.port === GUESSED_ADMIN_PORT) {
    // another ensemble on this host may have a server of that id
    if (place.clientPort !== null && clientPort !== null) return false
    const unplaced = place.clientPort === null && place.securePort === null
    if (unplaced && !quorumPorts.some((port) => port === place.quorumPort)) return false
  }
  return place.id !== null && place.id === id
}

function otherServer(where: string, { id, clientPort }: Identity): ZkopsError {
  const who = id === null && clientPort === null ? 'a server that does not say which' : `server ${id ?? '?'}`
  return new ZkopsError(
    'server.other',
    `${where} is the AdminServer of ${who} (client port ${clientPort ?? 'unknown'})`,
  )
}

/** A server that does not serve says false whatever it is. */
function votingOf({ voting, zabstate }: Fields): boolean | null {
  return typeof voting === 'boolean' && text(zabstate) ? voting : null
}

function adminState(counters: Fields, stats: Fields, readOnly: unknown): MemberAnswer['state'] | undefined {
  if (readOnly === true) return 'read-only'
  return stateFrom(text(counters.server_state) ?? text(stats.server_state))
}

/** Decimal, as a string when it does not fit a number; 0 is what a member says before its first transaction. */
function decimalZxid(value: unknown): bigint | null {
  return (typeof value === 'number' && Number.isSafeInteger(value)) || /^\d+$/.test(text(value) ?? '')
    ? BigInt(value as number | string)
    : null
}

function renamed({ command: _command, error: _error, ...counters }: Fields): Fields {
  return counters
}

const SETTING_NAMES: Readonly<Record<string, string>> = {
  client_port: 'clientPort',
  data_dir: 'dataDir',
  data_log_dir: 'dataLogDir',
  tick_time: 'tickTime',
  max_client_cnxns: 'maxClientCnxns',
  min_session_timeout: 'minSessionTimeout',
  max_session_timeout: 'maxSessionTimeout',
  server_id: 'serverId',
}

function configurationSettings(configuration: Fields): readonly (readonly [string, string])[] {
  return Object.entries(SETTING_NAMES).flatMap(([field, name]) =>
    configuration[field] === undefined ? [] : [[name, String(configuration[field])] as const],
  )
}

function askConf(context: SourceContext): Promise<string | undefined> {
  const at = clientPlace(context)
  if (at === null) return Promise.resolve(undefined)
  return orUndefined(fourLetterWord(context.place.host, at.port, 'conf', { ...askOptions(context), tls: at.tls }))
}

/** It was asked at the same time; where clients are kept out by a firewall, it is not waited for long. */
async function soon(conf: Promise<string | undefined>, tookMs: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(100, tookMs))
  })
  try {
    return await Promise.race([conf, patience])
  } finally {
    clearTimeout(timer)
  }
}
