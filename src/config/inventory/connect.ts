/* Connect strings, `host:port,…[/path]`, as ZooKeeper's clients take them. */
import { ZkopsError } from '../../support/errors.ts'
import { DEFAULT_PORTS } from './inventory.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Connect {
  readonly addresses: readonly Address[]
  /** The path that clients take for their root; null: none. */
  readonly chroot: string | null
}

/** A host may be an IPv6 literal in brackets; a left out port is 2181. Throws `usage`. */
export function parseConnect(text: string): Connect {
  const slash = text.indexOf('/')
  const chroot = slash === -1 ? null : text.slice(slash).replace(/\/+$/, '')
  const hosts = slash === -1 ? text : text.slice(0, slash)
  const addresses = hosts.split(',').map((one) => parseAddress(one.trim()))
  return { addresses, chroot: chroot === '' ? null : chroot }
}

/** Throws `usage`. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? DEFAULT_PORTS.client)
  if (host !== undefined && !host.startsWith('-') && port >= 1 && port <= 65_535) return { host, port }
  throw new ZkopsError('usage', `${text === '' ? 'An empty text' : text} is no host:port`, {
    hint: 'For example --connect zk1:2181,zk2:2181; IPv6 addresses in brackets.',
  })
}

export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
