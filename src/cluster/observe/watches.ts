/*
 * Watches of one member, as far as it tells them: how many (`watch_summary`, `wchs`), and all of them by path
 * (`watches_by_path`, `wchp`), which holds up a big server.
 *
 *   wchs  =>  2 connections watching 1 paths \n Total watches:2
 *   wchp  =>  /app/lock/n0000000003 \n <tab>0x100004bec300000 …
 *
 * Both tell of watches for data and existence only, not of those for children: DataTree.dumpWatches, 3.4 to 3.9.
 */
import { type AskOptions, askMemberFor, type Untold } from './ask.ts'
import { id64From, linesOf, numberFrom } from './fields.ts'
import type { ObservedMember } from './model.ts'

export interface WatchSummary {
  readonly connections: number
  readonly paths: number
  readonly watches: number
}

export interface SummaryTold {
  readonly via: 'admin' | '4lw' | null
  readonly summary: WatchSummary | null
  readonly untold: readonly Untold[]
}

export async function readWatchSummary(member: ObservedMember, options: AskOptions): Promise<SummaryTold> {
  const { answer, untold } = await askMemberFor({ command: 'watch_summary', word: 'wchs' }, member, options)
  if (answer === null) return { via: null, summary: null, untold }
  const summary = answer.via === 'admin' ? summaryOfBody(answer.body) : summaryOfText(answer.ports[0]!.text)
  if (summary !== null) return { via: answer.via, summary, untold }
  return { via: null, summary: null, untold: [{ why: 'its answer to wchs is something else', setting: null }] }
}

export function summaryOfText(text: string): WatchSummary | null {
  const match = /^(\d{1,10}) connections watching (\d{1,10}) paths\s+Total watches:\s*(\d{1,12})/.exec(text)
  if (match === null) return null
  return { connections: Number(match[1]), paths: Number(match[2]), watches: Number(match[3]) }
}

function summaryOfBody(body: Readonly<Record<string, unknown>>): WatchSummary | null {
  const [connections, paths, watches] = [body.num_connections, body.num_paths, body.num_total_watches].map(numberFrom)
  if (connections == null || paths == null || watches == null) return null
  return { connections, paths, watches }
}

export type OnWatch = (path: string, session: bigint) => void

/** Each watch once; null when they are not told. */
export async function readWatches(
  member: ObservedMember,
  options: AskOptions,
  onWatch: OnWatch,
): Promise<Pick<SummaryTold, 'via' | 'untold'>> {
  const { answer, untold } = await askMemberFor({ command: 'watches_by_path', word: 'wchp' }, member, options)
  if (answer === null) return { via: null, untold }
  if (answer.via === '4lw') watchesOfText(answer.ports[0]!.text, onWatch)
  else watchesOfBody(answer.body, onWatch)
  return { via: answer.via, untold }
}

export function watchesOfText(text: string, onWatch: OnWatch): void {
  let path: string | undefined
  for (const line of linesOf(text)) {
    if (line.startsWith('/')) path = line
    const session = line.startsWith('\t') ? id64From(line.slice(1)) : null
    if (session !== null && path !== undefined) onWatch(path, session)
  }
}

function watchesOfBody({ path_to_session_ids: byPath }: Readonly<Record<string, unknown>>, onWatch: OnWatch): void {
  if (typeof byPath !== 'object' || byPath === null) return
  for (const [path, ids] of Object.entries(byPath)) {
    if (!Array.isArray(ids)) continue
    for (const value of ids) {
      const session = id64From(value)
      if (session !== null) onWatch(path, session)
    }
  }
}
