import { expect, test } from 'vitest'
import type { MemberHealth } from '../../src/operations/ensemble/member-status.ts'
import { ensembleSentence, latencyText } from '../../src/render/ensemble-status.ts'

test.each([
  [0, '0 ms'],
  [0.03, '0.03 ms'],
  [3.8333, '3.83 ms'],
  [12.46, '12.5 ms'],
  [340, '340 ms'],
  [999.6, '1000 ms'],
  [12_345.6, '12346 ms'],
])('a latency of %d is told as %s', (ms, text) => expect(latencyText(ms)).toBe(text))

function sentence(
  states: readonly MemberHealth['state'][],
  serving: number,
  hasQuorum: boolean,
  unseenVoters = 0,
): string {
  const members = states.map(
    (state) => ({ state, via: ['down', 'unknown'].includes(state) ? null : '4lw' }) as MemberHealth,
  )
  const quorum = { voters: 3, needed: 2, serving, canLose: Math.max(0, serving - 2) }
  return ensembleSentence({
    quorum,
    unseenVoters,
    hasQuorum,
    standalone: false,
    leader: 2,
    leaderUptimeMs: null,
    members,
  })
}

test('what is not seen is not said to be lost', () => {
  expect(sentence(['following', 'leading', 'following'], 3, true)).toBe('3 of 3 voters synced; can lose 1; leader 2')
  expect(sentence(['looking', 'down', 'down'], 0, false)).toBe(
    '0 of 3 voters synced; quorum is lost: 2 are needed; no leader seen',
  )
  expect(sentence(['following', 'unknown', 'unknown'], 1, true, 2)).toBe(
    '1 of 3 voters synced, 2 not seen; no leader seen',
  )
  expect(sentence(['looking', 'unknown', 'unknown'], 0, false, 2)).toBe(
    '0 of 3 voters synced, 2 not seen; no leader seen',
  )
  expect(sentence(['looking', 'unknown', 'down'], 0, false, 1)).toContain('quorum is lost: 2 are needed')
  expect(sentence(['unknown', 'leading', 'unknown'], 3, true)).toBe('3 of 3 voters synced; can lose 1; leader 2')
  expect(sentence(['unknown', 'down', 'down'], 0, false)).toBe('no member answers')
})
