/* Host names by the system resolver, within two seconds. */
import type { Resolved } from '../../config/java/inet.ts'
import { systemErrorCode } from '../../support/errors.ts'

const PATIENCE_MS = 2000

let abandoned = false

/** Whether a lookup was given up that the system goes on with; it would keep the process alive. */
export function hasAbandonedLookups(): boolean {
  return abandoned
}

/** All addresses of each name, IPv4 first; a name that is not found has an error as Java words it. */
export async function lookUp(hosts: Iterable<string>): Promise<ReadonlyMap<string, readonly string[] | string>> {
  const wanted = [...new Set(hosts)]
  if (wanted.length === 0) return new Map()
  const { lookup } = await import('node:dns')
  const results = new Map<string, readonly string[] | string>()
  const one = (host: string) =>
    new Promise<void>((resolve) => {
      lookup(host, { all: true, order: 'ipv4first' }, (error, addresses) => {
        results.set(host, error === null ? addresses.map(({ address }) => address) : wordsFor(host, error))
        resolve()
      })
    })
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS)
  })
  await Promise.race([Promise.all(wanted.map(one)), patience])
  clearTimeout(timer)
  for (const host of wanted) {
    if (results.has(host)) continue
    abandoned = true
    results.set(host, `${host}: Temporary failure in name resolution`)
  }
  return results
}

/** What the parser would get for each name: its first address. */
export async function resolveForServer(hosts: Iterable<string>): Promise<ReadonlyMap<string, Resolved>> {
  const found = await lookUp(hosts)
  return new Map(
    [...found].map(([host, result]) => [
      host,
      typeof result === 'string' ? { error: result } : result.length === 0 ? { error: host } : { address: result[0]! },
    ]),
  )
}

function wordsFor(host: string, error: NodeJS.ErrnoException): string {
  const again = systemErrorCode(error) === 'EAI_AGAIN'
  return `${host}: ${again ? 'Temporary failure in name resolution' : 'Name or service not known'}`
}
