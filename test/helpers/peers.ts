import { readFileSync } from 'node:fs'
import type { TestEnsemble } from './ensemble.ts'

/** What a server has logged so far. */
export const serverLog = ({ status }: TestEnsemble, id: number): string =>
  readFileSync(status.servers.find((server) => server.id === id)!.logFile, 'utf8')

/** A zkops.yaml for a sandbox, with an exec of each member. */
export function inventoryOf({ status }: TestEnsemble, exec: (id: number) => string): string {
  const servers = status.servers.map(({ id, role, clientPort, adminPort, quorumPort, electionPort }) => {
    const observer = role === 'observer' ? ', role: observer' : ''
    const admin = status.zookeeper.startsWith('3.4') ? 'null' : adminPort
    const ports = `quorum: ${quorumPort}, election: ${electionPort}, client: ${clientPort}, admin: ${admin}`
    return `      - {id: ${id}, host: 127.0.0.1${observer}, exec: '${exec(id)}', ports: {${ports}}}`
  })
  return `ensembles:\n  prod:\n    timeout: 3s\n    servers:\n${servers.join('\n')}\n`
}
