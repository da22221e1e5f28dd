import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type DoctorOptions, type DoctorResult, diagnose } from '../../src/operations/doctor/doctor.ts'
import { DATA_FINDINGS } from '../../src/operations/doctor/findings.ts'
import { listExplanations } from '../../src/operations/explain.ts'
import { doctorText } from '../../src/render/data-doctor.ts'
import { jsonText } from '../../src/render/json.ts'
import { createStyle } from '../../src/render/style.ts'
import { schema } from '../../src/schemas/data-doctor.ts'
import { noProgress } from '../../src/support/progress.ts'
import { ENTRIES, MEMBER_ENTRIES, setApart } from '../helpers/catalogue.ts'
import { Victim } from '../helpers/damages.ts'
import { copyTogether } from '../helpers/doctor.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'

const isResult = new Ajv2020({ strict: false }).compile(schema)

function victim(fixture = '3.8.6/standalone'): Victim {
  const dir = mkdtempSync(join(tmpdir(), 'zkops-doctor-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return new Victim(copyTogether(fixture, dir))
}

async function doctor(dir: string, options: Partial<DoctorOptions> = {}): Promise<DoctorResult> {
  const result = await diagnose({
    dir,
    server: '3.8.6',
    jvmFlags: ['-Dzookeeper.extendedTypesEnabled=true'],
    peers: [],
    signal: new AbortController().signal,
    progress: noProgress,
    ...options,
  })
  expect(isResult(JSON.parse(jsonText(result))), JSON.stringify(isResult.errors)).toBe(true)
  return result
}

const losses = ({ loss }: DoctorResult) =>
  loss.map(({ records, firstZxid, lastZxid }) => [records, firstZxid, lastZxid])

test('a whole directory: serves, nothing is lost, nothing to do, nothing changes', async () => {
  const { dir, version2 } = victim()
  const times = () =>
    readdirSync(version2).map((name) => [name, statSync(join(version2, name), { bigint: true })] as const)
  const before = times().map(([name, { atimeNs, mtimeNs, ctimeNs, size }]) => [name, atimeNs, mtimeNs, ctimeNs, size])
  const result = await doctor(dir)
  expect(result).toMatchObject({
    prediction: {
      server: '3.8.6',
      role: 'standalone',
      outcome: 'serves',
      reason: null,
      snapshot: 'snapshot.49',
      logs: ['log.29', 'log.4a'],
      lastZxid: 0x73n,
      nodes: 60,
      digestMatches: true,
    },
    loss: [],
    remedies: [],
  })
  expect(result.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
  const after = times().map(([name, { atimeNs, mtimeNs, ctimeNs, size }]) => [name, atimeNs, mtimeNs, ctimeNs, size])
  expect(after).toEqual(before)
})

const WHOLE = RELEASES.flatMap((version) =>
  ['standalone', 'ensemble/server.1', 'ensemble/server.2', 'ensemble/server.3'].map((name) => [version, name] as const),
)

test.each(WHOLE)('the whole directory of %s %s loses nothing, and no digest is wrong', async (version, name) => {
  const place = join(FIXTURES, version, name)
  const result = await doctor(join(place, 'data'), { logDir: join(place, 'datalog'), server: version })
  expect(result).toMatchObject({ prediction: { outcome: 'serves', reason: null }, loss: [], remedies: [] })
  expect(result.prediction.digestMatches).toBe(version < '3.6' ? null : true)
  expect(result.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
})

describe('losses', () => {
  test('whole records behind a bad end mark, and who has them', async () => {
    const v = victim()
    const { end } = v.log().record(5)
    v.log().flip(end - 1)
    const peer = victim().dir
    const result = await doctor(v.dir, { peers: [v.dir, peer] })
    expect(losses(result)).toEqual([[0x73 - 0x4f + 1, 0x4fn, 0x73n]])
    expect(result.loss[0]).toMatchObject({ silent: true, peer })
    expect(result.remedies.map(({ code }) => code)).toEqual(['log.mend', 'log.truncate'])
  })

  test('a peer by its zoo.cfg, and one beside which a zoo.cfg names where its logs lie', async () => {
    const v = victim()
    v.log().drop(3, 6)
    const peer = victim()
    const logDir = setApart(peer)
    await expect(doctor(v.dir, { peers: [peer.dir] })).rejects.toMatchObject({ code: 'input.no-logs' })
    const config = join(peer.dir, 'zoo.cfg')
    writeFileSync(config, `dataDir=${peer.dir}\ndataLogDir=${logDir}\n`)
    for (const named of [config, peer.dir, peer.version2]) {
      const { loss, remedies } = await doctor(v.dir, { peers: [named] })
      expect(loss[0], named).toMatchObject({ peer: logDir })
      expect(remedies[0]!.command).toContain(`--peer ${logDir}`)
    }
    // of another member
    writeFileSync(config, `dataDir=${peer.dir}-other\ndataLogDir=${logDir}\n`)
    await expect(doctor(v.dir, { peers: [peer.dir] })).rejects.toMatchObject({ code: 'input.no-logs' })
    writeFileSync(config, 'tickTime=2000\n')
    await expect(doctor(v.dir, { peers: [config] })).rejects.toMatchObject({ code: 'input.no-data-dir' })
  })

  test('a zero hole: the destroyed records and the hidden ones', async () => {
    const v = victim()
    v.log().zero(v.log().record(4).at, v.log().record(6).end)
    expect(losses(await doctor(v.dir))).toEqual([
      [3, 0x4en, 0x50n],
      [0x73 - 0x51 + 1, 0x51n, 0x73n],
    ])
  })

  test('a torn tail loses nothing', async () => {
    const v = victim()
    v.log().cut(v.log().record(-1).end - 9)
    expect((await doctor(v.dir)).loss).toEqual([])
  })

  test('a hole inside the replay, and one right behind the snapshot', async () => {
    const inside = victim()
    inside.log().drop(3, 6)
    expect(losses(await doctor(inside.dir))).toEqual([[3, 0x4dn, 0x4fn]])
    const behind = victim()
    behind.log().drop(0, 3)
    expect(losses(await doctor(behind.dir))).toEqual([[3, 0x4an, 0x4cn]])
  })

  test('a snapshot named above what is reached', async () => {
    const v = victim()
    v.snapshot().cut(300)
    v.log().remove()
    v.log().remove()
    const { prediction, loss } = await doctor(v.dir)
    expect(prediction).toMatchObject({ outcome: 'serves', snapshot: 'snapshot.27' })
    expect(loss.at(-1)).toMatchObject({ lastZxid: 0x49n, file: expect.stringContaining('snapshot.49') })
  })

  test.each([
    [4, 4 + 0x73 - 0x4f + 1, 0x4an],
    [0, 0x73 - 0x4b + 1, 0x4bn],
  ])('a log that is not opened, with damage in record %i: whole records behind it too', async (n, records, first) => {
    const v = victim()
    const { bytes } = v.log()
    const { at } = v.log().record(n === 0 ? 1 : 0)
    const { end } = v.log().record(-1)
    v.log().flip(v.log().record(n).at + 40)
    v.log().rename('log.1')
    const { prediction, loss } = await doctor(v.dir)
    expect(prediction).toMatchObject({ outcome: 'serves', lastZxid: 0x49n })
    expect(loss).toMatchObject([{ records, firstZxid: first, lastZxid: 0x73n, offset: at, bytes: end - at }])
    expect(bytes.readBigInt64BE(at + 24)).toBe(first)
  })

  test('a packed log that is not opened, with a damaged end mark', async () => {
    const v = victim()
    const { end } = v.log().record(0)
    v.log().flip(end - 1)
    v.log().gzip('old.gz').rename('log.1.gz')
    const { loss } = await doctor(v.dir)
    expect(loss).toMatchObject([{ records: 0x73 - 0x4a + 1, firstZxid: 0x4an, lastZxid: 0x73n }])
  })

  test('a log of a name that no server reads', async () => {
    const v = victim()
    v.log().rename(`${v.logs.at(-1)}x`)
    const { loss } = await doctor(v.dir)
    expect(loss).toMatchObject([{ records: 0x73 - 0x4a + 1, firstZxid: 0x4an, lastZxid: 0x73n }])
    expect(loss[0]!.why).toBe('its name is not that of a log, so no server opens it')
  })

  test('a directory named like a snapshot holds nothing that could be lost', async () => {
    const v = victim()
    mkdirSync(join(v.version2, 'snapshot.99'))
    const { prediction, loss, remedies } = await doctor(v.dir)
    expect(prediction).toMatchObject({ outcome: 'serves', snapshot: 'snapshot.49', lastZxid: 0x73n })
    expect(loss).toEqual([])
    expect(remedies.map(({ code }) => code)).toEqual(['snapshot.directory'])
  })

  test('a log that 3.5 does not see and 3.8 does', async () => {
    const v = victim('3.5.10/standalone')
    v.log().rename(`${v.logs.at(-1)}.bak`)
    expect((await doctor(v.dir, { server: '3.5' })).loss).toHaveLength(1)
    expect((await doctor(v.dir, { server: '3.8' })).loss).toEqual([])
  })

  test('a snapshot that names more than it holds', async () => {
    const v = victim()
    v.snapshot().rename('snapshot.60')
    expect(losses(await doctor(v.dir))).toContainEqual([0x60 - 0x49, 0x4an, 0x60n])
  })

  test('a start that refuses drops nothing yet', async () => {
    const v = victim()
    v.log().flip(v.log().record(4).at + 40)
    const { prediction, loss, remedies } = await doctor(v.dir)
    expect(prediction).toMatchObject({
      outcome: 'refuses',
      reason: 'log.checksum',
      message: /CRC check failed/ as unknown,
    })
    expect(loss).toEqual([])
    expect(remedies.map(({ code }) => code)).toEqual(['log.truncate'])
  })
})

test('every case of the catalogue: a valid result, known codes, text without control characters', async () => {
  const known = new Set((await listExplanations()).map(({ code }) => code))
  const seen = new Set<string>()
  for (const { damage, role, flags = [], apart } of [...ENTRIES, ...MEMBER_ENTRIES]) {
    const v = victim(role === 'quorum' ? '3.8.6/ensemble/server.3' : '3.8.6/standalone')
    const logDir = apart ? setApart(v) : undefined
    damage(v)
    const result = await doctor(v.dir, { role: role ?? 'standalone', jvmFlags: flags, logDir })
    const { prediction, findings, remedies } = result
    for (const { code } of findings) seen.add(code)
    if (prediction.reason !== null) {
      seen.add(prediction.reason)
      expect(findings.map(({ code }) => code)).toContain(prediction.reason)
      expect(remedies).not.toEqual([])
    }
    expect(doctorText(result, createStyle({ color: false, unicode: true }))).toContain(prediction.outcome)
  }
  expect([...seen].filter((code) => !known.has(code))).toEqual([])
  const never = [
    'data.config',
    'data.not-writable',
    'data.unlistable',
    'data.unreadable',
    'data.acl-missing',
    'data.peer-part',
  ]
  const missing = Object.keys(DATA_FINDINGS).filter((code) => !seen.has(code) && !never.includes(code))
  expect(missing).toEqual([])
})

describe('configuration', () => {
  const member = (v: Victim, lines: readonly string[]) => {
    const file = join(v.dir, 'zoo.cfg')
    const servers = [1, 2, 3].map((id) => `server.${id}=127.0.0.1:${2000 + id}:${3000 + id};${4000 + id}`)
    writeFileSync(
      file,
      `${['tickTime=2000', `dataDir=${v.dir}`, 'initLimit=5', 'syncLimit=2', ...lines, ...servers].join('\n')}\n`,
    )
    return file
  }

  test('a member by its zoo.cfg; properties in it count', async () => {
    const v = victim('3.8.6/ensemble/server.3')
    writeFileSync(join(v.dir, 'myid'), '3\n')
    const config = member(v, ['digest.enabled=false'])
    const { prediction } = await doctor(v.dir, { config })
    expect(prediction).toMatchObject({ role: 'quorum', outcome: 'serves', nodes: null, digest: null })
  })

  test('myid missing, no number, not in the list', async () => {
    const v = victim('3.8.6/ensemble/server.3')
    const config = member(v, [])
    const say = async () => (await doctor(v.dir, { config })).prediction
    expect(await say()).toMatchObject({
      reason: 'data.config',
      message: expect.stringContaining('myid file is missing'),
    })
    writeFileSync(join(v.dir, 'myid'), 'three\n')
    expect(await say()).toMatchObject({ message: expect.stringContaining('serverid three is not a number') })
    writeFileSync(join(v.dir, 'myid'), '9\n')
    expect(await say()).toMatchObject({ message: expect.stringContaining('My id 9 not in the peer list') })
  })

  test('dataLogDir of the configuration, and logs left in dataDir', async () => {
    const v = victim()
    const config = join(v.dir, 'zoo.cfg')
    writeFileSync(config, `clientPort=0\ntickTime=2000\ndataDir=${v.dir}\ndataLogDir=${join(v.dir, 'logs')}\n`)
    expect((await doctor(v.dir, { config, server: '3.9' })).prediction).toMatchObject({
      role: 'standalone',
      reason: 'data.mixed',
    })
  })

  test('C3: the dynamic file missing, empty, cut', async () => {
    const v = victim('3.8.6/ensemble/server.3')
    writeFileSync(join(v.dir, 'myid'), '3\n')
    const dynamic = join(v.dir, 'zoo.cfg.dynamic.100000000')
    const config = join(v.dir, 'zoo.cfg')
    writeFileSync(
      config,
      `tickTime=2000\ninitLimit=5\nsyncLimit=2\ndataDir=${v.dir}\nstandaloneEnabled=false\ndynamicConfigFile=${dynamic}\n`,
    )
    const say = async () => (await doctor(v.dir, { config, role: 'quorum' })).prediction
    expect(await say()).toMatchObject({ reason: 'data.config', message: expect.stringContaining('dynamic') })
    writeFileSync(dynamic, '')
    expect(await say()).toMatchObject({ reason: 'data.config', message: expect.stringContaining('participants') })
    writeFileSync(dynamic, 'server.3=127.0.0.1\n')
    expect(await say()).toMatchObject({ reason: 'data.config', message: expect.stringContaining('server_config') })
    const lines = [1, 2, 3].map((id) => `server.${id}=127.0.0.1:${2000 + id}:${3000 + id}:participant;${4000 + id}`)
    writeFileSync(dynamic, `${lines.join('\n')}\n`)
    expect(await say()).toMatchObject({ role: 'quorum', outcome: 'serves' })
  })

  test('properties of zoo.cfg and of java.env; directories are relative to the file', async () => {
    const v = victim()
    for (const name of v.snapshots) rmSync(join(v.version2, name))
    mkdirSync(join(v.dir, 'conf'))
    const config = join(v.dir, 'conf/zoo.cfg')
    const say = async (...lines: readonly string[]) => {
      writeFileSync(config, `${['clientPort=0', 'tickTime=2000', 'dataDir=..', ...lines].join('\n')}\n`)
      return (await doctor(config)).prediction
    }
    expect(await say()).toMatchObject({ outcome: 'refuses', reason: 'data.no-snapshot' })
    expect(await say('snapshot.trust.empty=true')).toMatchObject({ outcome: 'serves', lastZxid: 0x73n })
    writeFileSync(join(v.dir, 'conf/java.env'), 'SERVER_JVMFLAGS="-Dzookeeper.snapshot.trust.empty=true"\n')
    expect(await say()).toMatchObject({ outcome: 'serves' })
    for (const name of v.logs) rmSync(join(v.version2, name))
    expect(await say('db.autocreate=false')).toMatchObject({ outcome: 'serves', lastZxid: -1n })
    writeFileSync(join(v.dir, 'initialize'), '')
    expect(await say('db.autocreate=false')).toMatchObject({ outcome: 'serves', lastZxid: 0n })
  })

  test('jute.maxbuffer from a flag', async () => {
    const v = victim()
    const of = async (jvmFlags: readonly string[]) => (await doctor(v.dir, { jvmFlags })).prediction.outcome
    expect(await of(['-Djute.maxbuffer=40', '-Djute.maxbuffer.extrasize=1024'])).toBe('refuses')
    expect(await of(['-Djute.maxbuffer=40', '-Djute.maxbuffer.extrasize=1048576'])).toBe('serves')
  })
})

test.skipIf(process.getuid?.() === 0)('what may not be read or listed', async () => {
  const v = victim()
  chmodSync(v.log().file, 0)
  expect((await doctor(v.dir)).prediction).toMatchObject({ outcome: 'refuses', reason: 'data.unreadable' })
  chmodSync(v.version2, 0o300)
  onTestFinished(() => chmodSync(v.version2, 0o700))
  const { prediction, loss } = await doctor(v.dir)
  expect(prediction).toMatchObject({ outcome: 'serves', lastZxid: 0n })
  expect(loss).toHaveLength(1)
})
