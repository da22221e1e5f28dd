import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BIN, run } from '../helpers/cli.ts'
import { manifestCommands } from '../helpers/manifest.ts'

let stage: string
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-live-examples-'))
  for (const folder of ['bin', 'conf']) mkdirSync(join(stage, folder))
  writeFileSync(join(stage, 'bin/zkops'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
  chmodSync(join(stage, 'bin/zkops'), 0o755)
})
afterAll(async () => {
  for (const name of ['rehearsal', 'other', 'sandbox']) await shell(`zkops sandbox down ${name}`)
  rmSync(stage, { recursive: true })
})

let password: string | undefined
const shell = (line: string) =>
  run('sh', ['-c', line], {
    cwd: stage,
    env: {
      ...{ PATH: `${join(stage, 'bin')}:${process.env.PATH}`, XDG_STATE_HOME: join(stage, 'state') },
      ZKOPS_PASSWORD: password,
    },
  })

/** In the order in which they make sense; every command of a live topic must be in it. */
const ORDER = [
  ...['install', 'versions', 'up', 'ls', 'status', 'logs'].map((word) => `sandbox ${word}`),
  ...['status', 'top', 'divergence', 'pipeline', 'sessions', 'connections', 'watches'].map(
    (word) => `ensemble ${word}`,
  ),
  ...['check', 'canary', 'network', 'silence', 'forecast', 'certs'].map((word) => `health ${word}`),
  ...['start', 'end'].map((word) => `maintenance ${word}`),
  ...['show', 'add', 'remove', 'replace', 'role', 'address', 'scale', 'apply', 'resume', 'status', 'abort'].map(
    (word) => `reconfig ${word}`,
  ),
  ...['restart', 'config', 'upgrade', 'resume', 'status'].map((word) => `roll ${word}`),
  ...['ls', 'get', 'stat', 'tree', 'du', 'find', 'watch'].map((word) => `znode ${word}`),
  ...['kill', 'start', 'pause', 'resume', 'stop', 'down'].map((word) => `sandbox ${word}`),
  'demo',
]

interface Sandbox {
  readonly passwordFile: string
  readonly servers: readonly {
    readonly id: number
    readonly role: string
    readonly clientPort: number
    readonly adminPort: number
    readonly config: string
    readonly dataDir: string
  }[]
}

/** The inventory of a user whose ensemble the sandbox is; in examples zk1:2181 is its first server. */
async function writeInventory(): Promise<string> {
  const { servers, passwordFile } = JSON.parse((await shell('zkops sandbox status rehearsal --json')).stdout) as Sandbox
  password = readFileSync(passwordFile, 'utf8')
  const lines = servers.map(
    ({ id, role, clientPort, adminPort }) =>
      `      - {id: ${id}, host: 127.0.0.1, role: ${role}, ports: {client: ${clientPort}, admin: ${adminPort}}}`,
  )
  writeFileSync(join(stage, 'zkops.yaml'), `ensembles:\n  prod:\n    servers:\n${lines.join('\n')}\n`)
  // the configuration and the data of the first one, for commands that read files
  cpSync(servers[0]!.config, join(stage, 'conf/zoo.cfg'))
  cpSync(join(servers[0]!.dataDir, 'version-2'), join(stage, 'version-2'), { recursive: true })
  return `127.0.0.1:${servers[0]!.clientPort}`
}

test('the examples of the live commands run, in the order of a rehearsal', async () => {
  const commands = manifestCommands().filter(({ needsServers }) => needsServers)
  expect(commands.map(({ words }) => words.join(' ')).sort()).toEqual([...ORDER].sort())
  expect((await shell('zkops sandbox up --standalone --name other')).exitCode).toBe(0)
  let first = ''
  for (const name of ORDER) {
    if (name === 'ensemble status') first = await writeInventory()
    for (const written of commands.find(({ words }) => words.join(' ') === name)!.examples) {
      // nothing serves after a kill or pause of all: bring them back first
      if (name === 'sandbox start') await shell('zkops sandbox resume rehearsal')
      const example = written.replace('zk1:2181', first)
      const { exitCode, stdout, stderr } = await shell(example)
      // on a busy machine a member may be slow to answer, which is a finding; three servers are no reason to grow
      const fine = /^(ensemble|health)/.test(name) ? [0, 1] : /^reconfig/.test(name) ? [0, 5] : [0]
      expect(fine, `${example}\n${stderr}`).toContain(exitCode)
      expect(stdout, example).not.toBe('')
      if (example.includes('--json')) expect(typeof JSON.parse(stdout)).toBe('object')
    }
  }
  expect((await shell('zkops sandbox ls --json')).stdout).toContain('"sandbox"')
}, 500_000)
