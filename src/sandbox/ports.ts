import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { ZkopsError } from '../support/errors.ts'

const LOWEST = 10_000

/** Where the system starts to hand out ports of outgoing connections: ours lie below. */
function ephemeralStart(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0])
  } catch {
    return 32_768
  }
}

/**
 * `count` ports on loopback that nobody listens on and that are not in `taken`.
 * Random, so that two programs that look at the same time rarely see the same. Throws `environment.ports`.
 */
export async function freePorts(count: number, taken: ReadonlySet<number>): Promise<readonly number[]> {
  const highest = Math.max(ephemeralStart(), LOWEST + 2000)
  const ports: number[] = []
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 5000) throw new ZkopsError('environment.ports', `No ${count} free ports below ${highest} were found`)
    const port = LOWEST + Math.floor(Math.random() * (highest - LOWEST))
    if (!taken.has(port) && !ports.includes(port) && (await isFree(port))) ports.push(port)
  }
  return ports
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
