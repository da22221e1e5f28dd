/*
 * All members of an ensemble.
 *
 *   1. Every member that was named is asked, all at the same time.
 *   2. Who the members are: the newest configuration that one of them tells (conf, voting view); only when no member
 *      tells it, one session reads /zookeeper/config.
 *   3. Members of it that were not asked yet are asked, all at the same time. Where a client port is not written down,
 *      that of the others is tried, and who answers must not say that it is another one.
 *
 * Twice the timeout is the longest it takes, however many members hang.
 */
import { lookup } from 'node:dns/promises'
import { askMember } from './member.ts'
import { clientPlaceOf, type Membership } from './membership.ts'
import {
  GUESSED_ADMIN_PORT,
  idOf,
  type MemberPlace,
  type ObservedMember,
  type ObserveOptions,
  placeKey,
} from './model.ts'

export interface ObservedEnsemble {
  readonly at: Date
  readonly tookMs: number
  /** By id; those without one last. */
  readonly members: readonly ObservedMember[]
  /** As the members tell it; null when none does. */
  readonly membership: Membership | null
}

export async function observeEnsemble(
  places: readonly MemberPlace[],
  options: ObserveOptions,
): Promise<ObservedEnsemble> {
  const started = performance.now()
  const at = new Date()
  const { discover = true, ask = askMember } = options
  const asked = await Promise.all(
    places.map(async (place) => {
      const member = await ask(place, options)
      return place.guessed ? believed(member) : member
    }),
  )
  const { membership, known } = await identified(asked, discover, options)
  const missing = membership === null || !discover ? [] : unasked(known, membership)
  const found = await Promise.all(missing.map((place) => ask(place, options)))
  options.signal?.throwIfAborted()
  const last = Number.MAX_SAFE_INTEGER
  const members = [...known, ...found.map(believed)]
    .map((member) => remembered(member, options.met))
    .sort((a, b) => (idOf(a) ?? last) - (idOf(b) ?? last))
  return { at, tookMs: performance.now() - started, members, membership }
}

interface Identified {
  readonly membership: Membership | null
  /** Those that were asked, with what the membership says of them. */
  readonly known: readonly ObservedMember[]
}

/** What a session tells counts only if those who answered are found in it: others would be looked at twice. */
async function identified(
  asked: readonly ObservedMember[],
  discover: boolean,
  options: ObserveOptions,
): Promise<Identified> {
  const told = newest(asked)
  const membership = told ?? (discover ? await readConfigZnode(asked, options) : null)
  if (membership === null) return { membership, known: asked }
  const known = await named(asked, membership, options)
  const found = told !== null || known.every((member) => member.answer === null || idOf(member) !== null)
  return found ? { membership, known } : { membership: null, known: asked }
}

/** Without a leader no member tells who it is: then it is whoever was met there before. */
function remembered(member: ObservedMember, met: ObserveOptions['met'] = {}): ObservedMember {
  const before = met[placeKey(member.place)]
  return idOf(member) !== null || before === undefined ? member : { ...member, place: { ...member.place, ...before } }
}

/** The configuration of the highest version; one with a version wins over one without. */
function newest(members: readonly ObservedMember[]): Membership | null {
  const all = members.flatMap(({ answer }) => answer?.membership ?? [])
  return all.sort((a, b) => ((a.version ?? -1n) < (b.version ?? -1n) ? 1 : -1))[0] ?? null
}

async function readConfigZnode(
  members: readonly ObservedMember[],
  options: ObserveOptions,
): Promise<Membership | null> {
  const one = members.find(({ answer }) => answer !== null && keepsConfig(answer.state, answer.version))
  if (one === undefined) return null
  const { configZnode } = await import('./from-client.ts')
  const deadline = performance.now() + options.timeoutMs
  const signal = options.signal ?? new AbortController().signal
  return configZnode({ place: one.place, tls: options.tls, deadline, signal }).catch(() => null)
}

