import { spawnSync } from 'node:child_process'
/*
 * Transaction logs: every command against its yardstick, run in turn on generated files, and its peak memory at two
 * sizes. The files lie in a folder of ZKOPS_BENCH_DIR (else of the system's temporary one), which is removed at the end.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkOutputs } from './log-checks.ts'
import { type BenchLog, makeGarbage, makeLog } from './log-files.ts'
import { findPeers, type Peer } from './log-peers.ts'
import type { BenchOptions, Row } from './main.ts'
import { type Command, median, type Run, runInTurn } from './measure.ts'
import { atMost, faster, peak, type Runs, rate, slower, slowerThan } from './rows.ts'

/** Fewer where a round takes minutes. */
const ROUNDS = 7
const TOOL_ROUNDS = 3
const START_ROUNDS = 15
/** About 2,100 records: more than the JVM's bare start. */
const FEW_BYTES = 663_000
const GARBAGE_BYTES = 256 << 20
const MOST_MIB = 80
/** log verify of damage, and a refused log salvage. */
const EXITS = [0, 1, 5]

export async function* log(root: string, { megabytes }: BenchOptions): AsyncGenerator<Row> {
  const folder = mkdtempSync(join(process.env.ZKOPS_BENCH_DIR ?? tmpdir(), 'zkops-bench-'))
  try {
    const { toolkit, reader, c } = await findPeers(root, folder)
    const large = makeLog(folder, 'large', megabytes * 1e6)
    const small = makeLog(folder, 'small', megabytes * 1e5)
    const output = join(folder, 'output')
    const zkops = (...args: string[]): Command => [process.execPath, join(root, 'bin/run.js'), ...args]
    const tool = (...args: string[]) => peer(toolkit, ...args)
    checkOutputs(zkops, { toolkit, reader, c }, small)

    /** Runs of each in turn; what they wrote is removed behind each. */
    const inTurn = <Name extends string>(commands: Readonly<Record<Name, Command | string>>, rounds: number) => {
      const names = Object.keys(commands) as Name[]
      const there = names.filter((name) => typeof commands[name] !== 'string')
      const after = () => {
        rmSync(output, { recursive: true, force: true })
        for (const written of writtenBeside([large, small])) rmSync(written)
        // whoever syncs next must not wait for what another one wrote
        spawnSync('sync')
      }
      const runs = runInTurn(
        there.map((name) => commands[name] as Command),
        rounds,
        { exits: EXITS, after },
      )
      const result = Object.fromEntries(names.map((name) => [name, commands[name] as Runs]))
      for (const [i, name] of there.entries()) result[name] = runs[i]!
      return result as Record<Name, Runs>
    }

    const dump = (one: BenchLog, format: string) => zkops('log', 'dump', '--format', format, one.file)
    const chop = (one: BenchLog) =>
      zkops('log', 'chop', one.file, '--to-zxid', lastButOne(one), '--output', output, '--execute')
    const salvage = (one: BenchLog) => zkops('log', 'salvage', one.damaged, '--output', output, '--execute')
    const ours = (one: BenchLog) => ({
      verify: zkops('log', 'verify', one.file),
      toolkit: dump(one, 'toolkit'),
      jsonl: dump(one, 'jsonl'),
      text: dump(one, 'text'),
      csv: dump(one, 'csv'),
      chop: chop(one),
      salvage: salvage(one),
    })
    const copy = (file: string): Command => ['sh', '-c', 'cp "$0" "$1" && sync "$1"', file, output]

    const few = makeLog(folder, 'few', FEW_BYTES)
    const start = inTurn(
      {
        node: [process.execPath, '-e', '0'],
        verify: zkops('log', 'verify', tiny(root)),
        tool: tool(tiny(root)),
        verifyFew: zkops('log', 'verify', few.file),
        toolFew: tool(few.file),
      },
      START_ROUNDS,
    )
    yield slower(`start-up: verify of ${few.records} records : TxnLogToolkit`, start.verifyFew, start.toolFew, 0.3)
    yield slower('start-up: verify of 66 records : TxnLogToolkit', start.verify, start.tool)
    yield atMost('start-up: verify of 66 records over node -e 0', over(start.verify, start.node), 60, 'ms')
    yield atMost('start-up: peak', highest(start.verify), 60, 'MiB')

    const read = inTurn(
      { verify: ours(large).verify, reader: peer(reader, large.folder), c: peer(c, large.file) },
      ROUNDS,
    )
    yield faster("verify : ZooKeeper's own reader in a bare loop", read.verify, read.reader, 7)
    yield slower(`verify : ${c.library}`, read.verify, read.c, 2)

    const dryRun = ([program, ...args]: Command): Command => [program, ...args.slice(0, -1), '--dry-run']
    const written = inTurn(
      {
        copy: copy(large.file),
        chop: chop(large),
        chopPlan: dryRun(chop(large)),
        salvage: salvage(large),
        salvagePlan: dryRun(salvage(large)),
      },
      ROUNDS,
    )
    // what comes before is reading and checking all of it, as log verify does
    yield slowerThan(
      'chop, its copy (over --dry-run) : cp and fsync',
      written.chop,
      written.chopPlan,
      written.copy,
      1.5,
    )
    yield slowerThan(
      'salvage, its copy (over --dry-run) : cp and fsync',
      written.salvage,
      written.salvagePlan,
      written.copy,
      1.5,
    )
    yield slower('chop, all of it : cp and fsync', written.chop, written.copy)
    yield slower('salvage, all of it : cp and fsync', written.salvage, written.copy)
    for (const kind of ['random', 'snapshot'] as const) {
      const file = makeGarbage(folder, large, kind, GARBAGE_BYTES)
      const found = inTurn(
        {
          idle: zkops('log', 'verify', tiny(root)),
          verify: zkops('log', 'verify', file),
          salvage: zkops('log', 'salvage', file, '--output', output, '--dry-run'),
        },
        ROUNDS,
      )
      const content = kind === 'random' ? 'random bytes' : 'the bytes of a snapshot'
      yield rate(`search in ${content}: verify`, GARBAGE_BYTES, found.verify as Run[], found.idle as Run[], 500)
      yield rate(`search in ${content}: salvage`, GARBAGE_BYTES, found.salvage as Run[], found.idle as Run[], 500)
      rmSync(file)
    }

    if (hasCommand(root, 'log:stat')) {
      const stat = (one: BenchLog, ...flags: string[]) => zkops('log', 'stat', ...flags, one.file)
      const counted = inTurn(
        { stat: stat(large), exact: stat(large, '--exact'), small: stat(small), reader: peer(reader, large.folder) },
        ROUNDS,
      )
      yield faster("stat : ZooKeeper's own reader in a bare loop", counted.stat, counted.reader, 2)
      yield peak('peak: stat', counted.stat as Run[], counted.small as Run[], MOST_MIB)
      const perPath = ((highest(counted.exact) - highest(counted.stat)) * 2 ** 20) / large.paths
      yield atMost(`peak: stat --exact, of ${large.paths} distinct paths each`, perPath, 200, 'B')
    }

    const peaks = [large, small].map((one) => inTurn(ours(one), 2))
    for (const job of Object.keys(ours(large)) as (keyof ReturnType<typeof ours>)[]) {
      yield peak(`peak: ${job}`, peaks[0]![job] as Run[], peaks[1]![job] as Run[], MOST_MIB)
    }

    // last, because the tool takes minutes
    const { toolkit: text, jsonl, text: forPeople, csv } = ours(large)
    const dumped = inTurn({ tool: tool(large.file), text, jsonl, forPeople, csv }, TOOL_ROUNDS)
    yield faster('dump --format toolkit : TxnLogToolkit', dumped.text, dumped.tool, 10)
    yield faster('dump --format jsonl : TxnLogToolkit', dumped.jsonl, dumped.tool, 15)
    yield faster('dump --format text : TxnLogToolkit', dumped.forPeople, dumped.tool, 10)
    yield faster('dump --format csv : TxnLogToolkit', dumped.csv, dumped.tool)

    const toolWritten = inTurn(
      {
        chop: chop(large),
        toolChop: tool('-c', '-z', lastButOne(large), large.file),
        salvage: salvage(large),
        toolRecover: tool('-r', '-y', large.damaged),
      },
      TOOL_ROUNDS,
    )
    yield faster('chop : TxnLogToolkit -c -z', toolWritten.chop, toolWritten.toolChop, 3)
    yield faster('salvage : TxnLogToolkit -r -y', toolWritten.salvage, toolWritten.toolRecover, 10)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function peer(one: Peer, ...args: string[]): Command | string {
  return 'command' in one ? one.command(...args) : one.missing
}

function lastButOne({ records }: BenchLog): string {
  return `0x${(records - 1).toString(16)}`
}

/** What TxnLogToolkit leaves beside a log. */
function writtenBeside(logs: readonly BenchLog[]): string[] {
  return logs
    .flatMap(({ folder }) => [folder, join(folder, 'damaged')])
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => /\.(fixed|chopped\d+)$/.test(file))
}

function tiny(root: string): string {
  return join(root, 'test/fixtures/examples/log.1')
}

function hasCommand(root: string, id: string): boolean {
  return id in JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')).commands
}

function over(ours: Runs, bare: Runs): number {
  return median((ours as Run[]).map(({ wallMs }, i) => wallMs - (bare as Run[])[i]!.wallMs))
}

function highest(runs: Runs): number {
  return Math.max(...(runs as Run[]).map(({ peakMiB }) => peakMiB))
}
