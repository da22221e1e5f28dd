import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D04',
    code: 'config.log-directory-moved',
    level: 'MEDIUM',
    summary: 'Logs lie where the server no longer looks for them.',
    cause:
      'dataLogDir was set on a server that had its logs in dataDir. It refuses to start, or starts from the last snapshot without what came after.',
    evidence: 'How many logs lie in dataDir.',
    remedy: 'Stop the server, move version-2/log.* to dataLogDir/version-2, start it.',
    source: 'FileTxnSnapLog.checkSnapDir; ZOOKEEPER-2967',
  },
  function* (member, { facts }) {
    const data = member.settings.get('dataDir')
    const log = member.settings.get('dataLogDir')
    if (data === undefined || log === undefined || log.value === data.value) return
    const { logs = 0 } = facts.directories.get(data.value) ?? {}
    const snapshots = facts.directories.get(log.value)?.snapshots ?? 0
    if (logs > 0)
      yield {
        setting: log,
        message: `${logs} logs lie in ${data.value}, but dataLogDir is ${log.value}`,
        evidence: { logs },
      }
    if (snapshots > 0)
      yield {
        setting: log,
        message: `${snapshots} snapshots lie in ${log.value}, which is for logs`,
        evidence: { snapshots },
      }
  },
)
