import { describe, expect, test } from 'vitest'
import { describeError } from '../../src/cli/error-text.ts'
import { createStyle } from '../../src/render/style.ts'
import { type ErrorCode, fileError, ZkopsError } from '../../src/support/errors.ts'

const plain = createStyle({ color: false, unicode: false })
const described = (error: unknown) => describeError(error, { bin: 'zkops', command: 'log:dump' })

test.each<[ErrorCode, number]>([
  ['usage.stream', 2],
  ['input.missing', 3],
  ['server.start-failed', 4],
  ['environment.java', 4],
  ['refused.running', 5],
  ['stopped', 6],
  ['bug', 70],
  ['interrupted', 130],
])('%s exits with %i', (code, exitCode) => {
  expect(described(new ZkopsError(code, 'x')).exitCode).toBe(exitCode)
})

test('a sentence, the place, and what to do next', () => {
  const error = new ZkopsError('input.format', 'The header is no log header', {
    file: 'log.1',
    offset: 0,
    hint: 'Is it a log?',
  })
  expect(described(error).text(plain)).toBe('error: The header is no log header (log.1, offset 0)\n→ Is it a log?\n')
  expect(described(error).json).toEqual({
    error: {
      code: 'input.format',
      message: 'The header is no log header',
      hint: 'Is it a log?',
      file: 'log.1',
      offset: 0,
    },
  })
})

test('control characters in names never reach the terminal', () => {
  const error = new ZkopsError('input.missing', 'log.\x1b[2J does not exist')
  expect(described(error).text(plain)).toBe('error: log.\\x1b[2J does not exist\n')
})

describe('foreign errors', () => {
  test('a bug shows its stack and how to report it', () => {
    const { exitCode, text, json } = described(new TypeError('x is undefined'))
    expect(exitCode).toBe(70)
    expect(text(plain)).toMatch(/x is undefined\nTypeError: x is undefined\n {4}at .*\n→ Please report/s)
    expect(json.error.code).toBe('bug')
  })
  test('oclif usage errors point to the help', () => {
    const error = Object.assign(new Error('Missing 1 required arg\nSee more help with --help'), { oclif: { exit: 2 } })
    expect(described(error).text(plain)).toBe('error: Missing 1 required arg\n→ See zkops log dump --help.\n')
  })
  test('what a flag does not take is said without line breaks', () => {
    const message = 'Parsing --min-bytes \n\t1k is no size\nSee more help with --help'
    const error = Object.assign(new Error(message), { oclif: { exit: 2 } })
    expect(described(error).text(plain)).toBe('error: --min-bytes: 1k is no size\n→ See zkops log dump --help.\n')
  })
  test('an unknown flag is answered with the nearest one', () => {
    const error = Object.assign(new Error('Nonexistent flag: --fromat'), {
      oclif: { exit: 2 },
      flags: ['--fromat'],
      parse: { input: { flags: { format: {}, limit: {} } } },
    })
    expect(described(error).json.error.hint).toBe('Did you mean --format?')
  })
  test('file system errors become input errors', () => {
    const error = Object.assign(new Error('ENOENT'), { code: 'ENOENT', path: '/x/log.1' })
    expect(described(error)).toMatchObject({
      exitCode: 3,
      json: { error: { code: 'input.missing', file: '/x/log.1' } },
    })
    expect(fileError(Object.assign(new Error(), { code: 'EACCES' }), 'f')).toMatchObject({ code: 'input.unreadable' })
    const other = new Error('no code')
    expect(fileError(other, 'f')).toBe(other)
  })
})
