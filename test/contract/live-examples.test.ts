import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BIN, run } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { manifestCommands } from '../helpers/manifest.ts'

const commands = manifestCommands().filter(({ words }) => ['znode', 'reconfig'].includes(words[0]!))

let stage: string
let ensemble: TestEnsemble
/** A folder with an inventory of a real ensemble; 127.0.0.1:2181 of the examples is one of its servers. */
beforeAll(async () => {
  ensemble = await startEnsemble({ members: 3 })
  stage = mkdtempSync(join(tmpdir(), 'zkops-znode-examples-'))
  mkdirSync(join(stage, 'bin'))
  writeFileSync(join(stage, 'bin/zkops'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
  chmodSync(join(stage, 'bin/zkops'), 0o755)
  writeFileSync(join(stage, 'zkops.yaml'), `ensembles: {rehearsal: {connect: '${ensemble.connect}'}}\n`)
})
afterAll(async () => {
  await ensemble?.down()
  rmSync(stage, { recursive: true })
})

const shell = (line: string) =>
  run('sh', ['-c', line.replaceAll('127.0.0.1:2181', ensemble.connect)], {
    cwd: stage,
    env: { PATH: `${join(stage, 'bin')}:${process.env.PATH}`, XDG_CONFIG_HOME: stage },
  })

describe.each(commands.flatMap((command) => command.examples.map((example) => [example, command] as const)))(
  '%s',
  (example, command) => {
    test('runs', async () => {
      const { exitCode, stdout, stderr } = await shell(example)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      if (!example.includes('--kind')) expect(stdout).not.toBe('')
    })

    if (command.takesJson && !example.includes('|') && !example.includes('--json'))
      test('prints one JSON document with --json', async () => {
        const { exitCode, stdout } = await shell(`${example} --json`)
        expect(exitCode).toBe(0)
        expect(typeof JSON.parse(stdout)).toBe('object')
      })
  },
)
