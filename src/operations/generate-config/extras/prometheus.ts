/* Prometheus: what to scrape, when to alarm, and a job for what no single server knows. */
import { rendered } from '../templates.ts'
import { block, file } from './containers.ts'
import { connectString, hostAndPort, type MakeExtra, metricsPort, notPossible } from './extra.ts'

export const prometheus: MakeExtra = (inputs) => {
  const { name, members, made, release } = inputs
  if (release.minor < 6) {
    notPossible(
      'prometheus',
      'servers have metrics for it from 3.6 on',
      'zkops health check --format prometheus works with older ones.',
    )
  }
  const targets = made.map((one) =>
    rendered('prometheus/target.yaml', {
      ...{ name, id: String(one.member.id), role: one.member.line.role },
      address: hostAndPort(one.member.line.addresses[0]!.host, metricsPort(one)),
    }),
  )
  const voters = members.filter(({ line }) => line.role === 'participant').length
  const connect = connectString(inputs)
  const alerts = { name, connect, voters, majority: Math.floor(voters / 2) + 1 }
  return [
    file('prometheus/prometheus.yml', rendered('prometheus/prometheus.yml', { name, targets: block(targets) })),
    file('prometheus/alerts.yml', rendered('prometheus/alerts.yml', alerts)),
    file(`prometheus/zkops-metrics-${name}`, rendered('prometheus/zkops-metrics', { name, connect })),
  ]
}
