import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X11',
    code: 'config.inline-password',
    level: 'MEDIUM',
    summary: 'A password stands in the file.',
    cause: 'It shows in the admin server, in JMX and wherever the file is copied.',
    evidence: 'The key; never the password.',
    remedy: 'Put it into a file of its own and name that with ...passwordPath.',
    source: 'X509Util',
  },
  function* (member, { release }) {
    if (release.minor < 8) return
    for (const setting of member.settings.values()) {
      if (/^ssl\.(quorum\.)?(key|trust)Store\.password$/.test(setting.key))
        yield { setting, message: `${setting.key} stands in the file`, remedy: `Use ${setting.key}Path.` }
    }
  },
)
