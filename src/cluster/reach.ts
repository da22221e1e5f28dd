/*
 * Whether a TCP port takes connections: a handshake, then the end, and not a byte is sent. The end comes at once, because
 * a server without quorum SASL reads from whoever connects to its election port before it takes the next one. It is an
 * orderly end (FIN), as of a peer that thought better of it.
 */
import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { systemErrorCode } from '../support/errors.ts'

/**
 * `refused`: the host is reached and says that nobody listens (some firewalls say so, too). `timeout`: no word at all, a
 * firewall that drops, or no host. `unreachable`: a router, a firewall or the own host says that there is no way.
 */
export type ReachOutcome = 'open' | 'refused' | 'timeout' | 'unreachable' | 'unresolved' | 'failed'

export interface Reach {
  readonly outcome: ReachOutcome
  readonly ms: number | null
  /** In the words of whoever tried it. */
  readonly detail: string | null
}

export interface ReachOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The first address of the name is tried, as a server does. */
export async function reach(host: string, port: number, options: ReachOptions): Promise<Reach> {
  const started = performance.now()
  const addresses = await resolveName(host, options.timeoutMs)
  if (addresses === 'timeout') return { outcome: 'timeout', ms: null, detail: `${host} is not resolved in time` }
  const [first] = addresses
  if (first === undefined) return { outcome: 'unresolved', ms: null, detail: null }
  const leftMs = Math.max(1, options.timeoutMs - (performance.now() - started))
  return handshake(first, port, { ...options, timeoutMs: leftMs })
}

function handshake(address: string, port: number, { timeoutMs, signal }: ReachOptions): Promise<Reach> {
  return new Promise((resolve) => {
    const started = performance.now()
    const socket = connect({ host: address, port })
    const end = (outcome: ReachOutcome, detail: string | null = null) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.destroy()
      resolve({ outcome, ms: outcome === 'open' ? Math.round(performance.now() - started) : null, detail })
    }
    const abort = () => end('failed', 'interrupted')
    const timer = setTimeout(() => end('timeout'), timeoutMs)
    signal.addEventListener('abort', abort)
    socket.on('connect', () => end('open'))
    socket.on('error', (error) => {
      const code = systemErrorCode(error) ?? error.message
      end(OUTCOMES[code] ?? 'failed', code)
    })
  })
}

const OUTCOMES: Readonly<Record<string, ReachOutcome>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
}

/** All addresses, those of IPv4 first, as Java takes them; none for a name that nobody knows. */
export async function resolveName(host: string, timeoutMs: number): Promise<readonly string[] | 'timeout'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), timeoutMs)
  })
  const found = lookup(host.replace(/^\[|\]$/g, ''), { all: true, verbatim: false }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  )
  const addresses = await Promise.race([found, late])
  clearTimeout(timer)
  return addresses
}