/** A member of 3.5 on that serves; a standalone server's configuration names nobody else. */
function keepsConfig(state: string, version: string | null): boolean {
  return ['leading', 'following', 'observing'].includes(state) && version !== null && !version.startsWith('3.4.')
}

/** Members with the ids and roles that the configuration gives them. */
async function named(
  members: readonly ObservedMember[],
  membership: Membership,
  options: ObserveOptions,
): Promise<readonly ObservedMember[]> {
  const taken = new Set(members.flatMap((member) => idOf(member) ?? []))
  return Promise.all(
    members.map(async (member) => {
      const id = idOf(member) ?? (await idByPlace(member.place, membership, taken, options.timeoutMs))
      const line = id === null ? undefined : membership.servers.get(BigInt(id))
      return { ...member, place: { ...member.place, id, role: line?.role ?? member.place.role } }
    }),
  )
}

/**
 * By the address that it was asked at: as it is written, else by what the names resolve to. A port for TLS is seldom in a
 * configuration; then the host has to be that of one server only.
 */
async function idByPlace(
  { host, clientPort, securePort }: MemberPlace,
  membership: Membership,
  taken: Set<number>,
  timeoutMs: number,
): Promise<number | null> {
  const servers = [...membership.servers.values()]
    .map((server) => ({ id: Number(server.id), ...clientPlaceOf(server) }))
    .filter(({ id }) => !taken.has(id))
  const byPort = servers.filter(({ port }) => port === (clientPort ?? securePort))
  const hostOnly = clientPort === null && byPort.length === 0
  const candidates = hostOnly ? servers : byPort
  const written = candidates.filter((server) => server.host === host)
  const [found, ...others] =
    written.length > 0 ? written : await filterAsync(candidates, (server) => sameHost(server.host, host, timeoutMs))
  if (found === undefined || (hostOnly && others.length > 0)) return null
  taken.add(found.id)
  return found.id
}

async function filterAsync<T>(all: readonly T[], fits: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const fit = await Promise.all(all.map(fits))
  return all.filter((_, i) => fit[i])
}

async function sameHost(a: string, b: string, timeoutMs: number): Promise<boolean> {
  const [left, right] = await Promise.all([addressesOf(a, timeoutMs), addressesOf(b, timeoutMs)])
  return left.some((address) => right.includes(address))
}

async function addressesOf(host: string, timeoutMs: number): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), timeoutMs / 3)
  })
  const found = lookup(host, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  )
  const addresses = await Promise.race([found, late])
  clearTimeout(timer)
  return addresses
}

/** Members of the configuration that nobody named. */
function unasked(members: readonly ObservedMember[], membership: Membership): readonly MemberPlace[] {
  const ids = new Set(members.map(idOf))
  const asked = new Set(members.map(({ place }) => `${place.host}:${place.clientPort}`))
  const ports = new Set(members.flatMap(({ place }) => place.clientPort ?? []))
  const usualPort = ports.size === 1 ? [...ports][0]! : null
  const secure = members[0]?.place.clientPort === null
  return [...membership.servers.values()].flatMap((server): MemberPlace[] => {
    const id = Number(server.id)
    if (ids.has(id)) return []
    const { host, port: written } = clientPlaceOf(server)
    const guess = written === null && !asked.has(`${host}:${usualPort}`) ? usualPort : null
    const securePort = secure ? (members[0]?.place.securePort ?? null) : null
    return [
      {
        ...{ id, host, role: server.role, clientPort: written ?? guess, securePort, guessed: written === null },
        ...{ quorumPort: server.addresses[0]?.quorumPort, admin: { host, port: GUESSED_ADMIN_PORT } },
      },
    ]
  })
}

/** A member that was found by asking others, or at a guessed port, and says that it is another one is not this one. */
function believed(member: ObservedMember): ObservedMember {
  const said = member.answer?.id ?? null
  if (said === null || member.place.id === null || said === member.place.id) return member
  const message = `${member.place.host}:${member.place.clientPort} answers as server ${said}`
  return { ...member, answer: null, failures: [...member.failures, { source: '4lw', code: 'server.other', message }] }
}
