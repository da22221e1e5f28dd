import { cpus } from 'node:os'
import { config } from './config.ts'
import { startup } from './startup.ts'

/** One line of the results table. */
export interface Row {
  readonly job: string
  readonly value: string
  readonly target: string
  readonly ok: boolean
}

const SUITES: Readonly<Record<string, (root: string) => Row[] | Promise<Row[]>>> = { startup, config }

// npm run bench [-- SUITE…]: every suite pairs zkops with its yardstick in one run; exit 1 when a target is missed
const root = process.cwd()
const names = process.argv.slice(2)
let missed = 0
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, node ${process.version}`)
for (const name of names.length === 0 ? Object.keys(SUITES) : names) {
  const suite = SUITES[name]
  if (suite === undefined) throw new Error(`no suite ${name}; there are ${Object.keys(SUITES).join(', ')}`)
  console.log(`\n${name}`)
  for (const row of await suite(root)) {
    if (!row.ok) missed++
    console.log(`  ${row.ok ? 'ok    ' : 'MISSED'} ${row.job.padEnd(44)} ${row.value.padStart(20)}   ${row.target}`)
  }
}
process.exitCode = missed === 0 ? 0 : 1
