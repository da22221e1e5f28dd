import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { DiffResult } from '../../src/operations/zoo-cfg/diff.ts'
import type { LintResult } from '../../src/operations/zoo-cfg/lint.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'
import { BIN, run, zkops } from '../helpers/cli.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-config-'))
afterAll(() => rmSync(stage, { recursive: true }))
beforeEach(() => {
  for (const name of readdirSync(stage)) rmSync(join(stage, name), { recursive: true })
})

const write = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(stage, name)), { recursive: true })
    writeFileSync(join(stage, name), text)
  }
}
const config = async (...args: readonly string[]) => zkops(['config', ...args], { cwd: stage })
const json = async <T>(...args: readonly string[]): Promise<{ exitCode: number | null; result: T }> => {
  const { exitCode, stdout, stderr } = await config(...args, '--json')
  const result = JSON.parse(stdout) as T
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(await SCHEMAS[`config-${args[0]}`]!())
  expect(validate(result), `${JSON.stringify(validate.errors)} ${stderr}`).toBe(true)
  return { exitCode, result }
}

const STANDALONE = 'tickTime=2000\ndataDir=/zk/data\nclientPort=2181\n'
const CLEAN = [
  ...['tickTime=2000', 'initLimit=10', 'syncLimit=5', 'dataDir=/zk/data', 'dataLogDir=/zk/log'],
  ...['standaloneEnabled=false', 'reconfigEnabled=true', 'dynamicConfigFile=/zk/zoo.cfg.dynamic'],
  ...['autopurge.purgeInterval=1', '4lw.commands.whitelist=srvr', 'admin.serverAddress=127.0.0.1'],
  'jvm.pause.monitor=true',
].join('\n')
const MEMBERS = [1, 2, 3].map((id) => `server.${id}=zk${id}.example.org:2888:3888:participant;2181\n`).join('')
const ENV = 'SERVER_JVMFLAGS="-Xms8g -Xmx8g -Dzookeeper.db.autocreate=false -Dzookeeper.datadir.autocreate=false"\n'
const member = (id: number): Record<string, string> => ({
  [`members/${id}/zoo.cfg`]: `${CLEAN}\n`,
  [`members/${id}/zoo.cfg.dynamic`]: MEMBERS,
  [`members/${id}/myid`]: `${id}\n`,
  [`members/${id}/java.env`]: ENV,
})

