/*
 * How long a device takes to make appended bytes safe: as a server's log, 4 KB are appended and synced, again and again.
 * The file is a hidden one of its own and goes again, whatever happens.
 */
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError } from '../../support/errors.ts'

export interface FsyncLatency {
  readonly directory: string
  readonly samples: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Samples by latency; each step is twice the one before. */
  readonly histogram: readonly { readonly upToMs: number; readonly count: number }[]
}

const APPEND_BYTES = 4096
const MOST_SAMPLES = 5000
const MOST_MS = 5000
const FINEST_MS = 0.125

/** Throws `input.*` when nothing can be written there. */
export async function probeFsync(directory: string, signal: AbortSignal): Promise<FsyncLatency> {
  const file = join(directory, `.zkops-fsync-probe-${process.pid}`)
  const taken: number[] = []
  try {
    const handle = await open(file, 'wx', 0o600)
    try {
      const bytes = Buffer.alloc(APPEND_BYTES, 1)
      const end = performance.now() + MOST_MS
      while (taken.length < MOST_SAMPLES && performance.now() < end) {
        signal.throwIfAborted()
        await handle.write(bytes)
        const from = performance.now()
        await handle.datasync()
        taken.push(performance.now() - from)
      }
    } finally {
      await handle.close()
      await rm(file, { force: true })
    }
  } catch (error) {
    throw fileError(error, directory)
  }
  return latencyOf(directory, taken)
}

/** Of at least one sample. */
export function latencyOf(directory: string, taken: readonly number[]): FsyncLatency {
  const sorted = [...taken].sort((a, b) => a - b)
  const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!)
  const steps = Math.max(0, Math.ceil(Math.log2(sorted.at(-1)! / FINEST_MS)))
  const histogram = Array.from({ length: steps + 1 }, (_, i) => ({ upToMs: FINEST_MS * 2 ** i, count: 0 }))
  for (const ms of taken) histogram[Math.max(0, Math.ceil(Math.log2(ms / FINEST_MS)))]!.count++
  const first = histogram.findIndex(({ count }) => count > 0)
  return {
    ...{ directory, samples: sorted.length, p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) },
    histogram: histogram.slice(first),
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
