import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BIN, ROOT, run } from '../helpers/cli.ts'
import { manifestCommands } from '../helpers/manifest.ts'

const offline = manifestCommands().filter(({ needsServers }) => !needsServers)
const GUARD = join(ROOT, 'test/contract/offline-guard.mjs')

let stage: string

/** A folder as a user has it: a data directory's version-2 with logs of a real server, and zkops on the PATH. */
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-examples-'))
  mkdirSync(join(stage, 'bin'))
  writeFileSync(join(stage, 'bin/zkops'), `#!/bin/sh\nexec "${process.execPath}" --import "${GUARD}" "${BIN}" "$@"\n`)
  chmodSync(join(stage, 'bin/zkops'), 0o755)
  mkdirSync(join(stage, 'version-2'))
  cpSync(join(ROOT, 'test/fixtures/examples/log.1'), join(stage, 'version-2/log.1'))
  cpSync(join(ROOT, 'test/fixtures/examples/log.185'), join(stage, 'version-2/log.185'))
  const audited = [
    'session=0x100004bec300000',
    'user=127.0.0.1',
    'ip=127.0.0.1',
    'operation=delete',
    'znode=/app/queue/item-0000000001',
  ]
  writeFileSync(
    join(stage, 'zookeeper_audit.log'),
    `2026-11-23 13:36:34,520 INFO audit.Slf4jAuditLogger: ${audited.join('\t')}\tresult=success\n`,
  )
  cpSync(join(ROOT, 'test/fixtures/examples/snapshot.184'), join(stage, 'version-2/snapshot.184'))
  mkdirSync(join(stage, 'backup'))
  cpSync(join(ROOT, 'test/fixtures/3.9.5/standalone/data/version-2/snapshot.49'), join(stage, 'backup/snapshot.49'))
  mkdirSync(join(stage, 'damaged'))
  const damaged = readFileSync(join(ROOT, 'test/fixtures/examples/log.1'))
  damaged[2000]! ^= 1
  writeFileSync(join(stage, 'damaged/log.1'), damaged)
  writeFileSync(join(stage, 'grow.plan'), 'now 1,2,3\nreconfig 1,2,3,4\nreconfig 1,2,3,4,5\n')
  const snapshot = readFileSync(join(ROOT, 'test/fixtures/examples/snapshot.184'))
  snapshot.fill(0, 2000, 2100)
  writeFileSync(join(stage, 'damaged/snapshot.184'), snapshot)
  for (const [id, current] of [
    ['1', '1'],
    ['2', '2'],
  ] as const)
    writeMember(join(stage, 'members', id), current)
  writeFileSync(
    join(stage, 'zkops.yaml'),
    'ensembles:\n  prod:\n    servers: [{id: 1, host: zk1}, {id: 2, host: zk2}]\n',
  )
  for (const folder of ['conf', 'members/1', 'members/2', 'members/3']) writeConfig(join(stage, folder))
})

/** A member's directory as a crash leaves it when its epoch file is behind. */
function writeMember(folder: string, currentEpoch: string): void {
  const server = join(ROOT, 'test/fixtures/3.8.6/ensemble/server.1')
  cpSync(join(server, 'data'), folder, { recursive: true })
  cpSync(join(server, 'datalog/version-2'), join(folder, 'version-2'), { recursive: true })
  writeFileSync(join(folder, 'version-2/currentEpoch'), currentEpoch)
}

/** A configuration with what a member's folder holds; the last part of the folder's name is the id. */
function writeConfig(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const members = [1, 2, 3].map((id) => `server.${id}=zk${id}.example.org:2888:3888;2181`)
  const lines = ['tickTime = 2000', 'dataDir=/var/lib/zookeeper', 'initLimit=10', 'syncLimit=5', ...members]
  writeFileSync(join(folder, 'zoo.cfg'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'myid'), `${/\d$/.exec(folder)?.[0] ?? '1'}\n`)
}

beforeEach(() => {
  const made = ['chopped', 'salvaged', 'patched', 'restored', 'converted', 'generated', 'joiner', 'joiners']
  for (const name of [...made, 'broken', 'unseeded']) rmSync(join(stage, name), { recursive: true, force: true })
  const standalone = join(ROOT, 'test/fixtures/3.8.6/standalone')
  for (const folder of ['broken', 'unseeded']) {
    cpSync(join(standalone, 'datalog/version-2'), join(stage, folder, 'version-2'), { recursive: true })
  }
  cpSync(join(standalone, 'data/version-2'), join(stage, 'broken/version-2'), { recursive: true })
  writeFileSync(join(stage, 'broken/version-2/log.f0'), 'too short')
})
afterAll(() => rmSync(stage, { recursive: true }))

const shell = (line: string) =>
  run('sh', ['-c', line], { cwd: stage, env: { PATH: `${join(stage, 'bin')}:${process.env.PATH}` } })

describe.each(offline.flatMap((command) => command.examples.map((example) => [example, command] as const)))(
  '%s',
  (example, command) => {
    test('runs, without the native client, a child process or a socket', async () => {
      const { exitCode, stdout, stderr } = await shell(example)
      expect(stderr).not.toContain('offline guard')
      expect([0, 1], stderr).toContain(exitCode)
      expect(stdout).not.toBe('')
    })

    if (command.takesJson && !example.includes('|') && !example.includes('--json'))
      test('prints exactly one JSON document with --json', async () => {
        const { exitCode, stdout, stderr } = await shell(`${example} --json`)
        expect([0, 1], stderr).toContain(exitCode)
        expect(typeof JSON.parse(stdout)).toBe('object')
      })
  },
)

test('the guard catches what it should', async () => {
  const spawn = await run(process.execPath, ['--import', GUARD, '-e', "require('child_process').spawnSync('true')"])
  const socket = await run(process.execPath, ['--import', GUARD, '-e', "require('net').connect(1)"])
  const native = await run(process.execPath, ['--import', GUARD, '-e', "require('zookeeper')"], { cwd: ROOT })
  expect([spawn, socket, native].map(({ exitCode }) => exitCode)).toEqual([99, 99, 99])
})
