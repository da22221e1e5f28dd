import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { logEnds } from '../../src/datadir/log-ends.ts'
import { payloadLimit } from '../../src/formats/txnlog/scan.ts'
import { listData } from '../../src/operations/data-dir/ls.ts'
import { explain } from '../../src/operations/explain.ts'
import { restore } from '../../src/operations/restore.ts'
import { verifyLogs } from '../../src/operations/verify-log.ts'
import { dataLsText } from '../../src/render/data-ls.ts'
import { jsonText } from '../../src/render/json.ts'
import { createStyle } from '../../src/render/style.ts'
import { schema } from '../../src/schemas/data-ls.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES, fixtureLogs, seeded } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-ls-'))
afterAll(() => rmSync(folder, { recursive: true }))
const options = { juteMaxbuffer: 1_048_575, progress: noProgress, signal: new AbortController().signal, verify: false }
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)
const PLAIN = createStyle({ color: false, unicode: false })

async function ls(directory: string, more: { logDir?: string; verify?: boolean; config?: string } = {}) {
  const result = await listData({ ...options, directory, ...more })
  expect(validate(JSON.parse(jsonText(result))), JSON.stringify(validate.errors)).toBe(true)
  for (const { code } of result.findings) expect(await explain(code)).toMatchObject({ code })
  return result
}

describe('both ends of a log, without reading it', () => {
  test.each(fixtureLogs())('$name', async ({ file }) => {
    const { files } = await verifyLogs({ ...options, places: [file] })
    const { firstZxid, lastZxid, usedBytes, tail } = files[0]!
    expect(await logEnds(file, payloadLimit(options.juteMaxbuffer))).toEqual({ firstZxid, lastZxid, usedBytes, tail })
  })

  test('a cut at any place gives the truth or nothing', async () => {
    const bytes = readFileSync(join(FIXTURES, 'examples/log.1'))
    const random = seeded(7)
    const file = join(folder, 'log.1')
    for (let i = 0; i < 60; i++) {
      const cut = Math.floor(random() * 26_136)
      writeFileSync(
        file,
        i % 2 === 0 ? bytes.subarray(0, cut) : Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(4096)]),
      )
      const { files } = await verifyLogs({ ...options, places: [file] })
      const ends = await logEnds(file, payloadLimit(options.juteMaxbuffer))
      if (ends !== undefined)
        expect({ ...ends, cut }).toMatchObject({ lastZxid: files[0]!.lastZxid, usedBytes: files[0]!.usedBytes })
      else expect(['torn', 'damaged']).toContain(files[0]!.tail)
    }
  })
})

describe.each(RELEASES)('members of %s', (release) => {
  test.each(['server.1', 'server.2', 'server.3'])('%s: what is loaded is what a restore loads', async (server) => {
    const place = join(FIXTURES, release, 'ensemble', server)
    const [data, logDir] = [join(place, 'data'), join(place, 'datalog')]
    const { loads, chain, findings, files } = await ls(data, { logDir })
    // 3.4 writes no snapshot before it has something to put in it
    const fresh = loads.snapshot === null
    expect(findings.map(({ code }) => code)).toEqual(fresh ? ['data.no-snapshot'] : [])
    expect(chain).toHaveLength(1)
    const restored = await restore({ ...options, snapshots: [data], logs: [logDir], trustEmpty: true })
    expect(loads).toEqual({
      snapshot: restored.snapshot?.file ?? null,
      logs: restored.logs.map(({ file }) => file),
      lastZxid: restored.proof.toZxid,
    })
    const verified = await ls(data, { logDir, verify: true })
    expect(verified.loads).toEqual(loads)
    expect(verified.files.map(({ firstZxid, lastZxid, end }) => ({ firstZxid, lastZxid, end }))).toEqual(
      files.map(({ firstZxid, lastZxid, end }) => ({ firstZxid, lastZxid, end })),
    )
    const data2 = verified.files.filter(({ kind }) => kind === 'log' || kind === 'snapshot')
    expect(data2.map(({ usable }) => usable)).not.toContain(false)
  })
})

