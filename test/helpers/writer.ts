import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Session, withSession } from '../../src/cluster/client/session.ts'
import { isCode } from '../../src/support/errors.ts'
import { FULL } from './fixtures.ts'

/** A client that writes all the time, and remembers what was acknowledged. */
export interface Writer {
  readonly acknowledged: readonly string[]
  /** The longest time without an acknowledgement so far. */
  readonly longestGapMs: number
  stop(): Promise<void>
}

const FOLDER = '/written'
const PAUSE_MS = 5

export async function startWriter(connect: string): Promise<Writer> {
  const state = { acknowledged: [] as string[], longestGapMs: 0, stopped: false }
  let last = performance.now()
  let next = 0
  const write = async (session: Session) => {
    await session.create(FOLDER, null).catch(() => {})
    while (!state.stopped) {
      const name = `n${next++}`
      try {
        await session.create(`${FOLDER}/${name}`, null)
        const now = performance.now()
        state.longestGapMs = Math.max(state.longestGapMs, now - last)
        last = now
        state.acknowledged.push(name)
      } catch (error) {
        if (!isCode(error, 'server.connection-loss', 'server.operation-timeout')) throw error
      }
      await sleep(PAUSE_MS)
    }
  }
  const run = async () => {
    while (!state.stopped) {
      try {
        await withSession({ connect, timeoutMs: 10_000 }, write)
      } catch {
        await sleep(100)
      }
    }
  }
  const running = run()
  while (state.acknowledged.length === 0) await sleep(20)
  return {
    get acknowledged() {
      return state.acknowledged
    },
    get longestGapMs() {
      return state.longestGapMs
    },
    async stop() {
      state.stopped = true
      await running
    },
  }
}

/** What of it is not there. A session that the servers end at once is opened again. */
export async function lostWrites(
  connect: string,
  { acknowledged }: Pick<Writer, 'acknowledged'>,
  tries = 5,
): Promise<readonly string[]> {
  try {
    const names = await withSession({ connect, timeoutMs: 20_000 }, async (session) => {
      await session.sync('/')
      return (await session.children(FOLDER)).names
    })
    const there = new Set(names)
    return acknowledged.filter((name) => !there.has(name))
  } catch (error) {
    if (tries === 1 || !isCode(error, 'server.session-expired', 'server.connection-loss')) throw error
    await sleep(500)
    return lostWrites(connect, { acknowledged }, tries - 1)
  }
}

/** Unavailability is measured, and told in a full run. */
export function report(title: string, { acknowledged, longestGapMs }: Writer): void {
  expect(longestGapMs).toBeLessThan(30_000)
  if (!FULL) return
  console.info(
    `${title}: ${acknowledged.length} writes acknowledged, ${Math.round(longestGapMs)} ms without one at most`,
  )
}
