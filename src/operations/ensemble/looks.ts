/*
 * An ensemble, looked at again and again. Where only a session tells who the members are, one is opened for the first look
 * and then once a minute, because sessions are transactions.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ObserveOptions } from '../../cluster/observe/model.ts'
import { findTarget } from '../inventory/target.ts'
import { type LiveOptions, type ObservedTarget, observeFound } from './observe-target.ts'
import type { Overview } from './overview.ts'

export interface LooksOptions extends LiveOptions {
  /** From the beginning of one look to that of the next; one that takes longer delays it. */
  readonly everyMs: number
  /** Then it ends. */
  readonly count?: number | undefined
  readonly ask?: ObserveOptions['ask']
}

const MEMBERSHIP_HOLDS_MS = 60_000

/** Without a count only the signal ends it, by what that throws. Throws `usage.*` and `input.*`. */
export async function* looksAt(options: LooksOptions, signal: AbortSignal): AsyncGenerator<ObservedTarget> {
  const found = await findTarget(options)
  let known: Pick<Overview, 'members' | 'membership'> | undefined
  let knownAt = 0
  for (let looks = 1; ; looks++) {
    const started = performance.now()
    if (started - knownAt > MEMBERSHIP_HOLDS_MS) known = undefined
    const look = await observeFound(found, { ask: options.ask, known, signal })
    const told = look.overview.membership?.from ?? 'config-znode'
    if (told !== 'config-znode') known = undefined
    else if (known === undefined) {
      known = look.overview
      knownAt = started
    }
    yield look
    if (looks === options.count) return
    await sleep(Math.max(0, options.everyMs - (performance.now() - started)), undefined, { signal })
  }
}
