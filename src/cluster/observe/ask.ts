/*
 * One question to a member that its AdminServer and a four-letter word answer, such as `connections` and `cons`. The
 * AdminServer is asked where it answered before; the word otherwise, or when the AdminServer fails; the other way round
 * where the word tells more.
 *
 * Answers may be long on a big server, so they have bounds of their own. All of it is over in the timeout; a third is
 * kept for the second way. A word tells what the port knows that it was sent to: of connections each of a member's client
 * ports only its own.
 */
import { ZkopsError } from '../../support/errors.ts'
import { adminCommand, plainOrTls } from '../admin/admin-server.ts'
import { fourLetterWord, isNotAllowed, NOT_SERVING } from '../admin/four-letter.ts'
import type { TlsMaterial } from '../exchange.ts'
import type { ObservedMember, ObserveOptions } from './model.ts'

export interface Question {
  readonly command: string
  readonly word: string
  /** Every client port has its own answer. */
  readonly everyPort?: boolean
  /** The word tells more than the AdminServer. */
  readonly wordFirst?: boolean
}

export interface AdminAnswer {
  readonly via: 'admin'
  readonly body: Readonly<Record<string, unknown>>
}

export interface WordAnswer {
  readonly via: '4lw'
  readonly ports: readonly PortAnswer[]
}

export interface PortAnswer {
  readonly text: string
  readonly secure: boolean
  /** From where it was asked: a connection of its own. */
  readonly localPort: number | null
}

/** What a member does not tell, and what would make it. */
export interface Untold {
  readonly why: string
  readonly setting: string | null
}

export interface Told {
  readonly answer: AdminAnswer | WordAnswer | null
  /** Of all of it, or of a client port. */
  readonly untold: readonly Untold[]
}

/** What is longer is asked for by the word, which is read line by line. */
const MOST_JSON_BYTES = 8 << 20
const MOST_TEXT_BYTES = 32 << 20

export type AskOptions = Pick<ObserveOptions, 'timeoutMs' | 'tls' | 'signal'>

interface Limited {
  readonly tls: TlsMaterial | null
  readonly signal: AbortSignal | undefined
  /** By `performance.now()`. */
  readonly deadline: number
}

export async function askMemberFor(
  question: Question,
  member: ObservedMember,
  { timeoutMs, tls, signal }: AskOptions,
): Promise<Told> {
  if (member.answer === null) return { answer: null, untold: [{ why: 'it does not answer', setting: null }] }
  const last: Limited = { tls, signal, deadline: performance.now() + timeoutMs }
  const first: Limited = { ...last, deadline: last.deadline - timeoutMs / 3 }
  if (question.wordFirst) {
    const told = await askPorts(question, member, first)
    return told.answer === null ? ((await askAdmin(question, member, last)) ?? told) : told
  }
  return (await askAdmin(question, member, first)) ?? askPorts(question, member, last)
}

const restMs = ({ deadline }: Limited): number => Math.max(1, Math.round(deadline - performance.now()))

/** In plain, else with TLS; null when it does not carry out the command. */
async function askAdmin(
  { command }: Question,
  { place: { admin }, answer }: ObservedMember,
  limited: Limited,
): Promise<Told | null> {
  if (answer?.via !== 'admin' || admin === null) return null
  const { tls, signal } = limited
  const ask = (material: TlsMaterial | null) => {
    const options = { timeoutMs: restMs(limited), signal, maxBytes: MOST_JSON_BYTES }
    return adminCommand({ ...admin, tls: material }, command, options)
  }
  const reply = await plainOrTls(tls, ask).catch(() => null)
  if (reply === null || reply.error !== null) return null
  return { answer: { via: 'admin', body: reply.body }, untold: [] }
}

interface Port {
  readonly port: number
  readonly tls: TlsMaterial | null
}

async function askPorts(question: Question, member: ObservedMember, limited: Limited): Promise<Told> {
  const all = portsOf(member, limited.tls)
  const asked = question.everyPort ? all : all.slice(0, 1)
  if (asked.length === 0) return { answer: null, untold: [{ why: 'its client port is not known', setting: null }] }
  const replies = await Promise.all(asked.map((port) => askPort(question, member.place.host, port, limited)))
  const ports = replies.flatMap((reply) => ('text' in reply ? [reply] : []))
  const untold = replies.flatMap((reply) => ('why' in reply ? [reply] : []))
  return { answer: ports.length === 0 ? null : { via: '4lw', ports }, untold }
}

/** The one without TLS first. Ports that nobody named are in its configuration. */
function portsOf({ place, answer }: ObservedMember, tls: TlsMaterial | null): readonly Port[] {
  const plain = place.clientPort ?? portFrom(answer?.settings.get('clientPort'))
  const secure = place.securePort ?? portFrom(answer?.settings.get('secureClientPort'))
  return [
    ...(plain === null ? [] : [{ port: plain, tls: null }]),
    ...(secure === null ? [] : [{ port: secure, tls: tls ?? {} }]),
  ]
}

/** -1 where there is none. */
function portFrom(text: string | undefined): number | null {
  return /^[1-9]\d{0,4}$/.test(text ?? '') ? Number(text) : null
}

async function askPort(
  { word, command }: Question,
  host: string,
  { port, tls }: Port,
  limited: Limited,
): Promise<PortAnswer | Untold> {
  let localPort: number | null = null
  const onLocalPort = (own: number) => {
    localPort = own
  }
  const bounds = { timeoutMs: restMs(limited), maxBytes: MOST_TEXT_BYTES, signal: limited.signal }
  try {
    const text = await fourLetterWord(host, port, word, { ...bounds, tls, onLocalPort })
    if (isNotAllowed(text, word)) return notAllowed(word, command)
    if (text.startsWith(NOT_SERVING)) return { why: 'it does not serve', setting: null }
    return { text, secure: tls !== null, localPort }
  } catch (error) {
    if (!(error instanceof ZkopsError) || error.code === 'interrupted') throw error
    return { why: error.message, setting: null }
  }
}

function notAllowed(word: string, command: string): Untold {
  const why = `${word} is not in its whitelist, and its AdminServer does not answer ${command}`
  return { why, setting: `4lw.commands.whitelist=srvr,mntr,conf,${word}` }
}
