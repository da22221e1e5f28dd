import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { snappyEncoder } from '../src/formats/compression/snappy-encode.ts'
import { locate } from '../src/sandbox/locate.ts'
import { findJava } from '../src/sandbox/programs.ts'
import { noProgress } from '../src/support/progress.ts'
import { generateSnapshot, SNAPSHOT_NAME } from './generate-snapshot.ts'
import type { Row } from './main.ts'
import { type Command, median, type Run, runInTurn } from './measure.ts'
import { faster, peak } from './rows.ts'

const NODES = 1_000_000
/** Enough for every buffer to be in use and the young generation of the heap to be full. */
const FEWER_NODES = 300_000
const ROUNDS = 3
const EXAMPLE = 'test/fixtures/examples/snapshot.184'

/** Reading a snapshot of a million znodes, against the tools of 3.9.5 in the same run. */
export async function* snapshot(root: string): AsyncGenerator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-bench-'))
  try {
    const file = join(folder, SNAPSHOT_NAME)
    const nodes = generateSnapshot(file, NODES)
    const jobs = jobsIn(root, folder)
    yield* speeds(jobs, { file, nodes, idle: jobs.verify(join(root, EXAMPLE)), peers: await peersOf(root, file) })
    yield* peaks(jobs, { folder, large: file })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Jobs = ReturnType<typeof jobsIn>

function jobsIn(root: string, folder: string) {
  const job =
    (name: string, ...flags: string[]) =>
    (file: string): Command => [process.execPath, join(root, 'bin/run.js'), 'snapshot', name, file, ...flags]
  return {
    seals: job('verify', '--no-digest'),
    verify: job('verify'),
    jsonl: job('dump', '--format', 'jsonl'),
    text: job('dump'),
    csv: job('dump', '--format', 'csv'),
    du: job('du'),
    ncdu: job('du', '--ncdu', join(folder, 'tree.ncdu')),
    lint: job('lint'),
    convert: job('convert', '--compression', 'none', '--output', join(folder, 'converted'), '--execute'),
    prune: job('convert', '--prune', '/config', '--output', join(folder, 'converted'), '--execute'),
    /** Behind each that writes. */
    tidy: () => rmSync(join(folder, 'converted'), { recursive: true, force: true }),
  } as const
}

async function peersOf(root: string, file: string) {
  const { classPath } = await locate({ version: '3.9.5', progress: noProgress })
  const classes = [join(root, 'test/helpers/java'), ...classPath].join(':')
  const java = (name: string, ...args: string[]): Command => [
    findJava(),
    ...['-cp', classes, `org.apache.zookeeper.server.${name}`],
    ...args,
  ]
  return {
    formatter: java('SnapshotFormatter', '-d', file),
    json: java('SnapshotFormatter', '-json', file),
    summary: java('SnapshotRecursiveSummary', file, '/', '2'),
  }
}

interface Measured {
  readonly file: string
  readonly nodes: number
  /** What a start costs is measured elsewhere. */
  readonly idle: Command
  readonly peers: Awaited<ReturnType<typeof peersOf>>
}

function* speeds(jobs: Jobs, { file, nodes, idle, peers }: Measured): Generator<Row> {
  const commands = {
    ...{ idle, seals: jobs.seals(file), verify: jobs.verify(file), jsonl: jobs.jsonl(file), text: jobs.text(file) },
    ...{ du: jobs.du(file), ncdu: jobs.ncdu(file), lint: jobs.lint(file), convert: jobs.convert(file), ...peers },
  }
  const all = runInTurn(Object.values(commands), ROUNDS, { exits: [0, 1], after: jobs.tidy })
  const runs = Object.fromEntries(Object.keys(commands).map((name, i) => [name, all[i]!])) as Record<
    keyof typeof commands,
    Run[]
  >
  const seconds = (ours: readonly Run[], of: 'wallMs' | 'cpuMs') =>
    median(ours.map((run, i) => Math.max(1, run[of] - runs.idle[i]![of]))) / 1000
  const rate = (job: string, amount: number, ours: readonly Run[], unit: string, wanted?: number): Row => {
    const value = amount / seconds(ours, 'wallMs')
    return {
      job,
      value: `${value.toFixed(2)} ${unit} (CPU ${(amount / seconds(ours, 'cpuMs')).toFixed(2)})`,
      target: wanted === undefined ? '' : `>= ${wanted} ${unit}`,
      ok: wanted === undefined ? null : value >= wanted,
    }
  }
  const gigabytes = statSync(file).size / 1e9
  const millions = nodes / 1e6
  yield rate('verify, seals only', gigabytes, runs.seals, 'GB/s', 2)
  yield rate('verify with the tree digest', millions, runs.verify, 'M znodes/s', 2.5)
  for (const name of ['jsonl', 'text'] as const) {
    yield rate(`dump --format ${name}`, millions, runs[name], 'M znodes/s', 1)
    yield faster(`dump --format ${name} : SnapshotFormatter -d`, runs[name], runs.formatter, 15)
  }
  yield rate('du --ncdu', millions, runs.ncdu, 'M znodes/s', 1)
  yield faster('du --ncdu : SnapshotFormatter -d', runs.ncdu, runs.formatter, 15)
  yield faster('du --ncdu : SnapshotFormatter -json', runs.ncdu, runs.json, 6)
  yield faster('dump --format jsonl : SnapshotFormatter -json', runs.jsonl, runs.json, 6)
  yield rate('du', millions, runs.du, 'M znodes/s', 4)
  yield faster('du : SnapshotRecursiveSummary', runs.du, runs.summary, 15)
  yield rate('lint', millions, runs.lint, 'M znodes/s')
  yield rate('convert: write, sync and verify', millions, runs.convert, 'M znodes/s', 0.4)
}

/** The highest of each job is no higher than with less than a third of the znodes, whatever the file is packed with. */
function* peaks(jobs: Jobs, { folder, large }: { readonly folder: string; readonly large: string }): Generator<Row> {
  const small = join(folder, 'small')
  generateSnapshot(small, FEWER_NODES)
  const row = (name: string, job: (file: string) => Command, [high, low]: readonly [string, string]): Row => {
    const exits = name.startsWith('lint') ? [0, 1] : [0]
    const [a, b] = runInTurn([job(high), job(low)], 1, { exits, after: jobs.tidy })
    return peak(`peak: ${name}`, a!, b!, 80, '300,000')
  }
  const { seals, verify, jsonl, text, csv, du, ncdu, lint, convert, prune } = jobs
  const streaming = { seals, verify, jsonl, text, csv, du, ncdu, lint, convert, prune }
  for (const [name, job] of Object.entries(streaming)) yield row(name, job, [large, small])
  for (const [form, pack] of [
    ['gzip', gzipSync],
    ['snappy', snappy],
  ] as const) {
    const packed = [large, small].map((file) => {
      const place = `${file}.${form}`
      writeFileSync(place, pack(readFileSync(file)))
      return place
    }) as [string, string]
    for (const name of ['verify', 'jsonl', 'ncdu', 'lint', 'convert'] as const) {
      yield row(`${name} of ${form}`, jobs[name], packed)
    }
  }
}

function snappy(bytes: Uint8Array): Uint8Array {
  const encoder = snappyEncoder()
  const pieces: Uint8Array[] = []
  for (const part of [encoder.push(bytes), encoder.end()]) for (const piece of part) pieces.push(piece.slice())
  return Buffer.concat(pieces)
}
