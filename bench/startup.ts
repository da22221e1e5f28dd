import { join } from 'node:path'
import type { Row } from './main.ts'
import { type Command, median, ratio, runInTurn } from './measure.ts'

const ROUNDS = 21

/** How long zkops takes before it does anything, against `node -e 0` in the same run. */
export function startup(root: string): Row[] {
  const zkops = (...args: string[]): Command => [process.execPath, join(root, 'bin/run.js'), ...args]
  const log = join(root, 'test/fixtures/examples/log.1')
  const [bare, version, help, verify] = runInTurn(
    [[process.execPath, '-e', '0'], zkops('--version'), zkops('log', 'verify', '--help'), zkops('log', 'verify', log)],
    ROUNDS,
  )
  const bareMs = median(bare!.map((run) => run.wallMs))
  const extraMs = median(verify!.map((run, i) => run.wallMs - bare![i]!.wallMs))
  const peakMiB = Math.max(...verify!.map((run) => run.peakMiB))
  return [
    { job: 'node -e 0', value: `${bareMs.toFixed(0)} ms`, target: '', ok: true },
    row('--version', ratio(version!, bare!), 1.6, 'x node -e 0'),
    row('log verify --help', ratio(help!, bare!), 5, 'x node -e 0'),
    row('log verify of a tiny log, over node -e 0', extraMs, 60, 'ms'),
    row('log verify of a tiny log, peak', peakMiB, 60, 'MiB'),
  ]
}

function row(job: string, value: number, most: number, unit: string): Row {
  return { job, value: `${value.toFixed(2)} ${unit}`, target: `<= ${most} ${unit}`, ok: value <= most }
}
