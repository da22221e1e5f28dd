import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT, zkops } from '../helpers/cli.ts'
import { manifestCommands } from '../helpers/manifest.ts'

const commands = manifestCommands()

test('the manifest lists exactly the files of src/commands', () => {
  const files = readdirSync(join(ROOT, 'src/commands'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length).replaceAll('/', ':'))
  expect(commands.map(({ id }) => id).sort()).toEqual(files.sort())
})

describe.each(commands.map((command) => [command.words.join(' '), command] as const))('%s', (_name, command) => {
  test('says what it does, when to use it, and shows it', () => {
    expect(command.summary).toMatch(/^[A-Z].*\.$/)
    expect(command.description.length).toBeGreaterThan(40)
    expect(command.examples.length).toBeGreaterThanOrEqual(2)
    for (const example of command.examples) expect(example).toMatch(/(^|\| |&& |^timeout \d+ )zkops /)
  })

  test('prints its help on stdout', async () => {
    const { exitCode, stdout, stderr } = await zkops([...command.words, '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('EXAMPLES')
  })

  test('a wrong flag is exit 2, with a hint and nothing on stdout', async () => {
    const { exitCode, stdout, stderr } = await zkops([...command.words, '--no-colour'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('--no-color')
  })

  test('errors under --json are one small document', async () => {
    const { exitCode, stdout, stderr } = await zkops([...command.words, '--json', '--no-colour'])
    expect(exitCode).toBe(2)
    if (!command.takesJson) return expect(stderr).toMatch(/--json/)
    expect(JSON.parse(stdout)).toEqual({ error: expect.objectContaining({ code: expect.any(String) }) })
    expect(stdout.length).toBeLessThan(1000)
  })

  if (command.readsFiles)
    test('a missing file is exit 3 and named', async () => {
      const given = [...command.leadingArgs, 'no/such/log.1', ...command.requiredFlags]
      const { exitCode, stdout, stderr } = await zkops([...command.words, ...given])
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
      expect(stderr).toContain('no/such/log.1')
      expect(existsSync('no')).toBe(false)
    })

  if (!command.takesJson)
    test('a stream refuses --json and names what to use', async () => {
      const { exitCode, stderr } = await zkops([...command.words, '--json'])
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/takes no --json: use \S+/)
    })
})

describe('the frame', () => {
  test.each([
    [['lgo', 'dump'], 'Did you mean zkops log dump?'],
    [['log', 'dmup'], 'Did you mean zkops log dump?'],
    [['explian'], 'Did you mean zkops explain?'],
    [['qqqqqq'], 'See zkops --help.'],
  ])('unknown command %j', async (args, hint) => {
    const { exitCode, stdout, stderr } = await zkops(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(hint)
  })

  test('unknown commands under --json', async () => {
    const { exitCode, stdout } = await zkops(['explian', '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage.unknown-command' } })
  })

  test.each([['--version'], ['-v']])('%s', async (flag) => {
    const { exitCode, stdout } = await zkops([flag])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^zkops\/\d+\.\d+\.\d+ \S+-\S+ node-v\d+/)
  })

  test('a bare call and a bare topic show help', async () => {
    expect((await zkops([])).stdout).toContain('COMMANDS')
    expect((await zkops(['log'])).stdout).toContain('log dump')
    expect((await zkops(['log', '--help'])).exitCode).toBe(0)
  })

  test('colons work as well as blanks', async () => {
    expect((await zkops(['log:dump', '--help'])).stdout).toContain('EXAMPLES')
  })

  test('the exit codes are one table', async () => {
    const { stdout } = await zkops(['help', 'exit-codes'])
    expect(
      stdout
        .split('\n')
        .map((line) => Number.parseInt(line, 10))
        .slice(0, -1),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 70, 130])
  })
})
