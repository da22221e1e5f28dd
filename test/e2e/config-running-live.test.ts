import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { DiffResult } from '../../src/operations/zoo-cfg/diff.ts'
import type { LintResult } from '../../src/operations/zoo-cfg/lint.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'

const LIVE = ['config.live-differs', 'config.live-not-seen']

test.each(FULL ? ['3.4.14', '3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.4.14', '3.9.5'])(
  'files are held against running members of %s',
  async (version) => {
    const stage = mkdtempSync(join(tmpdir(), 'zkops-running-'))
    try {
      await using ensemble = await startEnsemble({
        zookeeper: version,
        members: 3,
        properties: { maxSessionTimeout: 50_000 },
      })
      const { servers } = ensemble.status
      const line = version.split('.').slice(0, 2).join('.')
      // all that a member's folder holds but its data, which are named absolutely
      const files = join(stage, 'members')
      cpSync(dirname(dirname(servers[0]!.config)), files, { recursive: true })
      const file = (id: number) => join(files, `server.${id}`, 'zoo.cfg')
      const lint = async (...args: readonly string[]) => {
        const { stdout } = await zkops(['config', 'lint', ...args, '--zookeeper', line, '--json'])
        const { findings } = JSON.parse(stdout) as LintResult
        return findings.filter(({ code }) => LIVE.includes(code))
      }
      const diff = async (...args: readonly string[]) => {
        const { exitCode, stdout } = await zkops(['config', 'diff', ...args, '--zookeeper', line, '--json'])
        return { exitCode, result: JSON.parse(stdout) as DiffResult }
      }
      expect(await lint(files, '--live')).toEqual([])
      expect(await lint(file(2), '--connect', ensemble.connect)).toEqual([])
      expect((await diff(file(1), '--live', '1')).result).toMatchObject({
        verdict: 'equal',
        pairs: [{ b: 'server 1' }],
      })

      const text = readFileSync(file(2), 'utf8')
      writeFileSync(file(2), text.replace('syncLimit=5', 'syncLimit=9').replace(/^maxSessionTimeout.*\n/m, ''))
      const found = await lint(files, '--live')
      expect(found.map(({ code, key, member, evidence }) => ({ code, key, member, evidence }))).toEqual([
        expect.objectContaining({
          code: 'config.live-differs',
          key: 'maxSessionTimeout',
          member: '2',
          evidence: { running: '50000', file: '40000' },
        }),
        expect.objectContaining({
          key: 'syncLimit',
          member: '2',
          evidence: expect.objectContaining({ running: '5', file: '9' }),
        }),
      ])
      const other = await diff(file(2), '--live', `127.0.0.1:${servers[1]!.clientPort}`)
      expect(other.exitCode).toBe(1)
      expect(other.result.pairs[0]!.differences.map(({ key }) => key).sort()).toEqual([
        'maxSessionTimeout',
        'syncLimit',
      ])
      // of another member its own ports and directories differ as well
      const foreign = (
        await diff(file(1), '--live', '3', '--connect', ensemble.connect)
      ).result.pairs[0]!.differences.map(({ key }) => key)
      expect(foreign).toEqual(expect.arrayContaining(['clientPort', 'dataDir']))

      writeFileSync(file(2), text)
      if (line !== '3.4') {
        const [dynamic] = /^dynamicConfigFile=(.*)$/m.exec(text)!.slice(1)
        const own = join(files, 'server.1', 'list')
        writeFileSync(own, `${readFileSync(dynamic!, 'utf8')}\n`)
        appendFileSync(own, 'server.9=127.0.0.1:1:2:observer;3\n')
        writeFileSync(
          file(1),
          readFileSync(file(1), 'utf8').replace(/^dynamicConfigFile=.*$/m, `dynamicConfigFile=${own}`),
        )
        expect((await lint(files, '--live')).map(({ key, message }) => [key, message])).toEqual([
          ['server.9', 'server 1 runs with server.9 not there, and its files say 127.0.0.1:1:2:observer;3'],
        ])
      }
      await ensemble.stop(3)
      const third = (await lint(files, '--live')).filter(({ member }) => member === '3')
      expect(third.map(({ code }) => code)).toEqual(['config.live-not-seen'])
      await ensemble.stop()
      const { exitCode, stderr } = await zkops(['config', 'lint', files, '--live'])
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('No member of') })
    } finally {
      rmSync(stage, { recursive: true })
    }
  },
  120_000,
)
