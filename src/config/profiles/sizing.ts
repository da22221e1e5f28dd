/*
 * The formulas behind generated values.
 *
 *   tree        data + 350 B x znodes + 50 B x ephemerals; without a count a znode has 260 B of path and data
 *   live        tree + 100 B x watches + 1 KB x sessions, at least 100 MB, for sessions, requests and caches
 *   heap        2 x live, at least 1 GB; without a data size a share of the memory; at most 3/4 of the memory, and
 *               never so much that direct memory and 512 MB for the JVM itself do not fit beside it
 *   snapshot    data + 76 B x znodes
 *   initLimit   3 x (snapshot over 1 Gb/s + snapshot to disk at 80 MB/s + 300000 znodes/s)
 *   log file    3/4 of snapCount transactions, in steps of preAllocSize; a transaction has 400 B unless it is known
 *   log space   transactions between purges + a log file for each kept snapshot and one more + preAllocSize
 */
import type { SizingFacts } from './facts.ts'
import type { Profile } from './profile.ts'

export const MIB = 2 ** 20
const HEAP_STEP = 256 * MIB
const BYTES_PER_ZNODE = 260
const ZNODE_OVERHEAD = 350
const EPHEMERAL_OVERHEAD = 50
const WATCH_BYTES = 100
const SESSION_BYTES = 1024
const TXN_BYTES = 400
const SNAPSHOT_OVERHEAD = 76
const REST_BYTES = 100 * MIB
const JVM_BYTES = 512 * MIB
const NET_BYTES_PER_S = 125e6
const DISK_BYTES_PER_S = 80e6
const ZNODES_PER_S = 300_000
const JUTE_MAXBUFFER = 1_048_575

export interface Sized {
  readonly value: number
  /** The rule, with its inputs. */
  readonly why: string
}

export interface HeapSize extends Sized {
  readonly startBytes: number
  /** What the data would need, when that is more. */
  readonly wantedBytes: number | null
}

export function heapSize(profile: Profile, facts: SizingFacts): HeapSize {
  const { ramBytes, dataBytes } = facts
  const ram = ramBytes ?? profile.ramBytes
  const fits = down(Math.min(0.75 * ram, ram - (profile.directBytes ?? 0) - JVM_BYTES), HEAP_STEP)
  const most = Math.max(Math.min(fits, profile.heap.mostBytes), HEAP_STEP)
  const ofShare = Math.min(Math.max(down(profile.heap.share * ram, HEAP_STEP), HEAP_STEP), most)
  const live = dataBytes === null ? 0 : liveBytes({ ...facts, dataBytes })
  const wanted = dataBytes === null ? ofShare : Math.max(up(2 * live, HEAP_STEP), 1024 * MIB)
  const value = Math.min(wanted, most)
  const rule =
    dataBytes === null
      ? `${percent(profile.heap.share)} of ${mib(ram)} of memory`
      : `twice what ${loadText({ ...facts, dataBytes })} hold in memory (${mib(live)}), at least 1024 MiB`
  const cut = value < profile.heap.share * ram || wanted > most ? `; at most ${mib(most)} here` : ''
  const room = Math.max(0, Math.floor((value / 2 - REST_BYTES) / (BYTES_PER_ZNODE + ZNODE_OVERHEAD)))
  const holds = `room for about ${room} znodes of ${BYTES_PER_ZNODE} B`
  const startBytes = Math.min(profile.heap.startBytes ?? value, value)
  return { value, startBytes, wantedBytes: wanted > value ? wanted : null, why: `${rule}${cut}; ${holds}` }
}

type Load = SizingFacts & { readonly dataBytes: number }

function liveBytes(load: Load): number {
  const { dataBytes, ephemerals, watches, sessions } = load
  const tree = dataBytes + ZNODE_OVERHEAD * znodesOf(load) + EPHEMERAL_OVERHEAD * (ephemerals ?? 0)
  return tree + WATCH_BYTES * (watches ?? 0) + Math.max(REST_BYTES, SESSION_BYTES * (sessions ?? 0))
}

function loadText({ dataBytes, znodes, watches, sessions, from }: Load): string {
  const parts = [
    `${mib(dataBytes)} of data`,
    ...(znodes === null ? [] : [`${znodes} znodes`]),
    ...(sessions === null ? [] : [`${sessions} sessions`]),
    ...(watches === null ? [] : [`${watches} watches`]),
  ]
  return `${parts.join(', ')}${from === null ? '' : ' (read from data)'}`
}

/** Ticks for a member without data to fetch, write and load a whole snapshot, three times over. */
export function initLimit(profile: Profile, tickTime: number, facts: SizingFacts): Sized {
  const { dataBytes } = facts
  const least = profile.initLimitAtLeast
  if (dataBytes === null) {
    const seconds = (least * tickTime) / 1000
    const bytes = seconds / 3 / syncSeconds({ ...facts, dataBytes: 1, znodes: null })
    return { value: least, why: `${seconds} s: three times what a tree of ${mib(bytes)} takes to sync over 1 Gb/s` }
  }
  const seconds = syncSeconds({ ...facts, dataBytes })
  const ticks = Math.ceil((3 * seconds * 1000) / tickTime)
  const why = `three times the ${seconds.toFixed(1)} s that ${mib(dataBytes)} take to sync over 1 Gb/s, at least ${least}`
  return { value: Math.max(least, ticks), why }
}

