/*
 * The certificates that a port shows in a TLS handshake, whoever we are to it: they are looked at as soon as they have
 * come, so a port that wants a certificate of ours, and ends the handshake without one, has shown its own by then.
 *
 * Nothing is sent but the handshake, and the connection is closed at once: a server that waits for more (the listener of
 * an election port does it for syncLimit ticks) goes on. Never for the election port of a server that speaks plain: it
 * would take the first bytes of a handshake for the id of a server (QuorumCnxManager.handleConnection).
 */
import { X509Certificate } from 'node:crypto'
import { connect as connectPlain, isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { interrupted, systemErrorCode } from '../support/errors.ts'
import { type AskOptions, onAbort, type Place } from './exchange.ts'

export type ServedChain =
  | {
      readonly state: 'tls'
      /** As they were sent. */
      readonly chain: readonly X509Certificate[]
      readonly protocol: string | null
      /** It ended the handshake of a client without a certificate, or with one that it does not trust. */
      readonly refusedUs: boolean
    }
  /** `closed`: nobody listens; `plain`: no TLS there; `silent`: no answer in time. */
  | { readonly state: 'closed' | 'plain' | 'silent' | 'unreachable'; readonly why: string }

const CLOSED = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_\w+|EADDR\w+)$/
/** After a handshake of TLS 1.3 a server says only then whether it takes our certificate. */
const AFTERWARDS_MS = 150

export async function servedChain(place: Place, options: AskOptions): Promise<ServedChain> {
  const { connect } = await import('node:tls')
  if (options.signal?.aborted) throw interrupted()
  const host = place.host.replace(/^\[|\]$/g, '')
  const { cert, key, servername } = place.tls ?? {}
  const name = servername ?? (isIP(host) === 0 ? host : undefined)
  return new Promise((resolve, reject) => {
    const wire = connectPlain({ host, port: place.port })
    const socket = connect({
      ...{ socket: wire, cert, key, rejectUnauthorized: false },
      // nothing of ours is added to what was sent, and servers of any age are looked at
      ...{ ca: [], minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
      ...(name === undefined ? {} : { servername: name }),
    })
    let seen: readonly X509Certificate[] = []
    let protocol: string | null = null
    let problem: Error | null = null
    const look = () => {
      if (seen.length > 0) return
      seen = chainOf(socket)
      protocol = socket.getProtocol()
    }
    const abort = () => {
      socket.destroy()
      wire.destroy()
    }
    let late = false
    const deadline = setTimeout(() => {
      late = true
      abort()
    }, options.timeoutMs)
    onAbort(options.signal, abort)
    socket.on('keylog', look)
    socket.on('secureConnect', () => {
      look()
      setTimeout(() => socket.end(), AFTERWARDS_MS)
    })
    const failed = (error: Error) => {
      problem ??= error
      abort()
    }
    socket.on('error', failed)
    wire.on('error', failed)
    socket.on('data', () => {})
    socket.on('close', () => {
      clearTimeout(deadline)
      options.signal?.removeEventListener('abort', abort)
      wire.destroy()
      if (options.signal?.aborted) return reject(interrupted())
      if (seen.length > 0) return resolve({ state: 'tls', chain: seen, protocol, refusedUs: problem !== null })
      resolve(unseen(problem, late, options.timeoutMs))
    })
  })
}

function unseen(problem: Error | null, late: boolean, timeoutMs: number): ServedChain {
  const code = systemErrorCode(problem)
  if (late) return { state: 'silent', why: `no answer to a TLS handshake within ${timeoutMs} ms` }
  if (code === 'ECONNREFUSED') return { state: 'closed', why: 'nobody listens there' }
  if (code !== undefined && CLOSED.test(code)) return { state: 'unreachable', why: code }
  return { state: 'plain', why: code ?? problem?.message.split('\n')[0] ?? 'the connection was closed' }
}

function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let next = socket.getPeerCertificate(true)
  while (next?.raw !== undefined) {
    const { raw } = next
    if (chain.some((one) => one.raw.equals(raw))) break
    chain.push(new X509Certificate(raw))
    next = next.issuerCertificate
  }
  return chain
}