describe('lint', () => {
  test("a folder of members' folders is clean, with a note on what was read beside", async () => {
    write({ ...member(1), ...member(2), ...member(3) })
    const { exitCode, result } = await json<LintResult>('lint', 'members')
    expect(result.findings.map(({ code }) => code)).toEqual(Array(6).fill('config.read-beside'))
    expect(result).toMatchObject({ zookeeper: '3.9', accepted: true, serverError: null })
    expect(result.files).toEqual([1, 2, 3].map((id) => `members/${id}/zoo.cfg`))
    expect(result.verdicts).toHaveLength(18)
    expect(result.verdicts.filter(({ accepted }) => !accepted).map(({ zookeeper }) => zookeeper)).toEqual([
      '3.4',
      '3.4',
      '3.4',
    ])
    expect(exitCode).toBe(0)
  })

  test('one release is judged when it is named, and decides', async () => {
    write({ 'zoo.cfg': 'tickTime=2000\ndataDir=/zk/data\n' })
    const old = await json<LintResult>('lint', 'zoo.cfg', '--zookeeper', '3.4')
    expect(old.exitCode).toBe(1)
    expect(old.result).toMatchObject({ zookeeper: '3.4', accepted: false, serverError: 'clientPort is not set' })
    expect(old.result.verdicts).toEqual([
      { file: 'zoo.cfg', zookeeper: '3.4', accepted: false, serverError: 'clientPort is not set' },
    ])
    const exact = await json<LintResult>('lint', 'zoo.cfg', '--zookeeper', '3.9.3')
    expect(exact.result.findings.map(({ code }) => code)).toContain('config.release-loses-data')
    expect((await config('lint', 'zoo.cfg', '--zookeeper', '3.99')).exitCode).toBe(2)
  })

  test.each([
    ['no/such.cfg', 'no/such.cfg file is missing'],
    ['empty', 'empty (Is a directory)'],
  ])('%s is answered as a server answers it', async (place, serverError) => {
    mkdirSync(join(stage, 'empty'))
    const { exitCode, result } = await json<LintResult>('lint', place)
    expect(exitCode).toBe(1)
    expect(result).toMatchObject({ accepted: false, serverError, files: [place] })
    expect(result.verdicts).toHaveLength(6)
    expect(result.findings.map(({ code }) => code)).toEqual(['config.rejected'])
  })

  test('levels, severities, rule numbers and lines', async () => {
    write({ 'zoo.cfg': `${STANDALONE}forceSync=no\nmaxClentCnxns=5\nleaderServes=off\n` })
    const { result } = await json<LintResult>('lint', 'zoo.cfg')
    const of = (code: string) => result.findings.find((finding) => finding.code === `config.${code}`)
    expect(of('force-sync')).toMatchObject({
      severity: 'error',
      level: 'ERROR',
      key: 'forceSync',
      evidence: { rule: 'L-D05', line: 4 },
    })
    expect(of('unknown-key')).toMatchObject({
      severity: 'warning',
      level: 'MEDIUM',
      evidence: { didYouMean: 'maxClientCnxns' },
    })
    expect(of('literal')).toMatchObject({ severity: 'warning', level: 'HIGH' })
    expect(of('pause-monitor')).toMatchObject({ severity: 'info', level: 'LOW' })
    for (const { code, remedy } of result.findings) {
      expect(remedy, code).toBeTruthy()
      expect((await zkops(['explain', code])).exitCode, code).toBe(0)
    }
  }, 120_000)

  test('text is grouped by file, and nothing from a file reaches the terminal raw', async () => {
    write({ 'zoo.cfg': `${STANDALONE}ke\u001b[31my=1\nserver.1=\u001b[2J\n` })
    const { exitCode, stdout } = await config('lint', 'zoo.cfg')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^zoo\.cfg\n {2}refused by 3\.4/)
    expect(stdout).not.toContain('\u001b')
  })

  test('SARIF names rules, files and lines', async () => {
    write({ 'zoo.cfg': `${STANDALONE}forceSync=no\n` })
    const { stdout } = await config('lint', 'zoo.cfg', '--format', 'sarif')
    const [first] = (JSON.parse(stdout) as { runs: readonly Record<string, never>[] }).runs
    expect(JSON.parse(stdout)).toMatchObject({ version: '2.1.0' })
    const { tool, results } = first as unknown as {
      tool: { driver: { rules: readonly { id: string; help: { text: string } }[] } }
      results: readonly { ruleId: string; ruleIndex: number; level: string; locations: readonly object[] }[]
    }
    const forced = results.find(({ ruleId }) => ruleId === 'config.force-sync')!
    expect(forced).toMatchObject({
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'zoo.cfg' }, region: { startLine: 4 } } }],
    })
    expect(tool.driver.rules[forced.ruleIndex]).toMatchObject({ id: 'config.force-sync' })
  })

  test(
    'a name that no resolver knows is the server’s own complaint, within two seconds'.replace('’', "'"),
    async () => {
      write({ 'zoo.cfg': `${STANDALONE}clientPortAddress=no-such-host.invalid\n` })
      const before = Date.now()
      const { result } = await json<LintResult>('lint', 'zoo.cfg', '--zookeeper', '3.8')
      expect(result.serverError).toMatch(
        /^no-such-host\.invalid: (Name or service not known|Temporary failure in name resolution)$/,
      )
      expect(Date.now() - before).toBeLessThan(5000)
    },
  )

  test('a resolver that never answers costs two seconds, and the process ends', async () => {
    write({ 'zoo.cfg': `${STANDALONE}clientPortAddress=slow.example\n` })
    const hang =
      "import dns from 'node:dns'; import { syncBuiltinESMExports } from 'node:module'; dns.lookup = () => { setTimeout(() => {}, 60000) }; syncBuiltinESMExports()"
    const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(hang)}`]
    const before = Date.now()
    const { exitCode, stdout } = await zkops(['config', 'lint', 'zoo.cfg', '--json'], { cwd: stage, nodeArgs })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ serverError: 'slow.example: Temporary failure in name resolution' })
    expect(Date.now() - before).toBeLessThan(15_000)
  })

  test('--resolve looks up every member', async () => {
    write({
      'zoo.cfg': `${STANDALONE}${MEMBERS.replace('zk3.example.org', 'localhost').replaceAll('example.org', 'invalid')}`,
    })
    const { result } = await json<LintResult>('lint', 'zoo.cfg', '--resolve')
    const codes = result.findings.map(({ code }) => code)
    expect(codes.filter((code) => code === 'config.unresolvable')).toHaveLength(2)
  })

  test('--detect holds the heap against this machine', async () => {
    write({ ...member(1), 'members/1/java.env': ENV.replaceAll('8g', '8192g') })
    const { result } = await json<LintResult>('lint', 'members/1', '--detect')
    expect(result.findings.map(({ code }) => code)).toContain('config.heap-too-large')
    const small = await json<LintResult>('lint', 'members/1')
    expect(small.result.findings.map(({ code }) => code)).not.toContain('config.heap-too-large')
  })

  test('standard input is one configuration', async () => {
    const { exitCode, stdout } = await zkops(['config', 'lint', '-', '--json', '--zookeeper', '3.8'], {
      input: STANDALONE,
    })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ accepted: true, files: ['-'] })
  })

  test('a pipe is read as well, and a device is not', async () => {
    write({ 'zoo.cfg': STANDALONE })
    const command = `zkops() { "${process.execPath}" "${BIN}" "$@"; }; zkops config lint <(cat zoo.cfg) --json --zookeeper 3.8`
    const { stdout } = await run('bash', ['-c', command], { cwd: stage })
    expect(JSON.parse(stdout)).toMatchObject({ accepted: true })
    write({ 'zoo.cfg': `${STANDALONE}dynamicConfigFile=/dev/zero\n` })
    expect((await json<LintResult>('lint', 'zoo.cfg')).result.serverError).toBe('/dev/zero (Not a regular file)')
    expect((await json<LintResult>('lint', '/dev/zero')).result.accepted).toBe(false)
  })

  test('passwords are never shown', async () => {
    write({
      'zoo.cfg': `${STANDALONE}ssl.keyStore.password=hunter2\nssl.keyStore.password=hunter3\nzookeeper.ssl.keyStore.password=hunter4\n`,
    })
    for (const args of [
      ['lint', 'zoo.cfg'],
      ['explain', 'zoo.cfg'],
      ['lint', 'zoo.cfg', '--json'],
      ['explain', 'zoo.cfg', '--json'],
    ]) {
      expect((await config(...args)).stdout).not.toContain('hunter')
    }
  })
})

describe('explain', () => {
  test('a key, an alias, a key with the prefix, all keys', async () => {
    const keyOf = async (name: string) =>
      (await json<{ keys: readonly { key: string }[] }>('explain', name)).result.keys[0]!
    expect(await keyOf('syncLimit')).toMatchObject({ key: 'syncLimit', unit: 'ticks', place: 'own', property: null })
    expect(await keyOf('fips-mode')).toMatchObject({ defaults: { '3.8': 'false', '3.9': 'true' } })
    expect(await keyOf('maxConcurrentSnapSyncs')).toMatchObject({ key: 'leader.maxConcurrentSnapSyncs' })
    expect(await keyOf('zookeeper.snapCount')).toMatchObject({ key: 'snapCount', property: 'zookeeper.snapCount' })
    expect(await keyOf('server.3')).toMatchObject({ key: 'server.N' })
    expect((await json<{ keys: readonly object[] }>('explain')).result.keys.length).toBeGreaterThan(150)
    const unknown = await config('explain', 'synkLimit')
    expect(unknown.exitCode).toBe(2)
    expect(unknown.stderr).toContain('Did you mean syncLimit?')
    expect((await config('explain', 'no/such.cfg')).exitCode).toBe(3)
  })

  test('the values of a file with their origins', async () => {
    write({
      'zoo.cfg': `${STANDALONE}snapCount=5\njute.maxbuffer=9\n`,
      'java.env': 'SERVER_JVMFLAGS="-Dzookeeper.snapCount=6 -Dzookeeper.maxCnxns=7 -Djute.maxbuffer=8"',
    })
    type Value = {
      key: string
      value: string | null
      origin: string
      used: boolean
      note: string | null
      line: number | null
    }
    const { result } = await json<{ values: readonly Value[] }>('explain', 'zoo.cfg')
    const of = (key: string) => result.values.filter((value) => value.key === key)
    expect(of('snapCount')).toMatchObject([{ value: '5', origin: 'file', line: 4, note: 'wins over 6 in java.env' }])
    expect(of('maxCnxns')).toMatchObject([{ value: '7', origin: 'flag' }])
    expect(of('jute.maxbuffer')).toMatchObject([
      { value: '9', origin: 'file', used: false },
      { value: '8', origin: 'flag', used: true },
    ])
    expect(of('maxSessionTimeout')).toMatchObject([{ value: '40000', origin: 'derived' }])
    expect(of('initLimit')).toMatchObject([{ value: null, origin: 'default' }])
  })
})

describe('diff', () => {
  const differences = async (a: string, b: string) => {
    write({ a, b })
    const { exitCode, result } = await json<DiffResult>('diff', 'a', 'b')
    expect(exitCode).toBe(result.verdict === 'equal' ? 0 : 1)
    return result.pairs.flatMap((pair) => pair.differences.map(({ key }) => key))
  }

  test.each([
    ['order, comments and blanks', STANDALONE, `# c\n${STANDALONE.trim().split('\n').reverse().join('\n')}\n\n`],
    [
      'defaults',
      STANDALONE,
      `${STANDALONE}snapCount=100000\nmaxClientCnxns = 60\nforceSync=yes\ndataLogDir=/zk/data/\n`,
    ],
    ['equal numbers and words', `${STANDALONE}sslQuorum=FALSE\n`, STANDALONE.replace('2000', '+02000')],
    [
      'a role that is written out',
      `${STANDALONE}server.1=A:2888:3888`,
      `${STANDALONE}server.1=a:2888:3888:participant`,
    ],
    ['IPv6', `${STANDALONE}server.1=[::1]:2888:3888`, `${STANDALONE}server.1=[0:0:0:0:0:0:0:1]:2888:3888`],
    [
      'order in a list',
      `${STANDALONE}4lw.commands.whitelist=srvr,mntr`,
      `${STANDALONE}4lw.commands.whitelist=mntr, srvr`,
    ],
    ['an escape', `${STANDALONE}tick\\u0054ime=2000`, STANDALONE],
  ])('%s make no difference', async (_, a, b) => {
    expect(await differences(a, b)).toEqual([])
  })

  test.each([
    ['tickTime', STANDALONE, STANDALONE.replace('2000', '3000')],
    ['syncLimit', `${STANDALONE}syncLimit=5`, STANDALONE],
    ['server.1', `${STANDALONE}server.1=a:2888:3888`, `${STANDALONE}server.1=a:2888:3888:observer`],
    ['unknownThing', `${STANDALONE}unknownThing=1`, STANDALONE],
  ])('%s does', async (key, a, b) => {
    expect(await differences(a, b)).toEqual([key])
  })

  test('folders are compared member by member', async () => {
    write({
      ...member(1),
      ...member(2),
      'other/2/zoo.cfg': `${CLEAN}\nsnapCount=5\n`,
      'other/2/zoo.cfg.dynamic': MEMBERS,
    })
    const { exitCode, result } = await json<DiffResult>('diff', 'members', 'other')
    // one zoo.cfg alone in a folder is the folder's configuration
    expect(exitCode).toBe(1)
    expect(result.onlyA.length + result.onlyB.length + result.pairs.length).toBeGreaterThan(1)
    const same = await json<DiffResult>('diff', 'members', 'members')
    expect(same.result).toMatchObject({ verdict: 'equal', onlyA: [], onlyB: [] })
    expect(same.result.pairs).toHaveLength(2)
  })

  test('where the members stand makes no difference', async () => {
    write({
      'x/zoo.cfg': `${STANDALONE}dynamicConfigFile=/zk/d\n`,
      'x/d': MEMBERS,
      'y/zoo.cfg': `${STANDALONE}${MEMBERS}`,
    })
    expect((await json<DiffResult>('diff', 'x/zoo.cfg', 'y/zoo.cfg')).result.verdict).toBe('equal')
  })

  test('what cannot be read ends it', async () => {
    write({ a: STANDALONE, b: 'x=\\uzz\n' })
    expect((await config('diff', 'a', 'none')).exitCode).toBe(3)
    const { exitCode, stderr } = await config('diff', 'a', 'b')
    expect(exitCode).toBe(3)
    expect(stderr).toContain('line 1')
  })
})

