import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { locate } from '../src/sandbox/locate.ts'
import { findJava } from '../src/sandbox/programs.ts'
import { noProgress } from '../src/support/progress.ts'
import { generateSnapshot } from './generate-snapshot.ts'
import type { Row } from './main.ts'
import { type Command, median, runInTurn } from './measure.ts'
import { faster } from './rows.ts'

const NODES = 1_000_000
const ROUNDS = 3

/** Two snapshots of a million znodes that differ in 20,000 values, against SnapshotComparer of 3.9.5. */
export async function snapshotDiff(root: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-bench-'))
  try {
    const [a, b] = [join(folder, 'snapshot.1'), join(folder, 'snapshot.2')]
    const nodes = generateSnapshot(a, NODES)
    generateSnapshot(b, NODES, 50)
    const zkops = (...args: string[]): Command => [process.execPath, join(root, 'bin/run.js'), 'snapshot', ...args]
    const { classPath } = await locate({ version: '3.9.5', progress: noProgress })
    const classes = [join(root, 'test/helpers/java'), ...classPath].join(':')
    const comparer: Command = [
      ...([findJava(), '-cp', classes, 'org.apache.zookeeper.server.SnapshotComparer'] as const),
      ...['-l', a, '-r', b, '-b', '0', '-n', '0'],
    ]
    const [verify, diff, peer] = runInTurn([zkops('verify', a), zkops('diff', a, b), comparer], ROUNDS, {
      exits: [0, 1],
    })
    const more = median(diff!.map(({ peakMiB }, i) => peakMiB - verify![i]!.peakMiB))
    const perNode = (more * 2 ** 20) / nodes
    return [
      faster('snapshot diff, SnapshotComparer', diff!, peer!, 8),
      {
        job: 'snapshot diff, memory beside snapshot verify',
        value: `${perNode.toFixed(0)} B a znode`,
        target: '<= 60 B a znode',
        ok: perNode <= 60,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
