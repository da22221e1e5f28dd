/*
 * Every command that the doctor prints, for each damage of the catalogue, in awkward places: it is one of a few programs,
 * or a command of ours whose flags and arguments parse, and data repair knows its code.
 */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from '@oclif/core/command'
import { parse } from '@oclif/core/parser'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { aloneIn } from '../../src/datadir/change-lock.ts'
import { prepareSwap } from '../../src/datadir/swap-files.ts'
import { UNDO_FOLDER } from '../../src/datadir/undo-bundle.ts'
import { planRepair } from '../../src/operations/data-repair/repair.ts'
import { planUndo } from '../../src/operations/data-repair/undo.ts'
import { type DoctorOptions, diagnose } from '../../src/operations/doctor/doctor.ts'
import { explain } from '../../src/operations/explain.ts'
import { noProgress } from '../../src/support/progress.ts'
import { ENTRIES, MEMBER_ENTRIES, setApart, trimNewest } from '../helpers/catalogue.ts'
import { run } from '../helpers/cli.ts'
import { Victim } from '../helpers/damages.ts'
import { copyTogether } from '../helpers/doctor.ts'
import { expectSame, fileStates } from '../helpers/file-states.ts'
import { FULL } from '../helpers/fixtures.ts'

const root = mkdtempSync(join(tmpdir(), "zkops it's ünusual-"))
afterAll(() => rmSync(root, { recursive: true }))

/** As a shell splits it. */
async function words(line: string): Promise<readonly string[]> {
  const { stdout } = await run('sh', ['-c', `printf '%s\\0' ${line}`])
  return stdout.split('\0').slice(0, -1)
}

const PROGRAMS = ['tar', 'mkdir', 'chmod']

/** The longest words that name a command. */
async function commandOf(argv: readonly string[]): Promise<{ command: Command.Class; rest: readonly string[] }> {
  const [topic, name] = argv
  const file = `../../src/commands/${topic}/${name}.ts`
  const module = (await import(file)) as { default: Command.Class }
  return { command: module.default, rest: argv.slice(2) }
}

async function check(line: string): Promise<void> {
  const [program, ...argv] = await words(line)
  if (PROGRAMS.includes(program!)) return
  expect(program, line).toBe('zkops')
  const { command, rest } = await commandOf(argv)
  const { args, flags, baseFlags, strict } = command
  const input = { args, flags: { ...baseFlags, ...flags }, strict }
  await expect(parse([...rest], input as never), line).resolves.toBeTruthy()
}

describe.each(FULL ? ['3.5.10', '3.8.6', '3.9.5'] : ['3.9.5'])('%s', (server) => {
  test('every remedy of every damage', { timeout: 600_000 }, async () => {
    const lines = new Map<string, DoctorOptions>()
    const codes = new Set<string>()
    for (const [n, { damage, role = 'standalone', flags, apart }] of [...ENTRIES, ...MEMBER_ENTRIES].entries()) {
      const fixture = role === 'quorum' ? '3.8.6/ensemble/server.3' : '3.8.6/standalone'
      const dir = copyTogether(fixture, join(root, `${server} ${n}`))
      const victim = new Victim(dir)
      trimNewest(victim, role === 'standalone' ? 9 : 1)
      const peer = `${dir} peer`
      cpSync(dir, peer, { recursive: true })
      const logDir = apart ? setApart(victim) : undefined
      damage(victim)
      const options: DoctorOptions = {
        dir,
        server,
        role,
        logDir,
        jvmFlags: (flags ?? []).map((flag) => `-D${flag}`),
        peers: n % 2 === 0 ? [peer] : [],
        signal: new AbortController().signal,
        progress: noProgress,
      }
      const { remedies } = await diagnose(options)
      for (const { code, command } of remedies) {
        if (code !== null) codes.add(code)
        // one of each kind and shape
        const shape = command.replaceAll(root, '').replaceAll(/\d+/g, '')
        if (!lines.has(shape)) await check(command)
        lines.set(shape, options)
      }
    }
    expect(lines.size).toBeGreaterThan(10)
    for (const code of codes) await expect(explain(code), code).resolves.toMatchObject({ code })
  })
})

test('configurations, myid, directories: their commands parse, too', async () => {
  // a server reads its configuration as Latin-1
  const plain = mkdtempSync(join(tmpdir(), 'zkops plain-'))
  onTestFinished(() => rmSync(plain, { recursive: true }))
  const dir = copyTogether('3.8.6/ensemble/server.3', join(plain, 'member'))
  const config = join(plain, 'zoo cfg', 'zoo.cfg')
  mkdirSync(join(plain, 'zoo cfg'))
  const servers = [1, 2, 3].map((id) => `server.${id}=127.0.0.1:${2000 + id}:${3000 + id};${4000 + id}`)
  writeFileSync(config, `tickTime=2000\ndataDir=${dir}\ninitLimit=5\nsyncLimit=2\n${servers.join('\n')}\n`)
  const options = { dir, server: '3.8', jvmFlags: [], peers: [], config, progress: noProgress }
  const look = async () => diagnose({ ...options, signal: new AbortController().signal })
  const refused = await look()
  expect(refused.prediction.reason).toBe('data.config')
  for (const { command } of refused.remedies) await check(command)
  writeFileSync(join(dir, 'myid'), '3\n')
  writeFileSync(join(dir, 'version-2/currentEpoch'), 'two')
  const { remedies } = await look()
  expect(remedies.map(({ code }) => code)).toEqual(['epoch.repair'])
  for (const { command } of remedies) await check(command)
})

