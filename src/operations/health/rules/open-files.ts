import { limitRule, metric } from '../rule.ts'

export const openFiles = limitRule(
  {
    code: 'health.open-files',
    summary: 'It comes near its limit of open files.',
    cause: 'Many connections, and a limit that is too low for them.',
    evidence: 'The share of the limit that is in use.',
    remedy: 'Raise the limit (LimitNOFILE of its unit) before connections are refused.',
    source: 'open_file_descriptor_count and max_file_descriptor_count',
    limits: { warn: 75, critical: 90, unit: '%' },
  },
  (member) => {
    const open = metric(member, 'open_file_descriptor_count')
    const most = metric(member, 'max_file_descriptor_count')
    return open === null || most === null || most <= 0 ? null : (open * 100) / most
  },
  (value) => `it uses ${value} of the files it may open`,
)
