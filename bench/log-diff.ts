import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateLog } from './generate-log.ts'
import type { Row } from './main.ts'
import { type Command, median, runInTurn } from './measure.ts'

const BYTES = 256 << 20
const ROUNDS = 7

/** Two equal logs against each other, against the time that reading each of them takes. */
export function logDiff(root: string): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-bench-'))
  try {
    const [a, b] = [join(folder, 'a.log'), join(folder, 'b.log')]
    generateLog(a, BYTES)
    copyFileSync(a, b)
    const zkops = (...args: string[]): Command => [process.execPath, join(root, 'bin/run.js'), 'log', ...args]
    const [first, second, diff] = runInTurn([zkops('verify', a), zkops('verify', b), zkops('diff', a, b)], ROUNDS)
    const times = median(diff!.map((run, i) => run.wallMs / (first![i]!.wallMs + second![i]!.wallMs)))
    const peakMiB = Math.max(...diff!.map((run) => run.peakMiB))
    return [
      {
        job: 'log diff of 2 x 256 MiB',
        value: `${times.toFixed(2)} x verify of both`,
        target: '<= 2.5 x',
        ok: times <= 2.5,
      },
      {
        job: 'log diff of 2 x 256 MiB, peak',
        value: `${peakMiB.toFixed(0)} MiB`,
        target: '<= 96 MiB',
        ok: peakMiB <= 96,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
