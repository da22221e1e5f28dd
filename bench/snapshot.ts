import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { locate } from '../src/sandbox/locate.ts'
import { findJava } from '../src/sandbox/programs.ts'
import { noProgress } from '../src/support/progress.ts'
import { generateSnapshot, SNAPSHOT_NAME } from './generate-snapshot.ts'
import type { Row } from './main.ts'
import { type Command, median, type Run, runInTurn } from './measure.ts'

const NODES = 1_000_000
const ROUNDS = 3

/** Reading a snapshot of a million znodes, against SnapshotFormatter of 3.9.5 in the same run. */
export async function snapshot(root: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-bench-'))
  try {
    const file = join(folder, SNAPSHOT_NAME)
    const nodes = generateSnapshot(file, NODES)
    const bytes = statSync(file).size
    const zkops = (...args: string[]): Command => [
      process.execPath,
      join(root, 'bin/run.js'),
      'snapshot',
      ...args,
      file,
    ]
    const { classPath } = await locate({ version: '3.9.5', progress: noProgress })
    const classes = [join(root, 'test/helpers/java'), ...classPath].join(':')
    const formatter: Command = [findJava(), '-cp', classes, 'org.apache.zookeeper.server.SnapshotFormatter', '-d', file]
    const [bare, seal, digest, jsonl, text, peer] = runInTurn(
      [
        // what a start costs is measured elsewhere
        [
          process.execPath,
          join(root, 'bin/run.js'),
          'snapshot',
          'verify',
          join(root, 'test/fixtures/examples/snapshot.184'),
        ],
        zkops('verify', '--no-digest'),
        zkops('verify'),
        zkops('dump', '--format', 'jsonl'),
        zkops('dump'),
        formatter,
      ],
      ROUNDS,
    ) as [Run[], Run[], Run[], Run[], Run[], Run[]]
    const seconds = (runs: readonly Run[]) => median(runs.map(({ wallMs }, i) => wallMs - bare[i]!.wallMs)) / 1000
    const millions = (runs: readonly Run[]) => nodes / seconds(runs) / 1e6
    const faster = (runs: readonly Run[]) => median(runs.map(({ wallMs }, i) => peer[i]!.wallMs / wallMs))
    const peak = Math.max(...[seal, digest, jsonl, text].flat().map(({ peakMiB }) => peakMiB))
    return [
      { job: 'SnapshotFormatter -d', value: `${seconds(peer).toFixed(1)} s`, target: '', ok: true },
      least('verify, seals only', bytes / seconds(seal) / 1e9, 2, 'GB/s'),
      least('verify with the tree digest', millions(digest), 2.5, 'M znodes/s'),
      least('dump as JSON lines', millions(jsonl), 1, 'M znodes/s'),
      least('dump as JSON lines', faster(jsonl), 15, 'x SnapshotFormatter'),
      least('dump as text', millions(text), 1, 'M znodes/s'),
      least('dump as text', faster(text), 15, 'x SnapshotFormatter'),
      { job: 'peak memory of all', value: `${peak.toFixed(0)} MiB`, target: '<= 80 MiB', ok: peak <= 80 },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function least(job: string, value: number, wanted: number, unit: string): Row {
  return { job, value: `${value.toFixed(2)} ${unit}`, target: `>= ${wanted} ${unit}`, ok: value >= wanted }
}