/** Snapshot over the wire, to the disk, and into memory. */
function syncSeconds(load: Load): number {
  const snapshot = snapshotBytes(load)
  return snapshot / NET_BYTES_PER_S + snapshot / DISK_BYTES_PER_S + znodesOf(load) / ZNODES_PER_S
}

function snapshotBytes(load: Load): number {
  return load.dataBytes + SNAPSHOT_OVERHEAD * znodesOf(load)
}

/** How many things of up to jute.maxbuffer fit into a quarter of the heap; undefined when the default does. */
export function fewerThanDefault(heapBytes: number, standard: number): Sized | undefined {
  const most = Math.floor(heapBytes / 4 / JUTE_MAXBUFFER)
  if (most >= standard) return undefined
  return { value: most, why: `this many times jute.maxbuffer is a quarter of the heap; the default is ${standard}` }
}

/** At more writes than 1000 a second snapshots come less often, so that they do not follow each other at once. */
export function snapCount(base: string, { writesPerSecond }: SizingFacts): Sized | undefined {
  if (writesPerSecond === null) return undefined
  const value = writesPerSecond > 1000 ? Math.max(500_000, Number(base)) : Number(base)
  const minutes = ((0.75 * value) / Math.max(writesPerSecond, 1e-9) / 60).toFixed(0)
  return { value, why: `a snapshot about every ${minutes} minutes at ${writesPerSecond} writes/s; 500000 above 1000/s` }
}

/** Longest pause of the JVM and longest fsync that a follower may have without being dropped. */
const PAUSE_MS = 1000
const FSYNC_MS = 1000

/** Ticks until a silent follower is dropped; undefined when the profile's are enough for lines that long. */
export function syncLimit(base: string, tickTime: number, { roundTripMs }: SizingFacts): Sized | undefined {
  if (roundTripMs === null) return undefined
  const ticks = Math.ceil((2 * (PAUSE_MS + FSYNC_MS + roundTripMs)) / tickTime)
  if (ticks <= Number(base)) return undefined
  const why = `twice a pause of ${PAUSE_MS} ms, an fsync of ${FSYNC_MS} ms and a round trip of ${roundTripMs} ms`
  return { value: ticks, why }
}

/** Room for all clients on one server, twice; undefined when the limit leaves it. */
export function connectionLimit(base: string, { sessions }: SizingFacts): Sized | undefined {
  const limit = Number(base)
  if (sessions === null || limit === 0 || 2 * sessions <= limit) return undefined
  const why = `twice the ${sessions} sessions there are, as all may come to one server; the profile says ${base}`
  return { value: up(2 * sessions, 1000), why }
}

/** Files that a server may have open; each connection is one. */
export function openFiles(profile: Profile, { sessions }: SizingFacts): number {
  return Math.max(profile.openFiles, 2 * (sessions ?? 0) + 256)
}

/** What a configuration keeps, and for how long. */
export interface Retention {
  readonly snapCount: number
  readonly retained: number
  readonly purgeHours: number
  readonly preAllocBytes: number
}

/** Space that snapshots take between purges: those kept, those made meanwhile, and the one being written. */
export function snapshotSpace(facts: SizingFacts, of: Retention): number | undefined {
  const { dataBytes, writesPerSecond } = facts
  if (dataBytes === null || writesPerSecond === null) return undefined
  const made = Math.ceil((3600 * of.purgeHours * writesPerSecond) / (0.75 * of.snapCount))
  return snapshotBytes({ ...facts, dataBytes }) * (of.retained + made + 1)
}

/** Space that logs take between purges; at an unknown rate only that of the logs behind the kept snapshots. */
export function logSpace({ writesPerSecond, txnBytes }: SizingFacts, of: Retention): number {
  const perTxn = txnBytes ?? TXN_BYTES
  const file = up(0.75 * of.snapCount * perTxn, Math.max(1, of.preAllocBytes))
  return 3600 * of.purgeHours * (writesPerSecond ?? 0) * perTxn + (of.retained + 1) * file + of.preAllocBytes
}

export function mib(bytes: number): string {
  return bytes < 10 * MIB ? `${Math.round(bytes / 1024)} KiB` : `${Math.round(bytes / MIB)} MiB`
}

function znodesOf({ dataBytes, znodes }: Load): number {
  return znodes ?? dataBytes / BYTES_PER_ZNODE
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function down(bytes: number, step: number): number {
  return Math.floor(bytes / step) * step
}

function up(bytes: number, step: number): number {
  return Math.ceil(bytes / step) * step
}
