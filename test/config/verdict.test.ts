import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { releaseOf } from '../../src/config/release.ts'
import { judge } from '../../src/config/verdict/verdict.ts'
import { diskView } from '../../src/operations/zoo-cfg/server-view.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'
import { type Case, CORPUS, randomCases } from './verdict-corpus.ts'

const CASES: readonly Case[] = [...CORPUS, ...randomCases(seeded(11), FULL ? 2000 : 100)]
/** The newest and the oldest parser always; every one in the full run. */
const ASKED = FULL ? RELEASES : (['3.4.14', '3.6.4', '3.9.5'] as const)

let stage: string
let paths: readonly string[]
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-verdict-'))
  paths = CASES.map(({ files }, i) => {
    const folder = join(stage, String(i))
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      const bytes = typeof content === 'string' ? content.replaceAll('@', folder) : content
      writeFileSync(join(folder, name), bytes)
    }
    return join(folder, 'zoo.cfg')
  })
})
afterAll(() => rmSync(stage, { recursive: true }))

describe.each(ASKED.map((release) => [release] as const))('%s', (release) => {
  test(`says the same to ${CASES.length} configurations`, async () => {
    const output = await runJava(release, 'ConfigOracle', [], `${paths.join('\n')}\n`)
    const theirs = output.trim().split('\n')
    expect(theirs).toHaveLength(CASES.length)
    const different = CASES.flatMap(({ name }, i) => {
      const path = paths[i]!
      // the names that the corpus uses are in every hosts file, or nowhere
      const view = diskView({ flags: new Map() })
      view.learn('localhost', { address: '127.0.0.1' })
      view.learn('g::1', { error: 'g::1: Name or service not known' })
      const ours = judge(path, view, releaseOf(release)!)
      const real = JSON.parse(theirs[i]!) as { accepted: boolean; serverError: string | null }
      const same = ours.accepted === real.accepted && ours.serverError === real.serverError
      return same ? [] : [{ name, ours, real }]
    })
    expect(different).toEqual([])
  }, 300_000)
})

test('several addresses are allowed by the JVM flag alone', async () => {
  const folder = join(stage, 'flag')
  mkdirSync(join(folder, 'data'), { recursive: true })
  writeFileSync(join(folder, 'data/myid'), '1')
  const [one, two] = ['127.0.0.1:2888:3888|127.0.0.2:2888:3888', '127.0.0.3:2888:3888']
  const lines = [
    `dataDir=${folder}/data`,
    'clientPort=2181',
    'initLimit=5',
    'syncLimit=2',
    `server.1=${one}`,
    `server.2=${two}`,
  ]
  const path = join(folder, 'zoo.cfg')
  writeFileSync(path, `${[...lines, 'multiAddress.enabled=false'].join('\n')}\n`)
  for (const value of ['TRUE', '1']) {
    const flag = `-Dzookeeper.multiAddress.enabled=${value}`
    const real = JSON.parse(await runJava('3.9.5', 'ConfigOracle', [], `${path}\n`, [flag])) as object
    const view = diskView({ flags: new Map([['zookeeper.multiAddress.enabled', value]]) })
    expect(judge(path, view, releaseOf('3.9.5')!)).toEqual(real)
  }
}, 60_000)
