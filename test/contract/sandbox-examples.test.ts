import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BIN, run } from '../helpers/cli.ts'
import { manifestCommands } from '../helpers/manifest.ts'

let stage: string
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-live-examples-'))
  mkdirSync(join(stage, 'bin'))
  writeFileSync(join(stage, 'bin/zkops'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
  chmodSync(join(stage, 'bin/zkops'), 0o755)
})
afterAll(async () => {
  for (const name of ['rehearsal', 'other', 'sandbox']) await shell(`zkops sandbox down ${name}`)
  rmSync(stage, { recursive: true })
})

const shell = (line: string) =>
  run('sh', ['-c', line], {
    cwd: stage,
    env: { PATH: `${join(stage, 'bin')}:${process.env.PATH}`, XDG_STATE_HOME: join(stage, 'state') },
  })

/** In the order in which they make sense; every command of the topic must be in it. Others: live-examples.test.ts. */
const ORDER = ['install', 'versions', 'up', 'ls', 'status', 'logs', 'kill', 'start', 'pause', 'resume', 'stop', 'down']

test('the examples of the live commands run, in the order of a rehearsal', async () => {
  const commands = manifestCommands().filter(({ words }) => words[0] === 'sandbox' || words[0] === 'demo')
  expect(commands.map(({ words }) => words.at(-1)).sort()).toEqual([...ORDER, 'demo'].sort())
  expect((await shell('zkops sandbox up --standalone --name other')).exitCode).toBe(0)
  for (const last of [...ORDER, 'demo']) {
    for (const example of commands.find(({ words }) => words.at(-1) === last)!.examples) {
      // nothing serves after a kill or pause of all: bring them back first
      if (last === 'start') await shell('zkops sandbox resume rehearsal')
      const { exitCode, stdout, stderr } = await shell(example)
      expect(exitCode, `${example}\n${stderr}`).toBe(0)
      expect(stdout, example).not.toBe('')
      if (example.includes('--json')) expect(typeof JSON.parse(stdout)).toBe('object')
    }
  }
  expect((await shell('zkops sandbox ls --json')).stdout).toContain('"sandbox"')
}, 400_000)
