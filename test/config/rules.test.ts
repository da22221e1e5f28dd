import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { CONFIG_FINDINGS } from '../../src/config/findings.ts'
import { releaseOf } from '../../src/config/release.ts'
import { RULES } from '../../src/config/rules/index.ts'
import { judge } from '../../src/config/verdict/verdict.ts'
import { lintConfigs } from '../../src/operations/zoo-cfg/lint.ts'
import { loadMember } from '../../src/operations/zoo-cfg/load.ts'
import { jsonText } from '../../src/render/json.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'
import { factsOf, MEMBERS, RULE_CASES, type RuleCase } from './rule-cases.ts'
import { CORPUS, randomCases } from './verdict-corpus.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-rules-'))
afterAll(() => rmSync(stage, { recursive: true }))

/** What an experienced operator would write; the paths are not on this machine, so what lies beside is read. */
const CLEAN = [
  ...['tickTime=2000', 'initLimit=10', 'syncLimit=5', 'dataDir=/zk/data', 'dataLogDir=/zk/log'],
  ...['standaloneEnabled=false', 'reconfigEnabled=true', 'dynamicConfigFile=/zk/zoo.cfg.dynamic'],
  ...['autopurge.purgeInterval=1', '4lw.commands.whitelist=srvr,mntr,ruok', 'admin.serverAddress=127.0.0.1'],
  'jvm.pause.monitor=true',
]
const ENV = ['-Xms8g', '-Xmx8g', '-Dzookeeper.db.autocreate=false', '-Dzookeeper.datadir.autocreate=false']

function edited(lines: readonly string[], edits: readonly string[] = []): readonly string[] {
  const keyOf = (line: string) => line.split('=', 1)[0]!
  let all = [...lines]
  for (const edit of edits) {
    if (edit.startsWith('+')) all.push(edit.slice(1))
    else if (edit.startsWith('-')) all = all.filter((line) => keyOf(line) !== edit.slice(1))
    else all = [...all.filter((line) => keyOf(line) !== keyOf(edit)), edit]
  }
  return all
}

function flags(env: readonly string[], edits: readonly string[] = []): readonly string[] {
  const taken = edits.filter((edit) => edit.startsWith('--')).map((edit) => edit.slice(1))
  const added = edits.filter((edit) => !edit.startsWith('--'))
  const name = (flag: string) => flag.split('=', 1)[0]
  return [...env.filter((flag) => !taken.includes(flag) && !added.some((one) => name(one) === name(flag))), ...added]
}

let cases = 0
function codesOf(one: Partial<RuleCase>): readonly string[] {
  const release = releaseOf(one.release ?? '3.9')!
  const folder = join(stage, String(cases++))
  const loaded = [1, 2, 3].map((id) => {
    const own = id === 1
    const files: Record<string, string | null> = {
      'zoo.cfg': `${edited(edited(CLEAN, one.all), own ? one.first : []).join('\n')}\n`,
      'zoo.cfg.dynamic': `${((own ? one.firstMembers : undefined) ?? one.members ?? MEMBERS).join('\n')}\n`,
      myid: `${id}\n`,
      'java.env': `export SERVER_JVMFLAGS="${flags(flags(ENV, one.env), own ? one.firstEnv : []).join(' ')} $SERVER_JVMFLAGS"\n`,
      ...(own ? one.files : {}),
    }
    mkdirSync(join(folder, String(id)), { recursive: true })
    for (const [name, content] of Object.entries(files)) {
      if (content !== null) writeFileSync(join(folder, String(id), name), content)
    }
    const { member, view } = loadMember(join(folder, String(id), 'zoo.cfg'))
    return { member: own && one.readOnly ? { ...member, writable: false } : member, view }
  })
  const members = loaded.map(({ member }) => member)
  const verdicts = new Map(loaded.map(({ member, view }) => [member, judge(member.file, view, release)]))
  const context = { release, exactRelease: /\.\d+\./.test(release.name), members, verdicts, facts: factsOf(one.facts) }
  return [...new Set(RULES.flatMap((rule) => [...rule.check(context)].map(() => rule.code.replace('config.', ''))))]
}

test('a clean ensemble has no findings, on any line that knows its keys', () => {
  expect(codesOf({})).toEqual([])
  expect(codesOf({ release: '3.8' })).toEqual([])
  expect(codesOf({ release: '3.7' })).toEqual([])
  expect(codesOf({ release: '3.6' })).toEqual([])
  const open = [
    'authProvider.1=x.Y',
    'superUser.ops=a',
    'ssl.own.thing=1',
    'metricsProvider.theirs=1',
    'snapCount=+90000',
  ]
  expect(codesOf({ all: open })).toEqual([])
})

test.each(RULE_CASES.map((one, i) => [`${i} ${one.code}`, one] as const))('%s fires on its case only', (_, one) => {
  const found = codesOf(one)
  expect(found).toContain(one.code)
  if (one.also?.includes('*') !== true) expect([...found].sort()).toEqual([one.code, ...(one.also ?? [])].sort())
})

test('every rule has a case, a code and an id of its own, and an explanation', () => {
  const proven = new Set(RULE_CASES.map(({ code }) => `config.${code}`))
  expect(RULES.map(({ code }) => code).filter((code) => !proven.has(code))).toEqual([])
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length)
  expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length)
  for (const [code, explanation] of Object.entries(CONFIG_FINDINGS)) {
    expect(code).toMatch(/^config\.[a-z0-9-]+$/)
    for (const text of Object.values(explanation)) expect(text.length, code).toBeGreaterThan(2)
  }
})

test('no rule stumbles over any file, and evidence is printable', async () => {
  const random = seeded(13)
  const noise = Array.from({ length: 50 }, (_, i) => ({
    name: `noise ${i}`,
    files: { 'zoo.cfg': Buffer.from(Array.from({ length: 2000 }, () => Math.floor(random() * 256))) },
  }))
  const places = [...CORPUS, ...randomCases(random, FULL ? 2000 : 200), ...noise].map(({ files }, i) => {
    const folder = join(stage, `any${i}`)
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), typeof content === 'string' ? content.replaceAll('@', folder) : content)
    }
    return join(folder, 'zoo.cfg')
  })
  const options = { checkFiles: true, resolve: false, detect: true, signal: new AbortController().signal }
  for (const place of places) {
    const { findings, verdicts } = await lintConfigs({ ...options, places: [place] })
    expect(verdicts).toHaveLength(6)
    for (const { code, message, level } of findings) {
      expect(CONFIG_FINDINGS[code], code).toBeDefined()
      expect(message).not.toBe('')
      expect(['ERROR', 'HIGH', 'MEDIUM', 'LOW', 'INFO']).toContain(level)
    }
    expect(() => jsonText(findings)).not.toThrow()
  }
  expect((await lintConfigs({ ...options, places })).files).toHaveLength(places.length)
}, 120_000)
