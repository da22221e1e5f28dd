import { type LogHistoryOptions, logHistory } from '../../src/operations/log-history.ts'
import { logSession } from '../../src/operations/log-session.ts'
import { listSessions } from '../../src/operations/log-session-list.ts'
import type { StoryWindow } from '../../src/operations/log-story/read-story.ts'
import { historyDocument } from '../../src/render/history-json.ts'
import { jsonText } from '../../src/render/json.ts'
import { sessionDocument, sessionsJson } from '../../src/render/log-session.ts'
import type { Finding } from '../../src/support/finding.ts'
import { noProgress } from '../../src/support/progress.ts'

export type Json = Record<string, unknown>

const logs = (places: readonly string[]) => ({
  places,
  juteMaxbuffer: 1_048_575,
  signal: new AbortController().signal,
  progress: noProgress,
})

export interface History extends Json {
  readonly events: readonly Json[]
  readonly findings: readonly Finding[]
  /** What decides between exit 0 and 3. */
  readonly readable: boolean
}

/** `log history --json` in this process, as it is read back. */
export async function history(
  path: string,
  places: readonly string[],
  options: Partial<LogHistoryOptions> = {},
): Promise<History> {
  const all: LogHistoryOptions = {
    ...logs(places),
    path,
    recursive: false,
    window: {},
    audit: [],
    data: true,
    decode: false,
    ...options,
  }
  const document = historyDocument(path, all.recursive, all)
  let readable = true
  for await (const part of logHistory(all)) {
    if (part.kind === 'events') document.events(part)
    else document.end(part)
    if (part.kind === 'end') readable &&= part.readable
    if (part.kind === 'done') return { ...JSON.parse(jsonText(document.result(part))), readable }
  }
  throw new Error('no end')
}

/** `log session ID --json`. */
export async function sessionLife(id: string, places: readonly string[], window: StoryWindow = {}): Promise<Json> {
  const document = sessionDocument({ data: true })
  for await (const part of logSession({ ...logs(places), session: BigInt(id), window })) {
    if (part.kind === 'records') document.records(part)
    else document.end(part)
  }
  return JSON.parse(jsonText(document.result())) as Json
}

/** `log session --list --json`. */
export async function sessionList(
  places: readonly string[],
  window: StoryWindow = {},
): Promise<{ readonly sessions: readonly Json[]; readonly findings: readonly Finding[] }> {
  const list = await listSessions(logs(places), window, Number.POSITIVE_INFINITY)
  return JSON.parse(jsonText(sessionsJson(list)))
}
