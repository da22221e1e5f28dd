import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { down, up } from '../src/sandbox/ensemble.ts'
import { locate } from '../src/sandbox/locate.ts'
import { findSandbox } from '../src/sandbox/state.ts'
import { noProgress } from '../src/support/progress.ts'
import type { Row } from './main.ts'
import { type Command, ENV, median, runInTurn } from './measure.ts'
import { atMost, faster } from './rows.ts'

const ROUNDS = 21

/** A check of three healthy members with state and rules, against its own help and against what zkServer.sh status runs. */
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
    const [checks, helps, words] = runInTurn([check, zkops('--help'), word], ROUNDS, { exits: [0, 1] })
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
    ]
  } finally {
    await down(await findSandbox(common.name), { keepData: false })
    rmSync(folder, { recursive: true, force: true })
  }
}

/** How long the slowest member took to answer, as the check says. */
function answerMs([program, ...args]: Command): number {
  const { stdout } = spawnSync(program, [...args, '--json'], { encoding: 'utf8', env: ENV })
  return (JSON.parse(stdout) as { tookMs: number }).tookMs
}
