import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveOptions } from './observe-target.ts'
import { type EnsembleStatus, ensembleStatus } from './status.ts'

/** One look after the other, until the signal fires or nobody wants more. */
export async function* watchStatus(
  options: LiveOptions & { readonly everyMs: number },
  signal: AbortSignal,
): AsyncGenerator<EnsembleStatus> {
  for (;;) {
    const started = performance.now()
    yield await ensembleStatus(options, signal)
    const restMs = Math.max(0, options.everyMs - (performance.now() - started))
    await sleep(restMs, undefined, { signal })
  }
}
