import { expect, test } from 'vitest'
import { usesColor, usesUnicode } from '../../src/cli/terminal.ts'

test.each([
  ['terminal', true, {}, true, true],
  ['pipe', false, {}, true, false],
  ['NO_COLOR on a terminal', true, { NO_COLOR: '1' }, true, false],
  ['empty NO_COLOR counts as unset', true, { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR in a pipe', false, { FORCE_COLOR: '1' }, true, true],
  ['FORCE_COLOR=0 on a terminal', true, { FORCE_COLOR: '0' }, true, false],
  ['NO_COLOR wins over FORCE_COLOR', false, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['dumb terminal', true, { TERM: 'dumb' }, true, false],
  ['--no-color wins over all', true, { FORCE_COLOR: '1' }, false, false],
])('colour: %s', (_name, isTTY, env, flag, expected) => {
  expect(usesColor(isTTY, env, flag)).toBe(expected)
})

test('line drawing needs a UTF-8 locale', () => {
  expect(usesUnicode({ LANG: 'en_US.UTF-8' })).toBe(true)
  expect(usesUnicode({ LANG: 'C.utf8' })).toBe(true)
  expect(usesUnicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' })).toBe(false)
  expect(usesUnicode({})).toBe(false)
})
