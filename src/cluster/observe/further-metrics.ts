/*
 * Numbers that are no metrics of mntr, by names of ours:
 *
 *   heap_used, heap_max              bytes; environment (os.memory.*, in MB) or the Prometheus provider
 *   snapshot_epoch, snapshot_counter the zxid of the last snapshot; last_snapshot (3.5.10, 3.6.0 on)
 *   snapshot_at                      when it was made, milliseconds since 1970
 *   clock_low, clock_high            how far its clock is ahead of ours: between these; the Date of its HTTP answer
 */
import type { ClockBounds } from '../admin/admin-server.ts'
import { zxidFrom } from './keys.ts'
import { counterOf, epochOf, type Metrics } from './model.ts'

type Fields = Readonly<Record<string, unknown>>

const MEGABYTE = 2 ** 20

/** Used is what is not free, garbage included. */
export function heapMetrics(environment: Fields): Metrics {
  const [free, total, max] = ['free', 'total', 'max'].map((name) => megabytes(environment[`os.memory.${name}`]))
  if (free === undefined || total === undefined || max === undefined) return new Map()
  return new Map([
    ['heap_used', total - free],
    ['heap_max', max],
  ])
}

function megabytes(value: unknown): number | undefined {
  const number = /^(\d{1,9})MB$/.exec(String(value))?.[1]
  return number === undefined ? undefined : Number(number) * MEGABYTE
}

export function snapshotMetrics({ zxid: text, timestamp }: Fields): Metrics {
  // hexadecimal without a mark
  const zxid = zxidFrom(`0x${String(text).replace(/^0x/, '')}`)
  // -1 and 0: it has made none since it was started
  if (zxid === null || typeof timestamp !== 'number' || timestamp <= 0) return new Map()
  return new Map([
    ['snapshot_epoch', Number(epochOf(zxid))],
    ['snapshot_counter', Number(counterOf(zxid))],
    ['snapshot_at', timestamp * 1000],
  ])
}

export function clockMetrics(clock: ClockBounds | null): Metrics {
  if (clock === null) return new Map()
  return new Map([
    ['clock_low', clock.lowMs],
    ['clock_high', clock.highMs],
  ])
}
