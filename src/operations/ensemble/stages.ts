/*
 * The way of a request through a server, as its metrics tell it from 3.6 on: sums and counts of times, so that two
 * samples give the means of what passed in between.
 *
 *   throttle   waits to be let in                          request_throttle_queue_time_ms (3.7)
 *   prep       becomes a transaction                       prep_processor_queue_time_ms, prep_process_time
 *   sync       is logged and flushed                       sync_processor_queue_time_ms, …_queue_and_flush_time_ms
 *   quorum     is acknowledged by a majority (leader)      quorum_ack_latency, less the leader's own sync
 *   commit     is committed in its order                   local_ and server_write_committed_time_ms
 *   final      changes or reads the tree, and is answered  write_final_proc_time_ms, read_final_proc_time_ms
 *
 * Waiting for a commit overlaps with sync and quorum, so write_commitproc_time_ms is no stage of its own.
 */
import type { Metrics } from '../../cluster/observe/model.ts'

export const STAGE_NAMES = ['throttle', 'prep', 'sync', 'quorum', 'commit', 'final'] as const

export type StageName = (typeof STAGE_NAMES)[number]

export interface Stage {
  readonly stage: StageName
  /** Requests that passed. */
  readonly requests: number
  /** Means of them. */
  readonly waitMs: number
  readonly workMs: number
  /** Mean length of its queue; null where it is not told. */
  readonly queue: number | null
}

/** A sum and a count that both grew; null when they did not, or the server was started anew. */
interface Mean {
  readonly count: number
  readonly ms: number
}

/** Stages that something passed between the samples, in their order. */
export function stagesBetween(before: Metrics, after: Metrics): readonly Stage[] {
  const mean = (name: string): Mean | null => {
    const count = grown(before, after, `cnt_${name}`)
    const sum = grown(before, after, `sum_${name}`)
    return count === null || sum === null || count === 0 ? null : { count, ms: sum / count }
  }
  const both = (...names: readonly string[]): Mean | null => {
    const means = names.flatMap((name) => mean(name) ?? [])
    const count = means.reduce((sum, one) => sum + one.count, 0)
    return count === 0 ? null : { count, ms: means.reduce((sum, one) => sum + one.count * one.ms, 0) / count }
  }
  const sync = mean('sync_processor_queue_and_flush_time_ms')
  const acknowledged = mean('quorum_ack_latency')
  const stage = (name: StageName, wait: Mean | null, work: Mean | null, queue?: string): readonly Stage[] => {
    const requests = Math.max(wait?.count ?? 0, work?.count ?? 0)
    if (requests === 0) return []
    const length = queue === undefined ? null : (mean(queue)?.ms ?? null)
    return [{ stage: name, requests, waitMs: wait?.ms ?? 0, workMs: work?.ms ?? 0, queue: length }]
  }
  return [
    ...stage('throttle', mean('request_throttle_queue_time_ms'), null),
    ...stage('prep', mean('prep_processor_queue_time_ms'), mean('prep_process_time'), 'prep_processor_queue_size'),
    ...stage(
      'sync',
      mean('sync_processor_queue_time_ms'),
      less(sync, mean('sync_processor_queue_time_ms')),
      'sync_processor_queue_size',
    ),
    ...stage('quorum', less(acknowledged, sync), null),
    ...stage('commit', both('local_write_committed_time_ms', 'server_write_committed_time_ms'), null),
    ...stage('final', null, both('write_final_proc_time_ms', 'read_final_proc_time_ms')),
  ]
}

function grown(before: Metrics, after: Metrics, name: string): number | null {
  const then = before.get(name)
  const now = after.get(name)
  return then === undefined || now === undefined || now < then ? null : now - then
}

function less(whole: Mean | null, part: Mean | null): Mean | null {
  return whole === null ? null : { count: whole.count, ms: Math.max(0, whole.ms - (part?.ms ?? 0)) }
}

/** Below this nothing holds anybody up. */
const LEAST_MS = 2

/** The stage in which requests spend most of their time; null when none of them takes any worth speaking of. */
export function bottleneckOf(stages: readonly Stage[]): Stage | null {
  const longest = [...stages].sort((a, b) => totalMs(b) - totalMs(a))[0]
  return longest === undefined || totalMs(longest) < LEAST_MS ? null : longest
}

export const totalMs = ({ waitMs, workMs }: Stage): number => waitMs + workMs
