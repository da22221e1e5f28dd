import { expect, test } from 'vitest'
import { printable } from '../../src/render/style.ts'

test.each([
  ['/app/ü/日本', '/app/ü/日本'],
  ['a\tb\nc\rd', 'a\\tb\\nc\\rd'],
  ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
  ['abc\u202edcba', 'abc\\u202edcba'],
  ['pair 😀 stays, lone \ud83d goes', 'pair 😀 stays, lone \\ud83d goes'],
])('%j is shown as %s', (text, shown) => {
  expect(printable(text)).toBe(shown)
})
