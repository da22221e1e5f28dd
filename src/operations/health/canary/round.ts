/*
 * One round on a member, with another one that looks:
 *
 *   create   the writer makes an ephemeral
 *   read     the reader catches up with the leader (sync) and reads it: the same value
 *   watch    the writer changes it: the reader's watch tells
 *   delete   the writer deletes it; the reader, caught up, does not see it any more
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session, WatchEvent } from '../../../cluster/client/session.ts'
import { ZkopsError } from '../../../support/errors.ts'
import { canaryNote } from './note.ts'
import { type CanaryParent, createCanary } from './parent.ts'

export const STEPS = ['create', 'read', 'watch', 'delete'] as const

export type Step = (typeof STEPS)[number]

/** Milliseconds. */
export type Times = Readonly<Record<Step, number>>

export interface Round {
  readonly writer: Session
  readonly reader: Session
  readonly parent: CanaryParent
  /** Of the ephemeral. */
  readonly path: string
  readonly timeoutMs: number
}

/** What went wrong, and in which step. */
export interface StepFailure {
  readonly step: Step
  readonly error: ZkopsError
}

/** What is a matter of the servers is a failure, and not thrown. */
export async function runRound({ writer, reader, parent, path, timeoutMs }: Round): Promise<Times | StepFailure> {
  const [made, changed] = [canaryNote('made'), canaryNote('changed')]
  const watch = watching()
  const times: Partial<Record<Step, number>> = {}
  let step: Step = 'create'
  const timed = async (name: Step, work: () => Promise<void>) => {
    step = name
    const started = performance.now()
    await work()
    times[name] = performance.now() - started
  }
  try {
    await timed('create', () => createCanary(writer, parent, path, made))
    await timed('read', async () => {
      await reader.sync(path)
      const { data } = await reader.read(path, watch.onEvent)
      if (!data?.equals(made)) throw wrong(`${path} was read with another value than was written`)
    })
    await timed('watch', async () => {
      await writer.set(path, changed)
      const type = await within(Promise.race([watch.type, lost(reader)]), timeoutMs)
      if (type === undefined) throw wrong(`the watch of ${path} did not tell within ${timeoutMs} ms`)
      if (type !== 'changed') throw wrong(`the watch of ${path} told of something else: ${type}`)
    })
    await timed('delete', () => writer.delete(path))
    await reader.sync(path)
    if ((await reader.exists(path)) !== null) throw wrong(`${path} was deleted, and is still seen`)
    return times as Times
  } catch (error) {
    if (!(error instanceof ZkopsError)) throw error
    await tidy(writer, path, error)
    return { step, error }
  }
}

export const isFailure = (result: Times | StepFailure): result is StepFailure => 'error' in result

function watching() {
  let told: (type: WatchEvent['type']) => void = () => {}
  const type = new Promise<WatchEvent['type']>((resolve) => {
    told = resolve
  })
  return { type, onEvent: (event: WatchEvent) => told(event.type) }
}

/** When nobody answers, the end of the session takes it away. */
async function tidy(writer: Session, path: string, { code }: ZkopsError): Promise<void> {
  if (['server.timeout', 'server.connection-loss', 'server.session-expired'].includes(code)) return
  await writer.delete(path).catch(() => {})
}

function lost({ lost: ended }: Session): Promise<never> {
  return ended.then((error) => {
    throw error
  })
}

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const over = new AbortController()
  const late = sleep(timeoutMs, undefined, { signal: over.signal }).catch(() => undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    over.abort()
  }
}

function wrong(message: string): ZkopsError {
  return new ZkopsError('server.data-inconsistency', message)
}
