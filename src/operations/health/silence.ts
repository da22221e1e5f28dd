/*
 * A maintenance window: findings that are expected weigh nothing until it is over. What no maintenance excuses (no
 * quorum, no answer at all, two leaders, lost or diverged data) is told as always.
 */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { putFile } from '../../datadir/replace-file.ts'
import { ZkopsError } from '../../support/errors.ts'
import { targetName } from '../ensemble/observe-target.ts'
import { findTarget, type LiveOptions, type Target } from '../inventory/target.ts'
import { stateFileOf } from './state.ts'

export interface Silence {
  readonly from: string
  readonly until: string
  readonly why: string
  readonly by: string
}

export interface SilenceOptions extends LiveOptions {
  readonly state: string | undefined
  readonly forMs: number | undefined
  readonly why: string | undefined
  readonly end: boolean
}

export interface SilenceResult {
  readonly ensemble: string
  readonly file: string
  /** Null: none, now. */
  readonly silence: Silence | null
}

const LONGEST_MS = 7 * 86_400_000

/** Without `forMs` and `end` it only tells. Throws `usage`, `stopped.output`. */
export async function silenceHealth(options: SilenceOptions): Promise<SilenceResult> {
  const { forMs, why, end } = options
  const { target } = await findTarget(options)
  const ensemble = targetName(target)
  const state = stateOf(target, options.state)
  if (state === undefined) {
    throw new ZkopsError('usage', 'A silence is kept beside the state of the checks that it is for', {
      hint: 'Give --state FILE as the check does, or use an ensemble of the inventory.',
    })
  }
  const file = silenceFileOf(state)
  if (end) {
    await rm(file, { force: true })
    return { ensemble, file, silence: null }
  }
  if (forMs === undefined) return { ensemble, file, silence: await activeSilence(state, new Date()) }
  if (why === undefined || why.trim() === '') throw new ZkopsError('usage', '--for needs --why: who reads it later?')
  if (forMs > LONGEST_MS) throw new ZkopsError('usage', 'a silence is for seven days at most')
  const now = Date.now()
  const silence = {
    from: new Date(now).toISOString(),
    until: new Date(now + forMs).toISOString(),
    why: why.trim(),
    by: userInfo().username,
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {})
  const bytes = Buffer.from(`${JSON.stringify(silence, null, 1)}\n`)
  await putFile(file, bytes, { mode: 0o600, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
  return { ensemble, file, silence }
}

/** The state file of the checks that are meant; undefined when nothing says which. */
export const stateOf = (target: Target, given: string | undefined): string | undefined =>
  given ?? (target.ensemble === null ? undefined : stateFileOf(target.ensemble))

const silenceFileOf = (state: string): string => `${state}.silence`

/** One that holds at this moment; a file that cannot be read is none. */
export async function activeSilence(state: string, at: Date): Promise<Silence | null> {
  try {
    const silence = JSON.parse(await readFile(silenceFileOf(state), 'utf8')) as Silence
    return Date.parse(silence.until) > at.getTime() && typeof silence.why === 'string' ? silence : null
  } catch {
    return null
  }
}
