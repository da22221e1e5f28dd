import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S16',
    code: 'config.relative-directory',
    level: 'MEDIUM',
    summary: 'A directory is given relative to where the server happens to be started.',
    cause:
      'dataDir or dataLogDir does not begin with a slash. Started from elsewhere the server begins with an empty database.',
    evidence: 'The path.',
    remedy: 'Write the whole path.',
    source: 'VerifyingFileFactory',
  },
  function* (member) {
    for (const key of ['dataDir', 'dataLogDir']) {
      const setting = member.settings.get(key)
      if (setting === undefined || setting.value.startsWith('/')) continue
      yield { setting, message: `${key}=${setting.value} depends on the working directory of the server` }
    }
  },
)
