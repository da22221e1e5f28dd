import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S19',
    code: 'config.temporary-directory',
    level: 'LOW',
    summary: 'Data lies in a directory for temporary files.',
    cause: 'The path of the sample configuration was kept. Such directories are emptied at boot, or after some days.',
    evidence: 'The path.',
    remedy: 'Use a directory that stays.',
    source: 'conf/zoo_sample.cfg',
  },
  function* (member) {
    for (const key of ['dataDir', 'dataLogDir']) {
      const setting = member.settings.get(key)
      if (setting !== undefined && /^\/(tmp|var\/tmp|dev\/shm|run)(\/|$)/.test(setting.value)) {
        yield { setting, message: `${key} lies in ${setting.value}, which may be emptied` }
      }
    }
  },
)