describe('fmt', () => {
  const UGLY = '  tickTime : 2000\r\n\r\n\r\n# c\u00e9  \r\ndataDir\t/zk/da\\\r\n   ta\r\nclientPort=2181  '
  const TIDY = 'tickTime=2000\n\n# c\u00e9\ndataDir=/zk/data\nclientPort=2181\n'

  test('without --execute it shows what would change and changes nothing', async () => {
    write({ 'zoo.cfg': UGLY })
    const { exitCode, stdout } = await config('fmt', 'zoo.cfg')
    expect(exitCode).toBe(5)
    expect(stdout).toContain('-  tickTime : 2000')
    expect(stdout).toContain('+tickTime=2000')
    expect(readFileSync(join(stage, 'zoo.cfg'), 'utf8')).toBe(UGLY)
    expect((await config('fmt', 'zoo.cfg', '--dry-run')).exitCode).toBe(0)
  })

  test('writes, keeps mode and the old file, and can be undone', async () => {
    write({ 'zoo.cfg': UGLY })
    chmodSync(join(stage, 'zoo.cfg'), 0o640)
    symlinkSync('zoo.cfg', join(stage, 'link.cfg'))
    const { exitCode, result } = await json<{ outcome: string; undo: string }>('fmt', 'link.cfg', '--execute')
    expect({ exitCode, outcome: result.outcome }).toEqual({ exitCode: 0, outcome: 'done' })
    expect(readFileSync(join(stage, 'zoo.cfg'), 'utf8')).toBe(TIDY)
    expect((await run('stat', ['-c', '%a', 'zoo.cfg'], { cwd: stage })).stdout.trim()).toBe('640')
    expect(await json('fmt', 'zoo.cfg', '--execute')).toMatchObject({ exitCode: 0, result: { outcome: 'nothing' } })
    await run('sh', ['-c', result.undo], { cwd: stage })
    expect(readFileSync(join(stage, 'link.cfg'), 'utf8')).toBe(UGLY)
  })

  test('standard input goes to standard output, byte for byte', async () => {
    const utf8 = await zkops(['config', 'fmt', '-'], { input: UGLY })
    expect(utf8).toMatchObject({ exitCode: 0, stdout: TIDY, stderr: '' })
    const latin = await zkops(['config', 'fmt', '-', '--json'], { input: Buffer.from('a = \xe9', 'latin1') })
    expect(JSON.parse(latin.stdout)).toEqual({ text: 'a=\u00e9\n', encoding: 'latin1' })
  })

  test('a missing file is 3', async () => {
    expect((await config('fmt', 'none.cfg', '--execute')).exitCode).toBe(3)
  })
})
