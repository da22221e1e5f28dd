import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-e2e-repair-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Line {
  readonly zxid: string
  readonly offset: number
  readonly bytes: number
  readonly type: string
  readonly path: string
  readonly data?: { readonly value: string } | null
}

/** What the server holds after these transactions, as Workload's tree prints it. */
function treeAfter(lines: readonly Line[]): string[] {
  const tree = new Map<string, string>()
  for (const { type, path, data } of lines) {
    if (type.startsWith('create') && type !== 'createSession') tree.set(path, data?.value ?? '')
    if (type === 'setData') tree.set(path, data?.value ?? '')
    if (type === 'delete') tree.delete(path)
  }
  return [...tree].map(([path, value]) => `${path}\t${value}`).sort()
}

const releases = RELEASES.filter((version) => FULL || ['3.4.14', '3.9.5'].includes(version))

describe.each(releases)('repaired logs of %s', (version) => {
  let ensemble: TestEnsemble
  let saved: string
  let logDir: string
  let lines: Line[]
  // the client of 3.4 does not connect under Java 14 and later
  const client = version.startsWith('3.4') ? '3.5.10' : version

  beforeAll(async () => {
    ensemble = await startEnsemble({ zookeeper: version, members: 0, properties: { preAllocSize: 64 } })
    await runJava(client, 'Workload', [ensemble.connect, version, 'some', '60'])
    await ensemble.kill()
    logDir = join(ensemble.status.servers[0]!.logDir, 'version-2')
    saved = join(folder, version)
    cpSync(logDir, saved, { recursive: true })
    const { stdout } = await zkops(['log', 'dump', '--format', 'jsonl', join(saved, 'log.1')])
    lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
  }, 120_000)
  afterAll(() => ensemble.down())

  /** The server's files with these logs in place of its own; snapshots that it has written since are gone. */
  const putLogs = (from: string) => {
    for (const name of readdirSync(logDir)) if (name.startsWith('log.')) rmSync(join(logDir, name))
    for (const name of readdirSync(from)) if (name.startsWith('log.')) cpSync(join(from, name), join(logDir, name))
    const dataDir = join(ensemble.status.servers[0]!.dataDir, 'version-2')
    for (const name of readdirSync(dataDir)) {
      if (name.startsWith('snapshot.') && name !== 'snapshot.0') rmSync(join(dataDir, name))
    }
  }

  /** A copy of the log with one byte changed. */
  const damaged = (name: string, at: number, value: (old: number) => number): string => {
    const place = join(folder, `${version}-${name}`)
    cpSync(saved, place, { recursive: true })
    const bytes = readFileSync(join(place, 'log.1'))
    bytes[at] = value(bytes[at]!)
    writeFileSync(join(place, 'log.1'), bytes)
    return place
  }

  /** Starts the server on what is in place: its last zxid, and its tree. */
  const serve = async (): Promise<{ zxid: string; tree: string[] }> => {
    const { servers } = await ensemble.start()
    const srvr = await fourLetterWord('127.0.0.1', servers[0]!.clientPort, 'srvr', { timeoutMs: 10_000 })
    const output = await runJava(client, 'Workload', [ensemble.connect, version, 'tree'])
    await ensemble.kill()
    const tree = output.split('\n').filter((line) => line.startsWith('/'))
    return { zxid: /Zxid: (0x[0-9a-f]+)/.exec(srvr)![1]!, tree: tree.sort() }
  }

  test('a flipped byte refuses the start; cut before it, the server has what was promised', {
    timeout: 120_000,
  }, async () => {
    const record = lines[40]!
    const place = damaged('flip', record.offset + record.bytes - 5, (old) => old ^ 1)
    putLogs(place)
    await expect(ensemble.start()).rejects.toThrow()
    await ensemble.kill()
    const verified = JSON.parse((await zkops(['log', 'verify', '--json', place])).stdout)
    expect(verified).toMatchObject({
      verdict: 'damaged',
      findings: [{ code: 'log.checksum', offset: record.offset, zxid: lines[39]!.zxid }],
    })
    const output = `${place}-chopped`
    const chop = await zkops([
      'log',
      'chop',
      place,
      '--to-zxid',
      lines[39]!.zxid,
      '--output',
      output,
      '--execute',
      '--json',
    ])
    expect(chop.exitCode).toBe(0)
    expect(JSON.parse(chop.stdout)).toMatchObject({
      outcome: 'done',
      // all that lies behind, but for the damaged one, which nobody can read
      plan: { loses: { txns: lines.length - 41, lastZxid: lines.at(-1)!.zxid } },
      verified: [{ check: 'log verify', ok: true }],
    })
    putLogs(output)
    expect(await serve()).toEqual({ zxid: lines[39]!.zxid, tree: treeAfter(lines.slice(0, 40)) })
  })

  test('a wrong length is silently cut off by the server; salvaged, nothing is lost', {
    timeout: 120_000,
  }, async () => {
    const record = lines[30]!
    // a length that runs past the end of the file
    const place = damaged('length', record.offset + 9, (old) => old ^ 0x10)
    putLogs(place)
    expect(await serve()).toEqual({ zxid: lines[29]!.zxid, tree: treeAfter(lines.slice(0, 30)) })
    const verify = await zkops(['log', 'verify', '--json', place])
    expect(JSON.parse(verify.stdout)).toMatchObject({
      verdict: 'damaged',
      findings: [{ code: 'log.length', offset: record.offset }],
    })
    const output = `${place}-salvaged`
    const salvage = await zkops(['log', 'salvage', place, '--output', output, '--execute', '--json'])
    expect(JSON.parse(salvage.stdout)).toMatchObject({ outcome: 'done', plan: { loses: { txns: 0, bytes: 0 } } })
    putLogs(output)
    expect(await serve()).toEqual({ zxid: lines.at(-1)!.zxid, tree: treeAfter(lines) })
  })

  test('a zeroed record is filled from a peer, and the server has everything', { timeout: 120_000 }, async () => {
    const record = lines[50]!
    const place = join(folder, `${version}-zeros`)
    cpSync(saved, place, { recursive: true })
    const bytes = readFileSync(join(place, 'log.1'))
    bytes.fill(0, record.offset, record.offset + record.bytes)
    writeFileSync(join(place, 'log.1'), bytes)
    const output = `${place}-patched`
    const patch = await zkops(['log', 'patch', place, '--from', saved, '--output', output, '--execute', '--json'])
    expect(JSON.parse(patch.stdout)).toMatchObject({ outcome: 'done', plan: { loses: { txns: 0 } } })
    putLogs(output)
    expect(await serve()).toEqual({ zxid: lines.at(-1)!.zxid, tree: treeAfter(lines) })
  })
})
