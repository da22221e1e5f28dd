import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CommandValues, memberCommand, quoted, splitWords } from '../../../src/cluster/remote/command.ts'
import { runCommand } from '../../../src/cluster/remote/run.ts'

const VALUES: CommandValues = {
  ...{ id: 2, host: 'zk2.example.org', zone: 'b', dataDir: '/var/lib/zoo keeper', dataLogDir: null },
  config: '/etc/zookeeper/zoo.cfg',
}
const member = (command: string) => ({ command, where: 'member' }) as const
const signal = new AbortController().signal
const options = { timeoutMs: 10_000, signal }

test.each([
  ['systemd over ssh', 'ssh {host}', 'sudo systemctl restart zookeeper', ['ssh', 'zk2.example.org']],
  ['docker', 'docker exec -i zk{id} sh -c', 'kill 1', ['docker', 'exec', '-i', 'zk2', 'sh', '-c']],
  ['kubectl', 'kubectl -n "zoo keeper" exec zk-{id} -- sh -c', 'true', ['kubectl', '-n', 'zoo keeper', 'exec', 'zk-2']],
  ['no exec', null, 'docker restart zk2', ['sh', '-c']],
])('%s', (_, exec, command, begin) => {
  const { program, args } = memberCommand(member(command), exec, VALUES)
  expect([program, ...args].slice(0, begin.length)).toEqual(begin)
  expect(args.at(-1)).toBe(command)
})

test('what stands under here does not go through exec', () => {
  const command = { command: 'kubectl delete pod zookeeper-{id}', where: 'here' } as const
  expect(memberCommand(command, 'ssh {host}', VALUES)).toEqual({
    program: 'sh',
    args: ['-c', 'kubectl delete pod zookeeper-2'],
    text: 'kubectl delete pod zookeeper-2',
  })
})

test('values are quoted as they need', () => {
  expect(memberCommand(member('ls {dataDir} {zone} {id}'), null, VALUES).text).toBe("ls '/var/lib/zoo keeper' b 2")
})

test.each([
  ['a value that is not known', 'ls {dataLogDir}', {}, /server 2 has none/],
  ['a value that would be an option', 'ping {host}', { host: '-oProxyCommand=x' }, /taken for an option/],
  ['a value that could end the quotes around it', 'echo "{dataDir}"', {}, /stands in quotes/],
  ['the same behind an escaped quote', "echo \\\" '{dataDir}'", {}, /stands in quotes/],
])('%s is refused', (_, command, values, message) => {
  expect(() => memberCommand(member(command), null, { ...VALUES, ...values })).toThrow(message)
})

test.each([
  ['ssh {host}', ['ssh', '{host}']],
  ['  a "b c" d\'e f\'g \\" "" ', ['a', 'b c', 'de fg', '"', '']],
])('%j is split as a shell does', (text, words) => expect(splitWords(text)).toEqual(words))

test.each(['', '  ', 'a "b', "it's"])('%j is refused', (text) => expect(() => splitWords(text)).toThrow())

test('a real shell takes every value for one word', async () => {
  const value = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !/[\0-]/.test(text))
  await fc.assert(
    fc.asyncProperty(value, async (dataDir) => {
      const command = memberCommand(member("printf '%s' {dataDir}"), null, { ...VALUES, dataDir })
      const through = memberCommand(member("printf '%s' {dataDir}"), 'env A={dataDir} sh -c', { ...VALUES, dataDir })
      for (const one of [command, through]) expect((await runCommand(one, options)).stdout.toString()).toBe(dataDir)
      // the words that are shown are those that run
      const typed = { program: 'sh', args: ['-c', `printf '%s' ${quoted(dataDir)}`], text: '' }
      expect((await runCommand(typed, options)).stdout.toString()).toBe(dataDir)
    }),
    { numRuns: 30, seed: 7 },
  )
})

const shell = (command: string) => ({ program: 'sh', args: ['-c', command], text: command })

test('tells how it ended, and the end of what it said', async () => {
  const result = await runCommand(shell('seq 1 100000; echo last >&2; exit 7'), { ...options, keepBytes: 100 })
  expect(result).toMatchObject({ exitCode: 7 })
  expect(result.output).toMatch(/last\n$/)
  expect(result.output.length).toBeLessThanOrEqual(100)
})

test('input goes in, and is no argument', async () => {
  expect((await runCommand(shell('cat'), { ...options, input: 'secret' })).stdout.toString()).toBe('secret')
})

test('something left in the background does not keep it', async () => {
  const started = performance.now()
  const { exitCode, stdout } = await runCommand(shell('sleep 30 & echo $!'), options)
  expect(exitCode).toBe(0)
  expect(performance.now() - started).toBeLessThan(5000)
  process.kill(Number(stdout.toString()))
})

test('after the time all of it is ended', async () => {
  const command = shell('sleep 30 & echo $! > "$0"; wait')
  const late = runCommand({ ...command, args: [...command.args, '/dev/stderr'] }, { ...options, timeoutMs: 300 })
  await expect(late).rejects.toMatchObject({ code: 'server.timeout' })
})

test('interrupted, it is ended and its children too', async () => {
  const controller = new AbortController()
  const child = runCommand(shell('exec sleep 31'), { ...options, signal: controller.signal })
  setTimeout(() => controller.abort(new Error('stop')), 300)
  await expect(child).rejects.toThrow('stop')
})

test('a program that is not there is told', async () => {
  const missing = runCommand({ program: '/no/such/program', args: [], text: '/no/such/program' }, options)
  await expect(missing).rejects.toMatchObject({ code: 'environment.command' })
})
