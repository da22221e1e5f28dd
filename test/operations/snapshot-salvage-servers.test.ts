/*
 * Salvaged snapshots of real servers, started by the start-up code of the same release: it serves, and has the znodes that
 * were kept, as they were.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { sealsOf } from '../helpers/damages.ts'
import { FIXTURES, FULL } from '../helpers/fixtures.ts'
import { RELEASES, startOn } from '../helpers/oracle.ts'
import { snappy } from '../helpers/snapshot-builder.ts'
import { nodeRecords, plannedSalvage, salvagedRecords } from '../helpers/snapshot-salvage.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-salvage-servers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const edited = (bytes: Buffer, change: (bytes: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes)
  change(copy)
  return copy
}

/** Names and damaged bytes. */
function damagesOf(bytes: Buffer, name: string): readonly (readonly [string, Buffer])[] {
  const records = nodeRecords(bytes)
  const leaf = records.findLast(({ path }) => !records.some((one) => one.path.startsWith(`${path}/`)))!
  const parent = records.find(
    ({ path }) => path !== '' && path !== '/zookeeper' && records.some((one) => one.path.startsWith(`${path}/`)),
  )!
  const middle = records[records.length >> 1]!
  const [seal] = sealsOf(bytes)
  const packed = snappy(bytes)
  return [
    [name, edited(bytes, (one) => one.fill(0, leaf.at, leaf.at + leaf.bytes.length))],
    [name, edited(bytes, (one) => one.fill(0xa5, parent.at + 2, parent.at + 8))],
    [name, edited(bytes, (one) => one.fill(0, middle.at + 3, middle.at + 300))],
    [name, edited(bytes, (one) => one.fill(0, 0, 16))],
    [name, edited(bytes, (one) => one.writeInt32BE(0x7fff, 16))],
    [name, edited(bytes, (one) => one.fill(0xff, 20 + 12 * bytes.readInt32BE(16), 26 + 12 * bytes.readInt32BE(16)))],
    [name, edited(bytes, (one) => one.fill(0, records[0]!.at, records[0]!.at + 20))],
    [name, edited(bytes, (one) => one.fill(9, seal! + 4, seal! + 6))],
    [name, bytes.subarray(0, middle.at + 20)],
    [`${name}.gz`, gzipSync(bytes).subarray(0, -200)],
    // its header alone: small snapshots have one block
    [`${name}.snappy`, edited(packed, (one) => one.fill(0xff, 0, 9))],
  ]
}

describe.each(RELEASES.filter((one) => FULL || one === '3.4.14' || one === '3.9.5'))('%s', (version) => {
  const place = join(FIXTURES, version, 'standalone')
  const data = join(place, 'data/version-2')
  const names = readdirSync(data)
    .filter((name) => /^snapshot\.[0-9a-f]+$/.test(name))
    .sort((a, b) => Number(`0x${a.split('.')[1]}`) - Number(`0x${b.split('.')[1]}`))
  const name = names.at(-1)!
  const bytes = readFileSync(join(data, name))
  const at = (title: string) => join(folder, version, title)

  test('a server starts on what was kept, and has it as it was', async () => {
    mkdirSync(join(at('original'), 'version-2'), { recursive: true })
    cpSync(join(data, name), join(at('original'), 'version-2', name))
    const outputs: string[] = []
    for (const [i, [file, damaged]] of damagesOf(bytes, name).entries()) {
      mkdirSync(at(`in-${i}`), { recursive: true })
      writeFileSync(join(at(`in-${i}`), file), damaged)
      const change = await plannedSalvage({ file: join(at(`in-${i}`), file), output: at(`out-${i}`), acceptLoss: true })
      expect([i, change.refused]).toEqual([i, null])
      const { verified } = await change.apply()
      expect(verified.find(({ check }) => check === 'loads')?.ok, `${i}`).toBe(true)
      outputs.push(at(`out-${i}`))
    }
    const kept = outputs.map((output) => new Set(salvagedRecords(output, name, name).tree.map(({ path }) => path)))
    const [original, ...starts] = await startOn(version, [at('original'), ...outputs])
    expect(original!.serves).toBe(true)
    expect(starts.filter(({ nodes }) => nodes.length > 0).length).toBeGreaterThan(6)
    for (const [i, { serves, message, nodes, lastZxid }] of starts.entries()) {
      expect([i, serves, message]).toEqual([i, true, ''])
      expect(lastZxid).toBe(original!.lastZxid)
      const expected = original!.nodes.filter((line) =>
        kept[i]!.has(Buffer.from(line.split(' ')[0]!).toString('latin1')),
      )
      // with the session list its ephemerals go
      const persistent = (lines: readonly string[]) =>
        i === 4 || i === 5 ? lines.filter((line) => line.endsWith(' 0')) : lines
      expect([i, persistent(nodes)]).toEqual([i, persistent(expected)])
    }
  })

  test('filled from an older snapshot and the logs it is the exact tree', async () => {
    const records = nodeRecords(bytes)
    const damaged = edited(bytes, (one) => one.fill(0x5a, records[3]!.at, records[records.length - 3]!.at))
    mkdirSync(at('fill'), { recursive: true })
    writeFileSync(join(at('fill'), name), damaged)
    const output = at('filled')
    const options = { file: join(at('fill'), name), from: [join(data, names.at(-2)!)], logs: [join(place, 'datalog')] }
    const change = await plannedSalvage({ ...options, output })
    expect(change.refused).toBeNull()
    const { verdict } = change.plan.base.proof as { verdict: string }
    expect([version, verdict]).toEqual([version, version < '3.6' ? 'replayed' : 'complete'])
    expect(change.plan.loses.bytes).toBe(0)
    await change.apply()
    // a fuzzy one is made exact: with the logs behind it both are the same
    const whole = at('whole')
    mkdirSync(join(whole, 'version-2'), { recursive: true })
    cpSync(join(data, name), join(whole, 'version-2', name))
    for (const one of [whole, output])
      cpSync(join(place, 'datalog/version-2'), join(one, 'version-2'), { recursive: true })
    const [original, filled] = await startOn(version, [whole, output])
    expect([filled!.serves, filled!.lastZxid]).toEqual([true, original!.lastZxid])
    expect(filled!.nodes).toEqual(original!.nodes)
  })
})
