/*
 * One member, asked by its sources, best first: AdminServer, four-letter words, a client's session.
 *
 * The next source starts when the one before has failed or a third of the time is over; the first answer that can be
 * believed ends it all. Whatever a peer does (nothing, garbage without end, half an answer), it is over in time.
 */
import { ZkopsError } from '../../support/errors.ts'
import { fromAdmin } from './from-admin.ts'
import { fromWords } from './from-words.ts'
import type { MemberAnswer, MemberPlace, ObservedMember, ObserveOptions, Source, SourceFailure } from './model.ts'
import type { AskSource, SourceContext } from './source.ts'

const SOURCES: readonly (readonly [Source, AskSource])[] = [
  ['admin', fromAdmin],
  ['4lw', fromWordsOrSession],
]

export async function askMember(place: MemberPlace, options: ObserveOptions): Promise<ObservedMember> {
  const over = new AbortController()
  const signal = options.signal === undefined ? over.signal : AbortSignal.any([over.signal, options.signal])
  const context = { place, tls: options.tls, deadline: performance.now() + options.timeoutMs, signal }
  const sources = place.admin === null ? SOURCES.slice(1) : SOURCES
  const failures: SourceFailure[] = []
  try {
    const answer = await firstAnswer(sources, context, options.timeoutMs / 3, failures)
    return { place, answer, failures }
  } finally {
    over.abort()
  }
}

function firstAnswer(
  sources: readonly (readonly [Source, AskSource])[],
  context: SourceContext,
  stepMs: number,
  failures: SourceFailure[],
): Promise<MemberAnswer | null> {
  return new Promise((resolve, reject) => {
    let next = 0
    let running = 0
    let timer: NodeJS.Timeout | undefined
    const start = () => {
      clearTimeout(timer)
      const [source, ask] = sources[next++]!
      running++
      if (next < sources.length) timer = setTimeout(start, stepMs)
      ask(context).then(
        (answer) => {
          clearTimeout(timer)
          resolve(answer)
        },
        (error) => {
          if (!(error instanceof ZkopsError)) return reject(error)
          failures.push(failureOf(source, error))
          running--
          if (next < sources.length) start()
          else if (running === 0) resolve(null)
        },
      )
    }
    start()
  })
}

/** A session only where somebody answers but may not say anything: a port that is shut stays shut. */
async function fromWordsOrSession(context: SourceContext): Promise<MemberAnswer> {
  try {
    return await fromWords(context)
  } catch (error) {
    if (!(error instanceof ZkopsError) || error.code !== 'server.not-allowed') throw error
    const { fromClient } = await import('./from-client.ts')
    return fromClient(context).catch(() => silent(error))
  }
}

/** It is there, and may not say anything. */
function silent({ message }: ZkopsError): MemberAnswer {
  return {
    via: '4lw',
    state: 'unknown',
    id: null,
    version: null,
    zxid: null,
    zabState: null,
    voting: null,
    metrics: new Map(),
    settings: new Map(),
    membership: null,
    blind: [{ what: 'anything of it', why: message, setting: '4lw.commands.whitelist=srvr,mntr,conf' }],
    answerMs: 0,
  }
}

function failureOf(source: Source, error: ZkopsError): SourceFailure {
  return { source, code: error.code, message: error.message }
}
