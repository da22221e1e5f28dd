import { limitRule } from '../rule.ts'

export const slowAnswer = limitRule(
  {
    code: 'health.slow-answer',
    summary: 'A member is slow to answer the check itself.',
    cause: 'A busy or pausing JVM, a slow network, or a source before the one that answered did not.',
    evidence: 'How long it took.',
    remedy: 'Compare with its latencies and pauses; see which source answered.',
    source: 'from the first question to the last byte of the answer',
    limits: { warn: 1000, critical: null, unit: 'ms' },
  },
  ({ answer }) => answer?.answerMs ?? null,
  (value) => `its answer to this check took ${value}`,
)
