/*
 * The files of a member that joins. It must know all present members and itself, so that it finds the leader, and must
 * not be able to found an ensemble of its own:
 *
 *   a voter     the present members and itself as participant; one at a time, because several without data that know
 *               each other could outvote those who have the data
 *   observers   the present members and all that join as observers; any number
 *
 * From 3.6 on db.autocreate=false (and no file `initialize`) keeps it from voting before it has data, besides.
 */
import { readEnsemble, type ServerLine } from '../ensemble.ts'
import { formatEntry } from '../java/properties.ts'
import { keySpec } from '../keys/table.ts'
import type { Member, Setting } from '../member.ts'
import { isSince, type Release } from '../release.ts'
import { rewriteProperties } from '../rewrite.ts'

export interface Joiner {
  readonly id: bigint
  readonly line: ServerLine
  /** The value of its server line, role and client port stated. */
  readonly value: string
}

export interface JoinerPlaces {
  /** Where zoo.cfg will lie. */
  readonly confDir: string
  /** Undefined: as the members have it. */
  readonly dataDir: string | undefined
  readonly logDir: string | undefined
  readonly adminPort: number | undefined
}

export interface JoinerInputs {
  /** The member that it will be like. */
  readonly base: Member
  /** Server, group and weight lines of the present members. */
  readonly present: readonly Setting[]
  /** All that join together. */
  readonly joiners: readonly Joiner[]
  readonly places: JoinerPlaces
  readonly release: Release
  /** The member's java.env. */
  readonly env: string | null
}

export interface JoinerFile {
  readonly name: 'zoo.cfg' | 'zoo.cfg.dynamic' | 'myid' | 'java.env'
  readonly bytes: Uint8Array
}

export const DYNAMIC_NAME = 'zoo.cfg.dynamic'
const AUTOCREATE = 'zookeeper.db.autocreate'

export function joinerFiles(own: Joiner, inputs: JoinerInputs): readonly JoinerFile[] {
  const { present, joiners } = inputs
  const lines = [...present, ...joiners.map(({ id, value }) => ({ key: `server.${id}`, value }))]
  const members = lines.map(({ key, value }) => `${formatEntry(key, value)}\n`).join('')
  return [
    { name: 'zoo.cfg', bytes: zooCfg(own, inputs) },
    { name: DYNAMIC_NAME, bytes: Buffer.from(members, 'latin1') },
    { name: 'myid', bytes: Buffer.from(`${own.id}\n`) },
    ...javaEnv(inputs),
  ]
}

export function membershipLines({ settings, dynamic }: Member): readonly Setting[] {
  return [...settings.values(), ...(dynamic?.settings ?? [])].filter(({ key }) => isMembership(key))
}

function isMembership(key: string): boolean {
  return /^(server\.|group|weight)/.test(key)
}

/** The member's file, but for what is each member's own; comments and order stay. */
function zooCfg({ line }: Joiner, { base, places }: JoinerInputs): Uint8Array {
  // clients' address and role stand in the server line
  const own = (key: string) => ['clientPort', 'clientPortAddress', 'peerType'].includes(key) || isMembership(key)
  const wanted = new Map<string, string | null>()
  for (const key of base.settings.keys()) if (own(key)) wanted.set(key, null)
  if (line.role === 'observer') wanted.set('peerType', 'observer')
  wanted.set('dynamicConfigFile', `${places.confDir}/${DYNAMIC_NAME}`)
  // a participant that knew no other would run alone
  wanted.set('standaloneEnabled', 'false')
  if (places.dataDir !== undefined) wanted.set('dataDir', places.dataDir)
  if (places.logDir !== undefined) wanted.set('dataLogDir', places.logDir)
  if (places.adminPort !== undefined) wanted.set('admin.serverPort', String(places.adminPort))
  return rewriteProperties(base.properties, wanted)
}

function javaEnv({ base, release, env }: JoinerInputs): readonly JoinerFile[] {
  const file = (text: string): readonly JoinerFile[] => [{ name: 'java.env', bytes: Buffer.from(text) }]
  const said = base.flags.get(AUTOCREATE)?.value === 'false'
  if (said || !isSince(release, keySpec('db.autocreate')!.since)) return env === null ? [] : file(env)
  const flag = `# It does not vote before it has data.\nSERVER_JVMFLAGS="$SERVER_JVMFLAGS -D${AUTOCREATE}=false"\n`
  return file(`${env ?? ''}${env === null || env === '' || env.endsWith('\n') ? '' : '\n'}${flag}`)
}

/** Undefined: no server can read the line, or something is missing in it. */
export function joinerOf(id: bigint, value: string): Joiner | undefined {
  const line = readEnsemble([{ key: `server.${id}`, value, file: '--server', line: 0 }]).servers.get(id)
  const whole = line !== undefined && line.client !== null && line.addresses.length > 0
  return whole && line.addresses.every(({ electionPort }) => electionPort !== null) ? { id, line, value } : undefined
}
