import { differing } from './differing.ts'
import { ensembleRule } from './rule.ts'

export const rule = ensembleRule(
  {
    id: 'L-M07',
    code: 'config.jute-maxbuffer-differs',
    level: 'HIGH',
    summary: 'jute.maxbuffer differs between servers.',
    cause: 'A write that the leader takes can then be too long for a follower, which fails and does not start again.',
    evidence: 'Who has which.',
    remedy: 'Use the same value on every server and client.',
    source: 'BinaryInputArchive.checkLength, "Unreasonable length"',
  },
  function* ({ members, release }) {
    const known = members.filter(({ jvm }) => jvm !== null)
    yield* differing(known, 'jute.maxbuffer', release)
  },
)
