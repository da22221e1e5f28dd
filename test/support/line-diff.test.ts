import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDiff } from '../../src/support/line-diff.ts'

const diff = (before: string, after: string) =>
  lineDiff([...before], [...after])
    .map(({ sign, text }) => sign + text)
    .join(' ')

test.each([
  ['abc', 'abc', ''],
  ['', 'ab', '+a +b'],
  ['ab', '', '-a -b'],
  ['abc', 'axc', '-b +x'],
  ['abcd', 'bcde', '-a +e'],
  ['aXbYc', 'abc', '-X -Y'],
])('%s to %s', (before, after, expected) => {
  expect(diff(before, after)).toBe(expected)
})

test('what is left of both sides without the signed lines is the same', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const changes = lineDiff(before, after)
      const signed = (sign: string) => changes.filter((line) => line.sign === sign).map(({ text }) => text)
      expect(before.length - signed('-').length).toBe(after.length - signed('+').length)
      expect([...before, ...signed('+')].sort()).toEqual([...after, ...signed('-')].sort())
      expect(changes.length === 0).toBe(before.join() === after.join())
    }),
    { numRuns: 500, seed: 4 },
  )
})

test('very long texts are replaced as a whole', () => {
  const before = Array.from({ length: 2000 }, (_, i) => `${i}`)
  expect(
    lineDiff(
      before,
      before.map((line) => `${line}!`),
    ).length,
  ).toBe(4000)
})
