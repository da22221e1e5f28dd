import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { locate } from '../src/sandbox/locate.ts'
import { findJava } from '../src/sandbox/programs.ts'
import { noProgress } from '../src/support/progress.ts'
import { generateTree } from './generate-tree.ts'
import type { Row } from './main.ts'
import { type Command, median, ratio, runInTurn } from './measure.ts'

const ROUNDS = 5
const ZNODES = 1_000_000
const TXNS = 3_200_000

/** What one restore says of itself; see restore-here.ts and RestoreBench.java. */
interface Report {
  readonly ms: number
  readonly loadMs: number
  readonly replayMs: number
  readonly nodes: number
  readonly txns: number
  readonly checked: number
  readonly mismatches: number
  readonly digest: string
  readonly bytesPerNode: number
}

/** What one build says of itself; see build-here.ts. */
interface Written {
  readonly nodes: number
  readonly writeMs: number
}

/** Loading and replaying a large tree, every digest compared, against ZooKeeper's own restore of the same files. */
export async function restoring(root: string): Promise<Row[]> {
  const folder = join(tmpdir(), `zkops-bench-restore-${process.pid}`)
  mkdirSync(folder)
  try {
    await generateTree(folder, ZNODES, TXNS)
    const here = join(folder, 'restore-here.mjs')
    await build({
      entryPoints: ['restore-here', 'build-here'].map((name) => join(root, `bench/${name}.ts`)),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
    })
    const { classPath } = await locate({ version: '3.9.5', progress: noProgress })
    execFileSync('javac', ['-cp', classPath.join(':'), '-d', folder, join(root, 'bench/java/RestoreBench.java')])
    const classes = [folder, join(root, 'test/helpers/java'), ...classPath].join(':')
    const java = (what: string): Command => [findJava(), '-cp', classes, 'RestoreBench', folder, what]
    const zkops = (what: string): Command => [process.execPath, here, folder, what]
    const [ourLoad, theirLoad, ours, theirs] = runInTurn(
      [zkops('load'), java('load'), zkops('all'), java('all')],
      ROUNDS,
    )
    // rates of the least disturbed of some runs; the ratios are of runs in turn
    const reports = (what: string) => Array.from({ length: ROUNDS }, () => report(zkops(what)))
    const loads = reports('load')
    const alls = reports('all')
    const load = [...loads, ...alls].reduce((best, one) => (one.loadMs < best.loadMs ? one : best))
    const found = alls.reduce((best, one) => (one.replayMs < best.replayMs ? one : best))
    const wanted = report(java('all'))
    const agreed = found.digest === wanted.digest && found.nodes === wanted.nodes && wanted.mismatches === 0
    const built = report<Written>([process.execPath, join(folder, 'build-here.mjs'), folder])
    const peakMiB = Math.max(...ours!.map((run) => run.peakMiB))
    return [
      { job: 'the same tree as ZooKeeper, no digest wrong', value: agreed ? 'yes' : 'no', target: 'yes', ok: agreed },
      least('load 1 M znodes, against ZooKeeper', ratio(theirLoad!, ourLoad!), 5, 'x'),
      least('load', ((load.nodes / load.loadMs) * 1000) / 1e6, 1.5, 'M znodes/s'),
      most('memory of the tree', found.bytesPerNode, 160, 'B per znode'),
      least('load + replay 3.2 M txns, against ZooKeeper', ratio(theirs!, ours!), 3.5, 'x'),
      least('replay', ((found.txns / found.replayMs) * 1000) / 1e6, 1, 'M txns/s'),
      most('peak', peakMiB, 300, 'MiB'),
      least('build: write, sync and verify', ((built.nodes / built.writeMs) * 1000) / 1e6, 0.4, 'M znodes/s'),
      {
        job: 'peak of ZooKeeper',
        value: `${median(theirs!.map((run) => run.peakMiB)).toFixed(0)} MiB`,
        target: '',
        ok: true,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function report<T = Report>([program, ...args]: Command): T {
  const { stdout, status } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} exited with ${status}`)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T
}

function least(job: string, value: number, least: number, unit: string): Row {
  return { job, value: `${value.toFixed(2)} ${unit}`, target: `>= ${least} ${unit}`, ok: value >= least }
}

function most(job: string, value: number, most: number, unit: string): Row {
  return { job, value: `${value.toFixed(2)} ${unit}`, target: `<= ${most} ${unit}`, ok: value <= most }
}
