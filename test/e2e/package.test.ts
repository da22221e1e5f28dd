import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CliResult, ROOT, run } from '../helpers/cli.ts'

let folder: string
let files: readonly string[]

/** Packs the package and installs it, without the optional native client and without scripts, into an empty folder. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-package-'))
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT })
  expect(packed.exitCode, packed.stderr).toBe(0)
  const [tarball] = JSON.parse(packed.stdout) as { filename: string; files: { path: string }[] }[]
  files = tarball!.files.map(({ path }) => path)
  mkdirSync(join(folder, 'user'))
  writeFileSync(join(folder, 'user/package.json'), '{"private":true}')
  const installed = await run(
    'npm',
    ['install', '--omit=optional', '--ignore-scripts', '--no-audit', join(folder, tarball!.filename)],
    { cwd: join(folder, 'user') },
  )
  expect(installed.exitCode, installed.stderr).toBe(0)
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true }))

const zkops = (...args: string[]): Promise<CliResult> =>
  run(join(folder, 'user/node_modules/.bin/zkops'), args, { cwd: join(folder, 'user') })

test('the tarball holds bin, dist, templates, manifest, README and LICENSE, and nothing else', () => {
  const top = [...new Set(files.map((file) => file.split('/', 1)[0]!))].sort()
  expect(top).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'oclif.manifest.json', 'package.json', 'templates'])
  expect(files.filter((file) => file.startsWith('bin/'))).toEqual(['bin/run.js'])
  expect(files.filter((file) => /\.(ts|map)$|test|bench/.test(file))).toEqual([])
})

describe('installed from the tarball', () => {
  test('the version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect((await zkops('--version')).stdout).toContain(`zkops/${version} `)
  })

  test('log dump prints what the contract says', async () => {
    const log = join(ROOT, 'test/fixtures/examples/log.185')
    const { exitCode, stdout, stderr } = await zkops('log', 'dump', '--format', 'jsonl', log)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const expected = readFileSync(join(ROOT, 'test/fixtures/examples/golden/log.185.jsonl'), 'utf8').trim().split('\n')
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(expected.map((line) => ({ file: log, ...JSON.parse(line) })))
  })

  test('log verify finds the log clean', async () => {
    const { exitCode, stdout } = await zkops('log', 'verify', '--json', join(ROOT, 'test/fixtures/examples/log.1'))
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'clean' })
  })

  test('help and schemas are there', async () => {
    expect((await zkops('help', 'log', 'dump')).stdout).toContain('EXAMPLES')
    expect(JSON.parse((await zkops('schema', 'log', 'verify')).stdout)).toHaveProperty('$schema')
  })
})
