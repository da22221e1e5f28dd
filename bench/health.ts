import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { down, up } from '../src/sandbox/ensemble.ts'
import { locate } from '../src/sandbox/locate.ts'
import { findProgram } from '../src/sandbox/programs.ts'
import { findSandbox } from '../src/sandbox/state.ts'
import { noProgress } from '../src/support/progress.ts'
import type { Row } from './main.ts'
import { type Command, ENV, median, runInTurn } from './measure.ts'
import { atMost, faster, slower } from './rows.ts'

const ROUNDS = 21

/**
 * A check of three healthy members with state and rules, against its own help, against what zkServer.sh status runs, and
 * against the check that comes with ZooKeeper (zookeeper-contrib-monitoring), which wants Python 2.
 */
export async function health(root: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-bench-health-'))
  const installation = await locate({ version: '3.9', progress: noProgress })
  const common = { installation, name: `bench-${process.pid}`, dir: join(folder, 'sandbox'), observers: 0 }
  const more = { standalone: false, properties: [], jvmFlags: [], timeoutMs: 120_000, progress: noProgress }
  const { connect } = await up({ ...common, ...more, members: 3 })
  try {
    const zkops = (...args: string[]): Command => [
      process.execPath,
      join(root, 'bin/run.js'),
      'health',
      'check',
      ...args,
    ]
    // the AdminServers are not at 8080: words, which is what most servers allow
    const check = zkops('--connect', connect, '--state', join(folder, 'state.json'))
    const [host, port] = connect.split(',')[0]!.split(':') as [string, string]
    const classPath = installation.classPath.join(':')
    const word: Command = [
      'java',
      '-cp',
      classPath,
      'org.apache.zookeeper.client.FourLetterWordMain',
      host,
      port,
      'srvr',
    ]
    const stock = stockCheck(connect)
    const commands = [check, zkops('--help'), word, ...(typeof stock === 'string' ? [] : [stock])]
    const [checks, helps, words, stocks] = runInTurn(commands, ROUNDS, { exits: [0, 1] })
    const overMs = median(checks!.map((run, i) => run.wallMs - helps![i]!.wallMs))
    const answersMs = median(Array.from({ length: 5 }, () => answerMs(check)))
    const peakMiB = Math.max(...checks!.map((run) => run.peakMiB))
    return [
      {
        job: 'health check --help',
        value: `${median(helps!.map(({ wallMs }) => wallMs)).toFixed(0)} ms`,
        target: '',
        ok: null,
      },
      atMost('health check of three members, over --help and their answers', overMs - answersMs, 60, 'ms'),
      atMost('the same, peak', peakMiB, 80, 'MiB'),
      faster('the same : zkServer.sh status of one member', checks!, words!),
      slower('the same : check_zookeeper.py, one key of three members', checks!, stocks ?? String(stock)),
    ]
  } finally {
    await down(await findSandbox(common.name), { keepData: false })
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One key of all members; it asks them one after the other, reads 2 KiB of each and takes those that are down for well. */
function stockCheck(connect: string): Command | string {
  const script = process.env.ZKOPS_BENCH_CHECK_ZOOKEEPER
  const python = findProgram('python2.7')
  if (script === undefined) return 'ZKOPS_BENCH_CHECK_ZOOKEEPER is not set: check_zookeeper.py of ZooKeeper'
  if (python === undefined) return 'no python2.7'
  const limits = ['-w', '50', '-c', '200']
  return [python, script, '-o', 'nagios', '-s', connect, '-k', 'zk_outstanding_requests', ...limits]
}

/** How long the slowest member took to answer, as the check says. */
function answerMs([program, ...args]: Command): number {
  const { stdout } = spawnSync(program, [...args, '--json'], { encoding: 'utf8', env: ENV })
  return (JSON.parse(stdout) as { tookMs: number }).tookMs
}
