import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-V04',
    code: 'config.versions-differ',
    level: 'MEDIUM',
    summary: 'Members run different releases.',
    cause: 'An upgrade that was not finished.',
    evidence: 'Who runs what.',
    remedy: 'Finish it.',
    source: 'operations',
  },
  function* ({ members: [member], facts }) {
    const versions = new Set(facts.versions.values())
    if (member !== undefined && versions.size > 1)
      yield {
        member,
        message: `members run ${[...versions].join(' and ')}`,
        evidence: { versions: Object.fromEntries([...facts.versions].map(([id, version]) => [String(id), version])) },
      }
  },
)
