import { join } from 'node:path'
import { statLogs } from '../src/operations/stat-log.ts'
import { noProgress } from '../src/support/progress.ts'
import type { Row } from './main.ts'
import { type Command, median, ratio, runInTurn } from './measure.ts'

/**
 * `log stat` of a large log, by default and exact. `reader`: a program in Java that reads the same log with ZooKeeper's
 * own reader and does nothing else.
 */
export async function statRows(root: string, log: string, sizeBytes: number, reader?: Command): Promise<Row[]> {
  const stat = (...args: string[]): Command => [process.execPath, join(root, 'bin/run.js'), 'log', 'stat', ...args, log]
  const [bounded, exact, java] = runInTurn([stat(), stat('--exact'), ...(reader === undefined ? [] : [reader])], 5)
  const rate = sizeBytes / 1e3 / median(exact!.map(({ wallMs }) => wallMs))
  const peakMiB = Math.max(...bounded!.map((run) => run.peakMiB))
  const grownMiB = Math.max(...exact!.map((run) => run.peakMiB)) - peakMiB
  const perPath = (grownMiB * 2 ** 20) / (await distinctPaths(log))
  return [
    atLeast('log stat --exact', rate, 500, 'MB/s'),
    ...(java === undefined ? [] : [atLeast("log stat --exact, over the server's reader", ratio(java, exact!), 2, 'x')]),
    atMost('log stat, peak', peakMiB, 80, 'MiB'),
    atMost('log stat --exact, for each path', perPath, 200, 'B'),
  ]
}

async function distinctPaths(log: string): Promise<number> {
  const { signal } = new AbortController()
  const options = { filter: {}, top: 1, depth: 1, exact: true, juteMaxbuffer: 1_048_575, progress: noProgress, signal }
  const { distinct } = await statLogs({ places: [log], ...options })
  return distinct.paths ?? 0
}

function atLeast(job: string, value: number, least: number, unit: string): Row {
  return { job, value: `${value.toFixed(1)} ${unit}`, target: `>= ${least} ${unit}`, ok: value >= least }
}

function atMost(job: string, value: number, most: number, unit: string): Row {
  return { job, value: `${value.toFixed(1)} ${unit}`, target: `<= ${most} ${unit}`, ok: value <= most }
}
