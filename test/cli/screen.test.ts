import { expect, test } from 'vitest'
import { keysOf, readKeys } from '../../src/cli/keys.ts'
import { changes } from '../../src/cli/screen.ts'

test.each([
  ['q', ['q']],
  ['sr/', ['s', 'r', '/']],
  ['\x1b[A\x1b[B\x1bOA', ['up', 'down', 'up']],
  ['\x1b[5~\x1b[6~\x1b[H\x1b[F\x1b[1~\x1b[4~', ['pageUp', 'pageDown', 'home', 'end', 'home', 'end']],
  ['\x1b', ['escape']],
  [
    '\x03\x04\x1a\x0c\r\n\x7f\b',
    ['interrupt', 'interrupt', 'suspend', 'redraw', 'enter', 'enter', ...twice('backspace')],
  ],
  // keys without a name, and answers of terminals, are nothing
  ['\x1b[11~\x1b[1;5C\x1b[?62;c\x01\x00x', ['x']],
  ['é€😀', ['é', '€', '😀']],
  ['\x1b[\x1b[A', ['escape', '[', 'up']],
])('%j is keys', (text, keys) => {
  expect(keysOf(text)).toEqual(keys)
})

function twice<T>(one: T): readonly T[] {
  return [one, one]
}

test('a key that comes in parts is one key', () => {
  const parts = [...'a\x1b[5~\x1bOBb']
  const keys: string[] = []
  let rest = ''
  for (const part of parts) {
    const read = readKeys(rest + part)
    keys.push(...read.keys)
    rest = read.rest
  }
  expect([keys, rest]).toEqual([['a', 'pageUp', 'down', 'b'], ''])
  expect(readKeys('x\x1b')).toEqual({ keys: ['x'], rest: '\x1b' })
})

test.each<[string, readonly string[], readonly string[], string]>([
  ['the first frame', [], ['a', 'b'], '\x1b[H\x1b[2J\x1b[1;1Ha\x1b[K\x1b[2;1Hb\x1b[K'],
  ['nothing new', ['a', 'b'], ['a', 'b'], ''],
  ['one line', ['a', 'b', 'c'], ['a', 'x', 'c'], '\x1b[2;1Hx\x1b[K'],
  ['fewer lines', ['a', 'b', 'c'], ['a'], '\x1b[2;1H\x1b[K\x1b[3;1H\x1b[K'],
  ['more lines', ['a'], ['a', 'b'], '\x1b[2;1Hb\x1b[K'],
])('drawing %s writes what changed', (_what, before, after, text) => {
  expect(changes(before, after)).toBe(text)
})
