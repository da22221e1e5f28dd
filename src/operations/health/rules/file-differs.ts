import { memberKey } from '../../ensemble/overview.ts'
import { memberRule } from '../rule.ts'

export const fileDiffers = memberRule(
  {
    code: 'health.file-differs',
    summary: 'It runs with other settings than its file says.',
    cause: 'The file was changed without a restart, or settings were changed over JMX.',
    evidence: 'The settings, as it runs with them and as the file says.',
    remedy: 'Restart it, or put the file right: at its next start it takes what stands there.',
    source: 'conf or configuration of the member beside its zoo.cfg, with --local',
  },
  function* (member, { local }) {
    const { file, differences } = local.get(memberKey(member))?.config ?? { file: '', differences: [] }
    if (differences.length === 0) return
    const said = differences.map(({ key, runs, says }) => `${key} (${runs ?? 'nothing'}, file ${says ?? 'nothing'})`)
    const message = `it runs with other settings than its file says: ${said.join(', ')}`
    yield { severity: 'warning', message, evidence: { file, differences } }
  },
)