describe('data repair', () => {
  const options = (dir: string): Parameters<typeof planRepair>[0] => ({
    dir,
    server: '3.8',
    jvmFlags: [],
    peers: [],
    acceptLoss: false,
    signal: new AbortController().signal,
    progress: noProgress,
  })
  const broken = (name: string, damage: (victim: Victim) => void, fixture = '3.8.6/standalone') => {
    const victim = new Victim(copyTogether(fixture, join(root, name)))
    damage(victim)
    return victim.dir
  }
  const flipped = (victim: Victim) => void victim.log().flip(victim.log().record(2).at + 40)

  test('a remedy that is not proposed is wrong usage, with those that are', async () => {
    const dir = broken('wrong', (victim) => victim.write('log.f0', ''))
    await expect(planRepair({ ...options(dir), remedy: 'log.mend' })).rejects.toMatchObject({ code: 'usage' })
    await expect(planRepair({ ...options(dir), plan: 2 })).rejects.toMatchObject({
      hint: expect.stringContaining('log.empty'),
    })
  })

  test('a record that is whole and too long for this server: the first remedy is a larger limit', async () => {
    const dir = broken('too long', () => {})
    const small = { ...options(dir), jvmFlags: ['-Djute.maxbuffer=100'] }
    const { prediction, remedies } = await diagnose(small)
    expect([prediction.outcome, prediction.reason]).toEqual(['refuses', 'log.length'])
    const [flag] = /-Djute\.maxbuffer=\d{4}/.exec(remedies[0]!.command)!
    expect(remedies[0]).toMatchObject({ code: null, loses: 'nothing' })
    expect((await planRepair({ ...small, plan: 1 })).change.refused?.code).toBe('refused.other-command')
    const then = await diagnose({ ...small, jvmFlags: [...small.jvmFlags, flag] })
    expect([then.prediction.outcome, then.prediction.lastZxid]).toEqual(['serves', 0x73n])
  })

  test('a whole directory: nothing to do', async () => {
    const { change } = await planRepair(options(broken('whole', () => {})))
    expect(change).toMatchObject({ refused: null, plan: { steps: [] } })
  })

  test('what loses something is refused, and names the range', async () => {
    const { change, typed } = await planRepair(options(broken('loses', flipped)))
    expect(typed).toMatch(/^0x[0-9a-f]+\.\.0x[0-9a-f]+$/)
    expect(change.refused).toMatchObject({ code: 'refused.loss', why: expect.stringContaining(`--confirm ${typed}`) })
    expect(change.plan.loses.znodes.length).toBeGreaterThan(0)
  })

  test('files in the wrong directory never go over others that differ', async () => {
    const victim = new Victim(copyTogether('3.8.6/standalone', join(root, 'mixed')))
    const logDir = setApart(victim)
    const [log] = readdirSync(join(logDir, 'version-2'))
    victim.write(log!, 'x'.repeat(100))
    const mixed = { ...options(victim.dir), role: 'standalone', logDir } as const
    const { remedies } = await diagnose(mixed)
    expect(remedies.map(({ code, command }) => [code, command.split(' ').slice(0, 3).join(' ')])).toEqual([
      [null, 'zkops log diff'],
    ])
    expect((await planRepair(mixed)).change.refused?.code).toBe('refused.other-command')
    // empty, the same, or free
    victim.write(log!, '')
    victim.write('log.f00', 'a newer one')
    const { change } = await planRepair(mixed)
    expect(change.plan.steps.map(({ action }) => action)).toEqual(['rename', 'move away'])
  })

  test('snapshots that end the start one after the other go together, and with them what only they had', async () => {
    const dir = broken('all refuse', (victim) => {
      for (const back of [0, 1]) {
        victim.snapshot(back).edit((bytes) => {
          bytes.writeInt32BE(-1, 20 + 12 * bytes.readInt32BE(16) + 4 + 8)
          return bytes
        })
      }
      for (const name of victim.logs.slice(1)) rmSync(join(victim.version2, name))
    })
    const { change, typed } = await planRepair(options(dir))
    expect(typed).toBe('0x29..0x49')
    expect(change.plan.steps).toHaveLength(2)
  })

  test('one that was interrupted is named, finished, or taken back; not once something else has changed', async () => {
    const half = async (name: string) => {
      const dir = broken(name, (victim) => {
        victim.write('log.f0', '')
        victim.write('log.f1', '')
      })
      const targets = ['log.f0', 'log.f1'].map((file) => join(dir, 'version-2', file))
      const changes = targets.map((target) => ({ kind: 'remove', target }) as const)
      await prepareSwap(dir, 'data repair', changes, new AbortController().signal)
      unlinkSync(targets[0]!)
      return dir
    }
    const first = await half('half')
    const { findings, remedies } = await diagnose(options(first))
    expect([findings[0]!.code, remedies[0]!.code]).toEqual(['data.repair-unfinished', 'data.repair-unfinished'])
    const { change } = await planRepair(options(first))
    expect((await change.apply()).verified.map(({ ok }) => ok)).toEqual([true, true])
    expect(readdirSync(join(first, 'version-2')).some((file) => file.startsWith('log.f'))).toBe(false)

    const second = await half('half again')
    await (await planUndo({ words: [second] })).apply()
    expect(readdirSync(join(second, 'version-2'))).toEqual(expect.arrayContaining(['log.f0', 'log.f1']))
    expect(readdirSync(second)).toEqual(['version-2'])

    const third = await half('half and touched')
    writeFileSync(join(third, 'version-2/snapshot.1'), '')
    expect((await diagnose(options(third))).findings.map(({ code }) => code)).not.toContain('data.repair-unfinished')
    expect((await planUndo({ words: [third] })).refused?.code).toBe('refused.changed')
  })

  test('a snapshot that was moved away while something else was wrong still counts for what is lost later', async () => {
    const dir = broken('moved before', (victim) => {
      victim.snapshot().edit((bytes) => {
        bytes.writeInt32BE(-1, 20 + 12 * bytes.readInt32BE(16) + 4 + 8)
        return bytes
      })
      for (const name of victim.logs.slice(1)) rmSync(join(victim.version2, name))
      // the only log that is left is damaged, too
      victim.log().flip(victim.log().record(2).at + 40)
    })
    const first = await planRepair(options(dir))
    expect(first).toMatchObject({
      typed: null,
      change: { plan: { steps: [{ target: expect.stringMatching(/snapshot/) }] } },
    })
    await first.change.apply()
    const { change, typed } = await planRepair({ ...options(dir), remedy: 'log.truncate' })
    expect(change.refused?.code).toBe('refused.loss')
    expect(typed).toMatch(/^0x[0-9a-f]+\.\.0x49$/)
  })

  test('files that are not what they were when it was planned: refused, also while new ones are written', async () => {
    const dir = broken('written meanwhile', (victim) => victim.log().flip(victim.log().record(5).end - 1))
    const file = join(dir, 'version-2/log.f00')
    const planned = async () => (await planRepair(options(dir))).change
    const added = await planned()
    writeFileSync(file, '')
    const before = fileStates(dir)
    await expect(added.apply()).rejects.toMatchObject({ code: 'refused.moved', message: expect.stringContaining(file) })
    expectSame(fileStates(dir), before)
    rmSync(file)

    const late = new Victim(dir).log().file
    let writing = false
    const during = await planRepair({
      ...options(dir),
      progress: {
        ...noProgress,
        start: (what, total, unit) => {
          noProgress.start(what, total, unit)
          if (writing) appendFileSync(late, Buffer.alloc(1))
        },
      },
    })
    writing = true
    await expect(during.change.apply()).rejects.toMatchObject({ code: 'refused.moved' })
    expect(readdirSync(dir)).toEqual(['version-2'])
  })

  test('two at a time: one is refused, and so is one that was planned before the other was done', async () => {
    const dir = broken('two at a time', (victim) => victim.log().flip(victim.log().record(5).end - 1))
    const [one, other] = [await planRepair(options(dir)), await planRepair(options(dir))]
    const alone = await aloneIn(dir)
    await alone(() => expect(one.change.apply()).rejects.toMatchObject({ code: 'refused.busy' }))
    expect(readdirSync(dir)).toEqual(['version-2'])
    await one.change.apply()
    await expect(other.change.apply()).rejects.toMatchObject({ code: 'refused.moved' })
    expect(readdirSync(join(dir, UNDO_FOLDER))).toHaveLength(1)
    expect((await diagnose(options(dir))).loss).toEqual([])
    await (await planUndo({ words: [dir] })).apply()
    expect(readdirSync(dir)).toEqual(['version-2'])
  })

  test('a member is emptied without consent only when the rest of the ensemble is proven to have everything', async () => {
    const dir = broken('member broken', flipped, '3.8.6/ensemble/server.3')
    const asked: bigint[] = []
    const plan = (safe: boolean) =>
      planRepair({
        ...options(dir),
        role: 'quorum',
        remedy: 'data.resync',
        proof: async ({ lastZxid }) => {
          asked.push(lastZxid)
          return { safe, evidence: 'asked' }
        },
      })
    expect((await plan(false)).change.refused?.code).toBe('refused.loss')
    const { change, typed } = await plan(true)
    expect([change.refused, typed, change.plan.loses.txns]).toEqual([null, null, 0])
    expect(asked).toEqual([0x20000002cn, 0x20000002cn])
  })
})
