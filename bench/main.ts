import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { config } from './config.ts'
import { doctor } from './doctor.ts'
import { health } from './health.ts'
import { log } from './log.ts'
import { logDiff } from './log-diff.ts'
import { quorum } from './quorum.ts'
import { restoring } from './restore.ts'
import { snapshot } from './snapshot.ts'
import { snapshotDiff } from './snapshot-diff.ts'
import { startup } from './startup.ts'

/** One line of the results table. */
export interface Row {
  readonly job: string
  readonly value: string
  readonly target: string
  /** Null: not measured, or there is no target. */
  readonly ok: boolean | null
}

export interface BenchOptions {
  /** Size of the generated files. */
  readonly megabytes: number
}

type Suite = (root: string, options: BenchOptions) => Row[] | Promise<Row[]> | AsyncGenerator<Row>

const SUITES: Readonly<Record<string, Suite>> = {
  startup,
  log,
  'log-diff': logDiff,
  snapshot,
  'snapshot-diff': snapshotDiff,
  restore: restoring,
  doctor,
  config,
  quorum,
  health,
}

// npm run bench [-- SUITE… --size MB]: every suite pairs zkops with its yardstick in one run; exit 1 when a target is missed
const root = process.cwd()
const { positionals: names, values } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: process.env.ZKOPS_BENCH_MB ?? '1000' } },
})
const megabytes = Number(values.size)
if (!(megabytes >= 10)) throw new Error(`--size ${values.size}: a number of megabytes from 10 on`)
let missed = 0
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, node ${process.version}`)
for (const name of names.length === 0 ? Object.keys(SUITES) : names) {
  const suite = SUITES[name]
  if (suite === undefined) throw new Error(`no suite ${name}; there are ${Object.keys(SUITES).join(', ')}`)
  console.log(`\n${name}, load average ${loadavg()[0]!.toFixed(1)}`)
  for await (const row of await suite(root, { megabytes })) {
    if (row.ok === false) missed++
    const mark = row.ok === null ? '' : row.ok ? 'ok' : 'MISSED'
    console.log(`  ${mark.padEnd(6)} ${row.job.padEnd(52)} ${row.value.padStart(46)}   ${row.target}`.trimEnd())
  }
}
process.exitCode = missed === 0 ? 0 : 1
