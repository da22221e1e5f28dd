import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ROOT } from './cli.ts'

export const FIXTURES = join(ROOT, 'test/fixtures')

/** A transaction log of a real server. */
export interface FixtureLog {
  readonly file: string
  /** Relative to test/fixtures, for titles. */
  readonly name: string
  readonly version: string
}

/** Every log under test/fixtures, sorted. */
export function fixtureLogs(): readonly FixtureLog[] {
  return readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^log\.[0-9a-f]+$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const name = relative(FIXTURES, file)
      const version = name.split('/', 1)[0]!
      return { file, name, version: version === 'examples' ? '3.9.5' : version }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What the server's own classes read in it: `log dump --format jsonl` without `file`. */
export function golden(log: FixtureLog): readonly Record<string, unknown>[] {
  const text = log.name.startsWith('examples/')
    ? readFileSync(join(FIXTURES, 'examples/golden', `${basename(log.file)}.jsonl`), 'utf8')
    : gunzipSync(readFileSync(join(dirname(dirname(log.file)), 'golden', `${basename(log.file)}.jsonl.gz`))).toString()
  return text.trim() === ''
    ? []
    : text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** True for `npm run test:full`. */
export const FULL = process.env.ZKOPS_TEST_FULL === '1'

/** A small generator of numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A snapshot of a real server. */
export interface FixtureSnapshot {
  readonly file: string
  /** Relative to test/fixtures, for titles. */
  readonly name: string
  readonly version: string
}

/** Every snapshot under test/fixtures, sorted. */
export function fixtureSnapshots(): readonly FixtureSnapshot[] {
  return readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^snapshot\.[0-9a-f]+(\.(gz|snappy))?$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const name = relative(FIXTURES, file)
      const version = name.split('/', 1)[0]!
      return { file, name, version: version === 'examples' ? '3.9.5' : version }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
