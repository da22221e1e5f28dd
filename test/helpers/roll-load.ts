import { setTimeout as sleep } from 'node:timers/promises'
import { type Session, withSession } from '../../src/cluster/client/session.ts'

/** A client that writes all the time, and remembers what was acknowledged. */
export interface Load {
  readonly acknowledged: number
  /** The longest time without an acknowledgement so far. */
  readonly longestGapMs: number
  /** Ends it; how many acknowledged writes are not there. */
  lost(): Promise<number>
}

const FOLDER = '/rolled'
const PAUSE_MS = 5

export async function startLoad(connect: string): Promise<Load> {
  const acknowledged: string[] = []
  let longestGapMs = 0
  let stopped = false
  let last = performance.now()
  let next = 0
  const write = async (session: Session) => {
    await session.create(FOLDER, null).catch(() => {})
    while (!stopped) {
      const name = `n${next++}`
      // whatever is not acknowledged may be there or not
      const done = await session.create(`${FOLDER}/${name}`, null).then(
        () => true,
        () => false,
      )
      if (done) {
        const now = performance.now()
        longestGapMs = Math.max(longestGapMs, now - last)
        last = now
        acknowledged.push(name)
      }
      await sleep(PAUSE_MS)
    }
  }
  const run = async () => {
    while (!stopped) {
      await withSession({ connect, timeoutMs: 10_000 }, write).catch(() => sleep(100))
    }
  }
  const running = run()
  while (acknowledged.length === 0) await sleep(20)
  return {
    get acknowledged() {
      return acknowledged.length
    },
    get longestGapMs() {
      return longestGapMs
    },
    async lost() {
      stopped = true
      await running
      const names = await withSession({ connect, timeoutMs: 20_000 }, async (session) => {
        await session.sync('/')
        return (await session.children(FOLDER)).names
      })
      const there = new Set(names)
      return acknowledged.filter((name) => !there.has(name)).length
    },
  }
}
