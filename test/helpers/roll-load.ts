import { setTimeout as sleep } from 'node:timers/promises'
import { type Session, withSession } from '../../src/cluster/client/session.ts'
import { ZkopsError } from '../../src/support/errors.ts'
import { zkops } from './cli.ts'

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
const MAY_BE = ['server.connection-loss', 'server.operation-timeout']

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
      try {
        await session.create(`${FOLDER}/${name}`, null)
      } catch (error) {
        // it may have been carried out or not: only what is acknowledged counts
        if (!(error instanceof ZkopsError) || !MAY_BE.includes(error.code)) throw error
        await sleep(PAUSE_MS)
        continue
      }
      const now = performance.now()
      longestGapMs = Math.max(longestGapMs, now - last)
      last = now
      acknowledged.push(name)
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
      return Math.max(longestGapMs, stopped ? 0 : performance.now() - last)
    },
    async lost() {
      longestGapMs = Math.max(longestGapMs, stopped ? 0 : performance.now() - last)
      stopped = true
      await running
      const there = new Set(await written(connect))
      return acknowledged.filter((name) => !there.has(name)).length
    },
  }
}

/** By a process of its own: once a session has expired, later ones of the same process end too (native client). */
async function written(connect: string): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await zkops(['znode', 'ls', FOLDER, '--connect', connect])
  if (exitCode !== 0) throw new Error(stderr)
  return stdout.trim().split('\n')
}
