import { expect, test } from 'vitest'
import { releaseOf } from '../../src/config/release.ts'
import { ROLL_FINDINGS } from '../../src/operations/roll/findings.ts'
import { trapsBetween } from '../../src/operations/roll/traps.ts'

const traps = (from: string, to: string) =>
  trapsBetween(releaseOf(from)!, releaseOf(to)!).map(({ code }) => code.replace('roll.upgrade-', ''))

test.each([
  ['3.4.14', '3.9.5', ['path', 'no-snapshot', 'words', 'multi', 'digests', 'gaps', 'logging', 'features']],
  ['3.4.5', '3.5.10', ['path', 'no-snapshot', 'words', 'bug', 'features']],
  ['3.4.14', '3.5.10', ['bug', 'no-snapshot', 'words', 'features']],
  ['3.5.10', '3.6.4', ['bug', 'digests', 'features']],
  ['3.6.4', '3.8.6', ['multi', 'logging', 'features']],
  ['3.8.6', '3.9.5', ['gaps', 'features']],
  ['3.8.6', '3.9.3', ['release', 'features']],
  ['3.8.4', '3.8.6', []],
  ['3.9.4', '3.9.5', []],
])('%s → %s: %j', (from, to, codes) => expect(traps(from, to).sort()).toEqual([...codes].sort()))

test('every code is explained', () => {
  for (const from of ['3.4.5', '3.4.14', '3.5.5', '3.8.0'])
    for (const to of ['3.5.6', '3.6.4', '3.9.1', '3.9.3', '3.9.5'])
      for (const { code } of trapsBetween(releaseOf(from)!, releaseOf(to)!)) expect(ROLL_FINDINGS[code]).toBeDefined()
})