function stage(): { data: string; folder: string } {
  const place = mkdtempSync(join(folder, 'case-'))
  const server = join(FIXTURES, '3.8.6/standalone')
  cpSync(join(server, 'data'), place, { recursive: true })
  cpSync(join(server, 'datalog/version-2'), join(place, 'version-2'), { recursive: true })
  return { data: place, folder: join(place, 'version-2') }
}

test('a snapshot that was cut gives way to an older one', async () => {
  const { data, folder } = stage()
  const file = join(folder, 'snapshot.49')
  writeFileSync(file, readFileSync(file).subarray(0, 3000))
  const { loads, findings } = await ls(data)
  expect(basename(loads.snapshot!)).toBe('snapshot.27')
  expect(loads.logs.map((log) => basename(log))).toEqual(['log.1', 'log.29', 'log.4a'])
  expect(findings.map(({ code }) => code)).toEqual(['data.snapshot-incomplete'])
})

test('a missing log is a hole, drawn and said', async () => {
  const { data, folder } = stage()
  rmSync(join(folder, 'log.29'))
  rmSync(join(folder, 'snapshot.49'))
  const result = await ls(data)
  expect(result.findings).toMatchObject([{ code: 'data.hole', zxid: 0x28n, evidence: { before: 0x4an } }])
  expect(dataLsText(result, PLAIN)).toMatch(/hole +X between 0x28 and 0x4a/)
})

test('a flipped bit shows with --verify only', async () => {
  const { data, folder } = stage()
  const file = join(folder, 'log.1')
  const bytes = readFileSync(file)
  bytes[600]! ^= 4
  writeFileSync(file, bytes)
  expect((await ls(data)).findings).toEqual([])
  const { findings, files } = await ls(data, { verify: true })
  expect(findings.map(({ code }) => code)).toContain('log.checksum')
  expect(files.find((one) => one.file === file)).toMatchObject({ usable: false, end: 'damaged' })
})

test('misplaced files, copies and files of others', async () => {
  const { data, folder } = stage()
  const logs = join(data, 'logs/version-2')
  mkdirSync(logs, { recursive: true })
  cpSync(join(folder, 'log.4a'), join(logs, 'log.4a'))
  cpSync(join(folder, 'snapshot.49'), join(logs, 'snapshot.49'))
  cpSync(join(folder, 'snapshot.49'), join(folder, 'snapshot.49.bak'))
  writeFileSync(join(folder, 'notes\u001b[31m.txt'), 'mine')
  writeFileSync(join(data, 'zoo.cfg'), `dataDir=${data}\ndataLogDir=logs\n`)
  const { directory: _, ...byConfig } = await listData({ ...options, config: join(data, 'zoo.cfg') })
  const { directory: __, ...result } = await ls(data, { logDir: join(data, 'logs') })
  expect(byConfig).toEqual(result)
  const codes = result.findings.map(({ code, file }) => [code, basename(dirname(dirname(file!))), basename(file!)])
  expect(codes).toContainEqual(['data.misplaced', 'logs', 'snapshot.49'])
  expect(codes.filter(([code]) => code === 'data.misplaced')).toHaveLength(4)
  expect(codes.filter(([code]) => code === 'data.stray-copy').map(([, , name]) => name)).toEqual(['snapshot.49.bak'])
  expect(result.files.filter(({ kind }) => kind === 'foreign')).toHaveLength(1)
  expect(dataLsText({ directory: data, ...result }, PLAIN)).toContain('notes\\x1b[31m.txt')
})

test('an empty directory, and none', async () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  const result = await ls(empty)
  expect(result).toMatchObject({ files: [], chain: [], loads: { snapshot: null, logs: [], lastZxid: null } })
  expect(dataLsText(result, PLAIN)).toContain('a server loads: nothing')
  await expect(listData({ ...options, directory: join(folder, 'none') })).rejects.toMatchObject({
    code: 'input.missing',
  })
})
