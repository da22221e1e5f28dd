/*
 * snapshot salvage with something going wrong at each of its steps: there is nothing, or the whole result, and nothing
 * where a server reads.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, zkops } from '../helpers/cli.ts'
import { FULL } from '../helpers/fixtures.ts'

const FAULTS = ['--import', join(ROOT, 'test/helpers/faults.mjs')]
const folder = mkdtempSync(join(tmpdir(), 'zkops-salvage-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))
const data = join(folder, 'data')
const file = join(data, 'version-2/snapshot.69')
const output = join(data, 'salvaged')
const args = ['snapshot', 'salvage', file, '--output', output, '--execute']

beforeAll(() => {
  mkdirSync(join(data, 'version-2'), { recursive: true })
  writeFileSync(join(data, 'myid'), '1')
  writeFileSync(join(data, 'version-2/currentEpoch'), '0')
  const bytes = readFileSync(join(ROOT, 'test/fixtures/3.9.5/standalone/data/version-2/snapshot.69'))
  bytes.fill(7, 1500, 1700)
  writeFileSync(file, bytes)
})

function contents(place: string): readonly string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((one) => `${one.slice(place.length)} ${readFileSync(one).toString('base64')}`)
}

describe('faults', () => {
  let steps: number
  let done: readonly string[]
  const faulty = (fault: string, at: number) =>
    zkops(args, { nodeArgs: FAULTS, env: { ZKOPS_FAULT: fault, ZKOPS_FAULT_AT: String(at) } })
  const check = (title: string, leftovers: number) => {
    const names = readdirSync(data).filter((name) => name !== 'version-2' && name !== 'myid')
    const partial = names.filter((name) => name.startsWith('.salvaged.partial-'))
    expect(partial.length, title).toBeLessThanOrEqual(leftovers)
    if (names.length > partial.length) expect(contents(output), title).toEqual(done)
    for (const name of names) rmSync(join(data, name), { recursive: true })
    return names.length > partial.length
  }

  test('counts its steps', async () => {
    const given = readFileSync(file)
    const count = join(folder, 'count')
    const { exitCode, stderr } = await zkops(args, { nodeArgs: FAULTS, env: { ZKOPS_FAULT_COUNT: count } })
    expect([exitCode, stderr]).toEqual([0, ''])
    steps = Number(readFileSync(count, 'utf8'))
    expect(steps).toBeGreaterThan(8)
    done = contents(output)
    expect(done.map((one) => one.split(' ', 1)[0])).toEqual([
      '/myid',
      expect.stringMatching(/^\/quarantine\/bytes-\d+-\d+\.snapshot\.69$/),
      '/version-2/acceptedEpoch',
      '/version-2/currentEpoch',
      '/version-2/snapshot.69',
    ])
    expect(readFileSync(file).equals(given)).toBe(true)
    rmSync(output, { recursive: true })
  })

  test.each(FULL ? ['KILL', 'ENOSPC', 'EIO', 'SIGINT'] : ['KILL', 'ENOSPC'])(
    '%s',
    { timeout: 300_000 },
    async (fault) => {
      for (let at = steps; at > 0; at -= FULL ? 1 : 5) {
        const { exitCode, signal, stderr } = await faulty(fault, at)
        const finished = check(`${fault} at ${at}: ${stderr}`, fault === 'KILL' ? 1 : 0)
        if (fault === 'KILL') expect([at, signal]).toEqual([at, 'SIGKILL'])
        else if (fault === 'SIGINT') expect(exitCode, `${at}`).toBe(finished ? 0 : 130)
        else expect([at, exitCode]).toEqual([at, 6])
        if (fault === 'KILL' || fault === 'ENOSPC') expect(finished).toBe(at === steps)
      }
    },
  )
})
