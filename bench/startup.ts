import { join } from 'node:path'
import type { Row } from './main.ts'
import { type Command, median, ratio, runInTurn } from './measure.ts'
import { atMost } from './rows.ts'

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
    { job: 'node -e 0', value: `${bareMs.toFixed(0)} ms`, target: '', ok: null },
    atMost('--version', ratio(version!, bare!), 1.6, 'x node -e 0'),
    atMost('log verify --help', ratio(help!, bare!), 5, 'x node -e 0'),
    atMost('log verify of a tiny log, over node -e 0', extraMs, 60, 'ms'),
    atMost('log verify of a tiny log, peak', peakMiB, 60, 'MiB'),
  ]
}
