import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D01',
    code: 'config.log-device',
    level: 'HIGH',
    summary: 'Transaction logs share a device with something else.',
    cause:
      'dataLogDir is not set, is dataDir, or lies on the same device. Every write waits for an fsync of the log, and snapshots get in its way.',
    evidence: 'Both directories; with --check-files their devices.',
    remedy: 'Give dataLogDir a device of its own, an SSD; a partition of a shared one is not enough.',
    source: 'deployment guide; configuration parameters',
  },
  function* (member, { facts }) {
    const data = member.settings.get('dataDir')
    const log = member.settings.get('dataLogDir')
    if (data === undefined) return
    if (log === undefined || log.value === data.value) {
      const level = facts.directories.get(data.value)?.rotational === false ? 'MEDIUM' : 'HIGH'
      yield {
        setting: log ?? data,
        key: 'dataLogDir',
        level,
        message: `transaction logs and snapshots share ${data.value}`,
        evidence: { dataDir: data.value, dataLogDir: log?.value ?? null },
      }
      return
    }
    const [a, b] = [facts.directories.get(data.value), facts.directories.get(log.value)]
    if (a?.device == null || a.device !== b?.device) return
    const level = b.rotational === false ? 'MEDIUM' : 'HIGH'
    yield {
      setting: log,
      level,
      message: `${log.value} and ${data.value} lie on the same file system`,
      evidence: { device: b.device, rotational: b.rotational },
    }
  },
)
