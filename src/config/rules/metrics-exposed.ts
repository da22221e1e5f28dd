import { settingOf } from '../member.ts'
import { hostKind } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X06',
    code: 'config.metrics-exposed',
    level: 'MEDIUM',
    summary: 'Metrics are shown to everybody.',
    cause: 'The Prometheus endpoint listens on every address.',
    evidence: 'Its address.',
    remedy: 'Set metricsProvider.httpHost (3.8 and later) to an address that only monitoring reaches.',
    source: 'PrometheusMetricsProvider',
  },
  function* (member, { release }) {
    if (
      release.minor < 6 ||
      settingOf(member, 'metricsProvider.className')?.value.endsWith('PrometheusMetricsProvider') !== true
    )
      return
    const setting = settingOf(member, 'metricsProvider.httpHost')
    const host = release.minor < 8 ? '0.0.0.0' : (setting?.value ?? '0.0.0.0')
    if (hostKind(host) === 'wildcard')
      yield { setting, key: 'metricsProvider.httpHost', message: 'the Prometheus endpoint listens on every address' }
  },
)
