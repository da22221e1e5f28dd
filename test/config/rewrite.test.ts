import { expect, test } from 'vitest'
import { parseProperties } from '../../src/config/java/properties.ts'
import { rewriteProperties } from '../../src/config/rewrite.ts'
import { seeded } from '../helpers/fixtures.ts'

const rewritten = (text: string, changes: Record<string, string | null>): string =>
  Buffer.from(
    rewriteProperties(parseProperties(Buffer.from(text, 'latin1')), new Map(Object.entries(changes))),
  ).toString('latin1')

test.each([
  ['# c\r\na = 1\r\n\r\nb:2 # x\r\n', { a: '5' }, '# c\r\na=5\n\r\nb:2 # x\r\n'],
  ['a=1\n# between\na=2\nb=3', { a: '9' }, '# between\na=9\nb=3'],
  ['a=1\nb=\\\n  2\nc=3\n', { b: null }, 'a=1\nc=3\n'],
  ['a=1', { b: 'C:\\x', 'k y': ' v' }, 'a=1\nb=C:\\\\x\nk\\ y=\\ v\n'],
  ['', { a: '\u20ac' }, 'a=\\u20ac\n'],
  ['a=1\n', {}, 'a=1\n'],
])('%j with %j', (text, changes, expected) => {
  expect(rewritten(text, changes as Record<string, string | null>)).toBe(expected)
})

test('what is not changed reads as before, what is reads as it was given', () => {
  const random = seeded(14)
  const pieces = ['a', 'b', 'c', '=', ' ', '\n', '\r\n', '\\\n', '#x\n', '!', '\\u0041', '\\\\', '1']
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: 25 }, () => pieces[Math.floor(random() * pieces.length)]).join('')
    const before = parseProperties(Buffer.from(text))
    if (before.error !== null) continue
    const bytes = rewriteProperties(
      before,
      new Map([
        ['a', 'new'],
        ['b', null],
        ['z', '1'],
      ]),
    )
    const after = new Map(parseProperties(bytes).entries.map(({ key, value }) => [key.trim(), value]))
    const expected = new Map(before.entries.map(({ key, value }) => [key.trim(), value]))
    expected.delete('b')
    expected.set('a', 'new').set('z', '1')
    expect(Object.fromEntries(after), JSON.stringify(text)).toEqual(Object.fromEntries(expected))
  }
})
