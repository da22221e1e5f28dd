/*
 * What a run leaves for the next one: one JSON file per target, written as a whole, with the version of its form.
 *
 * A file of another version, of another target or one that cannot be read is no reason to fail: the run is a first run
 * then, and says so. 64-bit values are text.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { putFile } from '../../datadir/replace-file.ts'
import { systemErrorCode } from '../../support/errors.ts'
import { stateFolder } from '../../support/state-folder.ts'

const FORM = 1

export interface MemberMemory {
  readonly state: string
  /** `0x…`; the highest of a transaction that it ever showed. */
  readonly highestZxid: string | null
  readonly zxid: string | null
  readonly metrics: Readonly<Record<string, number>>
}

export interface PlaceMemory {
  readonly id: number
  readonly role: 'participant' | 'observer' | null
}

/** What members were at some moment: names of their numbers as in `TREND_NUMBERS`, and `counter` and `epoch`. */
export interface TrendPoint {
  readonly at: string
  readonly members: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface HealthState {
  readonly form: typeof FORM
  readonly target: string
  readonly at: string
  readonly leader: number | null
  /** Moments at which another leader was seen than before, of the last hour. */
  readonly leaderChanges: readonly string[]
  /** The most voters that were ever told of. */
  readonly voters: number
  readonly members: Readonly<Record<string, MemberMemory>>
  /** Who was met at `host:port`: without a leader no member tells who it is. */
  readonly places: Readonly<Record<string, PlaceMemory>>
  /** One an hour for a week, for forecasts; a state of an older zkops has none. */
  readonly trend?: readonly TrendPoint[]
  /** What was wrong, by code and member: since when, in how many runs in a row. */
  readonly breaches: Readonly<Record<string, { readonly since: string; readonly runs: number }>>
}

export interface ReadState {
  readonly state: HealthState | null
  /** Why there is none, when there should be one. */
  readonly problem: string | null
}

export async function readHealthState(file: string, target: string): Promise<ReadState> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'ENOENT') return { state: null, problem: null }
    return { state: null, problem: `${file} cannot be read (${code ?? error})` }
  }
  const state = parsed(text)
  if (state === undefined) return { state: null, problem: `${file} is no state of a health check` }
  if (state.form !== FORM) return { state: null, problem: `${file} was written by another version of zkops` }
  if (state.target !== target) return { state: null, problem: `${file} is about ${state.target}` }
  return { state, problem: null }
}

function parsed(text: string): HealthState | undefined {
  try {
    const value = JSON.parse(text) as Partial<HealthState>
    if (typeof value.form !== 'number') return undefined
    return value.form !== FORM || isWhole(value) ? (value as HealthState) : undefined
  } catch {
    return undefined
  }
}

function isWhole({ at, members, places, breaches, leaderChanges }: Partial<HealthState>): boolean {
  const maps = isMapOf(members, isMemory) && isMapOf(places, isMap) && isMapOf(breaches, isBreach)
  return maps && isMoment(at) && Array.isArray(leaderChanges)
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isMapOf = (value: unknown, fits: (one: unknown) => boolean): boolean =>
  isMap(value) && Object.values(value).every(fits)

const isMoment = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))

function isMemory(value: unknown): boolean {
  if (!isMap(value) || !isMap(value.metrics)) return false
  return value.highestZxid === null || /^0x[0-9a-f]{1,16}$/.test(String(value.highestZxid))
}

const isBreach = (value: unknown): boolean => isMap(value) && isMoment(value.since) && typeof value.runs === 'number'

/** Throws `stopped.output` when it cannot be written; the old one is there then. */
export async function writeHealthState(file: string, state: Omit<HealthState, 'form'>): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {})
  const bytes = Buffer.from(`${JSON.stringify({ form: FORM, ...state }, null, 1)}\n`)
  await putFile(file, bytes, { mode: 0o600, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
}

/** Where the state of an inventory's ensemble lies: `zkops/health` in XDG_STATE_HOME. */
export function stateFileOf(ensemble: string, env = process.env): string {
  return join(stateFolder('health', env), `${ensemble}.json`)
}
