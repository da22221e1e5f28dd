import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D16',
    code: 'config.mount-options',
    level: 'LOW',
    summary: 'The file system is mounted so that an fsync may not reach the disk.',
    cause: 'nobarrier, barrier=0 or a write-back cache without battery.',
    evidence: 'The options.',
    remedy: 'Mount it with barriers, unless the cache has a battery.',
    source: 'operations',
  },
  function* (member, { facts }) {
    for (const key of ['dataDir', 'dataLogDir']) {
      const path = member.settings.get(key)?.value ?? ''
      const unsafe =
        facts.directories.get(path)?.mountOptions.filter((one) => /^(nobarrier|barrier=0|data=writeback)$/.test(one)) ??
        []
      if (unsafe.length > 0)
        yield { key, message: `${path} is mounted with ${unsafe.join(', ')}`, evidence: { options: unsafe } }
    }
  },
)
