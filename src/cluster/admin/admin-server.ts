/*
 * The AdminServer (3.5 on): GET /commands/<name> over HTTP or HTTPS, answers in JSON.
 *
 * Errors come in three shapes: 200 with an `error` text (not serving, unknown command), 500 with HTML (`monitor` while
 * not serving), and whatever else listens on that port. HTTP/1.0 is spoken, so that the end of the answer is the end of
 * the connection.
 */
import { ZkopsError } from '../../support/errors.ts'
import { type AskOptions, exchange, type Place, placeText } from '../exchange.ts'

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

/** Throws what an exchange throws, and `server.answer` when it is no AdminServer that answers. */
export async function adminCommand(place: Place, command: string, options: AskOptions): Promise<AdminReply> {
  const question = `GET /commands/${command} HTTP/1.0\r\nHost: ${placeText(place)}\r\nAccept: application/json\r\n\r\n`
  const asked = Date.now()
  const answer = (await exchange(place, question, `/commands/${command}`, options)).toString()
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1]
  const end = answer.indexOf('\r\n\r\n')
  if (status === undefined || end < 0) throw noAdminServer(place, 'what answers speaks no HTTP')
  const clock = clockOf(answer.slice(0, end), asked, Date.now())
  const body = jsonObject(answer.slice(end + 4))
  if (body !== undefined && typeof body.command === 'string') {
    return { error: typeof body.error === 'string' ? body.error : null, body, clock }
  }
  if (status === '500') return { error: 'HTTP status 500', body: {}, clock }
  throw noAdminServer(place, `HTTP status ${status}, and not in an AdminServer's form`)
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
