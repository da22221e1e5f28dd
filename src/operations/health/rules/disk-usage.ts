import { memberKey } from '../../ensemble/overview.ts'
import { memberRule, rounded, severityOf } from '../rule.ts'

export const diskUsage = memberRule(
  {
    code: 'health.disk-usage',
    summary: 'The disk of its data or its transaction log fills up.',
    cause: 'Old snapshots and logs are not purged (autopurge is off by default), or something else grows there.',
    evidence: 'The directory, how full its disk is and how much is free.',
    remedy: 'zkops data purge shows what may go. A server whose log disk is full stops.',
    source: 'the file system, with --local; directories from conf or the AdminServer',
    limits: { warn: 70, critical: 85, unit: '%' },
  },
  function* (member, view, limits) {
    for (const { directory, usedPercent, freeBytes } of view.local.get(memberKey(member))?.disks ?? []) {
      const severity = severityOf(usedPercent, limits)
      if (severity === null) continue
      const message = `the disk of ${directory} is ${rounded(usedPercent)}% full`
      yield { severity, message, evidence: { directory, usedPercent: rounded(usedPercent), freeBytes } }
    }
  },
)
