import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { generateTree } from './generate-tree.ts'
import type { BenchOptions, Row } from './main.ts'
import { type Command, median, type Run, ratio, runInTurn } from './measure.ts'
import { atMost } from './rows.ts'

const ROUNDS = 3
const START_ROUNDS = 9
/** For each megabyte of logs. */
const ZNODES = 1_000
const TXNS = 3_200

/**
 * Looks at a directory of a large snapshot and a large log behind it. Ratios are of processor time, which what else the
 * machine does hardly changes; the yardsticks are our own load and replay, verify, and start-up.
 */
export async function doctor(root: string, { megabytes }: BenchOptions): Promise<Row[]> {
  const folder = join(tmpdir(), `zkops-bench-doctor-${process.pid}`)
  mkdirSync(folder)
  try {
    await generateTree(folder, ZNODES * megabytes, TXNS * megabytes)
    await build({
      entryPoints: [join(root, 'bench/restore-here.ts')],
      outfile: join(folder, 'restore-here.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    })
    const zkops = (...args: string[]): Command => [process.execPath, join(root, 'bin/run.js'), ...args]
    const [restored, diagnosed] = runInTurn(
      [
        [process.execPath, join(folder, 'restore-here.mjs'), folder, 'all'],
        zkops('data', 'doctor', folder, '--role', 'standalone'),
      ],
      ROUNDS,
    )
    const [logs, snapshot, purged] = runInTurn(
      [
        zkops('log', 'verify', folder),
        zkops('snapshot', 'verify', folder),
        zkops('data', 'purge', folder, '--keep', '1', '--dry-run'),
      ],
      ROUNDS,
    )
    const verified = logs!.map((run, i): Run => ({ ...run, cpuMs: run.cpuMs + snapshot![i]!.cpuMs }))
    const tiny = join(root, 'test/fixtures/3.8.6/standalone/data')
    const tinyLogs = ['--log-dir', join(root, 'test/fixtures/3.8.6/standalone/datalog')]
    const [smallLs, ls, smallEpoch, epoch] = runInTurn(
      [
        zkops('data', 'ls', tiny, ...tinyLogs),
        zkops('data', 'ls', folder),
        zkops('epoch', 'show', tiny, ...tinyLogs),
        zkops('epoch', 'show', folder),
      ],
      START_ROUNDS,
    )
    const size = `${megabytes} MB of logs`
    return [
      cpu(`data doctor, ${ZNODES * megabytes} znodes and ${size}: load and replay`, diagnosed!, restored!, 1.3),
      atMost('the same, peak', Math.max(...diagnosed!.map(({ peakMiB }) => peakMiB)), 320, 'MiB'),
      cpu(`data purge --dry-run, ${size}: log and snapshot verify`, purged!, verified, 1.2),
      cpu(`data ls, ${size}: of a tiny directory`, ls!, smallLs!, 1.2),
      cpu(`epoch show, ${size}: of a tiny directory`, epoch!, smallEpoch!, 1.2),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function cpu(job: string, ours: readonly Run[], theirs: readonly Run[], most: number): Row {
  const value = ratio(ours, theirs, 'cpuMs')
  const seconds = (runs: readonly Run[]) => (median(runs.map(({ cpuMs }) => cpuMs)) / 1000).toFixed(2)
  return {
    job,
    value: `${value.toFixed(2)} x CPU (${seconds(ours)} s, ${seconds(theirs)} s; wall ${ratio(ours, theirs).toFixed(2)} x)`,
    target: `<= ${most} x`,
    ok: value <= most,
  }
}
