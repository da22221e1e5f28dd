/* Members that were killed at different times: what data compare and doctor --peer say of their directories. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type CompareDataResult, compareData } from '../../src/operations/data-dir/compare.ts'
import { diagnose } from '../../src/operations/doctor/doctor.ts'
import { noProgress } from '../../src/support/progress.ts'
import { Victim } from '../helpers/damages.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { runJava } from '../helpers/oracle.ts'

const common = { juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress }

/** What a member has on disk, put aside. */
interface Kept {
  readonly id: number
  readonly data: string
  readonly logs: string
}

test.each(FULL ? ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.9.5'])(
  'members of %s that were killed at different times',
  async (version) => {
    const shelf = mkdtempSync(join(tmpdir(), 'zkops-members-'))
    onTestFinished(() => rmSync(shelf, { recursive: true }))
    await using ensemble = await startEnsemble({ zookeeper: version, properties: { tickTime: 1000 } })
    const write = (count: number) => runJava(version, 'Workload', [ensemble.connect, version, 'some', String(count)])
    await write(8)

    // a follower stays behind
    const [follower] = await inState(ensemble, 'following')
    await ensemble.kill(follower!)
    await write(5)
    await ensemble.kill()
    const behind = keep(ensemble, join(shelf, 'behind'))
    const first = await compared(behind)
    expect(first.verdict).toBe('prefix')
    expect(first.directories.map(({ tail }) => tail)).toEqual([null, null, null])
    expect(first.only.map(({ kind, lacking }) => [kind, idOf(behind, lacking)])).toEqual(
      [1, 2].map(() => ['behind', follower]),
    )
    if (FULL) await electionsOf(ensemble, behind)
    await peersOf(version, behind, follower!)

    // a leader logs what nobody else gets
    restore(ensemble, behind)
    await ensemble.start()
    const [leader] = await inState(ensemble, 'leading')
    const others = ensemble.status.servers.map(({ id }) => id).filter((id) => id !== leader)
    await ensemble.pause(...others)
    const { clientPort } = ensemble.status.servers.find(({ id }) => id === leader)!
    const client = connect(clientPort, '127.0.0.1', () => client.write(NEW_SESSION)).on('error', () => {})
    await sleep(1500)
    await ensemble.kill()
    client.destroy()
    const torn = keep(ensemble, join(shelf, 'torn'))
    const second = await compared(torn)
    const tails = second.directories.filter(({ tail }) => tail !== null)
    expect(tails.map(({ directory }) => idOf(torn, directory))).toEqual([leader])
    expect(second.findings.map(({ code }) => code)).toContain('compare.tail')
    expect(idOf(torn, second.wouldWin!)).toBe(leader)
    await electionsOf(ensemble, torn)
  },
  600_000,
)

/** ConnectRequest: protocol, last zxid, timeout, session and password of none. The leader logs its createSession. */
const NEW_SESSION = Buffer.alloc(49)
NEW_SESSION.writeInt32BE(45)
NEW_SESSION.writeInt32BE(10_000, 16)
NEW_SESSION.writeInt32BE(16, 28)

async function inState(ensemble: TestEnsemble, wanted: string): Promise<readonly number[]> {
  return (await ensemble.observe()).servers.filter(({ state }) => state === wanted).map(({ id }) => id)
}

function keep(ensemble: TestEnsemble, shelf: string): readonly Kept[] {
  return ensemble.status.servers.map(({ id, dataDir, logDir }) => {
    const kept = { id, data: join(shelf, `${id}/data`), logs: join(shelf, `${id}/logs`) }
    cpSync(dataDir, kept.data, { recursive: true })
    cpSync(logDir, kept.logs, { recursive: true })
    return kept
  })
}

function restore(ensemble: TestEnsemble, shelf: readonly Kept[]): void {
  for (const { id, dataDir, logDir } of ensemble.status.servers) {
    const kept = shelf.find((one) => one.id === id)!
    for (const [from, to] of [
      [kept.data, dataDir],
      [kept.logs, logDir],
    ] as const) {
      rmSync(join(to, 'version-2'), { recursive: true })
      cpSync(join(from, 'version-2'), join(to, 'version-2'), { recursive: true })
    }
  }
}

function compared(members: readonly Kept[]): Promise<CompareDataResult> {
  const directories = members.map(({ data }) => data)
  return compareData({ ...common, directories, logDirs: members.map(({ logs }) => logs), trees: false })
}

function idOf(members: readonly Kept[], directory: string): number {
  return members.find(({ data, logs }) => directory.startsWith(data) || directory.startsWith(logs))!.id
}

/** Two of three elect one of them at once, whoever starts first: it is the one that would win. */
async function electionsOf(ensemble: TestEnsemble, members: readonly Kept[]): Promise<void> {
  for (const left of members) {
    const pair = members.filter((one) => one !== left)
    const { wouldWin } = await compared(pair)
    restore(ensemble, members)
    await ensemble.start(...pair.map(({ id }) => id))
    const leading = await inState(ensemble, 'leading')
    await ensemble.kill(...pair.map(({ id }) => id))
    expect([left.id, idOf(members, wouldWin!)]).toEqual([left.id, leading[0]])
  }
}

/** A hole in one member: another that has all of it is named, one that lacks some of it is told of. */
async function peersOf(version: string, members: readonly Kept[], behind: number): Promise<void> {
  const whole = members.filter(({ id }) => id !== behind)
  const victim = new Victim(whole[0]!.logs)
  const bad = victim.log()
  const kept = bad.bytes
  // the follower that stayed behind has the first two of these only
  const late = members.find(({ id }) => id === behind)!
  const newest = new Victim(late.logs).log().zxidOf(-1)
  const first = bad.records().findIndex((_, i) => bad.zxidOf(i) === newest - 1n)
  expect(first).toBeGreaterThan(0)
  const [firstLost, lastLost] = [bad.zxidOf(first), bad.zxidOf(-1)]
  bad.flip(bad.record(first).end - 1)
  const ask = (peers: readonly Kept[]) => {
    const dirs = { dir: whole[0]!.data, logDir: whole[0]!.logs, jvmFlags: [], role: 'quorum' as const }
    return diagnose({ ...common, ...dirs, server: version, peers: peers.map(({ logs }) => logs) })
  }
  const both = await ask([late, whole[1]!])
  expect(both.loss).toHaveLength(1)
  expect(both.loss[0]!.lastZxid).toBe(lastLost)
  expect(both.loss[0]!.firstZxid).toBe(firstLost)
  expect(both.loss[0]!.peer).toBe(whole[1]!.logs)
  const alone = await ask([late])
  expect(alone.loss[0]!.peer).toBe(null)
  const part = alone.findings.find(({ code }) => code === 'data.peer-part')!
  expect(part.evidence).toMatchObject({ peer: late.logs })
  const ranges = (part.evidence as { ranges: readonly { firstZxid: bigint; lastZxid: bigint }[] }).ranges
  expect(ranges).toEqual([{ firstZxid: firstLost, lastZxid: newest }])
  bad.edit(() => kept)
}
