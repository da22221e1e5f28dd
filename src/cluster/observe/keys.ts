/*
 * The words' and the AdminServer's names mapped to one set: those of mntr in the newest release, without `zk_`.
 *
 *   3.4, 3.5  zk_followers                              → learners
 *   3.6 on    zk_p99_updatelatency, zk_sum_fsynctime …  as they are
 *   Prometheus provider: zk_fsynctime{quantile="0.5"}   → p50_fsynctime, zk_fsynctime_count → cnt_fsynctime, _sum → sum_
 *   srvr      `Latency min/avg/max`, `Received` …       → min_latency, avg_latency, max_latency, packets_received …
 */
import type { MemberAnswer, Metrics } from './model.ts'

const RENAMED: Readonly<Record<string, string>> = { followers: 'learners' }

const STATES: Readonly<Record<string, MemberAnswer['state']>> = {
  leader: 'leading',
  follower: 'following',
  observer: 'observing',
  standalone: 'standalone',
  'read-only': 'read-only',
}

/** The server's own word for its role; undefined for anything else. */
export function stateFrom(word: string | undefined): MemberAnswer['state'] | undefined {
  return word === undefined ? undefined : STATES[word.toLowerCase()]
}

/** `3.9.5` of `3.9.5-3f31…, built on …`. */
export function versionFrom(text: string | undefined): string | null {
  return /^\s*(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc\d*|SNAPSHOT))?)/.exec(text ?? '')?.[1] ?? null
}

/** Entries of mntr or of the AdminServer's monitor, `zk_` taken off. */
export function metricsFrom(entries: Iterable<readonly [name: string, value: unknown]>): Metrics {
  const metrics = new Map<string, number>()
  for (const [name, value] of entries) {
    const number = typeof value === 'number' ? value : typeof value === 'string' ? decimal(value) : Number.NaN
    if (Number.isFinite(number)) metrics.set(plainName(name), number)
  }
  return metrics
}

function decimal(text: string): number {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
}

function plainName(name: string): string {
  const label = /^(\w+)\{(.*)\}$/.exec(name)
  const heap = /^jvm_memory_(?:bytes_(used|max)|(used|max)_bytes)\{area="heap"/.exec(name)
  if (heap !== null) return `heap_${heap[1] ?? heap[2]}`
  if (label === null) return RENAMED[name] ?? name.replace(/^(\w+)_(count|sum)$/, summaryName)
  const quantile = /quantile="0?\.(\d+)"/.exec(label[2]!)?.[1]
  return quantile === undefined ? name : `p${quantile.padEnd(2, '0')}_${label[1]}`
}

/** Only summaries of the Prometheus provider end so and have a twin; gauges and counters that end in _count stay. */
function summaryName(name: string, base: string, kind: string): string {
  if (kind === 'sum') return `sum_${base}`
  return SUMMARIES.test(base) ? `cnt_${base}` : name
}

const SUMMARIES = /(time|latency|_time_ms|_size)$/

/** Lines `zk_name<tab>value`. */
export function mntrEntries(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const tab = line.indexOf('\t')
      return tab < 0 ? [] : [[line.slice(0, tab).replace(/^zk_/, ''), line.slice(tab + 1).trim()] as const]
    }),
  )
}

/** What srvr says; undefined when it is no answer of srvr. */
export function srvrFields(text: string): ReadonlyMap<string, string> | undefined {
  if (!/^Zookeeper version: /m.test(text)) return undefined
  return new Map(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ')
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()] as const]
    }),
  )
}

const SRVR_NAMES: Readonly<Record<string, string>> = {
  Received: 'packets_received',
  Sent: 'packets_sent',
  Connections: 'num_alive_connections',
  Outstanding: 'outstanding_requests',
  'Node count': 'znode_count',
}

export function srvrMetrics(fields: ReadonlyMap<string, string>): Metrics {
  const [min, avg, max] = (fields.get('Latency min/avg/max') ?? '').split('/')
  return metricsFrom([
    ['min_latency', min],
    ['avg_latency', avg],
    ['max_latency', max],
    ...Object.entries(SRVR_NAMES).map(([field, name]) => [name, fields.get(field)] as const),
  ])
}

/** Fields of the AdminServer's server_stats. */
export function serverStatsMetrics(stats: Readonly<Record<string, unknown>>, nodes: unknown): Metrics {
  return metricsFrom([
    ['min_latency', stats.min_latency],
    ['avg_latency', stats.avg_latency],
    ['max_latency', stats.max_latency],
    ['packets_received', stats.packets_received],
    ['packets_sent', stats.packets_sent],
    ['num_alive_connections', stats.num_alive_client_connections],
    ['outstanding_requests', stats.outstanding_requests],
    ['fsync_threshold_exceed_count', stats.fsync_threshold_exceed_count],
    ['uptime', stats.uptime],
    ['znode_count', nodes],
  ])
}

export function zxidFrom(text: unknown): bigint | null {
  return typeof text === 'string' && /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : null
}

/** A server's id; null for anything that is none. */
export function idFrom(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : null
}
