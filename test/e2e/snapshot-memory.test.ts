/*
 * Where the memory that WebAssembly can have ends (4 GiB, here 12.5 MiB): what needs the whole tree says so, what streams
 * works all the same.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zkops } from '../helpers/cli.ts'
import { create, creates, log, writeOldFile } from '../helpers/log-builder.ts'
import { BASE, node, snapshot } from '../helpers/snapshot-builder.ts'

const NODES = 100_000
const LIMITED = { nodeArgs: ['--wasm-max-mem-pages=200'] }

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-memory-'))
  mkdirSync(join(folder, 'version-2'))
  file = join(folder, 'version-2/snapshot.1')
  const nodes = Array.from({ length: NODES }, (_, i) => node(`/n${i}`, { data: 'value' }))
  writeFileSync(file, snapshot([...BASE, ...nodes]))
})
afterAll(() => rmSync(folder, { recursive: true }))

const WHOLE_TREE = [
  ['show', []],
  ['ls', []],
  ['cat', ['/n1']],
  ['stat', ['/n1']],
  ['tree', []],
  ['find', []],
  ['shell', []],
  ['build', ['--output', 'built', '--dry-run']],
] as const

const STREAMING = [
  ['verify', [], 'valid: a server loads it'],
  ['dump', ['--format', 'csv'], '/n99999'],
  ['du', ['--ncdu', 'tree.ncdu'], '/n'],
  ['lint', [], '100,003 nodes'],
  ['convert', ['--output', 'converted', '--execute'], '100003 znodes, seals right'],
] as const

describe('the whole tree', () => {
  test.each(WHOLE_TREE)('snapshot %s says so: exit 3', async (name, more) => {
    const place = name === 'build' ? folder : file
    const { exitCode, stdout, stderr } = await zkops(['snapshot', name, place, ...more], { cwd: folder, ...LIMITED })
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toMatch(/^error: The tree does not fit in memory: .*\n.*snapshot verify, dump, du, lint/)
  })

  test('as a document', async () => {
    const { exitCode, stdout } = await zkops(['snapshot', 'ls', '--json', file], LIMITED)
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([3, { error: { code: 'input.too-large' } }])
  })

  test('also when it only grows too large with the logs', async () => {
    const place = join(folder, 'grown')
    mkdirSync(place)
    writeFileSync(join(place, 'snapshot.1'), snapshot(BASE))
    writeOldFile(join(place, 'log.2'), log([create(2n, '/n'), ...creates(NODES, 3n)]))
    const { exitCode, stderr } = await zkops(['snapshot', 'show', place], LIMITED)
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('does not fit in memory')])
  })
})

test.each(STREAMING)('snapshot %s reads it all the same', async (name, more, shows) => {
  const { exitCode, stdout } = await zkops(['snapshot', name, file, ...more], { cwd: folder, ...LIMITED })
  expect([exitCode, stdout.includes(shows)]).toEqual([name === 'lint' ? 1 : 0, true])
})

test('snapshot diff compares two of them', async () => {
  const { exitCode, stdout } = await zkops(['snapshot', 'diff', file, file], LIMITED)
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('0 added, 0 removed, 0 changed')])
})
