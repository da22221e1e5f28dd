/*
 * The AdminServer (3.5 on): GET /commands/<name> over HTTP or HTTPS, answers in JSON.
 *
 * Errors come in three shapes: 200 with an `error` text (not serving, unknown command), 500 with HTML (`monitor` while
 * not serving), and whatever else listens on that port. HTTP/1.0 is spoken, so that the end of the answer is the end of
 * the connection.
 *
 * Commands that show or replace all data (snapshot, restore) want to know who asks: `Authorization: <scheme>
 * <credentials>`, somebody with all rights on /. They answer 401 and 403 otherwise.
 */
import { ZkopsError } from '../../support/errors.ts'
import { type AskOptions, exchange, type Place, placeText, type TlsMaterial } from '../exchange.ts'

export interface AdminReply {
  /** The `error` field; null when the command was carried out. */
  readonly error: string | null
  /** Integers of 16 digits and more are strings: zxids and session ids do not fit a number. */
  readonly body: Readonly<Record<string, unknown>>
  /** Its clock against ours; null: it does not say. */
  readonly clock: ClockBounds | null
}

/** How far a clock is ahead of ours, in milliseconds: between these. */
export interface ClockBounds {
  readonly lowMs: number
  readonly highMs: number
}

export interface Credentials {
  readonly scheme: string
  /** `user:password` for digest; none for ip and x509, which the server sees by itself. */
  readonly credentials: string | null
}

export interface AdminOptions extends AskOptions {
  /** Who asks; most commands do not want to know. */
  readonly auth?: Credentials | null
}

/**
 * Throws what an exchange throws, `server.auth-failed` and `server.no-auth` for who may not ask, and `server.answer` when
 * it is no AdminServer that answers.
 */
export async function adminCommand(place: Place, command: string, options: AdminOptions): Promise<AdminReply> {
  const lines = [
    `GET /commands/${command} HTTP/1.0`,
    `Host: ${placeText(place)}`,
    'Accept: application/json',
    ...(options.auth == null ? [] : [`Authorization: ${authorization(options.auth)}`]),
  ]
  const asked = Date.now()
  const answer = (await exchange(place, `${lines.join('\r\n')}\r\n\r\n`, `/commands/${command}`, options)).toString()
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1]
  const end = answer.indexOf('\r\n\r\n')
  if (status === undefined || end < 0) throw noAdminServer(place, 'what answers speaks no HTTP')
  const clock = clockOf(answer.slice(0, end), asked, Date.now())
  const body = jsonObject(answer.slice(end + 4))
  if (body !== undefined && typeof body.command === 'string') {
    const error = typeof body.error === 'string' ? body.error : null
    if (status === '401' || status === '403') throw notAllowed(place, command, status, error)
    return { error, body, clock }
  }
  if (status === '500') return { error: 'HTTP status 500', body: {}, clock }
  throw noAdminServer(place, `HTTP status ${status}, and not in an AdminServer's form`)
}

/** The server parts it at blanks, so that there can be none in it. Throws `usage`. */
function authorization({ scheme, credentials }: Credentials): string {
  const parts = credentials === null ? [scheme] : [scheme, credentials]
  if (parts.every((part) => /^[!-~]+$/.test(part))) return parts.join(' ')
  throw new ZkopsError('usage', 'an AdminServer takes no user or password with blanks or other than ASCII characters', {
    hint: 'Choose another password for this user.',
  })
}

/** 401: it does not know who asks; 403: it knows. */
function notAllowed(place: Place, command: string, status: '401' | '403', error: string | null): ZkopsError {
  const why = error === null ? `HTTP status ${status}` : error
  return new ZkopsError(
    status === '401' ? 'server.auth-failed' : 'server.no-auth',
    `${placeText(place)} does not carry out /commands/${command}: ${why}`,
    { hint: 'Give --auth-user and the password of somebody who has all rights on /.' },
  )
}

/** In plain; with TLS (admin.forceHttps) where that is no HTTP and there is something to trust. */
export async function plainOrTls<T>(tls: TlsMaterial | null, ask: (tls: TlsMaterial | null) => Promise<T>): Promise<T> {
  try {
    return await ask(null)
  } catch (error) {
    const closed = error instanceof ZkopsError && ['server.answer', 'server.refused'].includes(error.code)
    if (tls === null || !closed) throw error
    return ask(tls)
  }
}

/** It was that second somewhere between question and answer; the second may be an older one by a second (it is kept). */
function clockOf(head: string, askedMs: number, answeredMs: number): ClockBounds | null {
  const said = Date.parse(/^Date:\s*(.+?)\r?$/im.exec(head)?.[1] ?? '')
  return Number.isNaN(said) ? null : { lowMs: said - answeredMs, highMs: said + 2 * SECOND_MS - askedMs }
}

const SECOND_MS = 1000

function noAdminServer(place: Place, why: string): ZkopsError {
  return new ZkopsError('server.answer', `${placeText(place)} is no AdminServer: ${why}`)
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  const exact = text.replace(STRING_OR_LONG, (part) => (part.startsWith('"') ? part : `"${part}"`))
  try {
    const value: unknown = JSON.parse(exact)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const STRING_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g
